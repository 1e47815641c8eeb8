"""What is changed behind the database's back is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ledger import merkle, queries, services
from ledger.models import Entry, Log, Opening, TreeHead
from ledger.verification import LedgerFault, verify
from tests.factories import NOW
from tests.ledger.test_services import add

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@contextmanager
def triggers_off() -> Iterator[None]:
    """Do as somebody does who owns the database: take the append-only triggers away."""
    tables = ("ledger_entry", "ledger_treehead", "ledger_opening", "ledger_cosignature")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update ON {table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete ON {table}")
        else:
            for table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")
    yield


@pytest.fixture
def log(db) -> None:
    """Seven entries: a head at 4, a head at 6, one entry unsigned."""
    add(4)
    services.sign_tree_head(now=NOW)
    add(2)
    services.sign_tree_head(now=NOW)
    add(1)


def fault() -> str:
    with pytest.raises(LedgerFault) as caught:
        verify(verifier=queries.verifier_key())
    return str(caught.value)


def test_a_whole_log_is_counted(log):
    seen = verify(verifier=queries.verifier_key())
    assert (seen.entries, seen.heads, seen.openings, seen.unsigned, seen.erased) == (7, 2, 7, 1, 0)
    assert (
        seen.root
        == merkle.tree_root(bytes.fromhex(entry.leaf) for entry in Entry.objects.order_by("index")).hex()
    )


def test_an_empty_log_is_whole(db):
    assert verify(verifier=queries.verifier_key()).entries == 0


def test_an_erased_opening_leaves_the_log_whole(log):
    Opening.objects.filter(entry__index=2).delete()
    assert verify(verifier=queries.verifier_key()).erased == 1


def test_a_changed_body_is_found(log):
    with triggers_off():
        entry = Entry.objects.get(index=3)
        Entry.objects.filter(index=3).update(body={**entry.body, "actor": "mallory"})
    assert fault() == "Entry 3 was changed: its body gives another hash."


def test_a_changed_body_with_its_leaf_recomputed_is_found_by_the_signed_root(log):
    body = {**Entry.objects.get(index=1).body, "actor": "mallory"}
    leaf = merkle.leaf_hash(services.canonical.canonical_json(body)).hex()
    with triggers_off():
        Entry.objects.filter(index=1).update(body=body, leaf=leaf)
    assert fault() == "The entries up to 4 give another root than the tree head signed there."


def test_a_changed_column_is_found(log):
    with triggers_off():
        Entry.objects.filter(index=2).update(subject="media:other")
    assert fault() == "Entry 2 was changed: its kind or subject differs from its body."


def test_a_removed_entry_is_found(log):
    with triggers_off():
        Opening.objects.filter(entry__index=2).delete()
        Entry.objects.filter(index=2).delete()
    assert fault() == "Entry 2 is missing: the next one is 3."


def test_entries_cut_off_after_signing_are_found(log):
    with triggers_off():
        Opening.objects.filter(entry__index__gte=5).delete()
        Entry.objects.filter(index__gte=5).delete()
    assert fault() == "The tree head at 6 was signed, but the log holds only 5 entries."


def test_an_unsigned_entry_cut_off_is_found(log):
    with triggers_off():
        Opening.objects.filter(entry__index=6).delete()
        Entry.objects.filter(index=6).delete()
    assert fault() == "The log counts 7 entries, the table holds 6, or their edge hashes differ."


def test_a_changed_payload_is_found(log):
    with triggers_off():
        Opening.objects.filter(entry__index=5).update(payload={"sha256": "f" * 64})
    assert fault() == "The payload of entry 5 was changed: its hash differs from the one logged."


def test_a_head_with_another_root_is_found(log):
    with triggers_off():
        TreeHead.objects.filter(size=4).update(root="0" * 64)
    assert fault() == "The tree head at 4 was changed: its signed note says otherwise."


def test_a_head_of_a_stranger_is_found(log, settings, tmp_path):
    settings.LEDGER_KEY_PATH = tmp_path / "other" / "key"
    assert fault().startswith("The tree head at 4 is not signed by this log:")


def test_a_changed_edge_is_found(log):
    Log.objects.update(frontier=["0" * 64] * 3)
    assert fault().startswith("The log counts 7 entries")


def test_the_command_says_that_the_log_is_whole(log, capsys):
    call_command("verify_ledger")
    assert capsys.readouterr().out.startswith(
        "The ledger is whole: 7 entries, 2 signed tree heads, 1 entries since"
    )


def test_the_command_fails_naming_the_entry(log):
    with triggers_off():
        Entry.objects.filter(index=3).update(body={})
    with pytest.raises(CommandError, match="Entry 3 was changed") as caught:
        call_command("verify_ledger")
    assert caught.value.returncode == 1


def test_the_log_is_read_in_one_pass(log, django_assert_num_queries):
    with django_assert_num_queries(3):
        verify(verifier=queries.verifier_key())
