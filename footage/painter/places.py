"""Places."""

from __future__ import annotations

from footage.painter.skies import sky
from footage.painter.stage import Setting, Stage
from footage.painter.waters import water


def setting_of(stage: Stage) -> Setting:
    """Paint the place of the scene."""
    above = sky(stage)
    layer, moving = water(stage, [above[0]], surface=stage.horizon)
    return Setting(behind=[*above, layer, moving], water=stage.horizon)
