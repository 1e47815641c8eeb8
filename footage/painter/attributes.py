"""The film words a painted scene is made of; every value is also the word that names it in data."""

from __future__ import annotations

from enum import StrEnum


class Shot(StrEnum):
    """Shot size, from the whole place to a head and shoulders."""

    WIDE = "wide"
    MEDIUM = "medium"
    CLOSE = "close"


class Place(StrEnum):
    """Where the scene plays."""

    SEA = "sea"
    CITY = "city"
    FOREST = "forest"
    MOUNTAINS = "mountains"
    DESERT = "desert"
    ROOM = "room"
    FIELD = "field"
    OLD_TOWN = "old-town"


class Hour(StrEnum):
    """Time of day, which decides light and palette."""

    DAWN = "dawn"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """Weather; indoors it is seen through the window."""

    CLEAR = "clear"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"


class Subject(StrEnum):
    """What the shot is about."""

    NONE = "none"
    FIGURE = "figure"
    PAIR = "pair"
    BOAT = "boat"
    TRAIN = "train"
    BIRD = "bird"
    HOUSE = "house"
    LANTERN = "lantern"


class Carried(StrEnum):
    """What a figure, or one of a pair, carries."""

    NONE = "none"
    UMBRELLA = "umbrella"
    LANTERN = "lantern"
    SUITCASE = "suitcase"
    BALLOON = "balloon"


class Accent(StrEnum):
    """The one strong colour: of the carried thing, of the coat, or of the subject itself."""

    RED = "red"
    YELLOW = "yellow"
    BLUE = "blue"
    GREEN = "green"


class Move(StrEnum):
    """Camera move."""

    STILL = "still"
    PAN_LEFT = "pan-left"
    PAN_RIGHT = "pan-right"
    TILT_UP = "tilt-up"
    TILT_DOWN = "tilt-down"
    PUSH_IN = "push-in"
    PULL_OUT = "pull-out"
    HANDHELD = "handheld"


class Lens(StrEnum):
    """The look of lens and stock."""

    CLEAN = "clean"
    VIGNETTE = "vignette"
    GRAIN = "grain"
    HAZE = "haze"


PEOPLE = frozenset({Subject.FIGURE, Subject.PAIR})
