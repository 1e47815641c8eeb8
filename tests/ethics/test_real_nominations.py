"""Films cut from real clips nobody here made: the index nominates what they show, among strangers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from footage.fingerprints import Reference, grey, make_reference
from footage.index import Index, entry_of, questions_of, shortlist, storing
from footage.trace import read_film
from tests.ethics.test_real_films import FILES, FILMS, cut
from tests.footage.drawing import texture

pytestmark = pytest.mark.real

STRANGERS = 120
LISTED = 12


def stranger(seed: int) -> Reference:
    return Reference(
        still=True,
        width=640,
        height=360,
        seconds=Fraction(1, 25),
        file_hash="",
        stream_hash="",
        times=np.zeros(1),
        greys=np.stack([grey(texture(seed), scale=2)]),
    )


@pytest.fixture(scope="module")
def index(corpus, tmp_path_factory) -> Index:
    """All files of the corpus that are used in films, and ten times as many drawn pictures."""
    folder = tmp_path_factory.mktemp("index")
    real = {number: make_reference(corpus / path) for number, (_, path) in enumerate(FILES.values())}
    drawn = {1000 + seed: stranger(seed) for seed in range(STRANGERS)}
    storing.put(folder, {owner: entry_of(one) for owner, one in (real | drawn).items()})
    return Index(folder)


@pytest.mark.parametrize(
    "name", ["bars", "pillars", "black and white", "mirrored", "cropped", "camera over a still", "quick cuts"]
)
def test_everything_a_film_shows_is_nominated(name, corpus, index, tmp_path):
    planted, crf, size = FILMS[name]
    cut(corpus, tmp_path / "film.mp4", planted, crf, size)

    found = shortlist(index, questions_of(read_film(tmp_path / "film.mp4")), most=LISTED, most_of_parts=0)

    shown = {list(FILES).index(piece.file.removesuffix("_late")) for piece in planted}
    assert shown - set(found) == set()
