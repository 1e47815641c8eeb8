"""As witness: every answer tlog-witness asks for, each against what is remembered afterwards."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from ledger import cosigning, merkle, notes, queries, witness
from ledger.models import KnownLog
from tests.factories import NOW, make_administrator

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
PEER = notes.SigningKey("peer.example/ledger", bytes(range(32)))
OTHER = notes.SigningKey("peer.example/ledger", bytes(range(1, 33)))
LEAVES = [merkle.leaf_hash(str(n).encode()) for n in range(40)]
EMPTY = b""


def note_of(size: int, *, leaves=LEAVES, key=PEER, origin=PEER.name, root=None) -> bytes:
    root = root or merkle.tree_root(leaves[:size])
    return notes.write_checkpoint(notes.Checkpoint(origin, size, root), keys=[key])


def request_for(old: int, size: int, *, leaves=LEAVES, **named) -> bytes:
    proof = () if old in {0, size} else merkle.consistency_proof(leaves[:size], old_size=old)
    return witness.write_request(old_size=old, proof=proof, note=note_of(size, leaves=leaves, **named))


def ask(data: bytes, now=NOW) -> witness.Answer:
    return cosigning.add_checkpoint(data=data, now=now)


@pytest.fixture
def peer(db) -> KnownLog:
    return KnownLog.objects.create(origin=PEER.name, verifier=str(PEER.verifier))


def remembered() -> tuple[int, str]:
    return KnownLog.objects.values_list("size", "root").get()


def root_hex(size: int) -> str:
    return merkle.tree_root(LEAVES[:size]).hex()


# ---------------------------------------------------------------- 200
def test_a_first_checkpoint_is_cosigned_and_remembered(peer):
    answer = ask(request_for(0, 5))
    (line,) = notes.parse_signatures(answer.body)
    key = queries.witness_key().verifier
    assert (answer.status, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert line.key == (key.name, key.key_id)
    assert key.accepts(notes.parse_note(note_of(5)).text, line.signature)
    assert datetime.fromtimestamp(notes.cosigned_at(line.signature), tz=UTC) == NOW.replace(microsecond=0)
    assert remembered() == (5, root_hex(5))


@pytest.mark.parametrize("step", [1, 2, 8, 9, 39])
def test_a_log_that_grows_is_cosigned_again(peer, step):
    ask(request_for(0, 1))
    assert ask(request_for(1, 1 + step)).status == 200
    assert remembered() == (1 + step, root_hex(1 + step))


def test_the_same_checkpoint_is_cosigned_anew_with_the_new_time(peer):
    ask(request_for(0, 5))
    (line,) = notes.parse_signatures(ask(request_for(5, 5), NOW + timedelta(hours=1)).body)
    assert notes.cosigned_at(line.signature) == int((NOW + timedelta(hours=1)).timestamp())


def test_an_empty_log_is_cosigned(peer):
    assert ask(request_for(0, 0)).status == 200
    assert ask(request_for(0, 0)).status == 200
    assert remembered() == (0, merkle.EMPTY_ROOT.hex())


def test_signatures_of_strangers_beside_the_logs_own_do_no_harm(peer):
    stranger = notes.SigningKey("stranger.example", bytes(32))
    note = notes.sign_note(notes.parse_note(note_of(5)).text, keys=[stranger, PEER, OTHER]).encode()
    assert ask(witness.write_request(old_size=0, proof=(), note=note)).status == 200
    kept = notes.parse_note(KnownLog.objects.get().note.encode())
    assert [line.name for line in kept.signatures] == [PEER.name, queries.witness_name()]


# ---------------------------------------------------------------- refusals
def refused(answer: witness.Answer, status: int, before: tuple[int, str]) -> None:
    assert (answer.status, remembered()) == (status, before)
    assert "—" not in answer.body


def test_an_unknown_origin_is_not_found(peer):
    stranger = notes.SigningKey("stranger.example", bytes(32))
    data = request_for(0, 5, key=stranger, origin="stranger.example")
    refused(ask(data), 404, (0, merkle.EMPTY_ROOT.hex()))


def test_another_key_of_the_same_name_is_forbidden(peer):
    refused(ask(request_for(0, 5, key=OTHER)), 403, (0, merkle.EMPTY_ROOT.hex()))


def test_a_signature_over_another_text_is_forbidden(peer):
    data = request_for(0, 5).replace(b"\n5\n", b"\n6\n")
    refused(ask(data), 403, (0, merkle.EMPTY_ROOT.hex()))


def test_an_old_size_beyond_the_checkpoint_is_a_bad_request(peer):
    ask(request_for(0, 5))
    data = witness.write_request(old_size=6, proof=(), note=note_of(5))
    refused(ask(data), 400, (5, root_hex(5)))


@pytest.mark.parametrize("old", [0, 3, 7])
def test_another_old_size_than_remembered_is_a_conflict_that_tells_the_size(peer, old):
    ask(request_for(0, 5))
    answer = ask(request_for(old, 9))
    refused(answer, 409, (5, root_hex(5)))
    assert (answer.body, answer.content_type) == ("5\n", "text/x.tlog.size")


def test_a_log_rolled_back_is_a_conflict(peer):
    ask(request_for(0, 9))
    refused(ask(request_for(5, 7)), 409, (9, root_hex(9)))
    refused(ask(request_for(0, 7)), 409, (9, root_hex(9)))


def test_a_rewritten_history_can_not_be_proven(peer):
    ask(request_for(0, 5))
    forged = [merkle.leaf_hash(b"forged"), *LEAVES[1:]]
    refused(ask(request_for(5, 9, leaves=forged)), 422, (5, root_hex(5)))


def test_another_root_of_the_same_size_is_unprocessable(peer):
    ask(request_for(0, 5))
    refused(ask(request_for(5, 5, root=b"\x01" * 32)), 422, (5, root_hex(5)))


def test_an_empty_log_with_a_root_is_unprocessable(peer):
    data = witness.write_request(old_size=0, proof=(), note=note_of(0, root=b"\x01" * 32))
    refused(ask(data), 422, (0, merkle.EMPTY_ROOT.hex()))


def test_a_proof_from_nothing_is_unprocessable(peer):
    data = witness.write_request(old_size=0, proof=(b"\x01" * 32,), note=note_of(5))
    refused(ask(data), 422, (0, merkle.EMPTY_ROOT.hex()))


@pytest.mark.parametrize("position", range(4))
def test_a_proof_with_one_hash_changed_is_unprocessable(peer, position):
    ask(request_for(0, 5))
    proof = list(merkle.consistency_proof(LEAVES[:9], old_size=5))
    proof[position % len(proof)] = b"\x01" * 32
    data = witness.write_request(old_size=5, proof=tuple(proof), note=note_of(9))
    refused(ask(data), 422, (5, root_hex(5)))


HASH = base64.b64encode(bytes(32))
MALFORMED = {
    "nothing": b"",
    "no old line": b"\n" + note_of(5),
    "another word": b"new 0\n\n" + note_of(5),
    "no number": b"old x\n\n" + note_of(5),
    "a leading zero": b"old 00\n\n" + note_of(5),
    "a sign": b"old -1\n\n" + note_of(5),
    "a number beyond all logs": b"old " + b"9" * 5000 + b"\n\n" + note_of(5),
    "two spaces": b"old  0\n\n" + note_of(5),
    "a proof line of another length": b"old 1\n" + base64.b64encode(bytes(31)) + b"\n\n" + note_of(5),
    "a proof line that is not base64": b"old 1\n!!!!\n\n" + note_of(5),
    "64 proof lines": b"old 1\n" + (HASH + b"\n") * 64 + b"\n" + note_of(5),
    "no checkpoint": b"old 0\n\n",
    "a checkpoint without signature": b"old 0\n\n" + note_of(5).split(b"\n\n")[0] + b"\n",
    "a checkpoint of a size beyond all logs": b"old 0\n\n" + note_of(5).replace(b"\n5\n", b"\n" + b"9" * 5000 + b"\n"),
    "too much": b"old 0\n\n" + b"x" * 200_000,
    "no text": b"\xff\xfe old 0\n\n\xff",
}  # fmt: skip


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_a_bad_request(peer, data):
    refused(ask(data), 400, (0, merkle.EMPTY_ROOT.hex()))


@given(data=st.binary(max_size=200))
def test_no_bytes_break_the_reader(data):
    try:
        witness.parse_request(data)
    except witness.MalformedRequest:
        return
    pytest.fail("random bytes were read as a request")


# ---------------------------------------------------------------- over HTTP
URL = "/ledger/witness/add-checkpoint"


def test_a_school_without_session_is_answered(client, peer):
    response = client.post(URL, request_for(0, 5), content_type="text/plain")
    assert (response.status_code, remembered()) == (200, (5, root_hex(5)))
    response = client.post(URL, request_for(0, 9), content_type="text/plain")
    assert (response.status_code, response.headers["Content-Type"]) == (409, "text/x.tlog.size")
    assert response.content == b"5\n"


def test_the_cosigned_checkpoint_is_served_to_monitors(client, peer):
    address = f"/ledger/witness/{hashlib.sha256(PEER.name.encode()).hexdigest()}/checkpoint"
    assert client.get(address).status_code == 404
    client.post(URL, request_for(0, 5), content_type="text/plain")
    note = notes.parse_note(client.get(address).content)
    keys = [PEER.verifier, queries.witness_key().verifier]
    assert notes.verify_note(note, verifiers=keys) == tuple(keys)


# ---------------------------------------------------------------- known logs
@pytest.mark.parametrize(
    "verifier", ["", "peer.example/ledger+00000000+AAAA", str(notes.SigningKey("x", bytes(32)).verifier),
                 str(notes.SigningKey(PEER.name, bytes(32), notes.COSIGNATURE).verifier)]
)  # fmt: skip
def test_a_key_that_is_not_the_logs_is_not_taken(verifier):
    with pytest.raises(ValidationError):
        KnownLog(origin=PEER.name, verifier=verifier).full_clean()


def test_an_administrator_adds_a_log_and_can_not_forget_what_was_cosigned(client, peer):
    client.force_login(make_administrator())
    ask(request_for(0, 5))
    page = client.get(f"/admin/ledger/knownlog/{peer.pk}/change/").content.decode()
    assert 'name="size"' not in page
    assert client.post(f"/admin/ledger/knownlog/{peer.pk}/delete/", {"post": "yes"}).status_code == 403
    facts = {
        "origin": "third.example",
        "verifier": str(notes.SigningKey("third.example", bytes(32)).verifier),
    }
    client.post("/admin/ledger/knownlog/add/", facts)
    assert KnownLog.objects.filter(origin="third.example").exists()


# ---------------------------------------------------------------- at once
def ask_alone(data: bytes) -> int:
    try:
        return ask(data).status
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_one_is_cosigned():
    if connection.vendor != "postgresql":
        pytest.skip("threads need a database server")
    KnownLog.objects.create(origin=PEER.name, verifier=str(PEER.verifier))
    queries.witness_key()
    requests = [request_for(0, size) for size in (3, 9, 5, 7)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask_alone, requests))
    assert sorted(answers) == [200, 409, 409, 409]
    assert remembered()[0] == [3, 9, 5, 7][answers.index(200)]


def test_a_request_overtaken_between_check_and_signature_is_a_conflict(peer):
    asked = witness.parse_request(request_for(0, 5))
    stale = KnownLog.objects.get()
    ask(request_for(0, 9))
    line = notes.cosign_note(asked.note, key=queries.witness_key(), at=1)
    with pytest.raises(cosigning.Declined) as caught:
        cosigning._remember(asked, stale, line, now=NOW)
    assert (caught.value.answer.status, caught.value.answer.body) == (409, "9\n")
    assert remembered() == (9, root_hex(9))
