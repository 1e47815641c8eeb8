from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest

from footage.fingerprints import Rect, Reference, describe, grey
from footage.index import Busy, Entry, Index, Unreadable, entry_of, questions_of, shortlist, storing
from footage.index.describing import SIZES, Kind, described, mirrored
from footage.trace import read_film
from tests.footage.drawing import panned, texture, write


def reference(seed: int, frames: int = 50, **facts) -> Reference:
    greys = np.stack([grey(picture) for picture in panned(seed, frames)])
    times = np.arange(frames) * 0.08
    return Reference(
        **{
            "still": False,
            "width": 320,
            "height": 180,
            "seconds": Fraction(frames * 8, 100),
            "file_hash": "",
            "stream_hash": "",
            "times": times,
            "greys": greys,
        }
        | facts
    )


def random_entry(random: np.random.Generator, frames: int) -> Entry:
    rows = [random.normal(size=(2 * frames, SIZES[kind])).astype(np.float32) for kind in Kind]
    return Entry(frames, *(row / np.linalg.norm(row, axis=1, keepdims=True) for row in rows))


def contents(folder) -> dict[int, int]:
    index = Index(folder)
    return {owner: index._rows[owner].frames for owner in sorted(index.owners)}


@pytest.fixture
def entries():
    random = np.random.default_rng(4)
    return {owner: random_entry(random, 30) for owner in range(1, 21)}


@pytest.mark.parametrize("kind", Kind)
def test_a_mirrored_descriptor_is_that_of_the_mirrored_frame(kind):
    greys = np.stack([grey(picture) for picture in panned(3, 3)])
    rect = Rect(0.1, 0.2, 0.8, 0.9)
    flipped = Rect(0.1, 0.2, 0.8, 0.9, mirrored=True)
    assert mirrored(described(greys, rect, kind), kind) == pytest.approx(
        described(greys, flipped, kind), abs=0.05
    )


def test_edges_know_a_corner_of_the_picture_that_cosines_do_not():
    wholes = [texture(seed, 320, 180) for seed in range(60)]
    stored = np.stack([grey(picture) for picture in wholes])
    asked = np.stack([grey(picture[:150, :266].copy()) for picture in wholes])
    whole = Rect(0, 0, 1, 1)
    first = {}
    for kind in Kind:
        likeness = described(asked, whole, kind) @ described(stored, whole, kind).T
        first[kind] = int((likeness.argmax(axis=1) == np.arange(60)).sum())
    assert first[Kind.EDGES] >= 57
    assert first[Kind.COSINE] < 45


def test_a_still_shot_is_indexed_once_and_a_move_often():
    still = reference(1)
    held = reference(1, greys=np.repeat(still.greys[:1], 50, axis=0))
    assert entry_of(held).frames == 1
    assert 5 < entry_of(still).frames <= 20


def test_a_sound_has_an_entry_without_frames():
    silent = reference(1, greys=np.zeros((0, 36, 64), np.uint8), times=np.zeros(0))
    assert entry_of(silent).frames == 0


def test_what_was_put_is_found_and_what_was_taken_out_is_not(tmp_path, entries):
    storing.put(tmp_path, entries)
    storing.put(tmp_path, {}, gone=[7])
    index = Index(tmp_path)
    hits = index.search(entries[5].cosine[:2], Kind.COSINE, most=3)
    gone = index.search(entries[7].cosine[:2], Kind.COSINE, most=3)
    assert hits.owners[:, 0].tolist() == [5, 5]
    assert 7 not in gone.owners
    assert (index.frames, len(index.owners)) == (19 * 30, 19)


def test_a_newer_entry_takes_the_place_of_the_older(tmp_path, entries):
    storing.put(tmp_path, entries)
    storing.put(tmp_path, {5: entries[6], 21: entries[5]})
    index = Index(tmp_path)
    assert index.search(entries[5].edges[:1], Kind.EDGES, most=1).owners.tolist() == [[21]]
    assert len(index.owners) == 21


def test_owners_that_are_left_out_are_not_found(tmp_path, entries):
    storing.put(tmp_path, entries)
    assert 5 not in Index(tmp_path).search(entries[5].cosine, Kind.COSINE, most=8, without=[5]).owners


def test_an_empty_index_finds_nothing(tmp_path, entries):
    hits = Index(tmp_path).search(entries[1].cosine[:1], Kind.COSINE, most=2)
    assert hits.owners.tolist() == [[-1, -1]]


def test_a_folded_index_finds_the_same(tmp_path, entries, monkeypatch):
    storing.put(tmp_path / "log", entries)
    monkeypatch.setattr(storing, "FOLD_AT", 500)
    first = dict(list(entries.items())[:15])
    storing.put(tmp_path / "folded", first)
    storing.put(
        tmp_path / "folded", {owner: one for owner, one in entries.items() if owner > 15} | {3: entries[3]}
    )
    storing.put(tmp_path / "folded", {}, gone=[4])
    storing.put(tmp_path / "log", {}, gone=[4])
    exact, folded = Index(tmp_path / "log"), Index(tmp_path / "folded")
    asked = np.concatenate([entry.edges[:2] for entry in entries.values()])
    assert folded._segment[Kind.EDGES].count == 900
    assert contents(tmp_path / "folded") == contents(tmp_path / "log")
    found = [index.search(asked, Kind.EDGES, most=1).owners[:, 0].tolist() for index in (exact, folded)]
    assert [one == two for one, two in zip(*found, strict=True)].count(False) <= 2
    assert found[1][6:8] != [4, 4]


def test_a_kill_in_the_middle_of_a_write_leaves_what_was_there(tmp_path, entries):
    first, second = {1: entries[1]}, {2: entries[2]}
    storing.put(tmp_path, first)
    whole = (tmp_path / "log-1").stat().st_size
    storing.put(tmp_path, second)
    data = (tmp_path / "log-1").read_bytes()
    for end in (whole + 3, whole + 40, len(data) - 1):
        (tmp_path / "log-1").write_bytes(data[:end])
        assert contents(tmp_path) == {1: 30}
    storing.put(tmp_path, second)
    assert contents(tmp_path) == {1: 30, 2: 30}


def test_a_flipped_bit_ends_the_log_there(tmp_path, entries):
    storing.put(tmp_path, entries)
    data = bytearray((tmp_path / "log-1").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "log-1").write_bytes(data)
    assert contents(tmp_path) == dict.fromkeys(range(1, 11), 30)


def test_a_kill_before_a_rebuild_is_committed_leaves_the_old_index(tmp_path, entries, monkeypatch):
    storing.put(tmp_path, {1: entries[1]})

    def breaking():
        yield 2, entries[2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        storing.rebuild(tmp_path, breaking())
    assert contents(tmp_path) == {1: 30}
    monkeypatch.setattr(storing, "FOLD_AT", 100)
    storing.put(tmp_path, {3: entries[3], 4: entries[4]})
    assert contents(tmp_path) == {1: 30, 3: 30, 4: 30}


def test_a_rebuild_holds_what_it_is_given_and_nothing_else(tmp_path, entries):
    storing.put(tmp_path, {99: entries[1]})
    storing.rebuild(tmp_path, entries.items())
    assert contents(tmp_path) == dict.fromkeys(range(1, 21), 30)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "log-2", "manifest.json"]


def test_two_do_not_write_at_once(tmp_path, entries):
    with storing._held(tmp_path), pytest.raises(Busy):
        storing.put(tmp_path, entries)


@pytest.mark.parametrize(
    "manifest", ["", "{}", '{"form":"dailies-index/0"}', '{"form":"dailies-index/1","segment":7}']
)
def test_a_damaged_index_says_that_it_must_be_rebuilt(tmp_path, entries, manifest):
    storing.put(tmp_path, entries)
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(Unreadable):
        Index(tmp_path)


def test_a_film_nominates_what_it_shows(tmp_path):
    storing.put(tmp_path / "index", {seed: entry_of(reference(seed)) for seed in range(1, 40)})
    parts = [*panned(7, 30, first=5), *[picture[:, ::-1] for picture in panned(12, 30)]]
    film = read_film(write(tmp_path / "film.mp4", parts))
    found = shortlist(Index(tmp_path / "index"), questions_of(film), most=4)
    assert set(found[:2]) == {7, 12}


def test_a_corner_of_a_reference_is_nominated(tmp_path):
    storing.put(tmp_path / "index", {seed: entry_of(reference(seed)) for seed in range(1, 40)})
    film = read_film(write(tmp_path / "film.mp4", [picture[:150, :266] for picture in panned(9, 40)]))
    assert 9 in shortlist(Index(tmp_path / "index"), questions_of(film), most=3)


def test_own_material_is_not_asked_for(tmp_path):
    storing.put(tmp_path / "index", {seed: entry_of(reference(seed)) for seed in range(1, 10)})
    film = read_film(write(tmp_path / "film.mp4", panned(7, 30)))
    assert 7 not in shortlist(Index(tmp_path / "index"), questions_of(film), without=[7])


def test_describing_the_patches_of_a_frame_is_what_describe_does():
    greys = np.stack([grey(picture) for picture in panned(2, 2)])
    assert described(greys, Rect(0, 0, 1, 1), Kind.COSINE) == pytest.approx(describe(greys))


def test_a_picture_inside_the_picture_is_nominated(tmp_path):
    storing.put(tmp_path / "index", {seed: entry_of(reference(seed)) for seed in range(1, 40)})
    inset = [cv2.resize(picture, (160, 90), interpolation=cv2.INTER_AREA) for picture in panned(23, 40)]
    pictures = [picture.copy() for picture in panned(50, 40)]
    for picture, small in zip(pictures, inset, strict=True):
        picture[20:110, 150:310] = small
    film = read_film(write(tmp_path / "film.mp4", pictures))
    assert 23 in shortlist(Index(tmp_path / "index"), questions_of(film), most=4, most_of_parts=4)


def test_what_a_killed_fold_left_behind_is_not_read(tmp_path, entries, monkeypatch):
    storing.put(tmp_path, {1: entries[1]})
    for name in ("segment-2.cosine", "segment-2.entries", "manifest.new", "log-2"):
        (tmp_path / name).write_bytes(b"half a file")
    assert contents(tmp_path) == {1: 30}
    monkeypatch.setattr(storing, "FOLD_AT", 60)
    storing.put(tmp_path, {2: entries[2]})
    assert contents(tmp_path) == {1: 30, 2: 30}
    assert sorted(path.name for path in tmp_path.glob("*-*")) == [
        "log-2",
        "segment-2.cosine",
        "segment-2.edges",
        "segment-2.entries",
    ]
