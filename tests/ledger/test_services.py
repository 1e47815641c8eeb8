from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from ledger import merkle, queries, services
from ledger.models import Entry, Log, Opening, TreeHead
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def add(count: int) -> list[Entry]:
    return [
        services.append(
            kind="media.uploaded",
            subject=f"media:{n}",
            payload={"sha256": f"{n:064x}"},
            actor="alice",
            now=NOW,
        )
        for n in range(count)
    ]


def test_entries_are_numbered_from_zero_without_gaps():
    assert [entry.index for entry in add(3)] == [0, 1, 2]


def test_the_log_keeps_the_root_of_all_leaves():
    leaves = [bytes.fromhex(entry.leaf) for entry in add(5)]
    log = Log.objects.get()
    assert merkle.Frontier(log.size, tuple(map(bytes.fromhex, log.frontier))).root == merkle.tree_root(leaves)


def test_a_body_holds_a_hash_instead_of_the_payload():
    (entry,) = add(1)
    opening = Opening.objects.get(entry=entry)
    assert entry.body["payload"] == services.payload_hash({"sha256": "0" * 64}, opening.salt)
    assert set(entry.body) == {"kind", "subject", "actor", "at", "payload"}


def test_equal_payloads_have_unequal_hashes():
    first, second = (
        services.append(kind="mark", subject="work:1", payload={"points": 90}, actor="bob", now=NOW)
        for _ in "ab"
    )
    assert first.body["payload"] != second.body["payload"]


def test_a_head_is_signed_once_per_size():
    add(2)
    head = services.sign_tree_head(now=NOW)
    assert (head.size, queries.is_head_signed(head)) == (2, True)
    assert services.sign_tree_head(now=NOW) is None


def test_an_empty_log_is_not_signed():
    assert services.sign_tree_head(now=NOW) is None


def test_an_effect_that_fails_takes_its_entry_back():
    add(1)
    with transaction.atomic():
        add(1)
        transaction.set_rollback(True)
    assert (Entry.objects.count(), Log.objects.get().size) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.filter(index=0).update(kind="x"),
        lambda: Entry.objects.filter(index=0)._raw_delete("default"),
        lambda: TreeHead.objects.update(root="0" * 64),
        lambda: TreeHead.objects.all()._raw_delete("default"),
        lambda: Opening.objects.update(salt="00"),
    ],
    ids=["change an entry", "remove an entry", "change a head", "remove a head", "change an opening"],
)
def test_the_database_refuses_to(change):
    add(1)
    services.sign_tree_head(now=NOW)
    Opening.objects.filter(entry__index=1).delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change()


def test_an_opening_may_be_erased():
    add(1)
    Opening.objects.all().delete()
    assert Opening.objects.count() == 0
