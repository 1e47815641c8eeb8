"""Camera moves: where the camera looks at a moment of the take."""

from __future__ import annotations

import math
from dataclasses import dataclass

from footage.painter.attributes import Move

REACH = 0.16
"""Farthest a pan or tilt carries the nearest layer, in frame heights."""
ZOOM = 0.20
"""How much a push-in magnifies the nearest layer, as a share."""
SWAY = 0.012
"""Amplitude of a handheld camera, in frame heights."""


@dataclass(frozen=True, slots=True)
class View:
    """Shift of the nearest layer in heights (x right, y down) and its magnification."""

    dx: float = 0.0
    dy: float = 0.0
    zoom: float = 1.0

    def at(self, depth: float) -> View:
        """The same view for a layer of depth 0 (near) to 1 (far): far things move less."""
        near = 1.0 - 0.82 * depth
        return View(self.dx * near, self.dy * near, 1 + (self.zoom - 1) * near)

    @property
    def resting(self) -> bool:
        """Whether a layer may be shown as painted."""
        return self.dx == 0.0 and self.dy == 0.0 and self.zoom == 1.0


def view_at(move: Move, t: float, *, phase: float = 0.0) -> View:
    """The view `t` seconds into a take; moves run about eight seconds and come to rest softly.

    Args:
        phase: 0..1, so that two handheld takes don't sway alike.
    """
    travelled = math.tanh(max(0.0, t) / 5.0)
    half = REACH / 2 - REACH * travelled
    match move:
        case Move.PAN_LEFT:
            return View(dx=-half)
        case Move.PAN_RIGHT:
            return View(dx=half)
        case Move.TILT_UP:
            return View(dy=-half)
        case Move.TILT_DOWN:
            return View(dy=half)
        case Move.PUSH_IN:
            return View(zoom=1 + ZOOM * travelled)
        case Move.PULL_OUT:
            return View(zoom=1 + ZOOM * (1 - travelled))
        case Move.HANDHELD:
            return _handheld(t + 40 * phase)
        case Move.STILL:
            return View()


def _handheld(t: float) -> View:
    dx = SWAY * (0.6 * math.sin(1.7 * t) + 0.3 * math.sin(3.1 * t + 1) + 0.1 * math.sin(7.3 * t))
    dy = SWAY * (0.5 * math.sin(2.1 * t + 2) + 0.3 * math.sin(3.7 * t) + 0.12 * math.sin(8.1 * t))
    return View(dx, dy, 1.02)


def margins(move: Move) -> tuple[float, float]:
    """Margins (x, y) in heights that a plate needs around the frame."""
    match move:
        case Move.PAN_LEFT | Move.PAN_RIGHT:
            return REACH / 2 + 0.01, 0.0
        case Move.TILT_UP | Move.TILT_DOWN:
            return 0.0, REACH / 2 + 0.01
        case Move.HANDHELD:
            return SWAY + 0.006, SWAY + 0.006
        case _:
            return 0.0, 0.0
