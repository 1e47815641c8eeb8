from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    consistency_ranges,
    inclusion_proof,
    inclusion_ranges,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads((Path(__file__).parents[2] / "fixtures/vectors/merkle.json").read_text())
LEAVES = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["roots"]]

sizes = st.integers(1, 200)


def naive_root(entries: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(entries[:k]) + naive_root(entries[k:])).digest()


def entries_of(size: int) -> list[bytes]:
    return [n.to_bytes(3, "big") for n in range(size)]


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(entry) for entry in entries_of(size)]


def hashes(values: list[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(value) for value in values)


def test_roots_of_the_reference_leaves() -> None:
    assert [tree_root(LEAVES[:size]) for size in range(9)] == ROOTS
    assert ROOTS[0] == EMPTY_ROOT


def test_inclusion_proofs_of_the_reference_leaves() -> None:
    for vector in VECTORS["inclusion"]:
        size, index = vector["size"], vector["index"]
        proof = inclusion_proof(LEAVES[:size], index=index)
        assert proof == hashes(vector["proof"])
        assert verify_inclusion(index=index, size=size, leaf=LEAVES[index], proof=proof, root=ROOTS[size])


def test_consistency_proofs_of_the_reference_leaves() -> None:
    for vector in VECTORS["consistency"]:
        old, new = vector["old_size"], vector["new_size"]
        proof = consistency_proof(LEAVES[:new], old_size=old)
        assert proof == hashes(vector["proof"])
        assert verify_consistency(
            old_size=old, new_size=new, old_root=ROOTS[old], new_root=ROOTS[new], proof=proof
        )


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_frontier_grows_to_the_root_of_the_naive_tree(entries: list[bytes]) -> None:
    edge = Frontier()
    for count, entry in enumerate(entries, start=1):
        edge = edge.append(leaf_hash(entry))
        assert edge.size == count
    assert edge.root == naive_root(entries)


@given(sizes, st.data())
def test_every_leaf_is_proven_in_its_place_and_nowhere_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    claimed = data.draw(st.integers(-1, size))
    leaves = leaves_of(size)
    proof = inclusion_proof(leaves, index=index)
    accepted = verify_inclusion(
        index=claimed, size=size, leaf=leaves[index], proof=proof, root=naive_root(entries_of(size))
    )
    assert accepted is (claimed == index)


@given(sizes, st.data())
def test_growth_is_proven_and_a_rewritten_past_is_not(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    leaves = leaves_of(size)
    proof = consistency_proof(leaves, old_size=old)
    forged = [*leaves[:changed], leaf_hash(b"another"), *leaves[changed + 1 :]]
    roots = {"old_root": tree_root(leaves[:old]), "new_root": tree_root(leaves)}
    sizes_ = {"old_size": old, "new_size": size}
    assert verify_consistency(**sizes_, **roots, proof=proof)
    assert not verify_consistency(**sizes_, **(roots | {"new_root": tree_root(forged)}), proof=proof)
    assert not verify_consistency(
        **sizes_, **roots | {"new_root": tree_root(forged)}, proof=consistency_proof(forged, old_size=old)
    )


@given(sizes, st.data())
def test_a_flipped_bit_anywhere_breaks_an_inclusion_proof(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    whole = bytearray(b"".join((leaves[index], *inclusion_proof(leaves, index=index))))
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8
    leaf, *proof = (bytes(whole[at : at + 32]) for at in range(0, len(whole), 32))
    assert not verify_inclusion(index=index, size=size, leaf=leaf, proof=proof, root=tree_root(leaves))


@given(sizes, st.data())
def test_proof_ranges_are_logarithmic_and_cover_all_other_leaves(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    ranges = inclusion_ranges(index=index, size=size)
    assert len(ranges) <= size.bit_length()
    assert sorted(leaf for part in ranges for leaf in part) == [n for n in range(size) if n != index]


def test_a_million_appends_hold_twenty_hashes_at_most() -> None:
    edge = Frontier(2**20 - 1, tuple([EMPTY_ROOT] * 20))
    assert len(edge.append(EMPTY_ROOT).hashes) == 1


def test_impossible_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="not in a tree of 3"):
        inclusion_ranges(index=3, size=3)
    with pytest.raises(ValueError, match="from 0 to 3"):
        consistency_ranges(old_size=0, new_size=3)
    with pytest.raises(ValueError, match="another number"):
        Frontier(3, (EMPTY_ROOT,))


def test_every_public_inclusion_vector_is_judged_as_stated(corpus: Path) -> None:
    vectors = vectors_in(corpus, "inclusion")
    assert len(vectors) > 50
    for path, vector in vectors.items():
        assert accepts_inclusion(vector) is not vector["wantErr"], path


def test_every_public_consistency_vector_is_judged_as_stated(corpus: Path) -> None:
    vectors = vectors_in(corpus, "consistency")
    assert len(vectors) > 50
    for path, vector in vectors.items():
        assert accepts_consistency(vector) is not vector["wantErr"], path


def vectors_in(corpus: Path, kind: str) -> dict[str, dict[str, Any]]:
    folder = corpus / "merkle/transparency-dev+merkle/testdata" / kind
    return {str(path.relative_to(folder)): json.loads(path.read_text()) for path in folder.rglob("*.json")}


def unpacked(vector: dict[str, Any], key: str) -> bytes:
    return base64.b64decode(vector[key] or "")


def proof_of(vector: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(part) for part in vector["proof"] or []]


def accepts_inclusion(vector: dict[str, Any]) -> bool:
    return verify_inclusion(
        index=vector["leafIdx"],
        size=vector["treeSize"],
        leaf=unpacked(vector, "leafHash"),
        proof=proof_of(vector),
        root=unpacked(vector, "root"),
    )


def accepts_consistency(vector: dict[str, Any]) -> bool:
    return verify_consistency(
        old_size=vector["size1"],
        new_size=vector["size2"],
        old_root=unpacked(vector, "root1"),
        new_root=unpacked(vector, "root2"),
        proof=proof_of(vector),
    )
