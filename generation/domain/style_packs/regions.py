"""Looks of regions: what is really there to be seen."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.style_packs.model import StylePack

REGIONS = (
    StylePack(
        "lingnan", "region", gettext_noop("Lingnan arcades"),
        gettext_noop("Arcade streets, wok-ear gables, banyans, wet heat. Mind the shop signs: letters come out as nonsense."),
        "Lingnan arcade street, wok-ear gables, oyster-shell windows, grey brick, banyan roots, humid haze, wet granite",
        "岭南骑楼老街，镬耳山墙，蚝壳窗，青砖，榕树气根，潮湿的水汽，雨后麻石路",
    ),
    StylePack(
        "jiangnan", "region", gettext_noop("Jiangnan water town"),
        gettext_noop("White walls, dark tiles, stone bridges, drizzle. Leave the oil-paper umbrella out unless somebody needs it."),
        "Jiangnan water town, white walls, dark tiles, stone arch bridge, canal steps, black-awning boat, drizzle, pale greens",
        "江南水乡，粉墙黛瓦，石拱桥，河埠头，乌篷船，细雨，淡青色调",
    ),
    StylePack(
        "sichuan-teahouse", "region", gettext_noop("Sichuan teahouse"),
        gettext_noop("Bamboo chairs, lidded bowls, steam, one skylight. The talk makes the scene, not the costume."),
        "Sichuan teahouse, bamboo armchairs, lidded tea bowls, copper kettle, steam in a shaft of skylight, soot-dark beams",
        "四川老茶馆，竹椅，盖碗茶，铜壶，天窗光柱里的水汽，熏黑的木梁",
    ),
    StylePack(
        "loess-plateau", "region", gettext_noop("Loess Plateau"),
        gettext_noop("Cave dwellings, terraces, hard sun, dust. Poverty is not a look: show what people made."),
        "Loess Plateau, cave dwelling with paper-cut window, terraced ochre gullies, jujube tree, millet drying, dry dust, hard low sun",
        "黄土高原，贴窗花的窑洞，层层梯田与黄土沟壑，枣树，晾晒的谷子，干燥扬尘，低而硬的阳光",
    ),
    StylePack(
        "northeast-works", "region", gettext_noop("Northeast works in winter"),
        gettext_noop("Brick mills, district heating, breath in the cold, low sun. Ruins are only half of it: people still live there."),
        "northeast China industrial town in winter, red-brick factory halls, steam pipes, packed snow, frosted windows, low sun",
        "东北老工业城的冬天，红砖厂房，供暖管道，白汽，压实的雪，结霜的窗，低低的太阳",
    ),
    StylePack(
        "minnan-coast", "region", gettext_noop("Minnan coast"),
        gettext_noop("Red brick, swallowtail ridges, oyster fields, incense smoke. A temple is a place of worship before it is a set."),
        "Minnan coast, red-brick house with swallowtail ridge, cut-porcelain ornament, oyster stakes at low tide, incense smoke, salt wind",
        "闽南海边，燕尾脊红砖厝，剪瓷雕，退潮的蚝田，香火烟气，咸湿海风",
    ),
    StylePack(
        "beijing-hutong", "region", gettext_noop("Beijing hutong"),
        gettext_noop("Grey walls, persimmon trees, bicycles, coal-stove smoke. Between the lanterns there is daily life."),
        "Beijing hutong, grey brick walls, wooden gate with faded couplets, persimmon tree, bicycles, washing lines, pigeons",
        "北京胡同，灰砖墙，褪色春联的木门，柿子树，自行车，晾衣绳，鸽群",
    ),
    StylePack(
        "grassland", "region", gettext_noop("Inner Mongolian grassland"),
        gettext_noop("Wide sky, wind, felt, motorbikes as well as horses. The horizon is low because the sky is the subject."),
        "Inner Mongolian grassland, low horizon under a huge sky, felt yurt, wind in long grass, cloud shadows, motorbike track",
        "内蒙古草原，压低的地平线与巨大的天空，毡房，风吹长草，云影，摩托车辙",
    ),
)  # fmt: skip
