"""Which painter paints which place."""

from __future__ import annotations

from collections.abc import Callable

from footage.painter.attributes import Place
from footage.painter.interiors import room
from footage.painter.landscapes import desert, fields, mountains, sea
from footage.painter.stage import Setting, Stage
from footage.painter.towns import city, old_town
from footage.painter.woods import forest

PAINTERS: dict[Place, Callable[[Stage], Setting]] = {
    Place.SEA: sea,
    Place.CITY: city,
    Place.FOREST: forest,
    Place.MOUNTAINS: mountains,
    Place.DESERT: desert,
    Place.ROOM: room,
    Place.FIELD: fields,
    Place.OLD_TOWN: old_town,
}


def setting_of(stage: Stage) -> Setting:
    """Paint the place of the scene."""
    return PAINTERS[stage.scene.place](stage)
