"""Kept traces: found again for the same film, material and code; anything else is made anew."""

from __future__ import annotations

import os
import pickle
import zlib
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ethics.backends.keeping import FORGETFUL, Keeper, forget

FILM = "ab" * 32


@pytest.fixture
def made():
    """Counts what is made: `made(value)` returns a function that notes each call in `made.calls`."""

    def make(value):
        def call():
            make.calls.append(value)
            return value

        return call

    make.calls = []
    return make


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_same_is_made_once(tmp_path, made):
    value = (Fraction(1, 25), ("cut",), {"a": 1})

    found = [Keeper(tmp_path, FILM).of("runs", made(value), made_from=[("a", "1")]) for _time in range(2)]

    assert found == [value, value]
    assert len(made.calls) == 1


def test_arrays_come_back_as_they_went(tmp_path, made):
    greys = np.arange(12, dtype=np.uint8).reshape(3, 4)
    keeper = Keeper(tmp_path, FILM)
    keeper.of("film", made(greys))

    again = keeper.of("film", made(None))

    assert (again.dtype, again.tolist()) == (np.uint8, greys.tolist())


@pytest.mark.parametrize(
    ("film", "what", "made_from"),
    [("cd" * 32, "runs", ("a",)), (FILM, "sound", ("a",)), (FILM, "runs", ("b",))],
)
def test_another_film_another_result_or_other_material_is_made_anew(tmp_path, made, film, what, made_from):
    Keeper(tmp_path, FILM).of("runs", made(1), made_from=("a",))

    assert Keeper(tmp_path, film).of(what, made(2), made_from=made_from) == 2


def test_only_the_newest_of_a_name_is_kept(tmp_path, made):
    keeper = Keeper(tmp_path, FILM)
    for number in range(3):
        keeper.of("runs", made(number), made_from=number)
    keeper.of("film", made("f"))

    assert len(files(tmp_path)) == 2


@pytest.mark.parametrize(
    "damage", [b"", b"torn", zlib.compress(b"no pickle"), zlib.compress(pickle.dumps(os.system))]
)
def test_what_is_torn_or_tampered_with_is_made_anew(tmp_path, made, damage):
    keeper = Keeper(tmp_path, FILM)
    keeper.of("runs", made(1))
    files(tmp_path)[0].write_bytes(damage)

    assert keeper.of("runs", made(2)) == 2
    assert keeper.of("runs", made(3)) == 2


def test_without_a_folder_nothing_is_kept(made):
    assert [FORGETFUL.of("runs", made(number)) for number in (1, 2)] == [1, 2]


def test_where_nothing_can_be_written_the_result_is_there_all_the_same(tmp_path, made):
    closed = tmp_path / "closed"
    closed.write_text("a file where a folder should be")

    assert [Keeper(closed, FILM).of("runs", made(number)) for number in (1, 2)] == [1, 2]


def test_what_nobody_used_is_forgotten(tmp_path, made):
    keeper = Keeper(tmp_path, FILM)
    keeper.of("runs", made(1))
    keeper.of("film", made(2))
    old = datetime.now(tz=UTC) - timedelta(days=90)
    for path in files(tmp_path):
        os.utime(path, (old.timestamp(), old.timestamp()))
    keeper.of("film", made(3))

    assert forget(tmp_path, before=old + timedelta(days=1)) == 1
    assert [path.name.split("-")[0] for path in files(tmp_path)] == ["film"]
    assert forget(tmp_path / "nowhere", before=old) == 0
