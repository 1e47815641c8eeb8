"""Safety gates as decisions: words against rules, classes of a picture against limits, the strictest verdict.

Nothing here reads files; rules come from fixtures/gates/words.yaml by way of backends.gates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import product
from typing import Any, Literal

from footage.problems import gettext_noop

Field = Literal["words", "negative"]
Params = dict[str, object]


class Level(IntEnum):
    """What a gate says; a higher one wins."""

    ALLOW = 0
    HOLD = 1
    REFUSE = 2


@dataclass(frozen=True, slots=True)
class Context:
    """What a gate may know of the job whose words or output it looks at.

    Attributes:
        tool: Slug of the tool.
        makes: image, video, sound or text.
        released: Names of the people whose release the job cites.
    """

    tool: str
    makes: str
    released: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What a person typed: what is to be seen, heard or read, and what is not to be in the picture."""

    wanted: str
    negative: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says of words or an output.

    Attributes:
        gate: Gate and version that spoke.
        template, params: The sentence for the person, as in footage.problems; empty when all is well.
    """

    level: Level
    gate: str
    template: str = ""
    params: Mapping[str, object] | None = None

    @property
    def reason(self) -> dict[str, object]:
        return {"template": self.template, "params": dict(self.params or {})}


@dataclass(frozen=True, slots=True)
class Group:
    """Words of one meaning: `folded` is looked for in the folded text, `typed` in the text as typed."""

    folded: re.Pattern[str] | None
    typed: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a word gate looks for (fixtures/gates/words.yaml explains the parts)."""

    slug: str
    category: str
    level: Level
    groups: tuple[Group, ...]
    near: int = 0
    unless: re.Pattern[str] | None = None
    field: Field = "words"
    check: str = ""
    is_about_a_name: bool = False


@dataclass(frozen=True, slots=True)
class RuleBook:
    version: str
    harmless: re.Pattern[str] | None
    rules: tuple[Rule, ...]


class BadRules(ValueError):
    """The file of rules can't be read; the message names the place."""


SENTENCES: Mapping[str, str] = {
    "minors": gettext_noop(
        "The words join a minor with something sexual (“%(words)s”). That is never made here, whatever the story. If "
        "the scene means something else, say it without these words."
    ),
    "pornography": gettext_noop(
        "“%(words)s” asks for pornography, which isn’t made here. Tell the closeness of people by what they do before "
        "and after."
    ),
    "nudity": gettext_noop("“%(words)s”: this may show nudity or sex, so a teacher looks at it first."),
    "undressing": gettext_noop(
        "“%(words)s” under “Not in the picture” takes somebody’s clothes away, so a teacher looks at it first."
    ),
    "abuse": gettext_noop("“%(words)s”: this tells of sexual violence, so a teacher looks at it first."),
    "violence": gettext_noop("“%(words)s”: this may show cruel injuries, so a teacher looks at it first."),
    "self-harm-how": gettext_noop(
        "“%(words)s” asks how somebody can hurt themselves; that isn’t made here. If this is about you or somebody you "
        "know, please speak today with a person you trust or with the school’s counsellor."
    ),
    "self-harm": gettext_noop(
        "“%(words)s”: somebody hurts themselves here, so a teacher looks at it first. If it is about more than a film, "
        "please speak with a person you trust or with the school’s counsellor."
    ),
    "hate-call": gettext_noop(
        "“%(words)s” calls for hatred against people, which isn’t made here. A character can be shown hating without "
        "the call itself being drawn or spoken by an engine."
    ),
    "hate": gettext_noop("“%(words)s” is a word of contempt for people, so a teacher looks at it first."),
    "person": gettext_noop(
        "“%(words)s” asks for a real person. Without that person’s release in this work a teacher looks at it first."
    ),
    "personal-data": gettext_noop(
        "The words hold what looks like somebody’s number or address (%(words)s). Take it out, or write one that is "
        "nobody’s, such as 555-0123 or name@example.com."
    ),
}
"""What the person reads, by category."""
LONGEST_SHOWN = 60
UNSEEN = frozenset({"Cf", "Mn", "Me", "Cc"})
"""Unicode categories: joiners and directions, accents, enclosing marks, control signs."""
HAN = "\u3400-\u9fff"
BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])[ \t*_.·・\-]+(?=[{HAN}])")
SPELLED = re.compile(r"(?<![a-z0-9])(?:[a-z0-9][ .\-_*]){3,}[a-z0-9](?![a-z0-9])")
TOKEN = re.compile(r"[a-z0-9@$]+")
DIGITS_AS_LETTERS = str.maketrans("013457@$", "oleastas")
LIKE_LATIN = str.maketrans("авекморстухіјѕԁɡαορντ", "abekmopctyxijsdgaopvt")
A_FEW_WORDS = r"[^.!?\n。！？]{0,40}"


# ---------------------------------------------------------------- verdicts
def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict of the highest level, of equals the first; ALLOW by nobody when there is none."""
    return max(verdicts, key=lambda verdict: verdict.level, default=Verdict(Level.ALLOW, ""))


def words_of(request: Mapping[str, Any], *, written: Iterable[str]) -> Words:
    """Return everything a person wrote into a tool.

    Args:
        written: Slugs of the tool's inputs that are words; the prompt and the director's words count always.
    """
    names = dict.fromkeys([*written, "prompt", "direction"])
    wanted = [words for name in names if name != "negative" for words in _strings(request.get(name))]
    return Words(
        "\n".join(dict.fromkeys(words for words in wanted if words)), str(request.get("negative") or "")
    )


def _strings(value: Any) -> Iterator[str]:
    """Yield the words in a value, which may be a mapping of words or a list of them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _strings(part)


# ---------------------------------------------------------------- reading
def typed(text: str) -> str:
    """Return the text with widths made equal and signs that can't be seen taken out."""
    return _seen(unicodedata.normalize("NFKC", text))


def folded(text: str) -> str:
    """Return the text as rules read it: small letters, no accents, letters spelled apart put together."""
    small = _seen(unicodedata.normalize("NFKD", text)).casefold().translate(LIKE_LATIN)
    joined = BETWEEN_HAN.sub("", re.sub(r"[^\S\n]+", " ", small))
    return SPELLED.sub(lambda found: re.sub(r"[ .\-_*]", "", found.group()), joined)


def _seen(text: str) -> str:
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in UNSEEN)


def readings(text: str) -> tuple[str, ...]:
    """Return the folded text, and once more with digits among letters read as letters where that differs."""
    plain = folded(text)
    decoded = TOKEN.sub(lambda found: _decoded(found.group()), plain)
    return (plain,) if decoded == plain else (plain, decoded)


def _decoded(token: str) -> str:
    return token.translate(DIGITS_AS_LETTERS) if any(sign.isalpha() for sign in token) else token


def names_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of `names` that the text says, in the order given; names of one sign are not looked for."""
    whole = folded(text)
    return tuple(name for name in names if len(name.strip()) > 1 and name_pattern([name]).search(whole))


def name_pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of these names as whole words in a folded text; Chinese names anywhere."""
    said = [re.escape(folded(name).strip()).replace(r"\ ", r"\s+") for name in names if name.strip()]
    return re.compile(rf"(?<![a-z])(?:{'|'.join(said)})(?![a-z])") if said else re.compile(r"(?!)")


# ---------------------------------------------------------------- rules
def judge(words: Words, *, book: RuleBook, gate: str, released: Sequence[str] = ()) -> Verdict:
    """Return the strictest thing the rules say of a person's words.

    Args:
        released: Names that may be said, because their people agreed.
    """
    found = [
        verdict for rule in book.rules if (verdict := _spoken(rule, words, book=book, gate=gate, released=released))
    ]  # fmt: skip
    return max(found, key=lambda verdict: verdict.level, default=Verdict(Level.ALLOW, gate))


def _spoken(
    rule: Rule, words: Words, *, book: RuleBook, gate: str, released: Sequence[str]
) -> Verdict | None:
    text = words.negative if rule.field == "negative" else words.wanted
    if not text:
        return None
    covers = [book.harmless, rule.unless, name_pattern(released) if rule.is_about_a_name else None]
    for reading in readings(text):
        hits = _together(rule, covered(reading, covers), typed(text))
        if hits:
            return Verdict(rule.level, gate, SENTENCES[rule.category], {"words": _shown(rule, hits)})
    return None


def covered(text: str, patterns: Iterable[re.Pattern[str] | None]) -> str:
    """Return the text with every match blanked out; lengths stay."""
    for pattern in patterns:
        if pattern is not None:
            text = pattern.sub(lambda found: " " * len(found.group()), text)
    return text


def _together(rule: Rule, reading: str, as_typed: str) -> tuple[str, ...]:
    """Return what each group of the rule found, close enough to each other; nothing when one is missing."""
    places = [list(_places(group, reading, as_typed, check=CHECKS.get(rule.check))) for group in rule.groups]
    for hits in product(*places):
        starts = [start for start, _word in hits]
        if not rule.near or max(starts) - min(starts) <= rule.near:
            return tuple(word for _start, word in hits)
    return ()


def _places(
    group: Group, reading: str, as_typed: str, *, check: Callable[[str], bool] | None
) -> Iterator[tuple[int, str]]:
    """Yield place and word of what a group finds; at most a hundred, which decides as well as more would."""
    for pattern, text in ((group.folded, reading), (group.typed, as_typed)):
        found = pattern.finditer(text) if pattern else iter(())
        for _count, match in zip(range(100), found, strict=False):
            if check is None or check(match.group()):
                yield match.start(), match.group()


def _shown(rule: Rule, hits: Sequence[str]) -> str:
    """Say what was found; of numbers and addresses only the beginning."""
    if rule.category == "personal-data":
        return f"{hits[0].strip()[:4]}…"
    return " … ".join(dict.fromkeys(" ".join(hit.split()) for hit in hits))[:LONGEST_SHOWN]


# ---------------------------------------------------------------- classes of pictures
@dataclass(frozen=True, slots=True)
class Limit:
    """From which probability on a class of a classifier holds or refuses, 0..1; above 1 it never does."""

    hold: float
    refuse: float = 2.0


SEEN = gettext_noop(
    "A picture classifier sees “%(label)s” in it (%(percent)d %%), so a teacher looks at it first."
)
SEEN_REFUSED = gettext_noop(
    "A picture classifier sees “%(label)s” in it (%(percent)d %%). It is not kept; ask for something else."
)


def judge_classes(
    frames: Iterable[Mapping[str, float]], *, limits: Mapping[str, Limit], gate: str
) -> Verdict:
    """Return the strictest thing a classifier's probabilities say of any frame; one frame suffices.

    Args:
        frames: Probability of each class by its label, for each frame looked at.
        limits: Of the classes that matter; others may be seen as often as they like.
    """
    highest = dict.fromkeys(limits, 0.0)
    for frame in frames:
        highest = {label: max(share, frame.get(label, 0.0)) for label, share in highest.items()}
    said = [_of_class(label, share, limits[label], gate) for label, share in highest.items()]
    return max(said, key=lambda verdict: verdict.level, default=Verdict(Level.ALLOW, gate))


def _of_class(label: str, share: float, limit: Limit, gate: str) -> Verdict:
    params = {"label": label, "percent": round(100 * share)}
    if share >= limit.refuse:
        return Verdict(Level.REFUSE, gate, SEEN_REFUSED, params)
    if share >= limit.hold:
        return Verdict(Level.HOLD, gate, SEEN, params)
    return Verdict(Level.ALLOW, gate)


def limits_from(data: Mapping[str, Mapping[str, float]]) -> dict[str, Limit]:
    """Return the limits a classifier's folder states, as {label: {"hold": …, "refuse": …}}.

    Raises:
        BadRules: A limit is no number, or nothing holds.
    """
    if not data:
        raise BadRules("The classifier states no limits: write {label: {hold: 0.5}} into its gate.json.")
    try:
        return {
            label: Limit(float(row["hold"]), float(row.get("refuse", 2.0))) for label, row in data.items()
        }
    except (KeyError, TypeError, ValueError) as fault:
        raise BadRules(f"The limits of the classifier can't be read: {fault!r}.") from fault


def places_of(count: int, *, most: int) -> tuple[int, ...]:
    """Return which of `count` frames to look at: at most `most`, evenly over the film, its first and last among them."""
    if count <= most:
        return tuple(range(count))
    return tuple(round(number * (count - 1) / (most - 1)) for number in range(most))


# ---------------------------------------------------------------- numbers that are somebody's
def is_china_id(number: str) -> bool:
    """GB 11643: seventeen digits with a plausible date of birth, and the check sign of ISO 7064 MOD 11-2."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    is_a_date = (
        1900 <= int(number[6:10]) <= 2100 and 1 <= int(number[10:12]) <= 12 and 1 <= int(number[12:14]) <= 31
    )
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return is_a_date and "10X98765432"[total % 11] == number[17].upper()


def is_card(number: str) -> bool:
    """Luhn's sum (ISO/IEC 7812-1, annex B); a row of one digit is nobody's."""
    digits = [int(sign) for sign in number if sign.isdigit()][::-1]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return len(set(digits)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def is_phone(number: str) -> bool:
    """Every number but those kept for fiction (555-01xx) and rows of one digit, such as 13800000000's tail."""
    digits = re.sub(r"\D", "", number)
    return not re.search(r"55501\d\d$", digits) and len(set(digits[-8:])) > 1


def is_mail(address: str) -> bool:
    """Every address but those of RFC 2606, which are nobody's."""
    return not re.search(r"(?i)(?:^|[@.])(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$", address)


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "china-id": is_china_id,
    "luhn": is_card,
    "phone": is_phone,
    "mail": is_mail,
}


# ---------------------------------------------------------------- rules from data
def rule_book(data: Mapping[str, Any]) -> RuleBook:
    """Return the rules that a file of words says.

    Raises:
        BadRules: A part is missing or can't be understood.
    """
    try:
        return RuleBook(
            version=str(data["version"]),
            harmless=_pattern(data.get("harmless", {})),
            rules=tuple(_rule(row) for row in data["rules"]),
        )
    except KeyError as fault:
        raise BadRules(f"The file of rules lacks {fault}.") from fault


def _rule(row: Mapping[str, Any]) -> Rule:
    slug, category, check = row["slug"], row["category"], row.get("check", "")
    if category not in SENTENCES:
        raise BadRules(f"Rule {slug}: there is no category {category!r}; take one of {', '.join(SENTENCES)}.")
    if check and check not in CHECKS:
        raise BadRules(f"Rule {slug}: there is no check {check!r}; take one of {', '.join(CHECKS)}.")
    if row["level"] not in {"hold", "refuse"}:
        raise BadRules(f"Rule {slug}: the level is hold or refuse, not {row['level']!r}.")
    return Rule(
        slug, category, Level[row["level"].upper()], tuple(_group(part, slug) for part in row["all"]),
        near=int(row.get("near", 0)), unless=_pattern(row.get("unless", {})), field=row.get("field", "words"),
        check=check, is_about_a_name=bool(row.get("name")),
    )  # fmt: skip


def _group(part: Mapping[str, Sequence[str]], slug: str) -> Group:
    try:
        expressions = [re.compile(entry) for entry in part.get("regex", ())]
    except re.error as fault:
        raise BadRules(f"Rule {slug}: {fault.pattern!r} is no regular expression ({fault}).") from fault
    as_typed = "|".join(f"(?:{entry.pattern})" for entry in expressions)
    return Group(_pattern(part), re.compile(as_typed) if as_typed else None)


def _pattern(part: Mapping[str, Sequence[str]]) -> re.Pattern[str] | None:
    latin = [_expression(entry) for entry in part.get("en", ())]
    han = [_expression(entry) for entry in part.get("zh", ())]
    bounded = [rf"(?<![a-z0-9])(?:{'|'.join(latin)})(?![a-z0-9])"] if latin else []
    return re.compile("|".join([*bounded, *han])) if latin or han else None


def _expression(entry: str) -> str:
    """Return the regular expression of one entry, in which * … ( | ) mean what the file says."""
    escaped = re.sub(r"([^\w\s*…()|])", r"\\\1", entry.strip().casefold())
    return escaped.replace("*", "[a-z]*").replace("…", A_FEW_WORDS).replace(" ", r"[\s\-]+")
