"""A film's certificate: one package that `verify_certificate.py` checks without this platform.

A zip archive of equal bytes for equal contents:
`film.json` (name and SHA-256), `assessment.json` (the canonical bytes that were hashed), `policy.txt` (tlog-policy),
per entry a folder `entry-<index>` with `body.json` (the leaf), `payload.json` and `salt.txt` (what its hash stands for)
and `entry.tlog-proof`, `README.txt` in English and `README.zh.txt` in Chinese, and `manifest.txt`: the SHA-256 of every
other file in a note signed by the log. Pure Python, no I/O.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger import merkle, notes
from ledger.canonical import canonical_json

FORMAT = "dailies-certificate/1"
PROOF_FORMAT = "c2sp.org/tlog-proof@v1"
NEEDED = ("cut.handed_in", "cut.assessed")
"""Kinds of entries without which nothing is certified."""

README = """This is the certificate of a film.

It says which film file was handed in, when, and what of it was found to be generated or filmed, and it proves that
the school wrote this down at that time and has not changed it since.

Check it:
    python verify_certificate.py CERTIFICATE.zip FILM --policy POLICY

verify_certificate.py is one file of Python and needs only the package "cryptography". Take it, and the school's policy
(the keys to believe), from the school or from somebody you trust, not from whoever gave you this package.

film.json          name and SHA-256 of the film
assessment.json    the measured shares, with every segment and its evidence
entry-*            what the school's ledger holds about it, each with the proof that it stands there
policy.txt         the school's keys and witnesses at the time of writing
manifest.txt       the SHA-256 of every file here, signed by the school
"""
README_ZH = """这是一部影片的证书。

它写明交的是哪个影片文件、什么时候交的、其中哪些是生成的、哪些是实拍的，并证明学校在当时就是这样记下的，此后没有改动。

核验方法：
    python verify_certificate.py 证书.zip 影片 --policy 策略文件

verify_certificate.py 只有一个 Python 文件，只需要 cryptography 这个包。请向学校或您信任的人索取它和学校的策略文件（即该信哪些密钥），
不要用给您这个证书包的人所附的。

film.json          影片的名称与 SHA-256
assessment.json    测定书：各项占比、每个片段及其证据
entry-*            学校账本中的相关记录，各附在账证明
policy.txt         写成时学校的密钥与见证方
manifest.txt       包内每个文件的 SHA-256，由学校签名
"""


class CertificateFault(ValueError):
    """Contents that don't belong together; the message says which."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An entry with all that proves it.

    Attributes:
        body: Canonical bytes of the leaf.
        payload: Canonical bytes of what the entry stands for.
        salt: Hex.
        path: Inclusion proof under the checkpoint.
        checkpoint: The signed note, with the witnesses' signatures.
    """

    index: int
    body: bytes
    payload: bytes
    salt: str
    path: merkle.Proof
    checkpoint: bytes


def build(
    *,
    film_name: str,
    film_sha256: str,
    assessment: bytes,
    evidence: Sequence[Evidence],
    policy: bytes,
    signer: notes.SigningKey,
) -> bytes:
    """Return the package as bytes.

    Raises:
        CertificateFault: when the entries don't speak of this film and this assessment.
    """
    _require_story(film_sha256, assessment, evidence)
    files = {
        "README.txt": README.encode(),
        "README.zh.txt": README_ZH.encode(),
        "assessment.json": assessment,
        "film.json": canonical_json({"format": FORMAT, "name": film_name, "sha256": film_sha256}),
        "policy.txt": policy,
    }
    for one in evidence:
        files |= _files_of(one)
    files["manifest.txt"] = write_manifest(files, signer=signer)
    return pack(files)


def write_proof(*, index: int, path: Iterable[merkle.Hash], checkpoint: bytes) -> bytes:
    """A self-contained proof (C2SP tlog-proof)."""
    lines = [PROOF_FORMAT, f"index {index}", *(base64.b64encode(node).decode() for node in path), "", ""]
    return "\n".join(lines).encode() + checkpoint


def write_manifest(files: Mapping[str, bytes], *, signer: notes.SigningKey) -> bytes:
    """The hashes of all files as a signed note; its second line is no number, so it can't pass as a checkpoint."""
    lines = [FORMAT, *(f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files))]
    return notes.sign_note("".join(f"{line}\n" for line in lines), keys=[signer]).encode()


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip archive without compression, clock or system in it (APPNOTE 4.3): equal files give equal bytes."""
    body, directory = b"", b""
    for name in sorted(files):
        data, label = files[name], name.encode()
        # Version 2.0, no flags, stored, midnight of 1980-01-01.
        facts = (20, 0, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(label))
        directory += struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 0x0314, *facts, 0, 0, 0, 0, 0o100644 << 16, len(body)
        )
        directory += label
        body += struct.pack("<4s5H3I2H", b"PK\3\4", *facts, 0) + label + data
    count = len(files)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


def _files_of(one: Evidence) -> dict[str, bytes]:
    place = f"entry-{one.index:012d}"
    return {
        f"{place}/body.json": one.body,
        f"{place}/entry.tlog-proof": write_proof(index=one.index, path=one.path, checkpoint=one.checkpoint),
        f"{place}/payload.json": one.payload,
        f"{place}/salt.txt": one.salt.encode(),
    }


def _require_story(film_sha256: str, assessment: bytes, evidence: Sequence[Evidence]) -> None:
    payloads = {str(json.loads(one.body)["kind"]): json.loads(one.payload) for one in evidence}
    for kind in NEEDED:
        if payloads.get(kind, {}).get("film_sha256") != film_sha256:
            raise CertificateFault(f"No entry {kind} speaks of the film {film_sha256}.")
    if payloads["cut.assessed"].get("assessment_sha256") != hashlib.sha256(assessment).hexdigest():
        raise CertificateFault("The log holds the hash of another assessment.")
