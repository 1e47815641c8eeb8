"""What people call each attribute value, in English and Chinese.

The first word of each tuple is the plain one. Within one language no word stands for two values,
except "lantern", which is carried when somebody is there to carry it. Adding a word here teaches it to
captions and to reading captions alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from footage.painter.attributes import (
    Accent,
    Carried,
    Hour,
    Lens,
    Move,
    Place,
    Shot,
    Subject,
    Weather,
)

Language = Literal["en", "zh"]
Words = Mapping[StrEnum, tuple[str, ...]]

ENGLISH: Mapping[str, Words] = {
    "shot": {
        Shot.WIDE: ("wide shot", "long shot", "establishing shot", "wide view"),
        Shot.MEDIUM: ("medium shot", "mid shot", "waist shot", "half-length shot"),
        Shot.CLOSE: ("close-up", "close shot", "close up", "tight shot"),
    },
    "place": {
        Place.SEA: ("sea", "ocean", "seaside", "coast", "beach"),
        Place.CITY: ("city", "downtown", "big city", "skyline"),
        Place.FOREST: ("forest", "woods", "woodland", "pine forest"),
        Place.MOUNTAINS: ("mountains", "mountain range", "peaks", "mountain", "highlands"),
        Place.DESERT: ("desert", "dunes", "sand dunes", "sands"),
        Place.ROOM: ("room", "interior", "living room", "study"),
        Place.FIELD: ("field", "meadow", "wheat field", "grassland", "fields"),
        Place.OLD_TOWN: ("old town", "old street", "lantern alley", "water town", "ancient town"),
    },
    "hour": {
        Hour.DAWN: ("dawn", "sunrise", "early morning", "daybreak", "morning"),
        Hour.DAY: ("day", "noon", "daytime", "midday", "afternoon"),
        Hour.DUSK: ("dusk", "sunset", "golden hour", "evening", "twilight"),
        Hour.NIGHT: ("night", "midnight", "moonlight", "late night", "moonlit night"),
    },
    "weather": {
        Weather.CLEAR: ("clear sky", "clear weather", "fair weather", "clear"),
        Weather.RAIN: ("rain", "rainy", "downpour", "raining", "drizzle"),
        Weather.SNOW: ("snow", "snowy", "snowfall", "snowing", "blizzard"),
        Weather.FOG: ("fog", "foggy", "mist", "misty"),
    },
    "subject": {
        Subject.FIGURE: ("figure", "person", "traveller", "woman", "man", "wanderer", "girl", "boy"),
        Subject.PAIR: ("pair", "couple", "two people", "two friends", "two figures", "lovers"),
        Subject.BOAT: ("boat", "sailboat", "sailing boat", "ship"),
        Subject.TRAIN: ("train", "railway train", "express train", "passing train"),
        Subject.BIRD: ("bird", "birds", "seabird", "flying bird"),
        Subject.HOUSE: ("house", "cottage", "cabin", "little house"),
        Subject.LANTERN: ("lantern", "lanterns", "hanging lantern", "paper lantern"),
    },
    "carried": {
        Carried.UMBRELLA: ("umbrella", "parasol"),
        Carried.LANTERN: ("lantern", "hand lantern"),
        Carried.SUITCASE: ("suitcase", "travel case", "luggage"),
        Carried.BALLOON: ("balloon", "toy balloon"),
    },
    "accent": {
        Accent.RED: ("red", "crimson", "scarlet"),
        Accent.YELLOW: ("yellow", "golden-yellow", "amber"),
        Accent.BLUE: ("blue", "azure", "cobalt"),
        Accent.GREEN: ("green", "emerald", "jade"),
    },
    "move": {
        Move.STILL: ("static camera", "locked-off camera", "still camera"),
        Move.PAN_LEFT: ("pan left", "panning left", "camera pans left"),
        Move.PAN_RIGHT: ("pan right", "panning right", "camera pans right"),
        Move.TILT_UP: ("tilt up", "tilting up", "camera tilts up"),
        Move.TILT_DOWN: ("tilt down", "tilting down", "camera tilts down"),
        Move.PUSH_IN: ("push in", "slow push-in", "dolly in", "zoom in"),
        Move.PULL_OUT: ("pull out", "slow pull-out", "dolly out", "zoom out"),
        Move.HANDHELD: ("handheld", "handheld camera", "shaky camera"),
    },
    "lens": {
        Lens.CLEAN: ("clean lens", "sharp lens", "crisp image"),
        Lens.VIGNETTE: ("vignette", "dark corners", "vignetting"),
        Lens.GRAIN: ("film grain", "grainy film", "grainy"),
        Lens.HAZE: ("soft diffusion", "diffusion filter", "dreamy glow", "hazy lens"),
    },
}

CHINESE: Mapping[str, Words] = {
    "shot": {
        Shot.WIDE: ("远景", "全景", "大全景", "大远景"),
        Shot.MEDIUM: ("中景", "中近景", "半身镜头"),
        Shot.CLOSE: ("特写", "近景", "大特写"),
    },
    "place": {
        Place.SEA: ("大海", "海边", "海面", "海上", "海"),
        Place.CITY: ("城市", "都市", "市区", "高楼"),
        Place.FOREST: ("森林", "树林", "林间", "松林"),
        Place.MOUNTAINS: ("群山", "雪山", "山间", "高山", "山脉", "山"),
        Place.DESERT: ("沙漠", "沙丘", "大漠", "戈壁"),
        Place.ROOM: ("房间", "室内", "屋里", "书房", "客厅"),
        Place.FIELD: ("田野", "草原", "麦田", "原野", "草地"),
        Place.OLD_TOWN: ("古镇", "老街", "水乡", "古城"),
    },
    "hour": {
        Hour.DAWN: ("清晨", "黎明", "日出", "拂晓", "早晨"),
        Hour.DAY: ("白天", "正午", "中午", "午后", "日景"),
        Hour.DUSK: ("黄昏", "日落", "傍晚", "夕阳", "暮色"),
        Hour.NIGHT: ("夜晚", "深夜", "夜里", "月夜", "夜景", "夜"),
    },
    "weather": {
        Weather.CLEAR: ("晴朗", "晴天", "晴空", "晴"),
        Weather.RAIN: ("下雨", "大雨", "细雨", "雨中", "雨"),
        Weather.SNOW: ("下雪", "大雪", "飘雪", "雪中", "雪"),
        Weather.FOG: ("大雾", "薄雾", "雾气", "雾中", "雾"),
    },
    "subject": {
        Subject.FIGURE: ("一个人", "一个人影", "旅人", "行人", "女孩", "男孩", "女人", "男人", "人物"),
        Subject.PAIR: ("两个人", "一对恋人", "两人", "情侣", "两个朋友"),
        Subject.BOAT: ("小船", "帆船", "船", "渔船"),
        Subject.TRAIN: ("火车", "列车", "一列火车"),
        Subject.BIRD: ("飞鸟", "鸟", "海鸟", "鸟儿"),
        Subject.HOUSE: ("房子", "小屋", "木屋", "农舍"),
        Subject.LANTERN: ("灯笼", "纸灯笼", "挂灯笼"),
    },
    "carried": {
        Carried.UMBRELLA: ("雨伞", "伞", "油纸伞", "阳伞"),
        Carried.LANTERN: ("灯笼", "提灯", "纸灯笼"),
        Carried.SUITCASE: ("手提箱", "行李箱", "箱子"),
        Carried.BALLOON: ("气球",),
    },
    "accent": {
        Accent.RED: ("红色", "大红", "朱红", "红"),
        Accent.YELLOW: ("黄色", "明黄", "金黄", "黄"),
        Accent.BLUE: ("蓝色", "湖蓝", "湛蓝", "蓝"),
        Accent.GREEN: ("绿色", "翠绿", "碧绿", "绿"),
    },
    "move": {
        Move.STILL: ("固定机位", "固定镜头", "静止镜头"),
        Move.PAN_LEFT: ("左摇", "向左摇", "镜头左摇"),
        Move.PAN_RIGHT: ("右摇", "向右摇", "镜头右摇"),
        Move.TILT_UP: ("上摇", "向上摇", "镜头上摇"),
        Move.TILT_DOWN: ("下摇", "向下摇", "镜头下摇"),
        Move.PUSH_IN: ("推镜头", "缓缓推进", "推近", "推镜"),
        Move.PULL_OUT: ("拉镜头", "缓缓拉远", "拉远", "拉镜"),
        Move.HANDHELD: ("手持", "手持镜头", "手持拍摄"),
    },
    "lens": {
        Lens.CLEAN: ("画面干净", "画面清晰", "画面锐利"),
        Lens.VIGNETTE: ("暗角", "四角压暗"),
        Lens.GRAIN: ("胶片颗粒", "颗粒感", "粗颗粒"),
        Lens.HAZE: ("柔光", "柔光镜", "朦胧柔光"),
    },
}

VOCABULARY: Mapping[Language, Mapping[str, Words]] = {"en": ENGLISH, "zh": CHINESE}
