from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.components import formats

SHARES = st.fractions(0, 1)


@pytest.mark.parametrize(
    ("seconds", "fps", "words"),
    [
        (0, 25, "00:00:00:00"),
        (64.48, "25/1", "00:01:04:12"),
        (Fraction(3600), 24, "01:00:00:00"),
        (1, "30000/1001", "00:00:01:00"),
        (0.04, 0, "00:00:00:01"),
        (2.5, 120, "00:00:02:060"),
    ],
)
def test_timecode_counts_frames_at_the_rounded_rate(seconds, fps, words):
    assert formats.timecode(seconds, fps=fps) == words


@given(st.integers(0, 10**6), st.sampled_from([24, 25, 30, 50, 60]))
def test_every_frame_has_a_timecode_of_its_own(frame, fps):
    hours, minutes, seconds, frames = map(int, formats.timecode(Fraction(frame, fps), fps=fps).split(":"))

    assert ((hours * 60 + minutes) * 60 + seconds) * fps + frames == frame


@pytest.mark.parametrize(
    ("lo", "hi", "cap", "words"),
    [
        (0.28, 0.34, 0.4, "28–34 %"),
        (0.281, 0.339, 0.4, "28–34 %"),
        (0.34, 0.34, None, "34 %"),
        (0, 1, 0.4, "0–100 %"),
        (0.398, 0.4, 0.4, "39–40 %"),
        (0.404, 0.48, 0.4, "40.4–48.0 %"),
        (0.404, 0.404, 0.4, "40.4 %"),
        (0.3959, 0.3959, 0.3961, "39.5–39.6 %"),
    ],
)
def test_share_interval_rounds_outward_and_tells_the_true_verdict(lo, hi, cap, words):
    assert formats.share_interval(lo, hi, cap=cap).replace("\xa0", " ") == words


@given(SHARES, SHARES)
def test_the_true_share_stays_inside_the_words(one, other):
    lo, hi = sorted((one, other))

    low, high = formats.share_bounds(lo, hi)

    assert float(low) - Fraction(1, 2) <= lo * 100
    assert hi * 100 <= float(high) + Fraction(1, 2)


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (3_200_000_000, "3.2 GB"), (250 * 10**12, "250.0 TB")],
)
def test_file_size_counts_as_cameras_do(count, words):
    assert formats.file_size(count).replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "0 s"), (40.2, "40 s"), (125, "2 min 05 s"), (4320, "1 h 12 min")]
)
def test_duration_is_said_in_two_parts(seconds, words):
    assert formats.duration(seconds) == words
