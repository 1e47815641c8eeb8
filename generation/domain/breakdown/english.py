"""Words of shots in English."""

from __future__ import annotations

import re

from generation.domain.breakdown.words import Words


def _any(words: str, *, exact: bool = False) -> re.Pattern[str]:
    """Match any of the words, with English endings unless exact."""
    ending = "" if exact else r"(?:s|es|ed|d|ing)?"
    return re.compile(rf"\b(?:{words}){ending}\b", re.IGNORECASE)


WORDS = Words(
    wide="wide shot", medium="medium shot", close="close-up", two_shot="two-shot", over_shoulder="over {name}’s shoulder",
    still="locked off", follow="follows",
    sizes_named={
        "extreme close-up": _any("extreme close(?:-| )?up|ECU|macro", exact=True),
        "close-up": _any("close(?:-| )?up|close on|tight on|CU", exact=True),
        "insert": _any("insert", exact=True),
        "extreme wide shot": _any("extreme (?:wide|long) shot|EWS|aerial", exact=True),
        "wide shot": _any("wide(?: shot| on)?|long shot|establishing(?: shot)?|WS", exact=True),
        "medium shot": _any("medium shot|mid shot|MS", exact=True),
        "point of view": _any("POV|point of view", exact=True),
    },
    moves_named={
        "pan": _any("pan|pans|panning", exact=True), "tilt": _any("tilts? (?:up|down)", exact=True),
        "push in": _any("push(?:es)? in|dolly in|zoom in|moves? closer", exact=True),
        "pull out": _any("pull(?:s)? (?:out|back)|dolly out|zoom out", exact=True),
        "follows": _any("track(?:s|ing)?|steadicam|follow shot", exact=True),
        "handheld": _any("hand-?held", exact=True), "crane": _any("crane|drone|boom up", exact=True),
    },
    sizes_shown={
        "extreme close-up": _any("eye|tear|lip|fingertip|pupil"),
        "close-up": _any(
            "hand|finger|letter|envelope|photo|photograph|phone|screen|key|ring|knife|watch|clock|note|ticket|button|face|smile|coin|lock"
        ),
        "medium close-up": _any("look|stare|glance|whisper|listen|nod|hesitate|think|frown"),
        "full shot": _any("walk|run|ran|cross|enter|exit|leave|arrive|climb|fall|dance|chase|ride|jump"),
        "wide shot": _any("crowd|street|river|sea|mountain|city|village|sky|horizon|bridge|field|market|forest|desert|landscape"),
    },
    moving=_any("walk|run|ran|cross|chase|ride|drive|drove|climb|dance|crawl|stagger|sail|row"),
    sounds={
        "thunder": _any("thunder"), "rain": _any("rain|downpour"), "wind": _any("wind|gust|storm"),
        "waves": _any("wave|sea|surf|tide"), "phone": _any("phone rings?|ringing|ringtone", exact=True),
        "knocking": _any("knock"), "footsteps": _any("footstep|step|walk|run"), "door": _any("door|slam"),
        "engine": _any("car|engine|bus|truck|motor|train"), "horn": _any("horn|siren|whistle"),
        "music": _any("music|song|melody|piano|violin|radio|band"), "crowd": _any("crowd|market|applause"),
        "birds": _any("bird|gull|crow"), "bell": _any("bell|chime"), "silence": _any("silence|silent", exact=True),
        "breathing": _any("breath|breathe|sigh|sob|crie|cry|laugh"), "clock": _any("clock|tick"), "steam": _any("steam|kettle"),
    },
    unseen=re.compile(r"\b(?:V\.?O|O\.?S|O\.?C|voice-?over|off(?: |-)screen|narrator)\b", re.IGNORECASE),
    two="{one} and {other}", speaks="{name}", how=", {how}", listening="{name} listens", no_speaker="what the voice speaks of",
    said="{name}: {line}", short=38, sentence_end=r"(?<=[.!?…])[\"’”)]*\s+", space=" ", comma=", ", stop=". ", line_end=" / ",
    read_speed=22.0, speech_speed=14.0,
)  # fmt: skip
