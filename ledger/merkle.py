"""Merkle tree of RFC 6962 §2.1: roots, inclusion and consistency proofs, and their checks.

Hashes are SHA-256 digests of 32 bytes. Sizes and indices count leaves from 0; a range of leaves is half-open.
Every proof is a tuple of hashes in the order of the RFC, so proofs of other RFC 6962 logs verify here and the
other way round.

Nothing here stores anything. A log keeps its leaf hashes and one `Frontier`; appending costs O(log n). A
proof needs the roots of the ranges that `inclusion_ranges` or `consistency_ranges` name; they may come from
stored nodes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Hash = bytes
Proof = tuple[Hash, ...]

HASH_BYTES = 32
EMPTY_ROOT: Hash = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> Hash:
    """Hash of one entry, apart from every inner node by its 0x00 prefix (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Hash of an inner node (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split_point(size: int) -> int:
    """Largest power of two smaller than `size`; `size` ≥ 2."""
    return 1 << ((size - 1).bit_length() - 1)


@dataclass(frozen=True, slots=True)
class Frontier:
    """Right edge of a tree: roots of its perfect subtrees, largest first, one per set bit of `size`."""

    size: int = 0
    hashes: tuple[Hash, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"A tree of {self.size} leaves has another number of edge hashes.")

    def append(self, leaf: Hash) -> Frontier:
        """The edge after one more leaf hash; O(log size)."""
        hashes = list(self.hashes)
        size, node = self.size, leaf
        while size & 1:
            node = node_hash(hashes.pop(), node)
            size >>= 1
        return Frontier(self.size + 1, (*hashes, node))

    def extend(self, leaves: Iterable[Hash]) -> Frontier:
        """The edge after these leaf hashes, in order."""
        edge = self
        for leaf in leaves:
            edge = edge.append(leaf)
        return edge

    @property
    def root(self) -> Hash:
        """Root of the whole tree (RFC 6962 MTH); the hash of nothing for an empty tree."""
        if not self.hashes:
            return EMPTY_ROOT
        node = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            node = node_hash(left, node)
        return node


def tree_root(leaves: Iterable[Hash]) -> Hash:
    """Root over leaf hashes (RFC 6962 §2.1 MTH)."""
    return Frontier().extend(leaves).root


def inclusion_ranges(*, index: int, size: int) -> list[range]:
    """Ranges of leaves whose roots prove leaf `index` in a tree of `size`, in the order of the proof.

    Raises:
        ValueError: unless 0 ≤ index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"Leaf {index} is not in a tree of {size} leaves.")
    return _path(index, 0, size)


def _path(index: int, start: int, end: int) -> list[range]:
    """PATH of RFC 6962 §2.1.1: siblings from leaf `index` up to the root of [start, end)."""
    if end - start == 1:
        return []
    middle = start + split_point(end - start)
    if index < middle:
        return [*_path(index, start, middle), range(middle, end)]
    return [*_path(index, middle, end), range(start, middle)]


def consistency_ranges(*, old_size: int, new_size: int) -> list[range]:
    """Ranges of leaves whose roots prove that the tree of `old_size` is a prefix of that of `new_size`.

    Raises:
        ValueError: unless 0 < old_size ≤ new_size; nothing can be proven about an empty tree.
    """
    if not 0 < old_size <= new_size:
        raise ValueError(f"No proof leads from {old_size} to {new_size} leaves.")
    return _subproof(old_size, 0, new_size, whole=True)


def _subproof(old_size: int, start: int, end: int, *, whole: bool) -> list[range]:
    """SUBPROOF of RFC 6962 §2.1.2 on [start, end); `whole`: the verifier knows this subtree's root."""
    if old_size == end:
        return [] if whole else [range(start, end)]
    middle = start + split_point(end - start)
    if old_size <= middle:
        return [*_subproof(old_size, start, middle, whole=whole), range(middle, end)]
    return [*_subproof(old_size, middle, end, whole=False), range(start, middle)]


def inclusion_proof(leaves: Sequence[Hash], *, index: int) -> Proof:
    """Proof that leaf `index` stands in the tree over these leaf hashes."""
    return _roots(leaves, inclusion_ranges(index=index, size=len(leaves)))


def consistency_proof(leaves: Sequence[Hash], *, old_size: int) -> Proof:
    """Proof that the tree over the first `old_size` leaf hashes grew into the tree over all of them."""
    return _roots(leaves, consistency_ranges(old_size=old_size, new_size=len(leaves)))


def _roots(leaves: Sequence[Hash], ranges: Iterable[range]) -> Proof:
    return tuple(tree_root(leaves[part.start : part.stop]) for part in ranges)


def verify_inclusion(*, index: int, size: int, leaf: Hash, proof: Sequence[Hash], root: Hash) -> bool:
    """Whether `proof` shows the leaf hash `leaf` at `index` in the tree of `size` with `root`; never raises.

    Follows RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size or not _are_hashes((leaf, root, *proof)):
        return False
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            shift = _zeros_below(position)
        else:
            node = node_hash(node, sibling)
            shift = 0
        position, last = position >> (shift + 1), last >> (shift + 1)
    return last == 0 and node == root


def _zeros_below(position: int) -> int:
    """Trailing zero bits of `position`: levels at which a node on the right edge has no sibling."""
    return (position & -position).bit_length() - 1 if position else 0


def verify_consistency(
    *, old_size: int, new_size: int, old_root: Hash, new_root: Hash, proof: Sequence[Hash]
) -> bool:
    """Whether `proof` shows the tree of `old_size` as a prefix of the tree of `new_size`; never raises.

    Nothing can be shown from an empty tree: `old_size` 0 is refused unless both trees and the proof are
    empty. Follows RFC 9162 §2.1.4.2.
    """
    if old_size == new_size:
        return old_size >= 0 and not proof and old_root == new_root
    if not 0 < old_size < new_size or not proof or not _are_hashes((old_root, new_root, *proof)):
        return False
    return _climb(old_size, new_size, old_root, proof) == (old_root, new_root)


def _climb(old_size: int, new_size: int, old_root: Hash, proof: Sequence[Hash]) -> tuple[Hash, Hash] | None:
    """The two roots that a proof leads to, or None where its length does not fit the sizes."""
    # The old root itself opens the proof when the old tree is one perfect subtree of the new tree.
    hashes = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    shift = _zeros_below(old_size)
    position, last = (old_size - 1) >> shift, (new_size - 1) >> shift
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        step = 0
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            step = _zeros_below(position)
        else:
            new = node_hash(new, sibling)
        position, last = position >> (step + 1), last >> (step + 1)
    return (old, new) if last == 0 else None


def _are_hashes(values: Iterable[Hash]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
