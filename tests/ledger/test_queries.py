from __future__ import annotations

import json

import pytest

from ledger import merkle, notes, queries, services
from ledger.models import Entry
from tests.factories import NOW
from tests.ledger.test_services import add
from tests.ledger.test_verification import triggers_off

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def signed(count: int) -> None:
    add(count)
    services.sign_tree_head(now=NOW)


@pytest.mark.parametrize("index", range(7))
def test_every_entry_is_proven_by_the_latest_head(index):
    signed(7)
    leaves = [bytes.fromhex(entry.leaf) for entry in Entry.objects.order_by("index")]
    proof = queries.proof_for(index)
    assert proof.hashes == tuple(node.hex() for node in merkle.inclusion_proof(leaves, index=index))
    assert proof.is_right


def test_an_entry_after_the_head_has_no_proof_yet():
    signed(2)
    add(1)
    assert queries.proof_for(2) is None


def test_a_changed_entry_is_not_proven():
    signed(3)
    with triggers_off():
        Entry.objects.filter(index=1).update(leaf="0" * 64)
    detail = queries.entry_detail(Entry.objects.get(index=1))
    assert (detail.is_leaf_right, detail.proof.is_right, detail.is_proven) == (False, False, False)


def test_an_untouched_entry_is_proven():
    signed(3)
    assert queries.entry_detail(Entry.objects.get(index=1)).is_proven


def test_health_of_a_good_log():
    signed(3)
    add(1)
    health = queries.health()
    assert (health.entries, health.unsigned, health.is_well) == (4, 1, True)


def test_health_of_an_empty_log():
    assert queries.health() == queries.Health(0, None, 0, True, True, False)


def test_health_sees_a_gap():
    signed(3)
    with triggers_off():
        queries.Opening.objects.filter(entry__index=2).delete()
        Entry.objects.filter(index=2).delete()
    assert queries.health().is_well is False


def test_the_document_can_be_checked_with_nothing_else():
    signed(5)
    document = json.loads(queries.document(queries.entry_detail(Entry.objects.get(index=3))))
    leaf = merkle.leaf_hash(document["canonical_body"].encode())
    verifier = notes.parse_verifier(document["log"]["key"])
    head = notes.open_checkpoint(
        document["checkpoint"].encode(), origin=document["log"]["origin"], verifier=verifier
    )
    hashes = [bytes.fromhex(node) for node in document["proof"]["hashes"]]
    assert merkle.verify_inclusion(index=3, size=head.size, leaf=leaf, proof=hashes, root=head.root)
