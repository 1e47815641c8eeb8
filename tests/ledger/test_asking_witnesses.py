from __future__ import annotations

from contextlib import ExitStack

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from ledger import cosigning, notes, queries, services, tiles
from ledger.models import Cosignature
from ledger.policy import PolicyFault
from tests.factories import NOW, make_user
from tests.ledger.peer import Peer, serving
from tests.ledger.test_services import add
from tests.ledger.test_verification import triggers_off

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def schools():
    """Start witnesses and write a policy that asks for some of them."""
    with ExitStack() as stack:

        def start(*peers: Peer, threshold: int = 1) -> None:
            for peer in peers:
                stack.enter_context(serving(peer))
            lines = [f"log {queries.verifier_key()}", *(peer.line for peer in peers)]
            lines += [f"group peers {threshold} {' '.join(peer.key.name for peer in peers)}", "quorum peers"]
            queries.policy_path().write_text("".join(f"{line}\n" for line in lines))

        yield start


def grow(count: int):
    add(count)
    return services.sign_tree_head(now=NOW)


def asked() -> list[tuple[str, bool]]:
    return [(one.name, one.is_cosigned) for one in cosigning.ask_witnesses(now=NOW, timeout_seconds=5)]


def said() -> str:
    return cosigning.ask_witnesses(now=NOW, timeout_seconds=5)[0].said


def test_every_witness_cosigns_and_the_note_carries_it(schools):
    schools(Peer("w1"), Peer("w2"), threshold=2)
    head = grow(3)
    assert asked() == [("w1", True), ("w2", True)]
    note = notes.parse_note(queries.published_note(head).encode())
    assert [line.name for line in note.signatures] == ["dailies.example/ledger", "w1", "w2"]
    assert queries.judgement(head).is_enough
    assert tiles.published_checkpoint() == note.encode()


def test_a_grown_log_is_proven_from_where_the_witness_stands(schools):
    peer = Peer("w1")
    schools(peer)
    for count in (3, 4, 300):
        head = grow(count)
        assert asked() == [("w1", True)]
        assert (peer.size, peer.root.hex()) == (head.size, head.root)
    assert len(peer.requests) == 3


def test_a_head_already_cosigned_is_not_asked_again(schools):
    peer = Peer("w1")
    schools(peer)
    grow(2)
    assert asked() == asked() == [("w1", True)]
    assert (len(peer.requests), Cosignature.objects.count()) == (1, 1)


def test_a_witness_that_remembers_more_than_we_do_is_asked_from_there(schools):
    peer = Peer("w1")
    schools(peer)
    grow(3)
    asked()
    with triggers_off():
        Cosignature.objects.all().delete()
    grow(2)
    assert (asked(), peer.size) == ([("w1", True)], 5)
    assert [body.split(b"\n")[0] for body in peer.requests] == [b"old 0", b"old 0", b"old 3"]


def test_a_witness_that_has_seen_a_longer_log_gives_nothing(schools):
    schools(Peer("w1", size=9, root=b"\x01" * 32))
    grow(3)
    assert "has seen 9 entries of dailies.example/ledger, this log has 3" in said()
    assert Cosignature.objects.count() == 0


@pytest.mark.parametrize(
    ("mood", "reason"),
    [("broken", "answered 500: out of order"), ("liar", "409 without a size"), ("fickle", "keeps naming another size"),
     ("stranger", "no valid signature of w1"), ("elsewhere", "answered 307")],
)  # fmt: skip
def test_a_witness_that_misbehaves_is_named_and_stops_no_other(schools, mood, reason):
    schools(Peer("w1", mood=mood), Peer("w2"), threshold=2)
    head = grow(3)
    first, second = cosigning.ask_witnesses(now=NOW, timeout_seconds=5)
    assert (first.is_cosigned, second.is_cosigned) == (False, True)
    assert reason in first.said
    assert not queries.judgement(head).is_enough


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "file:///etc/passwd", "http://[broken"])
def test_an_address_that_does_not_answer_is_named(url):
    peer = Peer("w1")
    peer.url = url
    queries.policy_path().parent.mkdir(parents=True, exist_ok=True)
    queries.policy_path().write_text(f"log {queries.verifier_key()}\n{peer.line}\nquorum w1\n")
    grow(1)
    assert url.rstrip("/") in said()


def test_a_cosignature_is_never_changed(schools):
    schools(Peer("w1"))
    grow(1)
    asked()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Cosignature.objects.update(line="x")


def test_without_a_policy_nobody_is_asked_and_nobody_need_cosign():
    head = grow(1)
    assert asked() == []
    assert queries.judgement(head).is_enough
    assert queries.policy_text() == f"log {queries.verifier_key()}\nquorum none\n".encode()


def test_a_policy_that_can_not_be_read_is_named():
    head = grow(1)
    queries.policy_path().write_text("trust everybody\n")
    with pytest.raises(PolicyFault, match="Line 1"):
        cosigning.ask_witnesses(now=NOW)
    assert (queries.judgement(head), queries.witness_states()) == (None, [])


def test_the_command_says_who_cosigned_and_whether_it_is_enough(schools, capsys):
    schools(Peer("w1"), Peer("w2", mood="broken"), threshold=1)
    grow(2)
    call_command("ask_witnesses")
    assert capsys.readouterr().out.splitlines() == [
        "✓ w1: cosigned 2 entries",
        "✗ w2: The witness answered 500: out of order",
        "The policy is met at 2 entries, cosigned by 1.",
    ]


def test_the_command_fails_when_too_few_cosign(schools):
    schools(Peer("w1"), Peer("w2", mood="broken"), threshold=2)
    grow(2)
    with pytest.raises(CommandError, match="The policy is not met at 2 entries"):
        call_command("ask_witnesses")


def test_the_newest_head_that_meets_the_policy_is_found(schools):
    schools(Peer("w1"))
    first = grow(2)
    asked()
    grow(2)
    assert queries.witnessed_head(covering=1) == first
    assert queries.witnessed_head(covering=2) is None


def test_the_page_names_the_witnesses(schools, client):
    schools(Peer("w1"), Peer("w2", mood="broken"))
    grow(2)
    asked()
    client.force_login(make_user())
    page = client.get("/ledger/").content.decode()
    assert "cosigned by 1 school" in page
    assert "has not cosigned yet" in page


def test_the_keys_for_other_schools_are_printed(capsys):
    call_command("ledger_keys")
    log, witness = capsys.readouterr().out.splitlines()
    assert log == f"log {queries.verifier_key()}"
    assert witness == f"witness dailies.example/ledger/witness {queries.witness_key().verifier}"
