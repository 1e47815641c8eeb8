"""Light of an hour and a weather: sky, sun or moon, haze, colours in shade. RGB floats in [0, 1]."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from footage.painter.attributes import Accent, Hour, Weather

Colour = tuple[float, float, float]

ACCENTS: dict[Accent, Colour] = {
    Accent.RED: (0.86, 0.13, 0.12),
    Accent.YELLOW: (0.98, 0.76, 0.14),
    Accent.BLUE: (0.14, 0.38, 0.88),
    Accent.GREEN: (0.10, 0.62, 0.33),
}
LAMP: Colour = (1.0, 0.76, 0.40)


@dataclass(frozen=True, slots=True)
class Light:
    """How a place is lit.

    Attributes:
        sky: Colours at the top, the middle and the horizon.
        ambient: What white becomes in shade.
        key: Colour of sun or moon on edges and glints.
        haze: Colour of far air; `thickness` says how much of it lies over the farthest layer, 0..1.
        sun: Place of the disc: (share of the width, share of the height above the horizon).
        disc: Strength of disc and glow, 0..1.
        lamps: How brightly windows and lanterns shine, 0..1.
        clouds: Cover, 0..1.
        stars: Strength of stars, 0..1.
        glare: How far the disc outshines the sky around it, 0..1.
        snow: How white the ground is, 0..1.
    """

    sky: tuple[Colour, Colour, Colour]
    ambient: Colour
    key: Colour
    haze: Colour
    thickness: float
    sun: tuple[float, float]
    disc: float
    lamps: float
    clouds: float
    stars: float
    snow: float = 0.0
    glare: float = 1.0
    night: bool = False

    def on(self, colour: Colour, *, depth: float = 0.0) -> Colour:
        """What a surface of this colour looks like in this light at depth 0 (near) to 1 (far)."""
        shaded = tuple(c * a for c, a in zip(colour, self.ambient, strict=True))
        return mix(shaded, self.haze, min(1.0, self.thickness * depth))

    def vivid(self, colour: Colour) -> Colour:
        """What an accent looks like: shaded, yet still to be named at night."""
        return mix(self.on(colour), colour, 0.38)

    def ground(self, colour: Colour, *, depth: float = 0.0) -> Colour:
        """Like `on`, under whatever snow lies."""
        return self.on(mix(colour, (0.93, 0.95, 1.0), self.snow), depth=depth)


def mix(a: tuple[float, ...], b: tuple[float, ...], share: float) -> Colour:
    """Colour `share` of the way from a to b."""
    red, green, blue = (x + (y - x) * share for x, y in zip(a, b, strict=True))
    return (red, green, blue)


def grey(colour: Colour, share: float) -> Colour:
    """The colour with `share` of its saturation taken away."""
    luma = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
    return mix(colour, (luma, luma, luma), share)


HOURS: dict[Hour, Light] = {
    Hour.DAWN: Light(
        sky=((0.33, 0.48, 0.70), (0.80, 0.70, 0.78), (1.0, 0.83, 0.68)),
        ambient=(0.74, 0.70, 0.78),
        key=(1.0, 0.80, 0.62),
        haze=(0.95, 0.82, 0.78),
        thickness=0.80,
        sun=(0.68, 0.10),
        disc=0.85,
        lamps=0.45,
        clouds=0.45,
        stars=0.0,
    ),
    Hour.DAY: Light(
        sky=((0.13, 0.40, 0.76), (0.42, 0.69, 0.93), (0.84, 0.93, 0.97)),
        ambient=(0.98, 0.98, 0.98),
        key=(1.0, 0.96, 0.84),
        haze=(0.78, 0.88, 0.95),
        thickness=0.66,
        sun=(0.72, 0.42),
        disc=0.9,
        glare=0.62,
        lamps=0.0,
        clouds=0.50,
        stars=0.0,
    ),
    Hour.DUSK: Light(
        sky=((0.13, 0.11, 0.32), (0.66, 0.25, 0.42), (1.0, 0.58, 0.24)),
        ambient=(0.50, 0.37, 0.46),
        key=(1.0, 0.58, 0.26),
        haze=(0.90, 0.46, 0.36),
        thickness=0.76,
        sun=(0.30, 0.07),
        disc=1.0,
        lamps=0.85,
        clouds=0.55,
        stars=0.12,
    ),
    Hour.NIGHT: Light(
        sky=((0.025, 0.055, 0.16), (0.06, 0.14, 0.31), (0.17, 0.30, 0.48)),
        ambient=(0.30, 0.37, 0.56),
        key=(0.74, 0.85, 1.0),
        haze=(0.15, 0.25, 0.42),
        thickness=0.72,
        sun=(0.70, 0.36),
        disc=0.8,
        glare=0.6,
        lamps=1.0,
        clouds=0.25,
        stars=1.0,
        night=True,
    ),
}


def light_of(hour: Hour, weather: Weather, *, rng: np.random.Generator) -> Light:
    """The light of an hour under a weather, with the small differences between two days."""
    base = HOURS[hour]
    side = float(rng.uniform(0.16, 0.36))
    sun = (side if rng.random() < 0.5 else 1 - side, base.sun[1] * float(rng.uniform(0.75, 1.25)))
    clouds = float(np.clip(base.clouds + rng.uniform(-0.25, 0.2), 0, 1))
    warmer = float(rng.uniform(-0.06, 0.06))
    top, middle, low = (_warm(colour, warmer) for colour in base.sky)
    return _weathered(replace(base, sun=sun, clouds=clouds, sky=(top, middle, low)), weather)


def _warm(colour: Colour, by: float) -> Colour:
    return (min(1.0, colour[0] * (1 + by)), colour[1], min(1.0, colour[2] * (1 - by)))


def _weathered(light: Light, weather: Weather) -> Light:
    if weather is Weather.RAIN:
        return _dull(light, to=(0.46, 0.52, 0.60), by=0.70, disc=0.12, clouds=1.0, thickness=0.9)
    if weather is Weather.SNOW:
        return replace(
            _dull(light, to=(0.80, 0.84, 0.92), by=0.5, disc=0.25, clouds=0.8, thickness=0.86), snow=0.85
        )
    if weather is Weather.FOG:
        return _dull(light, to=(0.82, 0.84, 0.86), by=0.62, disc=0.35, clouds=0.0, thickness=1.0)
    return light


def _dull(light: Light, *, to: Colour, by: float, disc: float, clouds: float, thickness: float) -> Light:
    """Grey the light towards the overcast colour `to`, which itself is only as bright as the hour."""
    brightness = 0.2126 * light.sky[1][0] + 0.7152 * light.sky[1][1] + 0.0722 * light.sky[1][2]
    level = 0.36 if light.night else min(1.0, brightness * 1.25 + 0.12)
    veil = mix(mix((0, 0, 0), to, level), light.haze, 0.22)
    top, middle, low = (mix(colour, veil, by) for colour in light.sky)
    return replace(
        light,
        sky=(top, middle, low),
        ambient=grey(mix(light.ambient, (0.5, 0.52, 0.56), 0.2), 0.35),
        haze=mix(light.haze, veil, by),
        key=mix(light.key, veil, 0.3),
        disc=light.disc * disc,
        clouds=clouds,
        stars=light.stars * 0.15,
        lamps=max(light.lamps, 0.35),
        thickness=thickness,
    )
