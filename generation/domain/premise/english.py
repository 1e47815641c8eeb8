"""English patterns for reading a premise."""

from __future__ import annotations

import re

from generation.domain.premise.patterns import Patterns, alternatives, distinct

MOST_WORDS = 14
_DETERMINER = r"(?:an?|the|one|two|three|his|her|their|my|our|some)"
_PEOPLE = alternatives(
    "man woman men women girl boy girls boys child children kid kids mother father mum dad sister sisters brother",
    "brothers grandmother grandfather grandma grandpa daughter son wife husband widow widower friend friends lover",
    "lovers couple stranger strangers neighbour neighbor ferryman fisherman fishermen watchman soldier doctor nurse",
    "student students teacher driver singer actor actress painter cook tailor baker farmer worker workers guard thief",
    "detective ghost robot sailor captain priest monk nun musician pianist violinist photographer director postman",
    "courier clerk waiter waitress barber shopkeeper cleaner miner keeper engineer astronaut traveller tourist orphan",
    "old-timer twins aunt uncle cousin boss villagers villager dancer writer poet puppeteer projectionist seamstress",
)  # fmt: skip
_THINGS = alternatives(
    "letter letters umbrella key keys photograph photo phone telephone lamp lantern suitcase bag box boat bicycle",
    "bike radio camera knife ring necklace coat scarf shoes shoe hat watch clock ticket book notebook diary map",
    "bowl cup teapot kettle bottle flask balloon kite doll toy violin guitar piano record tape bird cage flower",
    "flowers chair mirror door window candle match cigarette coin money envelope parcel script mask rope paddle",
    "oar net basket bell whistle paper bread cake apple orange",
)  # fmt: skip
_SMALL = (
    r"(?:before|after|of|for|and|or|but|with|to|in|on|at|by|from|who|that|which|when|where|is|are|was|has|an?|the|his|her|"
    r"their|my|our|wants?|needs?|must|tries|finds?|meets?|waits?|sees?|takes?|gives?|leaves?|into|about|as|than|keeps?)"
)
_PERSON = (
    rf"\b(?:(?:{_DETERMINER})\s+(?:(?!{_SMALL}\b)[a-z’'-]+\s+){{0,3}}?(?:{_PEOPLE})(?:\s+(?:{_PEOPLE}))?)\b"
)
_WANTS = (
    r"(?:wants?|needs?|must|has to|have to|tries|try|trying|hopes?|hoping|longs?|longing|refuses?|dreams of|is"
    r" looking for|looks? for|searches for|waits? for|is waiting for|plans?)"
)
_NO_NAME = r"(?:The|An?|One|His|Her|It|He|She|They|We|I|But|When|After|In|At|On|And)\b"
_NAME = rf"\b(?!{_NO_NAME})[A-Z][a-zé]+(?:\s[A-Z][a-zé]+)?(?=\s+(?:and\s+[A-Z]|{_WANTS}))"
_AND_NAME = r"\b[A-Z][a-zé]+\s+and\s+([A-Z][a-zé]+)\b"
_PLURALS = {"men": "man", "women": "woman", "children": "child", "fishermen": "fisherman", "twins": "twin"}
_ENDS_PLACE = (
    r"(?=\s*(?:[,.;:!?]|$|—|–|\band\b|\bbut\b|\bwho\b|\bthat\b|\bwhich\b|\bwhere\b|\bwhen\b|\bwhile\b|\bwith\b|\bat\b|"
    r"\bin\b|\bon\b|\bto\b|\bafter\b|\bbefore\b|\bduring\b|\bas\b|\bfor\b|\bwaits?\b|\bfinds?\b|\bwants?\b|\bmeets?\b|\bby\b))"
)
_PLACE = re.compile(
    r"\b(?:at|in|on|inside|outside|near|under|behind|into|onto|aboard|by|beside)\s+((?:an?|the|his|her|their|my|our)\s+"
    rf"(?:[A-Za-z’'-]+\s+){{0,3}}?[A-Za-z’'-]+?){_ENDS_PLACE}"
)
_NO_PLACE = re.compile(
    r"\b(?:rain|snow|fog|mist|wind|storm|morning|evening|afternoon|night|dawn|dusk|day|year|week|hour|moment|time|end|way|"
    r"dark|middle|past|future|beginning|film|scene|story|hand|hands|arms|bag|pocket|phone|coat|dress|mood|train station clock)$",
    re.IGNORECASE,
)
_THING = re.compile(
    rf"\b((?:an?|the|one|his|her|their|my|last|old)\s+(?:[a-z’'-]+\s+){{0,2}}?(?:{_THINGS}))\b", re.IGNORECASE
)
_WANT_ENDS = rf"(?:[,.;:!?—–]|$|\b(?:but|though|although|until|because)\b|\band (?:{_WANTS})\b)"
_WANT = re.compile(
    r"(?<!\bI )(?<!\b[Ww]e )\b(wants?|needs?|must|has to|have to|tries|trying|hopes?|longs?|plans?)\s+"
    rf"(.+?)(?=\s*{_WANT_ENDS})",
    re.IGNORECASE,
)


def _who(text: str) -> tuple[str, ...]:
    found = [(match.start(), match.group()) for match in re.finditer(_PERSON, text, re.IGNORECASE)]
    found += [(match.start(), match.group()) for match in re.finditer(_NAME, text)]
    found += [(match.start(1), match.group(1)) for match in re.finditer(_AND_NAME, text)]
    people = [each for _at, phrase in sorted(found) for each in _one_by_one(phrase)]
    return distinct(people)


def _place(text: str) -> str:
    phrases = (found.group(1).strip() for found in _PLACE.finditer(text))
    return next((phrase for phrase in phrases if _is_place(phrase)), "")


def _short(phrase: str) -> str:
    words = phrase.split()
    return phrase if len(words) <= MOST_WORDS else " ".join(words[:MOST_WORDS]) + " …"


def _is_place(phrase: str) -> bool:
    is_somebody = re.search(rf"\b(?:{_PEOPLE})$", phrase, re.IGNORECASE)
    return not _NO_PLACE.search(phrase) and not is_somebody and not _THING.fullmatch(phrase)


def _one_by_one(phrase: str) -> list[str]:
    """Return several people as single ones: two sisters as one sister, the other sister."""
    words = phrase.split()
    last = words[-1].lower()
    is_plural = last in _PLURALS or (
        last.endswith("s") and not last.endswith("ss") and last[:-1] in _PEOPLE.split("|")
    )
    if not is_plural:
        return [phrase]
    middle = " ".join([*words[1:-1], _PLURALS.get(last, last.removesuffix("s"))])
    return [f"one {middle}", f"the other {middle}"]


def _wanted(text: str) -> str:
    found = _WANT.search(text)
    if not found:
        return ""
    phrase = found.group(2).strip(" ,.;")
    is_bound = found.group(1).lower() in {"must", "has to", "have to"}
    return f"to {phrase}" if is_bound else phrase


PATTERNS = Patterns(
    hours={
        "dawn": re.compile(r"\b(?:dawn|sunrise|daybreak|early morning|morning)\b", re.IGNORECASE),
        "day": re.compile(r"\b(?:noon|midday|daytime|afternoon|daylight)\b", re.IGNORECASE),
        "dusk": re.compile(r"\b(?:dusk|sunset|evening|twilight)\b", re.IGNORECASE),
        "night": re.compile(r"\b(?:night|midnight|tonight)\b", re.IGNORECASE),
    },
    weather={
        "rain": re.compile(r"\b(?:rain\w*|storm\w*|downpour|drizzle)\b", re.IGNORECASE),
        "snow": re.compile(r"\b(?:snow\w*|blizzard)\b", re.IGNORECASE),
        "fog": re.compile(r"\b(?:fog\w*|mist\w*)\b", re.IGNORECASE),
        "wind": re.compile(r"\b(?:wind|windy|gale|typhoon)\b", re.IGNORECASE),
    },
    inside=re.compile(
        r"\b(?:kitchen|\w*room|flat|apartment|house|theatre|theater|cinema|shop|store|office|bar|cafe|café|restaurant|"
        r"hospital|ward|school|library|lift|elevator|corridor|stairwell|cellar|attic|studio|church|temple|hall|cabin|"
        r"train|bus|car|booth|factory|museum)\b",
        re.IGNORECASE,
    ),
    outside=re.compile(
        r"\b(?:street|road|alley|bridge|river\w*|sea|beach|shore|coast|landing|pier|dock|harbour|harbor|field|forest|wood|"
        r"woods|mountain\w*|hill|desert|square|market|park|garden|roof\w*|courtyard|platform|stop|lake|island|village|"
        r"town|city|boat|ferry|yard|graveyard|cemetery|lighthouse|quay)\b",
        re.IGNORECASE,
    ),
    thing=_THING,
    obstacle=re.compile(
        r"\b(?:but|however|though|although|except that|only that)\s*,?\s+(.+?)(?=\s*(?:[.;!?]|$))",
        re.IGNORECASE,
    ),
    who=_who,
    place=_place,
    wanted=_wanted,
    short=_short,
)
