from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest

from ledger.notes import (
    Checkpoint,
    NoteFault,
    SigningKey,
    load_key,
    make_key,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
    parse_verifier,
    sign_note,
    verify_note,
    write_checkpoint,
)

VECTOR = json.loads((Path(__file__).parents[2] / "fixtures/vectors/merkle_checkpoint.json").read_text())
KEY = SigningKey("school.example/dailies", bytes(range(32)))
PEER = SigningKey("peer.example", bytes(range(1, 33)))
CHECKPOINT = Checkpoint("school.example/dailies", 3, b"\x07" * 32)

# From the C2SP signed-note specification and golang.org/x/mod/sumdb/note: a note that other software signed.
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1"
    "FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_that_go_signed_is_verified() -> None:
    verifier = parse_verifier(GO_VERIFIER)
    assert verify_note(parse_note(GO_NOTE.encode()), verifiers=[verifier]) == (verifier,)


def test_the_checkpoint_vector_opens_and_is_written_the_same() -> None:
    data = VECTOR["checkpoint"].encode()
    verifier = parse_verifier(VECTOR["verifier"])
    opened = open_checkpoint(data, origin=VECTOR["origin"], verifier=verifier)
    assert opened.size == 8
    assert write_checkpoint(opened, keys=[SigningKey(verifier.name, bytes.fromhex(VECTOR["seed"]))]) == data


def test_signatures_of_strangers_are_passed_over() -> None:
    note = sign_note(CHECKPOINT.text, keys=[PEER, KEY])
    assert verify_note(note, verifiers=[KEY.verifier]) == (KEY.verifier,)
    assert verify_note(note, verifiers=[]) == ()


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    data = write_checkpoint(CHECKPOINT, keys=[KEY, PEER]).replace(b"\n3\n", b"\n4\n")
    with pytest.raises(NoteFault, match=r"signature of school\.example/dailies does not fit"):
        open_checkpoint(data, origin=CHECKPOINT.origin, verifier=KEY.verifier)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(NoteFault, match=r"is of school\.example/dailies, not of other"):
        open_checkpoint(write_checkpoint(CHECKPOINT, keys=[KEY]), origin="other", verifier=KEY.verifier)


def test_an_unsigned_checkpoint_is_refused() -> None:
    with pytest.raises(NoteFault, match=r"not signed by school\.example/dailies"):
        open_checkpoint(
            write_checkpoint(CHECKPOINT, keys=[PEER]), origin=CHECKPOINT.origin, verifier=KEY.verifier
        )


def test_keys_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "log.key"
    key = make_key(path, name="school.example")
    assert make_key(path, name="school.example") == key == load_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert base64.b64encode(key.seed).decode() not in repr(key)
    with pytest.raises(NoteFault, match=r"holds the key of school\.example, not of other"):
        make_key(path, name="other")


def test_a_damaged_key_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    path.write_text(KEY.encode().replace("dailies+", "daylies+"))
    with pytest.raises(NoteFault, match="does not fit its name"):
        load_key(path)
    path.write_text("hello")
    with pytest.raises(NoteFault, match="holds no signing key"):
        load_key(path)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "nbsp\u00a0"])
def test_names_that_would_break_a_note_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoteFault, match="can't name a key"):
        make_key(tmp_path / "key", name=name)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"text\n", "no signatures"),
        (b"text\n\n", "no signatures"),
        (b"\xff\n\n", "not UTF-8"),
        ("text\n\n— name\n".encode(), "form"),
        ("text\n\n— name !!!!\n".encode(), "not base64"),
        ("text\n\n— name AAAA\n".encode(), "too short"),
        ("te\x07xt\n\n— name AAAAAAAA\n".encode(), "control characters"),
        (("text\n\n" + "— name AAAAAAAA\n" * 17).encode(), "1 to 16 signatures"),
        (b"x" * 1_000_001, "larger than"),
    ],
)
def test_bytes_that_are_no_note_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(NoteFault, match=said):
        parse_note(data)


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "o\n01\nAAAA\n",
        "o\n-1\nAAAA\n",
        "o\n²\nAAAA\n",
        "o\n1\nAAAA\n",
        "o\n1\n" + "A" * 43 + "=",
        "\n1\n" + "A" * 43 + "=\n",
    ],
)
def test_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteFault):
        parse_checkpoint(text)


def test_a_checkpoint_with_a_line_break_inside_is_not_written() -> None:
    with pytest.raises(NoteFault):
        write_checkpoint(Checkpoint("a\nb", 1, b"\x00" * 32), keys=[KEY])


def test_extensions_travel_with_a_checkpoint() -> None:
    extended = Checkpoint("o", 1, b"\x00" * 32, ("one", "two"))
    assert parse_checkpoint(extended.text) == extended
