"""A film's certificate: one package that `verify_certificate.py` checks without this platform.

A zip archive of equal bytes for equal contents:
`film.json` (name and SHA-256; `leaves_as` for the labelled and signed copy), `assessment.json` (the canonical bytes
that were hashed), `policy.txt` (tlog-policy), per entry a folder `entry-<index>` with `body.json` (the leaf),
`payload.json` and `salt.txt` (what its hash stands for) and `entry.tlog-proof`, `README.txt` in English and
`README.zh.txt` in Chinese, and `manifest.txt`: the SHA-256 of every other file in a note signed by the log.
Further files (credits, the crew's declaration, decisions of people) are signed
with the rest. A delivery is one more zip archive around certificate and film. Pure Python, no I/O.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger import merkle, notes
from ledger.canonical import canonical_json

FORMAT = "dailies-certificate/1"
PROOF_FORMAT = "c2sp.org/tlog-proof@v1"
NEEDED = ("cut.handed_in", "cut.assessed")
"""Kinds of entries without which nothing is certified."""
SEALED = "film.sealed"
"""Kind of the entry that ties the film as it leaves to the film that was handed in."""
LARGEST_ARCHIVE_BYTES = 2**32 - 2**20
CERTIFICATE = "certificate.zip"
"""Name of the certificate inside a delivery."""

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

LEAVING = """
film.json also holds the SHA-256 of the labelled and signed copy that leaves the school; the entry film.sealed ties it to
the film that was handed in. Besides:

credits.json       who made it, in which role
declaration.json   what the crew itself says AI made, where it has said so
decisions.json     what teachers decided where the measure leaves it open, with their reasons
"""
LEAVING_ZH = """
film.json 另载加标签名后离校副本的 SHA-256；film.sealed 一条把它与所交影片对应起来。另有：

credits.json       主创名单与职务
declaration.json   剧组自己的申报：哪些由 AI 生成（如已申报）
decisions.json     测定未决之处，教师的裁定与理由
"""


class CertificateFault(ValueError):
    """Contents that don't belong together; the message says which."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """The film as it leaves the platform: its name in the delivery, and its SHA-256 in hex."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: name, length in bytes and CRC-32."""

    name: str
    size: int
    crc: int


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
    leaving: Leaving | None = None,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return the package as bytes.

    Args:
        leaving: The labelled and signed copy, when there is one; an entry `film.sealed` must tell of it.
        more: Further files by name, signed with the rest.

    Raises:
        CertificateFault: when the entries don't speak of this film and this assessment.
    """
    _require_story(film_sha256, assessment, evidence, leaving)
    film: dict[str, Any] = {"format": FORMAT, "name": film_name, "sha256": film_sha256}
    if leaving:
        film["leaves_as"] = {"name": leaving.name, "sha256": leaving.sha256}
    files = {
        **(more or {}),
        "README.txt": (README + (LEAVING if leaving else "")).encode(),
        "README.zh.txt": (README_ZH + (LEAVING_ZH if leaving else "")).encode(),
        "assessment.json": assessment,
        "film.json": canonical_json(film),
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
    names = sorted(files)
    heads, tail = frame([Member(name, len(files[name]), zlib.crc32(files[name])) for name in names])
    return b"".join(head + files[name] for head, name in zip(heads, names, strict=True)) + tail


def frame(members: Sequence[Member]) -> tuple[list[bytes], bytes]:
    """What stands around the contents of such an archive: the bytes before each member, and those after the last.

    Raises:
        CertificateFault: for more than an archive of this kind holds, 4 GiB.
    """
    heads, directory, place = [], b"", 0
    for member in members:
        label = member.name.encode()
        # Version 2.0, no flags, stored, midnight of 1980-01-01.
        facts = (20, 0, 0, 0, 33, member.crc, member.size, member.size, len(label))
        if place + member.size >= LARGEST_ARCHIVE_BYTES:
            raise CertificateFault("The archive would be larger than 4 GiB.")
        directory += struct.pack("<4s6H3I5H2I", b"PK\1\2", 0x0314, *facts, 0, 0, 0, 0, 0o100644 << 16, place)
        directory += label
        heads.append(struct.pack("<4s5H3I2H", b"PK\3\4", *facts, 0) + label)
        place += len(heads[-1]) + member.size
    count = len(members)
    return heads, directory + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), place, 0)


def _files_of(one: Evidence) -> dict[str, bytes]:
    place = f"entry-{one.index:012d}"
    return {
        f"{place}/body.json": one.body,
        f"{place}/entry.tlog-proof": write_proof(index=one.index, path=one.path, checkpoint=one.checkpoint),
        f"{place}/payload.json": one.payload,
        f"{place}/salt.txt": one.salt.encode(),
    }


def _require_story(
    film_sha256: str, assessment: bytes, evidence: Sequence[Evidence], leaving: Leaving | None
) -> None:
    payloads = {str(json.loads(one.body)["kind"]): json.loads(one.payload) for one in evidence}
    for kind in (*NEEDED, SEALED) if leaving else NEEDED:
        if payloads.get(kind, {}).get("film_sha256") != film_sha256:
            raise CertificateFault(f"No entry {kind} speaks of the film {film_sha256}.")
    if payloads["cut.assessed"].get("assessment_sha256") != hashlib.sha256(assessment).hexdigest():
        raise CertificateFault("The log holds the hash of another assessment.")
    if leaving and payloads[SEALED].get("sealed_sha256") != leaving.sha256:
        raise CertificateFault("The log holds the hash of another finished film.")
