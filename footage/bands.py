"""How much of a mix each sound found in it makes up: band energies, fitted stretch by stretch.

A source in a mix has been turned up and down, faded and equalised. Its energy in twelve bands is therefore fitted to
that of the mix twice: over its whole run for the equaliser, then in short windows for the level. What no source
explains is the rest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

BANDS = 12
TILE_HOPS = 2
TILE_SECONDS = 0.032
"""Two hops of 16 ms."""

EDGES = (4, 8, 12, 17, 23, 30, 39, 50, 65, 85, 115, 160, 257)
"""Frequency bins of 15.6 Hz between which the bands lie: 62 Hz to 4 kHz, about a third of an octave to an octave each."""

STEP_DB, LOWEST_DB = 0.5, -77.0
"""A stored level is in half decibels above the lowest, of |X|² summed over a band and a tile; 0 is nothing."""

REACH_SECONDS = 0.4
"""The level of a source is fitted over so much before and after a tenth of a second."""

TOLERANCE = 1.4
"""A tile of the mix may have so much more energy than its sources, because they interfere."""

SMOOTH = 3
"""Tiles over which energies are averaged before they are compared: a landmark knows its time to 16 ms only."""

MOST_BAND_GAIN = 30.0
"""Decibels by which an equaliser may lift one band of a source over the others."""


@dataclass(frozen=True, slots=True)
class Part:
    """A source laid under a mix.

    Attributes:
        start: Second of the mix at which it begins to sound.
        end: Second at which it ends.
        source_start: Second of the source at `start`.
        speed: Source seconds per mix second.
        bands: The source's levels.
    """

    start: float
    end: float
    source_start: float
    speed: float
    bands: Levels


def band_levels(levels: Floats) -> Levels:
    """Stored levels of the bands of a spectrogram in decibels, float32 (hops, 257) to uint8 (hops / 2, 12)."""
    power = np.power(10.0, levels / 10, dtype=np.float32)
    whole = power[: len(power) // TILE_HOPS * TILE_HOPS]
    tiles = whole.reshape(-1, TILE_HOPS, power.shape[1]).sum(axis=1)
    bands = np.add.reduceat(tiles, EDGES[:-1], axis=1)
    stored = (10 * np.log10(bands + 1e-9) - LOWEST_DB) / STEP_DB
    result: Levels = stored.round().clip(0, 255).astype(np.uint8)
    return result


def power_of(levels: Levels) -> Floats:
    """Energy per tile and band of stored levels, float32 (tiles, 12); nothing where nothing is stored."""
    power: Floats = np.power(10.0, (levels.astype(np.float32) * STEP_DB + LOWEST_DB) / 10, dtype=np.float32)
    return np.asarray(np.where(levels > 0, power, np.float32(0)), np.float32)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A source's energy on the mix's tiles, float32 (n, 12), from tile `first` on; nothing elsewhere."""

    first: int
    energies: Floats

    @property
    def tiles(self) -> slice:
        return slice(self.first, self.first + len(self.energies))

    def over(self, tiles: slice) -> Floats:
        """Its energy on some of the mix's tiles, float32 (tiles, 12)."""
        result = np.zeros((tiles.stop - tiles.start, BANDS), np.float32)
        low, high = max(tiles.start, self.tiles.start), min(tiles.stop, self.tiles.stop)
        if low < high:
            result[low - tiles.start : high - tiles.start] = self.energies[
                low - self.first : high - self.first
            ]
        return result

    def meets(self, other: _Laid) -> bool:
        return bool(self.tiles.start < other.tiles.stop and other.tiles.start < self.tiles.stop)


def shares(mix: Levels, parts: Sequence[Part], *, tenths: int) -> Floats:
    """The share of the mix's energy that each part makes up, float32 (parts, tenths), a column adding up to at most 1."""
    heard = _smooth(power_of(mix))
    shaped = _equalised(heard, [_laid(part, len(heard)) for part in parts])
    borders = sorted({border for part in parts for border in (part.start, part.end)})
    result = np.zeros((len(parts), tenths), np.float32)
    for tenth in range(tenths):
        middle = (tenth + 0.5) / 10
        active = [number for number, part in enumerate(parts) if part.start <= middle < part.end]
        window = _window(middle, borders, len(heard))
        if active and heard[window].any():
            coarse = any(parts[number].speed != 1 for number in active)
            views = heard[window], np.stack([shaped[number].over(window) for number in active])
            result[active, tenth] = _fitted(*(map(_coarse, views) if coarse else views))
    return result


def _smooth(energies: Floats) -> Floats:
    """Mean over neighbouring tiles, float32 (tiles, 12)."""
    around = np.pad(energies, ((SMOOTH // 2, SMOOTH // 2), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(around, SMOOTH, axis=0)
    return np.asarray(windows.mean(axis=-1), np.float32)


def _coarse(energies: Floats) -> Floats:
    """Three bands at a time as one: played faster, a sound moves from band to band."""
    return np.asarray(energies.reshape(*energies.shape[:-1], -1, 3).sum(axis=-1), np.float32)


def _window(middle: float, borders: Sequence[float], tiles: int) -> slice:
    """Tiles around a moment, not beyond a border where a source begins or ends."""
    place = bisect_right(borders, middle)
    first = max([middle - REACH_SECONDS, *borders[max(0, place - 1) : place]])
    last = min([middle + REACH_SECONDS, *borders[place : place + 1]])
    low = max(0, min(round(first / TILE_SECONDS), round((middle - 0.05) / TILE_SECONDS), tiles - 1))
    high = max(round(last / TILE_SECONDS), round((middle + 0.05) / TILE_SECONDS), low + 1)
    return slice(low, min(high, tiles))


def _laid(part: Part, tiles: int) -> _Laid:
    """A source laid under a mix of so many tiles, its energy between its own tiles by interpolation."""
    first = min(tiles, max(0, round(part.start / TILE_SECONDS)))
    last = min(tiles, round(part.end / TILE_SECONDS))
    power = power_of(part.bands)
    middles = (np.arange(first, last) + 0.5) * TILE_SECONDS
    if not len(power) or not len(middles):
        return _Laid(first, np.zeros((0, BANDS), np.float32))
    places = (part.source_start + (middles - part.start) * part.speed) / TILE_SECONDS - 0.5
    inside = (places > -1) & (places < len(power))
    low = np.floor(places).clip(0, len(power) - 1).astype(int)
    high = (low + 1).clip(0, len(power) - 1)
    share = (places - low).clip(0, 1)[:, None].astype(np.float32)
    between = power[low] * (1 - share) + power[high] * share
    return _Laid(first, _smooth(np.where(inside[:, None], between, np.float32(0))))


def likeness(one: Part, other: Part) -> float:
    """How alike two sources sound where both lie under the mix, -1 to 1; each band's usual level is taken away.

    The same recording in two files is above .9 even after a re-encode, two takes of one noise are near 0.
    """
    tiles = round(max(one.end, other.end) / TILE_SECONDS)
    first, second = _laid(one, tiles), _laid(other, tiles)
    shared = slice(max(first.first, second.first), min(first.tiles.stop, second.tiles.stop))
    if shared.stop - shared.start < REACH_SECONDS / TILE_SECONDS:
        return 0.0
    laid = [first.over(shared), second.over(shared)]
    levels = [np.log10(part + part.max() * 1e-5 + 1e-12) for part in laid]
    away = [level - level.mean(axis=0) for level in levels]
    scale = float(np.sqrt((away[0] ** 2).sum() * (away[1] ** 2).sum()))
    return float((away[0] * away[1]).sum()) / scale if scale else 0.0


def _equalised(heard: Floats, laid: Sequence[_Laid]) -> list[_Laid]:
    """The sources with each band turned up or down as it is over their whole runs."""
    shaped = []
    for number, one in enumerate(laid):
        others = [other for n, other in enumerate(laid) if n != number and one.meets(other)]
        is_long = len(one.energies) >= 2 * REACH_SECONDS / TILE_SECONDS
        gains = _band_gains(heard[one.tiles], one, others) if is_long else np.ones(BANDS, np.float32)
        shaped.append(_Laid(one.first, one.energies * gains))
    return shaped


def _band_gains(heard: Floats, one: _Laid, others: Sequence[_Laid]) -> Floats:
    """Gain of one source in every band over its run, where others sound with it; relative to its loudest bands."""
    laid = np.stack([one.energies, *(other.over(one.tiles) for other in others)])
    gains = np.array([_solved(heard[:, [band]], laid[:, :, [band]])[0] for band in range(BANDS)])
    own = one.energies.sum(axis=0)
    usual = float((gains * own).sum() / max(own.sum(), 1e-12))
    bound = 10 ** (MOST_BAND_GAIN / 10)
    return np.asarray((gains / max(usual, 1e-12)).clip(1 / bound, bound), np.float32)


def _fitted(heard: Floats, laid: Floats) -> Floats:
    """Shares of the sources in a window; what lies more than `TOLERANCE` above them is the rest."""
    gains = _solved(heard, laid)
    fitted = np.tensordot(gains, laid, axes=1)
    rest = np.maximum(0, heard - TOLERANCE * fitted).sum()
    energies = gains * laid.sum(axis=(1, 2))
    return np.asarray(energies / max(float(energies.sum() + rest), 1e-12), np.float32)


def _solved(heard: Floats, laid: Floats) -> Floats:
    """Gains >= 0 with which the sources' energies come nearest to the mix's, in roots, so that the loudest tile does
    not decide alone.

    Args:
        heard: float32 (tiles, bands).
        laid: float32 (sources, tiles, bands).
    """
    columns = laid.reshape(len(laid), -1).T.astype(np.float64)
    target = heard.ravel().astype(np.float64)
    weights = 1 / np.sqrt(target + target.mean() * 0.05 + 1e-12)
    gains = np.zeros(len(laid))
    left = [n for n in range(len(laid)) if columns[:, n].any()]
    while left:
        solved = np.linalg.lstsq(columns[:, left] * weights[:, None], target * weights, rcond=None)[0]
        if (solved >= 0).all():
            gains[left] = solved
            break
        left = [n for n, gain in zip(left, solved, strict=True) if gain > 0]
    return gains.astype(np.float32)
