from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from ledger import queries, services
from ledger.models import Entry, Opening
from ledger.verification import verify
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
ALICE, BOB, ADA = "a" * 32, "b" * 32, "c" * 32


@pytest.fixture
def log(db) -> None:
    """Alice uploads, Bob uploads, Bob marks Alice's work, Bob lists a crew with Alice in it; all signed."""
    entries = [
        ("media.uploaded", "media:1", {"sha256": "1"}, ALICE),
        ("media.uploaded", "media:2", {"sha256": "2"}, BOB),
        ("grade.given", "submission:1", {"points": 90}, BOB),
        ("crew.changed", "crew:1", {"members": [{"who": ALICE}]}, BOB),
    ]
    for kind, subject, payload, actor in entries:
        services.append(kind=kind, subject=subject, payload=payload, actor=actor, now=NOW)
    services.sign_tree_head(now=NOW)
    services.publish_tree()


def openings() -> list[int]:
    return sorted(Opening.objects.values_list("entry_id", flat=True))


def erase(**named) -> int:
    return services.erase_person(pseudonym=ALICE, by=ADA, now=NOW, **named)


def test_what_a_person_did_and_where_a_payload_names_them_is_erased(log):
    assert (erase(), openings()) == (2, [1, 2, 4])


def test_subjects_known_above_are_erased_too(log):
    assert (erase(subjects=["submission:1"]), openings()) == (3, [1, 4])


def test_the_erasure_itself_is_logged(log):
    erase()
    entry = Entry.objects.get(index=4)
    assert (entry.kind, entry.subject, entry.body["actor"]) == ("person.erased", f"person:{ALICE}", ADA)
    assert entry.opening.payload == {"entries": [0, 3]}


def test_erasing_again_adds_nothing(log):
    erase()
    assert (erase(), Entry.objects.count()) == (0, 5)


def test_the_log_stays_whole_and_every_proof_holds(log):
    before = [queries.proof_for(index) for index in range(4)]
    erase()
    seen = verify(verifier=queries.verifier_key())
    assert (seen.entries, seen.erased, seen.unexplained) == (5, 2, 0)
    assert [queries.proof_for(index) for index in range(4)] == before
    assert all(proof.is_right for proof in before)


def test_an_opening_that_vanished_without_record_is_told(log, capsys):
    erase()
    Opening.objects.filter(entry_id=1).delete()
    call_command("verify_ledger")
    told = capsys.readouterr()
    assert "3 erased" in told.out
    assert told.err == "1 of the erased were erased without an entry that says so.\n"


def test_no_erased_content_is_left_in_the_entries(log):
    erase(subjects=["submission:1"])
    left = [str(entry.body) for entry in Entry.objects.all()] + [
        str(row.payload) for row in Opening.objects.all()
    ]
    assert not any("points" in text or "who" in text for text in left)


def test_the_command_erases(log, capsys):
    call_command("erase_person", ALICE, "--by", ADA, "--subject", "submission:1")
    assert (capsys.readouterr().out, openings()) == ("3 entries were erased.\n", [1, 4])


@pytest.mark.parametrize("pseudonym", ["", "a", "%", "aaaa-bbbb-cccc"])
def test_the_command_takes_no_fragment(log, pseudonym):
    with pytest.raises(CommandError, match="A pseudonym has"):
        call_command("erase_person", pseudonym, "--by", ADA)
    assert len(openings()) == 4


def test_an_empty_pseudonym_erases_nobody(log):
    with pytest.raises(ValueError, match="nobody"):
        services.erase_person(pseudonym="", by=ADA, now=NOW)
    assert len(openings()) == 4
