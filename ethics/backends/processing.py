"""What people did around generated assets, measured on their fingerprints: candidates that differ, steps that changed
something, inputs that can be seen in what came out (MEASURE §4)."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache

import cv2
import numpy as np

from ethics.domain.picture_term import GenerationFacts
from ethics.domain.process import NEAR_DUPLICATE, Step, candidates, iterations
from ethics.domain.segments import ONE, ZERO, Interval, exact
from footage.fingerprints import GRID_HEIGHT, GRID_WIDTH, STILL_SCALE, Floats, Reference, describe

PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)
FINE_WIDTH, FINE_HEIGHT = STILL_SCALE * GRID_WIDTH, STILL_SCALE * GRID_HEIGHT
CELL, AROUND, DIRECTIONS = 1.6, 8.0, 4
CLEAR = 75
"""Per cent of a picture that is weaker than its clear edges."""

MOST_OTHERS = 24
SPREADS = 2.0
"""How many standard deviations above the likeness of shuffled pairs an input has to lie to be seen at all."""

References = Mapping[str, Reference]


def process_facts(
    steps: Sequence[Step], references: References, *, wanted: Container[str]
) -> dict[str, GenerationFacts]:
    """What the makers did to get each wanted result.

    Args:
        steps: All results of the work, oldest first.
        references: Fingerprints by medium id; a result or input without one proves nothing and stays open.
        wanted: Ids of the results that are asked about.
    """
    made = _Making(steps, references)
    return {step.id: made.facts(place) for place, step in enumerate(steps) if step.id in wanted}


class _Making:
    """The results of one work with what can be measured between them."""

    def __init__(self, steps: Sequence[Step], references: References) -> None:
        self.steps = steps
        self.references = {key: one for key, one in references.items() if len(one.greys)}
        self.by_id = {step.id: step for step in steps}
        self.described = cache(lambda key: describe(_sampled(self.references[key])))
        self.lines = cache(lambda key: lines_of(self.references[key]))
        self.alike = cache(self._alike)
        self.control = cache(self._control)

    def facts(self, place: int) -> GenerationFacts:
        step = self.steps[place]
        looked = candidates(step, self.steps, self.alike)
        tried = iterations(step, self.steps[:place], self.alike)
        control = self.control(step.id)
        proven = GenerationFacts(
            control=control.low,
            direction=step.direction,
            iterations=tried.least,
            candidates=looked.least,
            made_from=step.inputs,
        )
        beyond = replace(proven, control=control.high, iterations=tried.most, candidates=looked.most)
        return proven if beyond == proven else replace(proven, claimed=beyond)

    def _alike(self, one: str, other: str) -> bool | None:
        if one not in self.references or other not in self.references:
            return None
        return _likeness(self.described(one), self.described(other)) >= NEAR_DUPLICATE

    def _control(self, key: str) -> Interval:
        """How far the makers' own inputs are seen in a result; of an input that was generated, as far as theirs are in it."""
        step = self.by_id[key]
        found = [self._of_input(step, source) for source in step.inputs]
        return Interval(
            max((one.low for one in found), default=ZERO), max((one.high for one in found), default=ZERO)
        )

    def _of_input(self, step: Step, source: str) -> Interval:
        if source not in self.references or step.id not in self.references:
            return Interval(ZERO, ONE)
        seen = perceptible(self.lines(source), self.lines(step.id), shuffled=self._shuffled(step, source))
        if source not in self.by_id or source == step.id:
            return Interval(seen, seen)
        own = self.control(source)
        return Interval(seen * own.low, seen * own.high)

    def _shuffled(self, step: Step, source: str) -> list[Floats]:
        """Results of the tool that were not made from this input, and this result with its parts in other places."""
        others = [
            one.id
            for one in self.steps
            if one.tool == step.tool and source not in one.inputs and one.id in self.references
        ]
        return [
            *(self.lines(key) for key in others[-MOST_OTHERS:]),
            *displaced_lines(self.references[step.id]),
        ]


def _sampled(reference: Reference) -> np.ndarray:
    """uint8 (n, h, w): the kept frames at five places of the running time; a still is one."""
    count = len(reference.greys)
    return reference.greys[sorted({round(place * (count - 1)) for place in PLACES})]


def _likeness(one: Floats, other: Floats) -> float:
    """Mean likeness of two results frame by frame; a still is compared with every frame of a film."""
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        one, other = np.repeat(short[:1], len(long), axis=0), long
    return float((one * other).sum(axis=1).mean())


# ---------------------------------------------------------------- inputs seen in what came out
def perceptible(source: Floats, result: Floats, *, shuffled: Sequence[Floats]) -> Fraction:
    """How far the lines of an input can be seen in a result, [0, 1].

    0 where the result is no more like its input than pictures are that the input had no part in.

    Args:
        source: What `lines_of` found in the input.
        result: The same of the result.
        shuffled: The same of pictures that were not made from the input.
    """
    chance = [_agreement(source, other) for other in shuffled]
    base = float(np.mean(chance) + SPREADS * np.std(chance)) if chance else 0.0
    above = (_agreement(source, result) - base) / (1 - base) if base < 1 else 0.0
    return exact(min(1.0, max(0.0, above)))


def _agreement(one: Floats, other: Floats) -> float:
    """Best likeness of a still with any frame, or the mean of two films moment by moment."""
    if len(one) == len(other):
        return float((one * other).sum(axis=1).mean())
    return float((one @ other.T).max())


def lines_of(reference: Reference) -> Floats:
    """The lines of a still or of moments of a film, float32 (n, k), rows of length 1."""
    return _gradients(_sampled(reference))


def displaced_lines(reference: Reference) -> list[Floats]:
    """The lines of the same pictures upside down, turned round, and pushed aside: what is left of them is chance.

    They aren't mirrored: many pictures are much the same from left to right.
    """
    greys = _sampled(reference)
    height, width = greys.shape[1:]
    pushed = [(0, width // 2), (height // 2, 0), (height // 3, width // 3)]
    found = [greys[:, ::-1], greys[:, ::-1, ::-1], *(np.roll(greys, by, axis=(1, 2)) for by in pushed)]
    return [_gradients(one) for one in found]


def _gradients(greys: np.ndarray) -> Floats:
    """Lines by place and direction, rows of length 1: a drawing of a picture and the picture come out alike.

    Histograms of oriented gradients (Dalal, Triggs 2005) with soft cells, each measured by the strength around it.
    """
    return np.stack([_gradient(np.ascontiguousarray(grey)) for grey in greys])


def _gradient(grey: np.ndarray) -> Floats:
    small = cv2.resize(grey, (FINE_WIDTH, FINE_HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.GaussianBlur(small, (5, 5), 0)
    across, down = cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1)
    strength, angle = cv2.cartToPolar(across, down)
    lines = _lines_of(np.sqrt(strength))
    turned = np.floor((angle % np.pi) / np.pi * DIRECTIONS).astype(int) % DIRECTIONS
    planes = [
        cv2.GaussianBlur(np.where(turned == each, lines, 0), (0, 0), CELL) for each in range(DIRECTIONS)
    ]
    cells = np.stack(planes, axis=2)[::2, ::2]
    values = (cells - cells.mean(axis=(0, 1))).ravel()
    return np.asarray(values / max(float(np.linalg.norm(values)), 1e-6), np.float32)


def _lines_of(strength: Floats) -> Floats:
    """The clear edges, each against what is around it; float32 (h, w)."""
    clear = np.clip(strength - np.percentile(strength, CLEAR) / 2, 0, None)
    around = np.sqrt(cv2.GaussianBlur(clear * clear, (0, 0), AROUND) + (0.05 * clear.max()) ** 2 + 1e-6)
    return np.asarray(clear / around, np.float32)
