"""What a film really shows, and what a measurement without any error would say of it. Pure; seconds are exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bench.measure.films import FPS, INDEXED, Edit, Layer, Shot, Take
from bench.measure.mattes import area_of
from ethics.domain.segments import LEAST_AREA

Ends = tuple[Fraction, Fraction]
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Planted:
    """One take in one shot, by the key it would be found under, and whether recall asks for it."""

    key: str
    start: Fraction
    end: Fraction
    wanted: bool


@dataclass(frozen=True, slots=True)
class Span:
    """One shot.

    Attributes:
        neutral: It weighs nothing.
        actual: The AI fraction as its maker knows it.
        low: Least and greatest lower end that can be proven.
        high: Least and greatest upper end.
        known: Every take in it is indexed.
        composite: Its area is known and asked for.
        label: What tells it from its neighbours.
    """

    start: Fraction
    end: Fraction
    neutral: bool
    actual: Fraction
    low: Ends
    high: Ends
    known: bool
    composite: bool
    label: tuple[str, ...]

    @property
    def seconds(self) -> Fraction:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Truth:
    spans: tuple[Span, ...]
    planted: tuple[Planted, ...]

    @property
    def seconds(self) -> Fraction:
        return self.spans[-1].end

    @property
    def complete(self) -> bool:
        """Whether a source was given for everything that counts."""
        return all(span.known or span.neutral for span in self.spans)

    @property
    def borders(self) -> list[Fraction]:
        """Seconds at which one thing gives way to another."""
        pairs = zip(self.spans, self.spans[1:], strict=False)
        return [after.start for before, after in pairs if before.label != after.label]

    def share(self) -> Fraction:
        """The AI share as the maker knows it; 0 of a film in which nothing counts."""
        return self._mean([span.actual for span in self.spans])

    def ideal(self) -> tuple[Ends, Ends]:
        """The lower and upper ends that a measurement without error may give, each from its least to its greatest."""
        low, high = ([getattr(span, name) for span in self.spans] for name in ("low", "high"))
        return (
            (self._mean([ends[0] for ends in low]), self._mean([ends[1] for ends in low])),
            (self._mean([ends[0] for ends in high]), self._mean([ends[1] for ends in high])),
        )

    def _mean(self, values: Sequence[Fraction]) -> Fraction:
        weights = [ZERO if span.neutral else span.seconds for span in self.spans]
        whole = sum(weights, ZERO)
        total = sum((weight * value for weight, value in zip(weights, values, strict=True)), ZERO)
        return total / whole if whole else ZERO


def truth_of(edit: Edit) -> Truth:
    """Read the truth off an edit."""
    spans: list[Span] = []
    planted: list[Planted] = []
    shown: dict[str, list[tuple[int, int]]] = {}
    attacked = any(shot.altered for shot in edit.shots)
    frame = 0
    for shot in edit.shots:
        start, end = Fraction(frame, FPS), Fraction(frame + shot.frames, FPS)
        frame += shot.frames
        span = _span(shot, start, end, again=_again(shot, shown))
        spans.append(span)
        if shot.layers and not span.neutral:
            planted += _planted(shot, start, end, wanted=shot.altered or not attacked)
    return Truth(tuple(spans), tuple(planted))


def _again(shot: Shot, shown: dict[str, list[tuple[int, int]]]) -> bool:
    """Whether a shot shows what was shown before, filmed or generated; remembers what it shows."""
    if len(shot.layers) != 1 or shot.layers[0].take.kind not in ("rush", "generated"):
        return False
    layer = shot.layers[0]
    part = (layer.first, layer.first + shot.source_frames)
    before = shown.setdefault(layer.take.key, [])
    seen = any(first <= part[0] and part[1] <= last for first, last in before)
    before.append(part)
    return seen


def _span(shot: Shot, start: Fraction, end: Fraction, *, again: bool) -> Span:
    made = any(layer.take.kind == "generated" for layer in shot.layers)
    actual, low, high = _fractions(shot)
    return Span(
        start, end, neutral=not shot.layers or again or (shot.held and not made), actual=actual, low=low, high=high,
        known=all(layer.take.kind in INDEXED - {"other"} for layer in shot.layers),
        composite=len(shot.layers) > 1 and all(layer.opacity == 1 for layer in shot.layers),
        label=("held" if shot.held else "", *(_label(layer.take) for layer in shot.layers)),
    )  # fmt: skip


def _label(take: Take) -> str:
    """Its key; nobody can tell one hidden take from another."""
    return take.key if take.kind in INDEXED else "?"


def _fractions(shot: Shot) -> tuple[Fraction, Ends, Ends]:
    """The AI fraction, and the ends it may be given, built up from the ground."""
    actual, low, high = ZERO, (ZERO, ZERO), (ZERO, ZERO)
    if shot.layers and shot.layers[0].box:
        return _beside(shot)
    for layer in shot.layers:
        area = _area(layer, shot)
        one, least, most = _layer_fractions(layer)
        actual = _over(actual, one, area)
        if layer.opacity == 1:
            low = _over(low[0], least, area), _over(low[1], least, area)
            high = _over(high[0], most, area), _over(high[1], most, area)
        elif one:
            # How strong a veil is can't be told: anything from a trace of it to all of the picture is right.
            low, high = (LEAST_AREA, actual), (actual, ONE)
    return actual, low, high


def _beside(shot: Shot) -> tuple[Fraction, Ends, Ends]:
    """Takes next to one another on black: none takes anything away from another."""
    parts = [[_area(layer, shot) * value for value in _layer_fractions(layer)] for layer in shot.layers]
    actual, low, high = (sum(values, ZERO) for values in zip(*parts, strict=True))
    return actual, (low, low), (high, high)


def _over(below: Fraction, above: Fraction, area: Fraction) -> Fraction:
    return (1 - area) * below + area * above


def _layer_fractions(layer: Layer) -> tuple[Fraction, Fraction, Fraction]:
    """What a take is, and the least and most that can be proven of it."""
    return {
        "generated": (ONE, ONE, ONE), "rush": (ZERO, ZERO, ZERO), "other": (ZERO, ZERO, ONE),
        "hidden-ai": (ONE, ZERO, ONE), "hidden-human": (ZERO, ZERO, ONE),
    }[layer.take.kind]  # fmt: skip


def _area(layer: Layer, shot: Shot) -> Fraction:
    if layer.matte is not None:
        return layer.opacity * area_of(layer.matte, first=layer.first, frames=shot.source_frames)
    return layer.opacity * (layer.box.area if layer.box else ONE)


def _planted(shot: Shot, start: Fraction, end: Fraction, *, wanted: bool) -> list[Planted]:
    """Indexed takes of a shot; of an altered one with layers recall asks for those that lie over others, or are AI."""
    layers = [layer for layer in shot.layers if layer.take.kind in INDEXED]
    return [
        Planted(layer.take.key, start, end, wanted and (len(shot.layers) == 1 or _is_asked(layer)))
        for layer in layers
    ]


def _is_asked(layer: Layer) -> bool:
    return layer.box is not None or layer.take.kind == "generated"
