"""What the composer writes, note by note."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.composing import compose
from generation.domain.composing.moods import KEYS, MOODS

PIECES = {
    "mood": st.sampled_from(sorted(MOODS)), "tempo": st.just(0) | st.integers(40, 180), "key": st.sampled_from(["", *KEYS]),
    "seconds": st.floats(6, 180), "seed": st.integers(0, 2**31 - 1),
}  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(**PIECES)
def test_a_piece_stays_inside_its_seconds_and_its_scale(mood, tempo, key, seconds, seed):
    score = compose(mood=mood, tempo=tempo, key=key, seconds=seconds, seed=seed)
    tonic = KEYS[score.key.split()[0]]
    steps = {(note.pitch - tonic) % 12 for note in score.notes if note.part != "bass"}
    assert steps <= {step % 12 for step in MOODS[mood].scale}
    assert all(0 <= note.begin < seconds and 0 < note.loudness <= 1 for note in score.notes)
    assert all(28 <= note.pitch <= 108 for note in score.notes)


@settings(deadline=None, max_examples=60)
@given(**PIECES)
def test_the_last_bar_is_home_and_rings_to_the_end(mood, tempo, key, seconds, seed):
    score = compose(mood=mood, tempo=tempo, key=key, seconds=seconds, seed=seed)
    last = max(note.begin for note in score.notes)
    assert score.degrees[-1] == 0
    assert {note.part for note in score.notes if note.begin == last} <= {"pad", "bass"}
    bar = 240 / score.tempo
    assert abs(last + bar + min(1.5, seconds / 5) - seconds) < 0.05


@given(**PIECES)
@settings(deadline=None, max_examples=20)
def test_the_same_choices_write_the_same_piece(mood, tempo, key, seconds, seed):
    pieces = [compose(mood=mood, tempo=tempo, key=key, seconds=seconds, seed=seed) for _time in range(2)]
    assert pieces[0] == pieces[1]


@pytest.mark.parametrize("mood", sorted(MOODS))
def test_the_tempo_gives_way_by_little_in_a_scene_of_a_minute(mood):
    score = compose(mood=mood, tempo=0, key="C", seconds=60, seed=1)
    assert abs(score.tempo / MOODS[mood].tempo - 1) < 0.06


def test_chords_move_by_small_steps():
    score = compose(mood="calm", tempo=68, key="C", seconds=90, seed=2)
    bars = {}
    for note in score.notes:
        if note.part == "pad":
            bars.setdefault(note.begin, []).append(note.pitch)
    chords = [sorted(pitches) for _begin, pitches in sorted(bars.items())]
    moves = [sum(abs(a - b) for a, b in zip(one, other, strict=True)) for one, other in pairwise(chords)]
    assert max(moves) <= 9


@pytest.mark.parametrize("mood", sorted(MOODS))
def test_every_mood_can_be_written_in_phrases(mood):
    found = MOODS[mood]
    assert len(found.progressions) >= 2
    assert [sum(abs(length) for length in rhythm) for rhythm in found.rhythms] == [4.0] * len(found.rhythms)
    assert [rung for pattern in found.plucks for rung in pattern if not -1 <= rung <= 5] == []
