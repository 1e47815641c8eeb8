"""Whether a timeline and a film belong together."""

from __future__ import annotations

from fractions import Fraction

from footage.problems import Problem, gettext_noop
from footage.timelines.model import RATE_TOLERANCE, Timeline, shown

DURATION_TOLERANCE = Fraction(1, 10)


def check_against_film(timeline: Timeline, *, film_duration: Fraction, film_fps: Fraction) -> list[Problem]:
    """What doesn't fit between a timeline and the film said to be made of it; an empty list when all does."""
    problems = []
    difference = timeline.duration - film_duration
    if abs(difference) > max(DURATION_TOLERANCE, 2 / film_fps):
        template = (
            gettext_noop(
                "The timeline %(name)s runs %(timeline)s s, %(difference)s s longer than the film "
                "(%(film)s s). "
                "Export both from the same cut."
            )
            if difference > 0
            else gettext_noop(
                "The timeline %(name)s runs %(timeline)s s, %(difference)s s shorter than the film "
                "(%(film)s s). "
                "Export both from the same cut."
            )
        )
        problems.append(
            Problem(
                template,
                name=timeline.name,
                timeline=shown(timeline.duration),
                difference=shown(abs(difference)),
                film=shown(film_duration),
            )
        )
    if abs(timeline.fps / film_fps - 1) > RATE_TOLERANCE:
        problems.append(
            Problem(
                gettext_noop(
                    "The timeline %(name)s counts %(timeline)s frames a second, the film runs at %(film)s. "
                    "Export both at one rate."
                ),
                name=timeline.name,
                timeline=shown(timeline.fps),
                film=shown(film_fps),
            )
        )
    return problems
