"""Tiles against the plain definition of tlog-tiles, and proofs from them against proofs from all leaves."""

from __future__ import annotations

import hashlib
import os

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import merkle, queries, services, tiles
from ledger.models import Entry
from ledger.tiles import Tile, Tree, parse_tile, tiles_of
from ledger.verification import LedgerFault, verify
from tests.factories import NOW
from tests.ledger.test_services import add
from tests.ledger.test_verification import triggers_off

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
SIZES = [1, 2, 3, 255, 256, 257, 511, 513, 700]


def leaves_of(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(n).encode()) for n in range(count)]


def fill(count: int) -> list[bytes]:
    """A log of this many bare leaves, without the cost of appending them one by one."""
    leaves = leaves_of(count)
    Entry.objects.bulk_create(
        Entry(index=n, kind="k", subject="s", body={"n": n}, leaf=leaf.hex(), created_at=NOW)
        for n, leaf in enumerate(leaves)
    )
    return leaves


def published(folder) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def by_definition(leaves: list[bytes], level: int, index: int, width: int) -> bytes:
    """MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l]) for i below the width, as the text says it."""
    step = 256**level
    return b"".join(
        merkle.tree_root(leaves[(index * 256 + i) * step : (index * 256 + i + 1) * step])
        for i in range(width)
    )


def test_the_example_of_the_specification():
    found = list(tiles_of(70_000))
    assert [(level, sum(not one.is_entries and one.level == level for one in found)) for level in range(3)] == [
        (0, 274), (1, 2), (2, 1),
    ]  # fmt: skip
    assert [one.width for one in found if one.width < 256 and not one.is_entries] == [112, 17, 1]
    assert [(one.level, one.width) for one in tiles_of(256) if not one.is_entries] == [(0, 256), (1, 1)]


@pytest.mark.parametrize(
    ("index", "path"),
    [(0, "000"), (999, "999"), (1000, "x001/000"), (1_234_067, "x001/x234/067")],
)
def test_numbers_are_written_as_the_specification_does(index, path):
    assert Tile(3, index).path == f"tile/3/{path}"
    assert parse_tile("3", path) == Tile(3, index)
    assert parse_tile("entries", f"{path}.p/7") == Tile(0, index, 7, is_entries=True)


@pytest.mark.parametrize(
    ("level", "number"),
    [("00", "000"), ("64", "000"), ("0", "00"), ("0", "0000"), ("0", "x000/001"), ("0", "001/002"), ("0", "x001"),
     ("0", "000.p/0"), ("0", "000.p/256"), ("0", "000.p/07"), ("0", "000.p/"), ("-1", "000"), ("0", "../000"),
     ("entry", "000"), ("0", "٠٠٠")],
)  # fmt: skip
def test_other_spellings_are_no_tiles(level, number):
    assert parse_tile(level, number) is None


@pytest.mark.parametrize("size", [1, 256, 257, 700])
def test_every_published_tile_is_what_the_definition_says(size, data_folder):
    leaves = fill(size)
    tiles.publish(size=size, checkpoint=b"")
    files = published(tiles.folder())
    wanted = {one.path: one for one in tiles_of(size)}
    assert set(files) == {*wanted, *(["checkpoint"] if "checkpoint" in files else [])}
    for path, one in wanted.items():
        if not one.is_entries:
            assert files[path] == by_definition(leaves, one.level, one.index, one.width)


def test_bundles_hold_the_entries_that_the_leaves_are_made_of():
    add(3)
    head = services.sign_tree_head(now=NOW)
    services.publish_tree()
    data, leaves = (tiles.folder() / "tile/entries/000.p/3").read_bytes(), []
    while data:
        size = int.from_bytes(data[:2])
        leaves.append(merkle.leaf_hash(data[2 : 2 + size]))
        data = data[2 + size :]
    assert leaves == [bytes.fromhex(entry.leaf) for entry in Entry.objects.order_by("index")]
    assert merkle.tree_root(leaves).hex() == head.root


@pytest.mark.parametrize("is_published", [True, False])
def test_proofs_from_tiles_equal_proofs_from_all_leaves(is_published):
    leaves = fill(700)
    if is_published:
        tiles.publish(size=700, checkpoint=b"")
    tree = Tree(700)
    for size in SIZES:
        assert tree.root(size) == merkle.tree_root(leaves[:size])
        for index in {0, size // 2, size - 1}:
            assert tree.inclusion_proof(index=index, size=size) == merkle.inclusion_proof(
                leaves[:size], index=index
            )
        for old_size in {1, size // 2 or 1, max(1, size - 1), size}:
            wanted = () if old_size == size else merkle.consistency_proof(leaves[:size], old_size=old_size)
            assert tree.consistency_proof(old_size=old_size, new_size=size) == wanted


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_two_sizes_are_proven_consistent_and_any_entry_included(data):
    if not Entry.objects.exists():
        fill(600)
        tiles.publish(size=600, checkpoint=b"")
    leaves = leaves_of(600)
    size = data.draw(st.integers(1, 600))
    old_size, index = data.draw(st.integers(1, size)), data.draw(st.integers(0, size - 1))
    tree, root = Tree(600), merkle.tree_root(leaves[:size])
    assert merkle.verify_inclusion(
        index=index,
        size=size,
        leaf=leaves[index],
        root=root,
        proof=tree.inclusion_proof(index=index, size=size),
    )
    assert merkle.verify_consistency(
        old_size=old_size, new_size=size, old_root=merkle.tree_root(leaves[:old_size]), new_root=root,
        proof=tree.consistency_proof(old_size=old_size, new_size=size),
    )  # fmt: skip


def test_a_proof_from_published_tiles_reads_no_entries(django_assert_num_queries):
    fill(600)
    tiles.publish(size=600, checkpoint=b"")
    with django_assert_num_queries(0):
        Tree(600).inclusion_proof(index=123, size=600)
        Tree(600).consistency_proof(old_size=257, new_size=600)


def test_publishing_again_writes_nothing_and_growing_writes_what_is_new():
    fill(300)
    assert tiles.publish(size=300, checkpoint=b"o\n300\nx\n") == 6
    assert tiles.publish(size=300, checkpoint=b"o\n300\nx\n") == 0
    Entry.objects.bulk_create(
        Entry(index=n, kind="k", subject="s", body={}, leaf="00" * 32, created_at=NOW)
        for n in range(300, 520)
    )
    assert tiles.publish(size=520, checkpoint=b"o\n520\nx\n") == 6
    assert not (tiles.folder() / "tile/0/001.p").exists()
    assert (tiles.folder() / "tile/0/001").stat().st_size == 8192


def test_an_older_checkpoint_never_takes_the_place_of_a_newer_one():
    fill(5)
    tiles.publish(size=5, checkpoint=b"o\n5\nx\n")
    tiles.publish(size=3, checkpoint=b"o\n3\nx\n")
    assert tiles.published_checkpoint() == b"o\n5\nx\n"


def test_published_files_may_be_read_by_the_web_server_and_nothing_half_written_stays():
    fill(5)
    tiles.publish(size=5, checkpoint=b"o\n5\nx\n")
    paths = [path for path in tiles.folder().rglob("*") if path.is_file() and path.name != ".lock"]
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o644}
    assert [path for path in paths if path.name.startswith(".")] == []


def test_a_tile_that_was_lost_is_built_anew():
    leaves = fill(600)
    tiles.publish(size=600, checkpoint=b"")
    for path in ("tile/0/000", "tile/1/000.p/2"):
        os.unlink(tiles.folder() / path)  # noqa: PTH108
    assert Tree(600).root(600) == merkle.tree_root(leaves)


def test_entries_that_are_not_there_fill_no_tile():
    fill(3)
    with pytest.raises(tiles.TileMissing, match=r"tile/0/000\.p/4 has 3 of 4 entries"):
        tiles.read(Tile(0, 0, 4))


def test_signing_publishes_after_the_commit(django_capture_on_commit_callbacks):
    add(2)
    with django_capture_on_commit_callbacks(execute=True):
        head = services.sign_tree_head(now=NOW)
        assert tiles.published_checkpoint() is None
    assert tiles.published_checkpoint() == head.note.encode()


# ---------------------------------------------------------------- faults
def signed_and_published(count: int) -> None:
    add(count)
    services.sign_tree_head(now=NOW)
    services.publish_tree()


def test_a_changed_tile_is_found():
    signed_and_published(3)
    path = tiles.folder() / "tile/0/000.p/3"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with pytest.raises(LedgerFault, match=r"The published file tile/0/000\.p/3 differs from the entries"):
        verify(verifier=queries.verifier_key())


def test_rebuilding_mends_a_changed_tile(capsys):
    signed_and_published(3)
    before = published(tiles.folder())
    (tiles.folder() / "tile/0/000.p/3").write_bytes(b"x" * 96)
    call_command("rebuild_tiles")
    assert published(tiles.folder()) == before
    assert capsys.readouterr().out.startswith("3 files were written")


def test_nothing_is_rebuilt_from_a_log_that_was_changed():
    signed_and_published(3)
    with triggers_off():
        Entry.objects.filter(index=1).update(leaf=hashlib.sha256(b"x").hexdigest())
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("rebuild_tiles")


def test_a_database_put_back_from_a_copy_signs_nothing():
    signed_and_published(3)
    with triggers_off():
        queries.TreeHead.objects.all().delete()
        services.Opening.objects.filter(entry__index=2).delete()
        Entry.objects.filter(index=2).delete()
    first = [bytes.fromhex(entry.leaf) for entry in Entry.objects.order_by("index")]
    services.Log.objects.update(
        size=2, frontier=[node.hex() for node in merkle.Frontier().extend(first).hashes]
    )
    add(2)
    with pytest.raises(services.ForkRefused, match="at 3 entries is unknown to the database"):
        services.sign_tree_head(now=NOW)


def test_an_unreadable_published_checkpoint_stops_signing():
    signed_and_published(1)
    (tiles.folder() / "checkpoint").write_bytes(b"garbage")
    add(1)
    with pytest.raises(services.ForkRefused, match="can't be read"):
        services.sign_tree_head(now=NOW)
