"""How much of a mix each sound found in it makes up: band energies, fitted stretch by stretch.

A source in a mix has been turned up and down, faded and equalised. Its energy in twelve bands is therefore fitted to
that of the mix twice: over its whole run for the equaliser, then in short windows for the level. What no source
explains is the rest.
"""

from __future__ import annotations

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
    return np.where(levels > 0, power, np.float32(0))


def shares(mix: Levels, parts: Sequence[Part], *, tenths: int) -> Floats:
    """The share of the mix's energy that each part makes up, float32 (parts, tenths), each column adding up to at most 1."""
    heard = power_of(mix)
    laid = (
        np.stack([_laid(part, len(heard)) for part in parts])
        if parts
        else np.zeros((0, *heard.shape), np.float32)
    )
    shaped = _equalised(heard, laid)
    result = np.zeros((len(parts), tenths), np.float32)
    for tenth in range(tenths):
        middle = (tenth + 0.5) / 10
        active = [number for number, part in enumerate(parts) if part.start <= middle < part.end]
        if active:
            result[active, tenth] = _fitted(heard, shaped[active], middle)
    return result


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


def _fitted(heard: Floats, laid: Floats, middle: float) -> Floats:
    first = max(0, round((middle - REACH_SECONDS) / TILE_SECONDS))
    window = slice(first, round((middle + REACH_SECONDS) / TILE_SECONDS) + 1)
    tenth = slice(
        max(0, round((middle - 0.05) / TILE_SECONDS)), max(1, round((middle + 0.05) / TILE_SECONDS))
    )
    gains = _solved(heard[window], laid[:, window])
    energies = gains * laid[:, tenth].sum(axis=(1, 2))
    total = max(float(heard[tenth].sum()), float(energies.sum()), 1e-12)
    return np.asarray(energies / total, np.float32)


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
