"""One canonical JSON form, so that equal values have equal bytes and thus one hash.

UTF-8, keys sorted by code point, no white space, strings escaped as little as JSON allows, numbers as
decimals without exponent, rounded half-even to six places and without trailing zeros: 1, 1.0 and Fraction(1)
are the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction

# Readers that keep numbers as doubles (browsers) lose integers beyond this one.
LARGEST_INTEGER = 2**53 - 1
_EXACT = Context(prec=40)


class NotCanonical(ValueError):
    """A value without a canonical form; the message names the place inside the value."""


def canonical_json(value: object) -> bytes:
    """Canonical bytes of a JSON-like value; numbers may be int, float, Decimal or Fraction.

    Raises:
        NotCanonical: for other types, keys that aren't text, infinite or too large numbers, lone surrogates.
    """
    return _text(value, "$").encode()


def canonical_sha256(value: object) -> str:
    """SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _text(value: object, place: str) -> str:
    match value:
        case None | bool():
            return json.dumps(value)
        case str():
            return _string(value, place)
        case int() | float() | Decimal() | Fraction():
            return _number(value, place)
        case Mapping():
            return _object(value, place)
        case list() | tuple():
            return "[" + ",".join(_text(item, f"{place}[{n}]") for n, item in enumerate(value)) + "]"
    raise NotCanonical(f"{place} is a {type(value).__name__}, which JSON can't hold.")


def _object(value: Mapping[object, object], place: str) -> str:
    for key in value:
        if not isinstance(key, str):
            raise NotCanonical(f"{place} has the key {key!r}, which is not text.")
    pairs = sorted((str(key), item) for key, item in value.items())
    return (
        "{" + ",".join(f"{_string(key, place)}:{_text(item, f'{place}.{key}')}" for key, item in pairs) + "}"
    )


def _string(value: str, place: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as fault:
        raise NotCanonical(f"{place} holds a lone surrogate, which UTF-8 can't hold.") from fault
    return json.dumps(value, ensure_ascii=False)


def _number(value: int | float | Decimal | Fraction, place: str) -> str:
    if not isinstance(value, Fraction) and not math.isfinite(value):
        raise NotCanonical(f"{place} is {value}, which is not a finite number.")
    if abs(Fraction(value)) > LARGEST_INTEGER:
        raise NotCanonical(f"{place} is {value}: beyond ±(2⁵³ − 1); write it as text.")
    rounded = Decimal(round(Fraction(value) * 10**6)).scaleb(-6, _EXACT)
    digits = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if digits in {"", "-0"} else digits
