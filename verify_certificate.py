"""Check the certificate of a film without the platform that wrote it. 不经平台，离线核验影片证书。

    python verify_certificate.py PACKAGE [FILM] [--policy FILE]

PACKAGE is the certificate (zip), or the delivery that holds certificate and film, FILM the film file it speaks of, FILE
the school's policy as the school itself publishes it (C2SP tlog-policy: the keys to believe, and how many other schools
must have cosigned). Needs Python 3.11 and the package `cryptography`; opens no network connection.

Exit code 0: all of it holds, by the policy given. 1: something is false, changed or damaged. 2: nothing is false, but
not everything was checked (no FILM or no policy given), or a file could not be read.

Shares no code with the platform on purpose: two programs that agree say more than one. Written after RFC 6962 and
the C2SP specifications signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof and tlog-policy.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "dailies-certificate/1"
LARGEST_PACKAGE_BYTES = 256 * 2**20
BLOCK_BYTES = 2**20
MOST_SIGNATURES = 16
LOG, WITNESS = b"\x01", b"\x04"
MANIFEST, CERTIFICATE = "manifest.txt", "certificate.zip"
NAME = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)?")
HOLDS, FALSE, OPEN = "✓", "✗", "–"


class Refuted(Exception):
    """Something in the package is false, changed or damaged."""

    def __init__(self, english: str, chinese: str) -> None:
        self.english, self.chinese = english, chinese
        super().__init__(english)


class Unreadable(Refuted):
    """A file given by the person can't be used; nothing is said about the package."""


@dataclass
class Report:
    """What was found, one line each: mark, English, Chinese."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, mark: str, english: str, chinese: str) -> None:
        self.lines.append((mark, english, chinese))

    @property
    def code(self) -> int:
        marks = {mark for mark, _english, _chinese in self.lines}
        return 1 if FALSE in marks else 2 if OPEN in marks else 0


@dataclass(frozen=True)
class Key:
    name: str
    algorithm: bytes
    raw: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.algorithm + self.raw).digest()[:4]

    def accepts(self, text: bytes, signature: bytes) -> bool:
        if self.algorithm == WITNESS:
            at, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            if not 0 < at < 2**63:
                return False
            text = f"cosignature/v1\ntime {at}\n".encode() + text
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Policy:
    logs: tuple[Key, ...]
    witnesses: Mapping[str, Key]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str

    def is_met_by(self, names: Iterable[str]) -> bool:
        return self.quorum == "none" or self._has(self.quorum, set(names))

    def _has(self, name: str, names: set[str]) -> bool:
        if name not in self.groups:
            return name in names
        threshold, members = self.groups[name]
        return sum(self._has(member, names) for member in members) >= threshold


# ---------------------------------------------------------------- the package
def open_package(data: bytes) -> dict[str, bytes]:
    """The files inside, by name; only the one byte form that `pack` gives is accepted."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits for info in infos):
                raise Refuted("The package is packed in another way.", "证书包的打包方式不对。")
            files = {info.filename: archive.read(info) for info in infos}
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        struct.error,
    ) as fault:
        raise Refuted(f"The package is damaged: {fault}", "证书包已损坏。") from fault
    if not all(NAME.fullmatch(name) for name in files) or pack(files) != data:
        raise Refuted("The package was changed after it was written.", "证书包在写成之后被改动过。")
    return files


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip archive without compression, clock or system in it: equal files give equal bytes."""
    names = sorted(files)
    heads, tail = frame([(name, len(files[name]), zlib.crc32(files[name])) for name in names])
    return b"".join(head + files[name] for head, name in zip(heads, names, strict=True)) + tail


def frame(members: Sequence[tuple[str, int, int]]) -> tuple[list[bytes], bytes]:
    """What stands around the contents (name, length, CRC-32) of such an archive: before each, and after the last."""
    heads, directory, place = [], b"", 0
    for name, size, crc in members:
        label = name.encode()
        facts = (20, 0, 0, 0, 33, crc, size, size, len(label))
        directory += struct.pack("<4s6H3I5H2I", b"PK\1\2", 0x0314, *facts, 0, 0, 0, 0, 0o100644 << 16, place)
        directory += label
        heads.append(struct.pack("<4s5H3I2H", b"PK\3\4", *facts, 0) + label)
        place += len(heads[-1]) + size
    count = len(members)
    return heads, directory + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), place, 0)


@dataclass(frozen=True)
class Delivery:
    """Certificate and film in one archive; the film's SHA-256 in hex."""

    certificate: bytes
    film_name: str
    film_sha256: str


def open_delivery(path: Path) -> Delivery | None:
    """Certificate and film of a delivery; None for a file that is none. The film is read block by block.

    Raises:
        Refuted: when the archive is not, byte for byte, what packing these two gives.
    """
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            return _delivery(path, archive) if CERTIFICATE in archive.namelist() else None
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, struct.error) as fault:  # fmt: skip
        if size > LARGEST_PACKAGE_BYTES:
            raise Refuted(f"The package is damaged: {fault}", "证书包已损坏。") from fault
        return None


def _delivery(path: Path, archive: zipfile.ZipFile) -> Delivery:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(names) != 2 or names[0] != CERTIFICATE or not NAME.fullmatch(names[1]):
        raise Refuted("The package does not hold a certificate and a film alone.", "包内不只是证书和影片。")
    if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits for info in infos):
        raise Refuted("The package is packed in another way.", "证书包的打包方式不对。")
    if infos[0].file_size > LARGEST_PACKAGE_BYTES:
        raise Refuted("The certificate is too large.", "证书过大。")
    digest = hashlib.sha256()
    with archive.open(infos[1]) as film:
        while block := film.read(BLOCK_BYTES):
            digest.update(block)
    heads, tail = frame([(info.filename, info.file_size, info.CRC) for info in infos])
    if not _is_framed(path, heads, [info.file_size for info in infos], tail):
        raise Refuted("The package was changed after it was written.", "证书包在写成之后被改动过。")
    return Delivery(archive.read(infos[0]), names[1], digest.hexdigest())


def _is_framed(path: Path, heads: Sequence[bytes], sizes: Sequence[int], tail: bytes) -> bool:
    """Whether nothing but the contents stands between these bytes."""
    with path.open("rb") as file:
        for head, size in zip(heads, sizes, strict=True):
            if file.read(len(head)) != head:
                return False
            file.seek(size, io.SEEK_CUR)
        return file.read(len(tail) + 1) == tail


def check_manifest(files: Mapping[str, bytes], policy: Policy) -> str:
    """Demand that a log of the policy signed the hash of every file; returns the log's name."""
    text, signatures = parse_note(files[MANIFEST])
    lines = [FORMAT]
    lines += [
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files) if name != MANIFEST
    ]
    if text != "".join(f"{line}\n" for line in lines).encode():
        raise Refuted("The files are not those the school packed.", "包内文件与学校打包时的不一致。")
    signers = verify_note(text, signatures, policy.logs)
    if not signers:
        raise Refuted(
            "The package is not signed by a school of the policy.", "证书包没有策略所列学校的签名。"
        )
    return signers[0].name


# ---------------------------------------------------------------- notes and keys
def parse_key(text: str) -> Key:
    name, key_id, data = text.split("+", 2)
    raw = base64.b64decode(data, validate=True)
    key = Key(name, raw[:1], raw[1:])
    if key.algorithm not in {LOG, WITNESS} or len(key.raw) != 32 or key.key_id.hex() != key_id:
        raise ValueError(f"{name}: no Ed25519 key")
    return key


def parse_note(data: bytes) -> tuple[bytes, list[tuple[str, bytes, bytes]]]:
    """Text and signatures (name, key id, signature) of a signed note; nothing is verified yet."""
    text, blank, tail = data.rpartition(b"\n\n")
    if not blank or not tail.endswith(b"\n") or any(byte < 32 and byte != 10 for byte in data):
        raise ValueError("no signed note")
    lines = tail[:-1].decode().split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise ValueError("too many signatures")
    return text + b"\n", [_parse_signature(line) for line in lines]


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    found = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)", line)
    if found is None:
        raise ValueError("no signature line")
    raw = base64.b64decode(found[2], validate=True)
    return found[1], raw[:4], raw[4:]


def verify_note(
    text: bytes, signatures: Sequence[tuple[str, bytes, bytes]], keys: Iterable[Key]
) -> list[Key]:
    """The known keys that signed; a wrong signature of a known key spoils the note, strangers are passed over."""
    known = {(key.name, key.key_id): key for key in keys}
    signers: list[Key] = []
    for name, key_id, signature in signatures:
        key = known.get((name, key_id))
        if key is None:
            continue
        if not key.accepts(text, signature):
            raise Refuted(f"The signature of {name} does not fit.", f"{name} 的签名不符。")
        if key not in signers:
            signers.append(key)
    return signers


# ---------------------------------------------------------------- policy
def parse_policy(data: bytes) -> Policy:
    """Read a policy; raises ValueError with the number of the line."""
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, tuple[int, tuple[str, ...]]] = {}
    members: set[str] = set()
    quorum = ""
    if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data):
        raise ValueError("control characters")
    for number, line in enumerate(data.decode(errors="surrogateescape").split("\n"), start=1):
        words = [word for word in re.split("[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            continue
        is_new = len(words) > 1 and words[1] not in {*witnesses, *groups, "none"}
        match words:
            case ["log", key, *url] if len(url) <= 1:
                logs.append(_new_key(key, LOG, logs, number))
            case ["witness", name, key, *url] if len(url) <= 1 and is_new:
                witnesses[name] = _new_key(key, WITNESS, witnesses.values(), number)
            case ["group", name, threshold, *names] if is_new and _may_join(
                names, witnesses, groups, members
            ):
                groups[name] = (_threshold(threshold, len(names), number), tuple(names))
                members.update(names)
            case ["quorum", name] if not quorum and (name == "none" or not is_new):
                quorum = name
            case _:
                raise ValueError(f"line {number}")
    if not quorum:
        raise ValueError("no quorum line")
    return Policy(tuple(logs), witnesses, groups, quorum)


def _new_key(text: str, algorithm: bytes, known: Iterable[Key], number: int) -> Key:
    key = parse_key(text)
    if key.algorithm != algorithm or any(key.raw == other.raw for other in known):
        raise ValueError(f"line {number}: a key of another kind, or repeated")
    return key


def _may_join(
    names: Sequence[str], witnesses: Mapping[str, Key], groups: Mapping[str, Any], members: set[str]
) -> bool:
    is_known = all(name in witnesses or name in groups for name in names)
    return bool(names) and is_known and len(set(names)) == len(names) and members.isdisjoint(names)


def _threshold(word: str, count: int, number: int) -> int:
    is_number = re.fullmatch("[1-9][0-9]{0,8}", word) is not None
    found = int(word) if is_number else {"any": 1, "all": count}.get(word, 0)
    if not 1 <= found <= count:
        raise ValueError(f"line {number}: {word} of {count}")
    return found


# ---------------------------------------------------------------- the log
def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root an inclusion path leads to (RFC 9162 §2.1.3.2), or None where its length does not fit."""
    position, last, node = index, size - 1, leaf
    if not 0 <= index < size:
        return None
    for sibling in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return node if last == 0 else None


def parse_proof(data: bytes) -> tuple[int, list[bytes], bytes]:
    """Index, path and checkpoint of a `.tlog-proof`."""
    head, blank, checkpoint = data.partition(b"\n\n")
    lines = head.decode().split("\n")
    if not blank or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise ValueError("no tlog-proof")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    found = re.fullmatch("index (0|[1-9][0-9]{0,18})", lines.pop(0) if lines else "")
    path = [base64.b64decode(line, validate=True) for line in lines]
    if found is None or len(path) > 63 or any(len(node) != 32 for node in path):
        raise ValueError("no tlog-proof")
    return int(found[1]), path, checkpoint


@dataclass(frozen=True)
class Entry:
    index: int
    body: Mapping[str, Any]
    payload: Mapping[str, Any]
    size: int
    cosigners: tuple[str, ...]


def read_entry(files: Mapping[str, bytes], place: str, policy: Policy) -> Entry:
    """Check one entry from its payload up to the signed root."""
    body, payload = files[f"{place}/body.json"], files[f"{place}/payload.json"]
    salt = bytes.fromhex(files[f"{place}/salt.txt"].decode())
    index, path, note = parse_proof(files[f"{place}/entry.tlog-proof"])
    told, said = json.loads(body), json.loads(payload)
    if hashlib.sha256(salt + payload).hexdigest() != told["payload"]:
        raise Refuted(
            f"The content of entry {index} is not what was logged.", f"第 {index} 号记录的内容与存证时不符。"
        )
    text, signatures = parse_note(note)
    origin, size, root = _parse_checkpoint(text)
    logs = [key for key in policy.logs if key.name == origin]
    if not verify_note(text, signatures, logs):
        raise Refuted(
            f"The root over entry {index} is not signed by a log of the policy.",
            f"第 {index} 号记录的树根没有策略所列账本的签名。",
        )
    if root_from_path(hashlib.sha256(b"\x00" + body).digest(), index, size, path) != root:
        raise Refuted(
            f"Entry {index} does not lead to the signed root.", f"第 {index} 号记录通不到签名的树根。"
        )
    names = {key: name for name, key in policy.witnesses.items()}
    cosigners = tuple(names[key] for key in verify_note(text, signatures, names))
    return Entry(index, told, said, size, cosigners)


def _parse_checkpoint(text: bytes) -> tuple[str, int, bytes]:
    origin, size, root, *_extensions = text.decode()[:-1].split("\n")
    digest = base64.b64decode(root, validate=True)
    if not re.fullmatch("0|[1-9][0-9]{0,18}", size) or len(digest) != 32:
        raise ValueError("no checkpoint")
    return origin, int(size), digest


# ---------------------------------------------------------------- the verdict
def verify(
    package: bytes, *, film_sha256: str | None = None, policy: bytes | None = None, inside: str | None = None
) -> Report:
    """Check a package; never raises for what is inside it.

    Args:
        film_sha256: Of the film file at hand, hex; None when there is none to compare.
        inside: Of the film inside the delivery, where there is one.
        policy: The policy to believe; None takes the package's own, which then proves nothing about who wrote it.

    Raises:
        Unreadable: when the policy given can't be read.
    """
    report = Report()
    trusted = _read_policy(policy) if policy is not None else None
    try:
        files = open_package(package)
        _check(files, trusted or parse_policy(files["policy.txt"]), report, films=[film_sha256, inside])
    except Refuted as fault:
        report.add(FALSE, fault.english, fault.chinese)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as fault:
        report.add(FALSE, f"The package can't be read: {fault}", "证书包无法读取。")
    if trusted is None:
        report.add(
            OPEN,
            "The keys come from the package itself. Give the school's published policy with --policy.",
            "密钥出自证书包本身。请用 --policy 指定学校公布的策略文件。",
        )
    return report


def verify_file(path: Path, *, film_sha256: str | None = None, policy: bytes | None = None) -> Report:
    """Check a certificate, or a delivery with the film inside it.

    Raises:
        Unreadable: when the policy can't be read, or the file is too large for a certificate.
    """
    try:
        delivery = open_delivery(path)
    except Refuted as fault:
        report = Report()
        report.add(FALSE, fault.english, fault.chinese)
        return report
    if delivery:
        return verify(
            delivery.certificate, film_sha256=film_sha256, policy=policy, inside=delivery.film_sha256
        )
    if path.stat().st_size > LARGEST_PACKAGE_BYTES:
        raise Unreadable("The package is too large.", "证书包过大。")
    return verify(path.read_bytes(), film_sha256=film_sha256, policy=policy)


def _read_policy(data: bytes) -> Policy:
    try:
        return parse_policy(data)
    except ValueError as fault:
        raise Unreadable(f"The policy can't be read: {fault}", "策略文件无法读取。") from fault


def _check(
    files: Mapping[str, bytes], policy: Policy, report: Report, *, films: Sequence[str | None]
) -> None:
    school = check_manifest(files, policy)
    report.add(HOLDS, f"The package is as {school} signed it.", f"证书包与 {school} 签名时一致。")
    film = json.loads(files["film.json"])
    _check_films(film, report, [digest for digest in films if digest is not None])
    places = sorted({name.rpartition("/")[0] for name in files if name.startswith("entry-")})
    entries = {
        str(entry.body["kind"]): entry for entry in (read_entry(files, place, policy) for place in places)
    }
    assessed, handed_in = entries["cut.assessed"], entries["cut.handed_in"]
    _check_story(files, film, assessed, handed_in)
    if "leaves_as" in film:
        _check_leaving(film, assessed, handed_in, entries["film.sealed"], report)
    report.add(
        HOLDS,
        f"Handed in {handed_in.body['at']} (entry {handed_in.index}), measured {assessed.body['at']} "
        f"(entry {assessed.index}): the film and the assessment are those in the log.",
        f"交片 {handed_in.body['at']}（第 {handed_in.index} 号），测定 {assessed.body['at']}（第 {assessed.index} 号）："
        "影片与测定书就是账本里的那一份。",
    )
    _check_quorum(entries.values(), policy, report)
    _tell(json.loads(files["assessment.json"]), report)


def _check_films(film: Mapping[str, Any], report: Report, digests: Sequence[str]) -> None:
    for digest in digests:
        _check_film(film, report, digest)
    if not digests:
        report.add(
            OPEN,
            f"No film file was given to compare: “{film['name']}”.",
            f"没有给出影片文件来比对：《{film['name']}》。",
        )


def _check_film(film: Mapping[str, Any], report: Report, digest: str) -> None:
    leaving = film.get("leaves_as", {})
    if digest == leaving.get("sha256"):
        report.add(
            HOLDS,
            f"The film file is “{film['name']}” as it left the school, labelled and signed, bit for bit.",
            f"影片文件就是《{film['name']}》加标签名后的离校副本，一比特不差。",
        )
    elif digest != film["sha256"]:
        report.add(
            FALSE,
            f"The film file is not “{film['name']}” of this certificate.",
            f"影片文件不是本证书所指的《{film['name']}》。",
        )
    else:
        report.add(
            HOLDS,
            f"The film file is “{film['name']}”, bit for bit.",
            f"影片文件就是《{film['name']}》，一比特不差。",
        )


def _check_leaving(
    film: Mapping[str, Any], assessed: Entry, handed_in: Entry, sealed: Entry, report: Report
) -> None:
    """The labelled copy was made from this film after this assessment, and logged before it could be fetched."""
    said = sealed.payload
    if (said["film_sha256"], said["sealed_sha256"]) != (film["sha256"], film["leaves_as"]["sha256"]):
        raise Refuted("The log speaks of another finished film.", "账本里说的是另一份离校影片。")
    if said["assessment_sha256"] != assessed.payload["assessment_sha256"]:
        raise Refuted(
            "The finished film was labelled after another assessment.", "离校影片依据的是另一份测定书。"
        )
    if sealed.body["subject"] != handed_in.body["subject"]:
        raise Refuted("Another cut was finished than handed in.", "离校的剪辑版本与交片的不是同一个。")
    report.add(
        HOLDS,
        f"Labelled and signed {sealed.body['at']} (entry {sealed.index}).",
        f"加标并签名于 {sealed.body['at']}（第 {sealed.index} 号）。",
    )


def _check_story(
    files: Mapping[str, bytes], film: Mapping[str, Any], assessed: Entry, handed_in: Entry
) -> None:
    digest = hashlib.sha256(files["assessment.json"]).hexdigest()
    if assessed.payload["assessment_sha256"] != digest:
        raise Refuted("The assessment is not the one in the log.", "测定书不是账本里的那一份。")
    if {assessed.payload["film_sha256"], handed_in.payload["film_sha256"]} != {film["sha256"]}:
        raise Refuted("The log speaks of another film.", "账本里说的是另一部影片。")
    if handed_in.body["subject"] != f"cut:{assessed.payload['cut']}":
        raise Refuted("Another cut was handed in than measured.", "交片的剪辑版本与测定的不是同一个。")


def _check_quorum(entries: Iterable[Entry], policy: Policy, report: Report) -> None:
    for entry in entries:
        if not policy.is_met_by(entry.cosigners):
            raise Refuted(
                f"Too few schools cosigned the root over entry {entry.index}: {len(entry.cosigners)}.",
                f"会签第 {entry.index} 号记录树根的学校不够：{len(entry.cosigners)} 所。",
            )
    count, size = min((len(entry.cosigners), entry.size) for entry in entries)
    report.add(
        HOLDS,
        f"The log of {size} entries is signed, and cosigned by {count} witnesses of the policy.",
        f"账本共 {size} 条，已签名，策略所列见证方中有 {count} 方会签。",
    )


def _tell(assessment: Mapping[str, Any], report: Report) -> None:
    share = assessment.get("planes", {}).get("picture", {}).get("share")
    degree = assessment.get("hcid", {}).get("value")
    if share and degree:
        low, high = (f"{100 * float(bound):.1f} %" for bound in share)
        report.add(
            HOLDS,
            f"Says: AI share of the picture {low} to {high}, human creative intervention {degree[0]} to {degree[1]}.",
            f"结论：画面的 AI 占比 {low} 至 {high}，人类创作介入度 {degree[0]} 至 {degree[1]}。",
        )


VERDICTS = {
    0: ("PROVEN. Everything holds.", "属实。全部成立。"),
    1: ("NOT PROVEN. Something is false, changed or damaged.", "不成立。有内容不实、被改动或已损坏。"),
    2: (
        "UNDECIDED. Nothing is false, but not everything was checked.",
        "未定。没有发现不实之处，但并未全部核验。",
    ),
}


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(arguments: Sequence[str] | None = None, *, write: Callable[[str], object] = sys.stdout.write) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("package", type=Path)
    parser.add_argument("film", type=Path, nargs="?")
    parser.add_argument("--policy", type=Path)
    options = parser.parse_args(arguments)
    try:
        policy = options.policy.read_bytes() if options.policy else None
        digest = sha256_of(options.film) if options.film else None
        report = verify_file(options.package, film_sha256=digest, policy=policy)
    except (OSError, Unreadable) as fault:
        write(f"{OPEN} {fault}\n")
        return 2
    for mark, english, chinese in report.lines:
        write(f"{mark} {english}\n  {chinese}\n")
    write("\n" + "\n".join(VERDICTS[report.code]) + "\n")
    return report.code


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
