"""Looks of film stocks and processes, described by what they do to light rather than by brand."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.style_packs.model import StylePack

STOCKS = (
    StylePack(
        "stock-day-50", "stock", gettext_noop("Daylight negative, 50 ASA"),
        gettext_noop("Clean and saturated, with fine grain: exteriors in good light."),
        "fine-grain daylight colour negative film, rich natural colour, smooth highlights",
        "细颗粒日光型彩色负片，浓郁自然的色彩，高光平滑",
    ),
    StylePack(
        "stock-tungsten-500", "stock", gettext_noop("Tungsten negative, 500 ASA"),
        gettext_noop("Blue dusk, orange lamps, visible grain: nights and interiors."),
        "tungsten colour negative film, cool shadows, warm lamps with halation, film grain",
        "灯光型彩色负片，暗部偏冷，灯光偏暖带光晕，胶片颗粒",
    ),
    StylePack(
        "stock-bw-400", "stock", gettext_noop("Black and white, 400 ASA"),
        gettext_noop("No colour to lean on: shapes, skin and light have to carry the picture."),
        "black and white film, silver grain, deep blacks, monochrome",
        "黑白胶片，银盐颗粒，深沉的黑，单色",
    ),
    StylePack(
        "stock-super8", "stock", gettext_noop("Super 8 reversal"),
        gettext_noop("Home-movie colour, soft and shaky. A memory has to be somebody’s memory."),
        "Super 8 reversal film, coarse grain, faded warm colour, light leak, vignette",
        "超 8 反转片，粗颗粒，褪色的暖调，漏光，暗角",
    ),
    StylePack(
        "stock-bleach-bypass", "stock", gettext_noop("Bleach bypass"),
        gettext_noop("Silver left in: hard contrast, little colour. It tires when a whole film has it."),
        "bleach bypass look, desaturated colour, high contrast, metallic highlights",
        "留银工艺，低饱和，高反差，金属般的高光",
    ),
    StylePack(
        "stock-faded-print", "stock", gettext_noop("Faded print of the 1980s"),
        gettext_noop("Magenta cast, lifted blacks, scratches: an archive copy, and it says so."),
        "faded 1980s release print, magenta cast, lifted blacks, scratches and dust, soft focus",
        "八十年代褪色拷贝，偏品红，黑位上浮，划痕与灰尘，画面偏软",
    ),
)  # fmt: skip
