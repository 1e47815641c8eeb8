from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import LARGEST_INTEGER, NotCanonical, canonical_json, canonical_sha256

text = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | text,
    lambda inner: st.lists(inner) | st.dictionaries(text, inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (0.1 + 0.2, "0.3"),
        (1.0, "1"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(2, 3), "0.666667"),
        (Decimal("0.4000"), "0.4"),
        (0.0000005, "0"),
        (Fraction(15, 10**7), "0.000002"),
        (-0.0, "0"),
        (-1e-9, "0"),
        (100, "100"),
        (1e6, "1000000"),
        (-12.5, "-12.5"),
        (LARGEST_INTEGER, "9007199254740991"),
        ("样片 “1”\n", '"样片 “1”\\n"'),
        ({"b": [1, ()], "a": {"é": 1, "z": 2, "B": 3}}, '{"a":{"B":3,"z":2,"é":1},"b":[1,[]]}'),
    ],
)
def test_values_have_one_form(value: object, written: str) -> None:
    assert canonical_json(value) == written.encode()


@given(values)
def test_the_form_reads_back_as_the_same_value(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(text, text | st.integers(0, 9), min_size=2))
def test_the_order_of_keys_changes_nothing(value: dict[str, object]) -> None:
    assert canonical_sha256(dict(reversed(value.items()))) == canonical_sha256(value)


@given(st.floats(-1e9, 1e9))
def test_writing_again_what_was_read_changes_nothing(number: float) -> None:
    assert canonical_json(json.loads(canonical_json(number))) == canonical_json(number)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": [1, float("nan")]}, r"\$\.a\[1\] is nan"),
        (Decimal("Infinity"), "not a finite number"),
        (2**53, "write it as text"),
        ({1: 2}, "key 1, which is not text"),
        ("\ud800", "lone surrogate"),
        (b"bytes", "is a bytes"),
        ({"share": {1, 2}}, r"\$\.share is a set"),
    ],
)
def test_values_without_a_form_are_refused_with_their_place(value: object, said: str) -> None:
    with pytest.raises(NotCanonical, match=said):
        canonical_json(value)
