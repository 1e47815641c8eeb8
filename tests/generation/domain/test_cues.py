"""Reading lines with their times."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.cues import MOST_CUES, Cue, read_cues, shown

SUBTITLES = """1
00:00:01,200 --> 00:00:03,500
<i>Nobody speaks.</i>

2
00:00:04,000 --> 00:00:06,000
[老人] 先听见海，
再看见海。
"""


def problem_of(text):
    _cues, problem = read_cues(text)
    return problem.template % problem.params


def test_subtitles_are_read_with_their_rows_joined_and_speakers_set_apart():
    assert read_cues(SUBTITLES) == (
        (
            Cue(1, Fraction(6, 5), Fraction(7, 2), "Nobody speaks."),
            Cue(2, Fraction(4), Fraction(6), "先听见海，再看见海。", "old-man"),
        ),
        None,
    )


@pytest.mark.parametrize(
    "row",
    [
        "0:01.2 - 0:03.5 The line", "1.2-3.5: The line", "1.2s – 3.5s | The line", "0:01,2至0:03,5，The line",
        "00:00:01.200 ~ 0:03.5 The line",
    ],
)  # fmt: skip
def test_a_plain_list_may_be_written_in_many_ways(row):
    assert read_cues(row) == ((Cue(1, Fraction(6, 5), Fraction(7, 2), "The line"),), None)


def test_times_inside_a_line_of_subtitles_are_words():
    cues, problem = read_cues("0:01 --> 0:05 align:start\n3-5 people come.")
    assert (problem, [cue.line for cue in cues]) == (None, ["3-5 people come."])


def test_a_bracket_that_names_no_speaker_is_spoken():
    cues, _problem = read_cues("0 - 2 [sighs] Well.")
    assert (cues[0].line, cues[0].speaker) == ("[sighs] Well.", "")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "No line has a time."),
        ("Hello\n0-1 x", "Row 1, “Hello”, has no time."),
        ("2 - 1 x", "Line 1 ends at 0:01.0, before it begins at 0:02.0."),
        ("0 - 1 x\n1 - 2", "Line 2 at 0:01.0 says nothing."),
        ("0 - 2 x\n1.5 - 3 y", "Line 2 begins at 0:01.5, before line 1 is over at 0:02.0."),
        ("599 - 601 x", "Line 1 ends at 10:01.0; a dub can be 600 seconds long."),
        ("\n".join(f"{at} - {at + 1} x" for at in range(MOST_CUES + 1)), "These are 121 lines; at most 120"),
    ],
)
def test_what_cannot_be_spoken_is_told_with_its_place(text, sentence):
    assert problem_of(text).startswith(sentence)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=10))
def test_lists_in_order_are_read_as_they_were_written(lengths):
    at, rows, told = Fraction(0), [], []
    for number, (gap, slot) in enumerate(lengths, start=1):
        begin = at + Fraction(gap, 10)
        at = begin + Fraction(slot, 10)
        rows.append(f"{shown(begin)} - {shown(at)} word")
        told.append(Cue(number, begin, at, "word"))
    assert read_cues("\n".join(rows)) == (tuple(told), None)


@given(st.text(max_size=200))
def test_whatever_is_typed_gives_lines_or_a_sentence(text):
    cues, problem = read_cues(text)
    assert problem is not None or all(cue.begin < cue.end and cue.line for cue in cues)
