"""A certificate is read by a program that shares no code with its writer; every change to it is found."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings as conf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import verify_certificate
from ledger import certificate, cosigning, merkle, notes, queries, services
from ledger.canonical import canonical_json
from ledger.models import Opening
from tests.factories import NOW
from tests.ledger.peer import Peer, serving
from tests.ledger.test_notes import GO_NOTE, GO_VERIFIER
from tests.ledger.test_services import add

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
FILM = b"moving pictures" * 100
FILM_SHA256 = hashlib.sha256(FILM).hexdigest()
ASSESSMENT = canonical_json(
    {
        "planes": {"picture": {"share": [0.25, 0.5]}},
        "hcid": {"value": [40, 61.5]},
        "verdict": {"result": "open"},
    }
)
CUT = "3a9cbb1e-0000-4000-8000-000000000001"


def handed_in_and_assessed() -> list[int]:
    add(3)
    handed_in = {"film_sha256": FILM_SHA256, "attempt": 1, "receipt": "7KQ4-M2XR-9TBC"}
    assessed = {
        "cut": CUT,
        "film_sha256": FILM_SHA256,
        "assessment_sha256": hashlib.sha256(ASSESSMENT).hexdigest(),
    }
    first = services.append(kind="cut.handed_in", subject=f"cut:{CUT}", payload=handed_in, actor="a", now=NOW)
    add(2)
    second = services.append(
        kind="cut.assessed", subject="assessment:1", payload=assessed, actor="m", now=NOW
    )
    add(4)
    services.sign_tree_head(now=NOW)
    return [first.index, second.index]


def certified(indices: list[int], **named) -> bytes:
    facts = {"film_name": "灯船.mp4", "film_sha256": FILM_SHA256, "assessment": ASSESSMENT, **named}
    return services.certify(indices=indices, **facts)


@pytest.fixture
def package(db) -> bytes:
    return certified(handed_in_and_assessed())


@pytest.fixture
def policy(db) -> bytes:
    return queries.policy_text()


def check(package: bytes, **named) -> int:
    return verify_certificate.verify(package, **named).code


def check_all(package: bytes, policy: bytes) -> int:
    return check(package, film_sha256=FILM_SHA256, policy=policy)


def said(package: bytes, **named) -> str:
    return "\n".join(" ".join(line) for line in verify_certificate.verify(package, **named).lines)


def files_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# ---------------------------------------------------------------- what holds
def test_a_whole_certificate_with_film_and_policy_is_proven(package, policy):
    assert check_all(package, policy) == 0


def test_without_the_film_or_the_schools_policy_it_stays_undecided(package, policy):
    assert check(package, policy=policy) == 2
    assert check(package, film_sha256=FILM_SHA256) == 2
    assert check(package) == 2


def test_another_film_is_refuted(package, policy):
    assert check(package, film_sha256="0" * 64, policy=policy) == 1


def test_the_verdict_is_told_in_both_languages(package, policy):
    text = said(package, film_sha256=FILM_SHA256, policy=policy)
    assert "AI share of the picture 25.0 % to 50.0 %" in text
    assert "画面的 AI 占比 25.0 % 至 50.0 %" in text
    assert "The film file is “灯船.mp4”, bit for bit." in text
    assert "log of 11 entries" in text


def test_equal_contents_give_equal_bytes(package):
    assert certified([3, 6]) == package
    assert certificate.pack(files_of(package)) == verify_certificate.pack(files_of(package)) == package


def test_any_unzip_program_opens_it(package):
    assert sorted(files_of(package)) == [
        "README.txt",
        "README.zh.txt",
        "assessment.json",
        *(f"entry-{n:012d}/{name}" for n in (3, 6) for name in ("body.json", "entry.tlog-proof", "payload.json", "salt.txt")),
        "film.json",
        "manifest.txt",
        "policy.txt",
    ]  # fmt: skip
    assert zipfile.ZipFile(io.BytesIO(package)).testzip() is None


def test_the_proof_has_the_form_of_the_specification(package):
    lines = files_of(package)["entry-000000000003/entry.tlog-proof"].decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 3"]
    assert lines[lines.index("") + 1 :][:2] == ["dailies.example/ledger", "11"]


def test_only_what_was_asked_for_leaves_the_log(package):
    assert "1".zfill(64).encode() not in package


# ---------------------------------------------------------------- tampering
def changed(package: bytes, at: int, bit: int) -> bytes:
    return package[:at] + bytes([package[at] ^ 1 << bit]) + package[at + 1 :]


def test_a_change_in_any_region_is_found(package, policy):
    """Every byte of the archive's own fields and of the small files; every fifth of the rest."""
    places = {*range(len(package) - 2200, len(package)), *range(0, len(package), 5)}
    unseen = [at for at in sorted(places) if check_all(changed(package, at, at % 8), policy) == 0]
    assert unseen == []


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cutting_adding_or_moving_bytes_is_found(package, policy, data):
    start = data.draw(st.integers(0, len(package)))
    end = data.draw(st.integers(start, len(package)))
    insert = data.draw(st.binary(max_size=20))
    other = package[:start] + insert + package[end:]
    if other != package:
        assert check_all(other, policy) != 0


def school_key() -> notes.SigningKey:
    return notes.load_key(conf.LEDGER_KEY_PATH)


def entry_file(number: int, name: str) -> str:
    return f"entry-{number:012d}/{name}"


@pytest.mark.parametrize("name", ["README.txt", "film.json", "assessment.json", "policy.txt", "manifest.txt"])
def test_a_file_replaced_and_packed_properly_is_found(package, policy, name):
    files = files_of(package)
    files[name] = files[name].replace(b"a", b"b", 1)
    assert check_all(verify_certificate.pack(files), policy) == 1


def test_a_file_added_or_left_out_is_found(package, policy):
    files = files_of(package)
    assert check_all(verify_certificate.pack({**files, "more.txt": b""}), policy) == 1
    for name in files:
        left = {key: data for key, data in files.items() if key != name}
        assert check_all(verify_certificate.pack(left), policy) == 1


DISHONEST = {
    "another assessment": {"assessment.json": b'{"planes":{}}'},
    "another film": {"film.json": canonical_json({"name": "x", "sha256": "0" * 64})},
    "another payload": {entry_file(6, "payload.json"): b"{}"},
    "another salt": {entry_file(6, "salt.txt"): b"00" * 32},
    "a salt that is no hex": {entry_file(6, "salt.txt"): b"salt"},
    "another body": {entry_file(3, "body.json"): b'{"kind":"cut.handed_in","payload":""}'},
    "a proof of nothing": {entry_file(3, "entry.tlog-proof"): b"c2sp.org/tlog-proof@v1\nindex 3\n\n"},
    "a film that is a list": {"film.json": b"[]"},
    "an assessment nested too deeply": {"assessment.json": b"[" * 100_000},
}


@pytest.mark.parametrize("changes", DISHONEST.values(), ids=DISHONEST)
def test_not_even_the_school_can_certify(package, policy, changes):
    files = {name: data for name, data in {**files_of(package), **changes}.items() if name != "manifest.txt"}
    files["manifest.txt"] = certificate.write_manifest(files, signer=school_key())
    assert check_all(verify_certificate.pack(files), policy) == 1


def test_the_school_can_not_move_an_entry(package, policy):
    files = {name: data for name, data in files_of(package).items() if name != "manifest.txt"}
    proof = entry_file(3, "entry.tlog-proof")
    files[proof] = files[proof].replace(b"index 3", b"index 4")
    files["manifest.txt"] = certificate.write_manifest(files, signer=school_key())
    assert "does not lead to the signed root" in said(verify_certificate.pack(files), policy=policy)


def test_the_school_can_not_take_the_film_of_another_cut(package, policy):
    add(1)
    other = services.append(
        kind="cut.handed_in", subject="cut:other", payload={"film_sha256": FILM_SHA256}, actor="a", now=NOW
    )
    services.sign_tree_head(now=NOW)
    assert "Another cut was handed in" in said(certified([other.index, 6]), policy=policy)


def test_a_forger_with_a_key_of_their_own_is_found_by_the_schools_policy(package, policy, settings, tmp_path):
    forger = notes.make_key(tmp_path / "key", name=settings.LEDGER_ORIGIN)
    files = {name: data for name, data in files_of(package).items() if name != "manifest.txt"}
    files["policy.txt"] = f"log {forger.verifier}\nquorum none\n".encode()
    for number in (3, 6):
        proof = entry_file(number, "entry.tlog-proof")
        head, _blank, note = files[proof].partition(b"\n\n")
        text = notes.parse_note(note).text
        files[proof] = head + b"\n\n" + notes.sign_note(text, keys=[forger]).encode()
    files["manifest.txt"] = certificate.write_manifest(files, signer=forger)
    forged = verify_certificate.pack(files)
    assert check(forged, film_sha256=FILM_SHA256) == 2
    assert check_all(forged, policy) == 1


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"no zip" * 1000])
def test_what_is_no_package_is_refuted(data, policy):
    assert check(data, policy=policy) == 1


def test_a_compressed_copy_is_refused(package, policy):
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files_of(package).items():
            archive.writestr(name, data)
    assert "packed in another way" in said(copy.getvalue(), policy=policy)


# ---------------------------------------------------------------- the film as it leaves
SIGNED_FILM = b"labelled and signed" * 100
SIGNED_SHA256 = hashlib.sha256(SIGNED_FILM).hexdigest()
LEAVING = certificate.Leaving("film.mp4", SIGNED_SHA256)


def sealed(**changes) -> dict[str, str]:
    assessed = hashlib.sha256(ASSESSMENT).hexdigest()
    said = {"film_sha256": FILM_SHA256, "sealed_sha256": SIGNED_SHA256, "assessment_sha256": assessed}
    return {**said, **changes}


def certified_with_seal(subject: str = f"cut:{CUT}", **changes) -> bytes:
    indices = handed_in_and_assessed()
    entry = services.append(
        kind="film.sealed", subject=subject, payload=sealed(**changes), actor="m", now=NOW
    )
    services.sign_tree_head(now=NOW)
    return certified([*indices, entry.index], leaving=LEAVING, more={"credits.json": b"[]"})


def delivered(package: bytes, film: bytes = SIGNED_FILM, name: str = "film.mp4") -> bytes:
    return certificate.pack({"certificate.zip": package, name: film})


@pytest.fixture
def delivery(db, tmp_path) -> Path:
    path = tmp_path / "delivery.zip"
    path.write_bytes(delivered(certified_with_seal()))
    return path


def check_file(path: Path, **named) -> int:
    return verify_certificate.verify_file(path, **named).code


def test_a_delivery_is_proven_with_the_film_inside_it(delivery, policy):
    assert check_file(delivery, policy=policy) == 0
    assert check_file(delivery) == 2


def test_both_the_film_handed_in_and_the_film_that_leaves_are_known(policy):
    package = certified_with_seal()
    codes = [check(package, film_sha256=one, policy=policy) for one in (FILM_SHA256, SIGNED_SHA256, "0" * 64)]
    assert codes == [0, 0, 1]
    assert "as it left the school" in said(package, film_sha256=SIGNED_SHA256, policy=policy)


def test_a_change_anywhere_in_a_delivery_is_found(delivery, policy):
    """Every byte of the outer archive's own fields, every seventh of the rest."""
    data = delivery.read_bytes()
    film = data.index(SIGNED_FILM)
    places = {
        *range(60),
        *range(film - 60, film + 20),
        *range(len(data) - 260, len(data)),
        *range(0, len(data), 7),
    }
    unseen = []
    for at in sorted(places):
        delivery.write_bytes(changed(data, at, at % 8))
        if check_file(delivery, policy=policy) == 0:
            unseen.append(at)
    assert unseen == []


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda data: data + b"more",
        lambda data: b"more" + data,
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: delivered(files_of(data)["certificate.zip"], SIGNED_FILM + b"."),
        lambda data: delivered(files_of(data)["certificate.zip"], b""),
        lambda data: certificate.pack({**files_of(data), "more.txt": b""}),
        lambda data: certificate.pack({"certificate.zip": files_of(data)["certificate.zip"]}),
    ],
)
def test_a_delivery_with_something_more_less_or_else_is_refuted(delivery, policy, spoiled):
    delivery.write_bytes(spoiled(delivery.read_bytes()))
    assert check_file(delivery, policy=policy) == 1


@pytest.mark.parametrize(
    "changes", [{"subject": "cut:other"}, {"assessment_sha256": "0" * 64}], ids=["cut", "assessment"]
)
def test_a_seal_of_another_cut_or_after_another_assessment_is_refuted(policy, changes):
    package = certified_with_seal(**changes)
    assert check(package, film_sha256=SIGNED_SHA256, policy=policy) == 1


@pytest.mark.parametrize("changes", [{"film_sha256": "0" * 64}, {"sealed_sha256": "0" * 64}], ids=str)
def test_a_seal_of_another_film_is_not_certified(changes):
    with pytest.raises(services.NotCertifiable, match="does not speak of this film"):
        certified_with_seal(**changes)


def test_no_finished_film_is_certified_without_its_entry():
    with pytest.raises(services.NotCertifiable, match="does not speak of this film"):
        certified(handed_in_and_assessed(), leaving=LEAVING)


def test_an_archive_of_more_than_four_gigabytes_is_not_written():
    with pytest.raises(certificate.CertificateFault, match="4 GiB"):
        certificate.frame([certificate.Member("film.mp4", 2**32, 0)])


# ---------------------------------------------------------------- witnesses
def test_a_policy_that_asks_for_more_schools_than_cosigned_refutes(package, policy):
    witnesses = [notes.SigningKey(f"w{n}", bytes([n]) * 32, notes.COSIGNATURE) for n in range(2)]
    lines = "".join(f"witness {key.name} {key.verifier}\n" for key in witnesses)
    strict = policy.replace(b"quorum none", f"{lines}group g 1 w0 w1\nquorum g".encode())
    assert "Too few schools cosigned" in said(package, policy=strict)


def test_a_certificate_waits_for_the_witnesses_and_carries_them():
    indices = handed_in_and_assessed()
    with serving(Peer("w1")) as peer:
        text = f"log {queries.verifier_key()}\n{peer.line}\nquorum w1\n"
        queries.policy_path().write_text(text)
        with pytest.raises(services.NotCertifiable, match="not by enough schools"):
            certified(indices)
        cosigning.ask_witnesses(now=NOW, timeout_seconds=5)
    package = certified(indices)
    assert check_all(package, text.encode()) == 0
    assert "cosigned by 1 witnesses" in said(package, policy=text.encode())


# ---------------------------------------------------------------- what is not certified
def test_an_entry_that_is_not_signed_yet_is_not_certified():
    with pytest.raises(services.NotCertifiable, match="not been signed"):
        certified([0])


def test_an_erased_entry_is_not_certified():
    indices = handed_in_and_assessed()
    Opening.objects.filter(entry_id=indices[0]).delete()
    with pytest.raises(services.NotCertifiable, match="was erased"):
        certified(indices)


@pytest.mark.parametrize("change", [{"film_sha256": "0" * 64}, {"assessment": b"{}"}], ids=str)
def test_what_the_log_does_not_speak_of_is_not_certified(change):
    with pytest.raises(services.NotCertifiable, match="does not speak of this film"):
        certified(handed_in_and_assessed(), **change)


def test_both_entries_are_needed():
    indices = handed_in_and_assessed()
    with pytest.raises(services.NotCertifiable, match="does not speak of this film"):
        certified(indices[:1])


# ---------------------------------------------------------------- the program
@pytest.fixture
def on_disk(package, policy, tmp_path) -> Path:
    for name, data in {"film.mp4": FILM, "certificate.zip": package, "policy": policy}.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(verify_certificate.__file__)
    return subprocess.run(
        [sys.executable, "-I", program, *arguments],
        cwd=folder, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip


def test_the_program_runs_alone_and_ends_with_the_verdict(on_disk):
    done = run(on_disk, "certificate.zip", "film.mp4", "--policy", "policy")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\nPROVEN. Everything holds.\n属实。全部成立。\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["certificate.zip"], 2), (["certificate.zip", "film.mp4"], 2), (["certificate.zip", "policy"], 1),
     (["absent.zip"], 2), (["certificate.zip", "absent.mp4"], 2), (["certificate.zip", "--policy", "film.mp4"], 2),
     (["film.mp4"], 1)],
)  # fmt: skip
def test_the_programs_exit_codes(on_disk, arguments, code, monkeypatch):
    monkeypatch.chdir(on_disk)
    assert verify_certificate.main(arguments, write=io.StringIO().write) == code


def test_the_program_needs_nothing_but_the_standard_library_and_cryptography():
    tree = ast.parse(Path(verify_certificate.__file__).read_text())
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names - set(sys.stdlib_module_names) == {"cryptography"}


# ---------------------------------------------------------------- two programs agree
@settings(deadline=None, max_examples=100)
@given(size=st.integers(1, 70), data=st.data())
def test_the_program_climbs_the_tree_as_the_log_does(size, data):
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(leaves, index=index)
    root = merkle.tree_root(leaves)
    assert verify_certificate.root_from_path(leaves[index], index, size, path) == root
    other = data.draw(st.integers(0, 80))
    leads = verify_certificate.root_from_path(leaves[index], other, size, path) == root
    assert leads == merkle.verify_inclusion(index=other, size=size, leaf=leaves[index], proof=path, root=root)


def test_the_program_reads_notes_that_other_software_signed():
    text, signatures = verify_certificate.parse_note(GO_NOTE.encode())
    key = verify_certificate.parse_key(GO_VERIFIER)
    assert verify_certificate.verify_note(text, signatures, [key]) == [key]


def test_the_film_fact_file_is_canonical(package):
    film = files_of(package)["film.json"]
    assert canonical_json(json.loads(film)) == film
