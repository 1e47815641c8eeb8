"""Chinese screenplays: 场号、内外景、地点、时间; △ before action; 名字（情绪）：台词."""

from __future__ import annotations

import re

from generation.domain.screenplay import english
from generation.domain.screenplay.marks import Heading, Marks, Side, Spoken

_DIGITS = r"[0-9０-９一二三四五六七八九十百零〇]{1,4}"
_NUMBER = re.compile(
    rf"(?:第\s*({_DIGITS})\s*[场場幕]|[场場]\s*({_DIGITS})|({_DIGITS})\s*[、.．)）])[\s:：、]*"
)
_BETWEEN = re.compile(r"[\s　/／,，、·．.\-–—|｜:：()（）【】\[\]]+")
_SIDES: dict[str, Side] = {
    "内景": "inside", "内": "inside", "外景": "outside", "外": "outside", "内外景": "both", "内外": "both",
}  # fmt: skip
_HOURS = frozenset(
    "日 夜 晨 昏 白天 夜晚 夜里 深夜 午夜 凌晨 拂晓 黎明 清晨 早晨 早上 上午 中午 正午 午后 下午 黄昏 傍晚 日出 日落 晚上 晚".split()  # noqa: SIM905
)
_NAME = r"[\u3400-\u9fffA-Za-z0-9·]{1,10}"
_SPOKEN = re.compile(rf"({_NAME})\s*((?:[（(【][^）)】]{{1,40}}[）)】]\s*)*)[：:]\s*(.+)")
_CUE = re.compile(rf"({_NAME})\s*((?:[（(][^）)]{{1,40}}[）)]\s*)+)")
_NOT_NAMES = re.compile(
    r"(?:字幕|旁注|注|时间|地点|人物|出场人物|场景|道具|切至|切到|叠化|闪回|黑场|音乐|音效|大?特写|[大中]?近景|中景|全景|大?远景|空镜|镜头).*"
)


def _either(row: str) -> Heading | None:
    """Read a slugline of either language: some crews write English ones over Chinese scenes."""
    return _heading(row) or english.heading(row)


def _heading(row: str) -> Heading | None:
    """Read 场号 side place hour in any order; a heading names a side, or a number and an hour."""
    numbered = _NUMBER.match(row)
    number = next(filter(None, numbered.groups()), "") if numbered else ""
    parts = [part for part in _BETWEEN.split(row[numbered.end() :] if numbered else row) if part]
    sides = [part for part in parts if part in _SIDES]
    hours = [part for part in parts if part in _HOURS]
    if len(row) > 40 or len(parts) > 6 or not (sides or (number and hours) or (number and not parts)):
        return None
    place = " ".join(part for part in parts if part not in sides and part not in hours)
    return Heading(number, _SIDES[sides[0]] if sides else "", place, " ".join(hours))


def _spoken(row: str) -> Spoken | None:
    found = _SPOKEN.fullmatch(row)
    if not found or _NOT_NAMES.fullmatch(found.group(1)):
        return None
    return Spoken(found.group(1), "；".join(_asides(found.group(2))), found.group(3).strip(' “”"「」'))


def _cue(row: str) -> tuple[str, str] | None:
    found = _CUE.fullmatch(row)
    if not found or _NOT_NAMES.fullmatch(found.group(1)):
        return None
    return found.group(1), "；".join(_asides(found.group(2)))


def _asides(text: str) -> list[str]:
    return re.findall(r"[（(【]([^）)】]+)[）)】]", text)


MARKS = Marks(
    heading=_either,
    spoken=_spoken,
    cue=_cue,
    transition=re.compile(
        r"[（(]?(?:切至|切到|切|叠化|淡入|淡出|黑场|闪回|闪回结束|完|剧终)[:：）)。]?.{0,12}"
    ),
    bullet=re.compile(r"^[△▲▽•·*＊]\s*"),
    space="",
)
