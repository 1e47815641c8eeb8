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


def shares(mix: Levels, parts: Sequence[Part], *, tenths: int) -> Floats:
    """The share of the mix's energy that each part makes up, float32 (parts, tenths), a column adding up to at most 1."""
    heard = _smooth(power_of(mix))
    laid = [_smooth(_laid(part, len(heard))) for part in parts]
    shaped = _equalised(heard, np.stack(laid) if laid else np.zeros((0, *heard.shape), np.float32))
    borders = sorted({border for part in parts for border in (part.start, part.end)})
    result = np.zeros((len(parts), tenths), np.float32)
    for tenth in range(tenths):
        middle = (tenth + 0.5) / 10
        active = [number for number, part in enumerate(parts) if part.start <= middle < part.end]
        window = _window(middle, borders)
        if active and heard[window].any():
            coarse = any(parts[number].speed != 1 for number in active)
            views = heard[window], shaped[active][:, window]
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


def _window(middle: float, borders: Sequence[float]) -> slice:
    """Tiles around a moment, not beyond a border where a source begins or ends."""
    place = bisect_right(borders, middle)
    first = max([middle - REACH_SECONDS, *borders[place - 1 : place]] if place else [middle - REACH_SECONDS])
    last = min([middle + REACH_SECONDS, *borders[place : place + 1]])
    low = max(0, min(round(first / TILE_SECONDS), round((middle - 0.05) / TILE_SECONDS)))
    return slice(low, max(round(last / TILE_SECONDS), round((middle + 0.05) / TILE_SECONDS), low + 1))


def _laid(part: Part, tiles: int) -> Floats:
    """The source's energy on the mix's tiles, between its own by interpolation; float32 (tiles, 12)."""
    power = power_of(part.bands)
    if not len(power):
        return np.zeros((tiles, BANDS), np.float32)
    middles = (np.arange(tiles) + 0.5) * TILE_SECONDS
    places = (part.source_start + (middles - part.start) * part.speed) / TILE_SECONDS - 0.5
    inside = (middles >= part.start) & (middles < part.end) & (places > -1) & (places < len(power))
    low = np.floor(places).clip(0, len(power) - 1).astype(int)
    high = (low + 1).clip(0, len(power) - 1)
    share = (places - low).clip(0, 1)[:, None].astype(np.float32)
    return np.where(inside[:, None], power[low] * (1 - share) + power[high] * share, np.float32(0))


def likeness(one: Part, other: Part) -> float:
    """How alike two sources sound where both lie under the mix, -1 to 1; each band's usual level is taken away.

    The same recording in two files is above .9 even after a re-encode, two takes of one noise are near 0.
    """
    tiles = round(max(one.end, other.end) / TILE_SECONDS)
    laid = [_laid(part, tiles) for part in (one, other)]
    both = (laid[0].sum(axis=1) > 0) & (laid[1].sum(axis=1) > 0)
    if both.sum() < REACH_SECONDS / TILE_SECONDS:
        return 0.0
    levels = [np.log10(part[both] + part[both].max() * 1e-5) for part in laid]
    away = [level - level.mean(axis=0) for level in levels]
    scale = float(np.sqrt((away[0] ** 2).sum() * (away[1] ** 2).sum()))
    return float((away[0] * away[1]).sum()) / scale if scale else 0.0


def _equalised(heard: Floats, laid: Floats) -> Floats:
    """The sources with each band turned up or down as it is over their whole runs, one after the other."""
    shaped = laid.copy()
    for number in range(len(laid)):
        inside = laid[number].sum(axis=1) > 0
        if inside.sum() < 2 * REACH_SECONDS / TILE_SECONDS:
            continue
        gains = _band_gains(heard[inside], laid[:, inside], number)
        shaped[number] = laid[number] * gains
    return shaped


def _band_gains(heard: Floats, laid: Floats, number: int) -> Floats:
    """Gain of one source in every band over its run, where others sound with it; relative to its loudest band."""
    active = [number, *(n for n in range(len(laid)) if n != number and laid[n].any())]
    gains = np.array([_solved(heard[:, [band]], laid[active][:, :, [band]])[0] for band in range(BANDS)])
    own = laid[number].sum(axis=0)
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
