"""Camera facts, and whether the rest of the file agrees with them.

Such facts are easily forged, so one alone is a declaration; grade 1 takes two that agree and none that
speaks against. Marks of makers' notes: Exif 2.32 leaves them to makers, ExifTool's MakerNotes documentation
lists them. Brands of containers: the registry of ISO/IEC 14496-12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from footage.evidence.editor import editors_of
from footage.evidence.findings import Finding, Note, names
from footage.labels.model import Carried
from footage.problems import gettext_noop

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Maker:
    """How one maker's files look: beginnings of its note, and brands, handlers and keys of its films."""

    name: re.Pattern[str]
    note: str | None = None
    brands: str | None = None
    handlers: str | None = None
    keys: str | None = None


def _maker(name: str, **looks: str) -> Maker:
    return Maker(re.compile(name, re.IGNORECASE), **looks)


_ANDROID = {
    "brands": r"mp4[12]|isom|3gp",
    "handlers": r"VideoHandle$|SoundHandle$",
    "keys": r"com\.android\.",
}
MAKERS: tuple[Maker, ...] = (
    _maker(
        r"apple", note=r"Apple iOS", brands=r"qt", handlers=r"Core Media", keys=r"com\.apple\.quicktime\.make"
    ),
    # Canon's note begins with a directory whose first entry has tag 0 to 2 and type 3.
    _maker(r"canon", note=r"[\s\S]{2}[\x00-\x02]\x00\x03\x00", brands=r"CAEP|XAVC|mp42|qt"),
    _maker(r"nikon", note=r"Nikon\x00", brands=r"niko|qt|mp42"),
    _maker(r"sony", note=r"SONY|VHAB", brands=r"XAVC|MSNV|mp42|qt"),
    _maker(r"fuji", note=r"FUJIFILM|GENERALE", brands=r"qt|mp42"),
    _maker(r"panasonic|leica", note=r"Panasonic|LEICA|MKE", brands=r"pana|mp42|qt"),
    _maker(r"olympus|om digital", note=r"OLYMP|OM SYSTEM|EPSON", brands=r"qt|mp42"),
    _maker(r"pentax|asahi", note=r"AOC\x00|PENTAX"),
    _maker(r"ricoh", note=r"R[Ii][Cc][Oo][Hh]|Rv|Rev|PENTAX"),
    _maker(r"casio", note=r"QVC|DCI|\x00[\s\S]\x00\x01\x00\x03"),
    _maker(r"kodak", note=r"KDK|Kodak|EASTMAN"),
    _maker(r"minolta", note=r"[\s\S]{10}MLT0|MINOL|CAMER"),
    _maker(r"motorola", note=r"MOT\x00", **_ANDROID),
    _maker(r"general imaging", note=r"GE\x00\x00|GENIC"),
    _maker(r"jvc|victor", note=r"JVC|VER:"),
    _maker(r"gopro", brands=r"mp41|avc1", handlers=r"GoPro"),
    _maker(r"dji", brands=r"isom|avc1|mp42"),
    _maker(
        r"samsung|google|xiaomi|redmi|huawei|honor|oppo|vivo|oneplus|realme|zte|meizu|nothing", **_ANDROID
    ),
)

_SHOOTING = ("ExposureTime", "FNumber", "ISO", "FocalLength")
_FILM_FACTS: Mapping[str, tuple[str, ...]] = {
    "make": ("com.apple.quicktime.make", "com.android.manufacturer", "make", "manufacturer"),
    "model": ("com.apple.quicktime.model", "com.android.model", "model"),
    "lens": ("com.apple.quicktime.camera.lens_model", "lens_model", "lens"),
    "software": ("com.apple.quicktime.software", "com.android.version", "software", "firmware"),
    "taken_at": ("com.apple.quicktime.creationdate", "creation_time", "date"),
}
_STILL_FACTS: Mapping[str, tuple[str, ...]] = {
    "make": ("Make",),
    "model": ("Model",),
    "lens": ("LensModel",),
    "software": ("Software",),
    "taken_at": ("DateTimeOriginal", "DateTime"),
}
# What a camera's own program leaves; numbers alone are typed in a moment.
_STRUCTURE = frozenset({"maker_note", "brand", "handler", "keys"})
LONGEST_SHOWN = 100


def camera_findings(texts: Sequence[Carried], *, size: Size | None) -> Iterator[Finding]:
    """What the file says of its camera.

    Args:
        texts: Everything the file carries.
        size: Width and height as stored, in pixels, of a picture that could be opened.
    """
    exif = {text.key: text.text for text in texts if text.carrier == "Exif"}
    tags = _film_tags(texts)
    facts = _facts(exif, _STILL_FACTS) or _facts(tags, _FILM_FACTS)
    if facts is None:
        return
    maker = next((maker for maker in MAKERS if maker.name.search(facts.get("make") or "")), None)
    agree, against = _still_agreement(exif, maker, size) if exif else _film_agreement(tags, maker)
    against = [*against, *_later_hands(texts)]
    agrees = len(agree) >= 2 and not against and not _STRUCTURE.isdisjoint(agree)
    details = {**facts, "agree": agree, "against": against}
    notes = tuple(_notes(facts, agrees=agrees, against=against))
    yield Finding("camera", 1 if agrees else 0, "human", None, details, notes)


def _film_tags(texts: Sequence[Carried]) -> dict[str, str]:
    """Tags of the container, and of its streams where it has none of that name."""
    found: dict[str, str] = {}
    for suffix in (" metadata", " stream"):
        for text in texts:
            if text.carrier.endswith(suffix):
                found.setdefault(text.key.lower(), text.text)
    handlers = [text.text for text in texts if text.key.lower() == "handler_name"]
    return found | {"handler_name": "\n".join(handlers)} if handlers else found


def _facts(values: Mapping[str, str], places: Mapping[str, tuple[str, ...]]) -> dict[str, str | None] | None:
    facts = {
        fact: next((values[key].strip()[:LONGEST_SHOWN] for key in keys if values.get(key)), None)
        for fact, keys in places.items()
    }
    named = f"{facts['make'] or ''}{facts['model'] or ''}"
    # Some generators keep their node graph, as JSON, where a camera writes its maker.
    return facts if named and "{" not in named else None


def _still_agreement(
    exif: Mapping[str, str], maker: Maker | None, size: Size | None
) -> tuple[list[str], list[str]]:
    agree: list[str] = []
    against: list[str] = []
    note = exif.get("MakerNote", "")
    if note and maker and maker.note:
        (agree if re.match(maker.note, note) else against).append("maker_note")
    if sum(key in exif for key in _SHOOTING) >= 3:
        (agree if _is_plausible(exif) else against).append("shooting_data")
    stated = _stated_size(exif)
    if stated and size:
        (agree if sorted(stated) == sorted(size) else against).append("size")
    return agree, against


def _is_plausible(exif: Mapping[str, str]) -> bool:
    """Whether exposure (s), aperture, ISO and focal length (mm) are ones that a camera can have."""
    limits = {"ExposureTime": (Fraction(1, 200_000), 3600), "FNumber": (Fraction(1, 2), 128)}
    limits |= {"ISO": (Fraction(1), 10_000_000), "FocalLength": (Fraction(1, 2), 5000)}
    return all(
        low <= value <= high
        for key, (low, high) in limits.items()
        if (value := _fraction(exif.get(key))) is not None
    )


def _fraction(text: str | None) -> Fraction | None:
    # An exponent, which Python reads too, could fill the memory.
    found = re.fullmatch(r"(\d{1,12})(?:/([1-9]\d{0,11}))?", text or "")
    return Fraction(int(found.group(1)), int(found.group(2) or 1)) if found else None


def _stated_size(exif: Mapping[str, str]) -> Size | None:
    width, height = exif.get("PixelXDimension", ""), exif.get("PixelYDimension", "")
    is_stated = width.isdecimal() and height.isdecimal() and "0" not in {width, height}
    return (int(width), int(height)) if is_stated else None


def _film_agreement(tags: Mapping[str, str], maker: Maker | None) -> tuple[list[str], list[str]]:
    agree: list[str] = []
    against: list[str] = []
    brand, handlers = tags.get("major_brand", ""), tags.get("handler_name", "")
    if maker and maker.brands and brand:
        (agree if re.match(maker.brands, brand) else against).append("brand")
    if maker and maker.handlers and handlers:
        (agree if re.search(maker.handlers, handlers, re.MULTILINE) else against).append("handler")
    if maker and maker.keys and any(re.match(maker.keys, key) for key in tags):
        agree.append("keys")
    return agree, against


def _later_hands(texts: Sequence[Carried]) -> list[str]:
    return ["editor"] if editors_of(texts) else []


_AGREES = gettext_noop("Camera metadata names %(camera)s, and the file is built as that camera builds it.")
_CLAIMS = gettext_noop("Camera metadata names %(camera)s; that alone proves nothing.")
_AGAINST: Mapping[str, str] = {
    "maker_note": gettext_noop("The maker's note is not one of this maker's."),
    "shooting_data": gettext_noop("Exposure, aperture or focal length are impossible."),
    "size": gettext_noop("The picture has another size than the camera noted."),
    "brand": gettext_noop("The container is not of the kind that this maker writes."),
    "handler": gettext_noop("The tracks are named as another program names them."),
    "editor": gettext_noop("A program wrote the file after the camera."),
}


def _notes(facts: Mapping[str, str | None], *, agrees: bool, against: list[str]) -> Iterator[Note]:
    camera = names([part for part in (facts["make"], facts["model"]) if part])
    yield Note(_AGREES if agrees else _CLAIMS, {"camera": camera})
    yield from (Note(_AGAINST[reason]) for reason in against)
