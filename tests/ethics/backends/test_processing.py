"""What makers did, measured on painted pictures: drawings that can be seen, candidates that differ, work done afterwards."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from ethics.backends.altering import alterations
from ethics.backends.processing import lines_of, perceptible, process_facts
from ethics.domain.process import NEAR_DUPLICATE, Step
from ethics.domain.segments import ALL, NOTHING, Interval, Segment, State, interval
from footage.fingerprints import Rect, Reference, describe, grey
from footage.painter.frames import paint
from footage.painter.scene import parse_scene
from footage.trace import Run
from tests.ethics.domain.drawing import use

WORDS = (
    "wide, sea, dusk, a boat, red",
    "medium, forest, day, a figure, blue",
    "wide, old town, night, a lantern, yellow",
    "close-up, interior, day, a woman, green",
    "wide, mountains, dawn, a bird, red",
)


def reference(picture: np.ndarray) -> Reference:
    """A still, as its fingerprint keeps it."""
    greys = grey(picture, scale=2)[None]
    return Reference(True, 320, 180, Fraction(0), "", "", np.zeros(1), greys)


@pytest.fixture(scope="module")
def painted() -> list[np.ndarray]:
    pictures = [paint(parse_scene(words), seed=3, width=320, height=180) for words in WORDS]
    return [cv2.cvtColor(picture, cv2.COLOR_RGB2BGR) for picture in pictures]


def encoded(picture: np.ndarray) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], 1)


def restyled(picture: np.ndarray) -> np.ndarray:
    return cv2.applyColorMap(cv2.bilateralFilter(picture, 9, 60, 9), cv2.COLORMAP_OCEAN)


def sketched(picture: np.ndarray) -> np.ndarray:
    lines = 255 - cv2.Canny(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), 60, 160)
    return cv2.cvtColor(lines, cv2.COLOR_GRAY2BGR)


def seen(source, result, others) -> Fraction:
    return perceptible(
        lines_of(reference(source)),
        lines_of(reference(result)),
        shuffled=[lines_of(reference(other)) for other in others],
    )


def test_a_picture_is_seen_in_what_was_drawn_over_it_and_in_nothing_else(painted):
    for place, picture in enumerate(painted):
        others = painted[:place] + painted[place + 1 :]
        assert seen(picture, restyled(picture), others) > Fraction(1, 2)
        assert all(seen(picture, other, others) < Fraction(1, 20) for other in others)


def test_a_drawing_is_seen_in_the_picture_that_keeps_to_its_lines(painted):
    found = [
        seen(sketched(one), one, painted[:place] + painted[place + 1 :]) for place, one in enumerate(painted)
    ]
    assert sorted(found)[1] > Fraction(1, 5)


def test_encoding_makes_no_new_candidate_and_another_seed_does(painted):
    stack = np.stack([grey(one, scale=2) for picture in painted for one in (picture, encoded(picture))])
    rows = describe(stack)
    other_seed = paint(parse_scene(WORDS[0]), seed=4, width=320, height=180)
    (new,) = describe(grey(cv2.cvtColor(other_seed, cv2.COLOR_RGB2BGR), scale=2)[None])
    assert all(rows[n] @ rows[n + 1] >= NEAR_DUPLICATE for n in range(0, len(rows), 2))
    assert rows[0] @ new < NEAR_DUPLICATE


def made_from(inputs: dict[str, tuple[str, ...]], pictures: dict[str, np.ndarray]):
    steps = [Step(name, "redraw", (("prompt", name),), given) for name, given in inputs.items()]
    looks = {name: reference(picture) for name, picture in pictures.items()}
    return process_facts(steps, looks, wanted=set(inputs))


def test_own_input_that_can_be_seen_is_control_and_what_was_generated_lends_only_what_it_has(painted):
    own, dream = painted[0], painted[1]
    pictures = {"own": own, "dream": dream, "over-own": restyled(own), "over-dream": restyled(dream)}
    facts = made_from({"dream": (), "over-own": ("own",), "over-dream": ("dream",)}, pictures)
    assert facts["over-own"].control > Fraction(1, 2)
    assert (facts["dream"].control, facts["over-dream"].control) == (0, 0)


def test_an_input_that_nobody_can_compare_leaves_control_open(painted):
    facts = made_from({"a": ("gone",)}, {"a": painted[0]})["a"]
    assert (facts.control, facts.claimed.control) == (0, 1)


class Reel:
    """A film of 25 frames a second with nothing but its edges and shape."""

    class head:  # noqa: N801
        width, height = 320, 180

    @staticmethod
    def edge(frame: int) -> Fraction:
        return Fraction(frame, 25)


WHOLE_RUN = Run(
    "g", 0, 50, 0.0, 0.0, Rect(0.0, 0.0, 1.0, 1.0), False, np.full(50, 0.97, np.float32), 1.0, 0.5
)
SHOWN = Segment(Fraction(0), Fraction(2), State.AI, ALL, (use("g", "generated"),))


def altered(painted, run: Run, segment: Segment = SHOWN, still: bool = True) -> Fraction:
    looks = {"g": replace(reference(painted[0]), still=still)}
    return alterations(Reel(), [run], looks, [segment]).get("g", NOTHING.low)


def test_a_picture_put_in_as_it_came_is_not_altered(painted):
    assert altered(painted, WHOLE_RUN) == 0
    assert altered(painted, replace(WHOLE_RUN, rect=Rect(0.01, 0.01, 0.99, 0.99))) == 0


def test_each_kind_of_work_on_it_counts_and_more_of_it_counts_more(painted):
    close = replace(WHOLE_RUN, rect=Rect(0.1, 0.1, 0.9, 0.9))
    closer = replace(WHOLE_RUN, rect=Rect(0.2, 0.2, 0.8, 0.8))
    turned = replace(WHOLE_RUN, rect=Rect(0.0, 0.0, 1.0, 1.0, mirrored=True))
    painted_over = replace(WHOLE_RUN, scores=np.full(50, 0.75, np.float32))
    layered = replace(
        SHOWN, state=State.MIXED, alpha=interval(0.5), sources=(use("g", "generated"), use("r", "rush"))
    )
    values = [altered(painted, run) for run in (close, closer, turned, painted_over)]
    assert 0 < values[0] < values[1]
    assert min(values) > 0
    assert altered(painted, WHOLE_RUN, layered) == Fraction(6, 10)
    assert altered(painted, replace(close, rect=turned.rect), layered) > Fraction(6, 10)


def test_retiming_counts_for_clips_and_a_still_has_no_time(painted):
    slow = replace(WHOLE_RUN, speed=0.5)
    assert altered(painted, slow, still=False) == Fraction(3, 10)
    assert altered(painted, replace(slow, speed=1.0), still=False) == 0
    assert altered(painted, slow) == 0


def test_a_crop_of_the_whole_film_is_no_work_on_one_picture(painted):
    cropped = replace(WHOLE_RUN, rect=Rect(0.1, 0.1, 0.9, 0.9))
    another = replace(cropped, key="r", first=50, last=100)
    looks = {key: reference(painted[0]) for key in ("g", "r")}
    assert alterations(Reel(), [cropped, another], looks, [SHOWN]) == {"g": 0}


def test_what_the_film_does_not_show_is_not_altered(painted):
    hidden = Segment(Fraction(5), Fraction(6), State.UNKNOWN, Interval(NOTHING.low, ALL.high))
    assert altered(painted, WHOLE_RUN, hidden) == 0
