"""The attacks of MEASURE §6 that leave traces in the picture: each turns one edit into another, truth and all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from bench.measure.films import FPS, HEIGHT, WIDTH, Box, Edit, Kind, Layer, Shot, Take

Attack = Callable[[Edit], Edit]

MOST_ALTERED = 3
"""Shots of a film that a composite attack touches."""

VEIL = Fraction(7, 20)
"""Opacity of the generated picture in a low-opacity blend."""

FULL = f"scale={WIDTH}:{HEIGHT}"
GRADE = (
    "eq=contrast=1.18:brightness=0.03:saturation=1.3:gamma=0.92,colorbalance=rs=.10:bs=-.10:rh=-.06:bh=.08"
)
GRAIN = "noise=alls=16:allf=t+u"
SUBTITLES = (
    "drawtext=text='We should have turned back at the river.':fontcolor=white:fontsize=h/18:borderw=2"
    ":x=(w-tw)/2:y=h*0.87:enable='lt(mod(t,4),3)'"
)
TITLE = (
    "drawtext=text='THE LONG WAY HOME':fontcolor=white:fontsize=h/8:borderw=3:x=(w-tw)/2:y=(h-th)/2"
    ":enable='between(t,1,5)'"
)
PHONE = (
    f"pad=iw*1.14:ih*1.14:(ow-iw)/2:(oh-ih)/2:0x0c0c10,"
    "crop=iw*0.95:ih*0.95:x='iw*0.025+iw*0.008*sin(2.1*t)':y='ih*0.025+ih*0.010*sin(1.7*t+1)',"
    "perspective=x0=0:y0=H*0.02:x1=W*0.98:y1=0:x2=W*0.03:y2=H:x3=W:y3=H*0.96:interpolation=linear,"
    f"scale={round(WIDTH * 0.82)}:{round(HEIGHT * 0.82)}:flags=neighbor,scale={WIDTH}:{HEIGHT}:flags=bilinear,"
    "gblur=sigma=0.9,tmix=frames=2,eq=contrast=0.86:brightness=0.05:gamma=1.12:saturation=0.8,"
    "colorbalance=bm=.08:gm=.03,noise=alls=9:allf=t+u"
)


def _chance(edit: Edit, name: str) -> np.random.Generator:
    return np.random.default_rng([edit.seed, *name.encode()])


def _looking(*looks: str) -> Attack:
    return lambda edit: replace(edit, looks=(*edit.looks, *looks))


def _crop(part: float) -> Attack:
    """Cut `part` of either side away, at a place of chance."""

    def attack(edit: Edit) -> Edit:
        across, down = _chance(edit, f"crop{part}").uniform(0, 1, 2)
        keep = 1 - part
        look = f"crop=iw*{keep}:ih*{keep}:(iw-ow)*{across:.3f}:(ih-oh)*{down:.3f},{FULL}"
        return replace(edit, looks=(*edit.looks, look))

    return attack


def _speed(speed: Fraction) -> Attack:
    return lambda edit: replace(edit, shots=tuple(replace(shot, speed=speed) for shot in edit.shots))


def _reverse(edit: Edit) -> Edit:
    return replace(edit, shots=tuple(replace(shot, backwards=True) for shot in edit.shots))


def _microcuts(edit: Edit) -> Edit:
    """Every shot in pieces of 6 to 11 frames, shuffled."""
    chance = _chance(edit, "microcuts")
    pieces = [piece for shot in edit.shots for piece in _pieces(shot, chance)]
    return replace(edit, shots=tuple(pieces[place] for place in chance.permutation(len(pieces))))


def _pieces(shot: Shot, chance: np.random.Generator) -> Iterator[Shot]:
    (layer,) = shot.layers
    place = 0
    while shot.frames - place >= 6:
        frames = min(int(chance.integers(6, 12)), shot.frames - place)
        yield replace(shot, frames=frames, layers=(replace(layer, first=layer.first + place),))
        place += frames


def _pairs(edit: Edit, name: str, *, ground: set[Kind], above: set[Kind]) -> dict[int, Take]:
    """Shots to lay something over, and the take of another shot that is laid over each."""
    chance = _chance(edit, name)
    chosen: dict[int, Take] = {}
    for place in chance.permutation(len(edit.shots)):
        own = edit.shots[place].layers[0].take
        others = [take for take in edit.takes if take.kind in above - {own.kind} and take.key != own.key]
        if own.kind in ground and others and len(chosen) < MOST_ALTERED:
            chosen[int(place)] = others[int(chance.integers(len(others)))]
    return chosen


def _layered(
    edit: Edit, chosen: Mapping[int, Take], lay: Callable[[int, Shot, Take], tuple[Layer, ...]]
) -> Edit:
    shots = list(edit.shots)
    for place, take in chosen.items():
        frames = min(shots[place].frames, take.frames)
        short = replace(shots[place], frames=frames)
        shots[place] = replace(short, layers=lay(place, short, take), altered=True)
    return replace(edit, shots=tuple(shots))


def _late(take: Take, shot: Shot) -> int:
    """First frame of the last stretch of a take that is as long as the shot."""
    return take.frames - shot.frames


def _pip(edit: Edit) -> Edit:
    """A half-size inset of the other kind over a shot, at a place of chance."""
    chance = _chance(edit, "pip places")

    def lay(place: int, shot: Shot, take: Take) -> tuple[Layer, ...]:
        left, top = (Fraction(int(value), 100) for value in chance.integers(2, 49, 2))
        half = Fraction(1, 2)
        return (*shot.layers, Layer(take, _late(take, shot), box=Box(left, top, half, half)))

    both: set[Kind] = {"generated", "rush"}
    return _layered(edit, _pairs(edit, "pip", ground=both, above=both), lay)


def _split(edit: Edit) -> Edit:
    """Two takes side by side, each with the middle of its picture."""

    def lay(place: int, shot: Shot, take: Take) -> tuple[Layer, ...]:
        half, zero, one = Fraction(1, 2), Fraction(0), Fraction(1)
        (ground,) = shot.layers
        return (
            replace(ground, box=Box(zero, zero, half, one)),
            Layer(take, _late(take, shot), box=Box(half, zero, half, one)),
        )

    both: set[Kind] = {"generated", "rush"}
    return _layered(edit, _pairs(edit, "split", ground=both, above=both), lay)


def _blend(edit: Edit) -> Edit:
    """A generated picture laid over captured shots like a veil."""
    chosen = _pairs(edit, "blend", ground={"rush"}, above={"generated"})
    return _layered(
        edit,
        chosen,
        lambda place, shot, take: (*shot.layers, Layer(take, _late(take, shot), opacity=VEIL)),
    )


def _greenscreen(edit: Edit) -> Edit:
    """A filmed figure before a generated ground, and a generated figure in a captured shot."""

    def lay(place: int, shot: Shot, take: Take) -> tuple[Layer, ...]:
        seed = edit.seed * 100 + place
        if take.kind == "generated":
            return (*shot.layers, Layer(take, _late(take, shot), matte=seed))
        plate = Take(f"{edit.number:03d}-green-{place}.mp4", "rush", seed=seed, green=True)
        return (*shot.layers, Layer(plate, _late(plate, shot), matte=seed))

    both: set[Kind] = {"generated", "rush"}
    return _layered(edit, _pairs(edit, "greenscreen", ground=both, above=both), lay)


def _padding(edit: Edit) -> Edit:
    """Black before, a title on plain ground, and the filmed frame after a shot held for three seconds.

    Held frames are one picture: were it the shot's last, nobody could say whether its first showing is held.
    """
    shots = list(edit.shots)
    place = next(i for i, shot in enumerate(shots) if shot.layers[0].take.kind == "rush")
    (layer,) = shots[place].layers
    after = min(layer.first + shots[place].frames, layer.take.frames - 1)
    shots.insert(place + 1, Shot(3 * FPS, (replace(layer, first=after),), held=True))
    return replace(edit, shots=(Shot(2 * FPS), Shot(2 * FPS, words="A film by the second year"), *shots))


def _loops(edit: Edit) -> Edit:
    """A filmed shot three times on end, and a generated one twice."""
    times = {"rush": 3, "generated": 2}
    shots: list[Shot] = []
    for shot in edit.shots:
        shots += [shot] * times.pop(shot.layers[0].take.kind, 1)
    return replace(edit, shots=tuple(shots))


def _recast(kinds: Mapping[Kind, Kind], *, most: int) -> Attack:
    """Takes of a kind turn out to be of another."""

    def attack(edit: Edit) -> Edit:
        left = dict.fromkeys(kinds, most)
        shots = []
        for shot in edit.shots:
            (layer,) = shot.layers
            kind = layer.take.kind
            if left.get(kind, 0) and not layer.take.file:
                left[kind] -= 1
                layer = replace(layer, take=replace(layer.take, kind=kinds[kind]))
                shot = replace(shot, layers=(layer,), altered=True)
            shots.append(shot)
        return replace(edit, shots=tuple(shots))

    return attack


def _finishing(edit: Edit) -> Edit:
    return _looking(SUBTITLES, GRAIN)(_crop(0.10)(_looking(GRADE)(edit)))


ATTACKS: dict[str, Attack] = {
    "clean": lambda edit: edit,
    "reencode": lambda edit: replace(edit, again=38),
    "strip": lambda edit: replace(edit, stripped=True),
    "rescale": _looking("scale=256:144"),
    "crop5": _crop(0.05),
    "crop15": _crop(0.15),
    "crop30": _crop(0.30),
    "bars": _looking(f"crop=iw:iw/2.39,pad={WIDTH}:{HEIGHT}:0:(oh-ih)/2"),
    "windowbox": _looking(f"scale=iw*0.8:ih*0.8,pad={WIDTH}:{HEIGHT}:(ow-iw)/2:(oh-ih)/2"),
    "mirror": _looking("hflip"),
    "rotate3": _looking("rotate=3*PI/180:fillcolor=black"),
    "grade": _looking(GRADE),
    "bw": _looking("hue=s=0"),
    "titles": _looking(TITLE, SUBTITLES),
    "grain": _looking(GRAIN),
    "phone": _looking(PHONE),
    "finishing": _finishing,
    "speed50": _speed(Fraction(1, 2)),
    "speed80": _speed(Fraction(4, 5)),
    "speed125": _speed(Fraction(5, 4)),
    "speed200": _speed(Fraction(2)),
    "reverse": _reverse,
    "microcuts": _microcuts,
    "pip": _pip,
    "split": _split,
    "blend": _blend,
    "greenscreen": _greenscreen,
    "padding": _padding,
    "loops": _loops,
    "othercrew": _recast({"rush": "other", "generated": "other"}, most=1),
    "offplatform": _recast({"generated": "hidden-ai"}, most=99),
}
"""Name to attack. `clean` is the film as cut."""

HIDING = frozenset({"offplatform"})
"""Attacks that leave nothing to be found: their recall is the part of the hidden time rightly left unknown."""
