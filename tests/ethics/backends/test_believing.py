from __future__ import annotations

from dataclasses import replace

import pytest

from ethics.backends.believing import believed, index_json
from ethics.backends.tracer import Source, trace_film
from footage.fingerprints import make_reference
from tests.footage.drawing import panned, write


@pytest.fixture(scope="module")
def trace(tmp_path_factory):
    """A film of 2 s of its makers' take and 2 s of a stranger's."""
    folder = tmp_path_factory.mktemp("believing")
    takes = [write(folder / f"{seed}.mp4", panned(seed, 60)) for seed in (1, 2)]
    sources = [
        Source(
            id=take.stem, path=take, kind="generated", reference=make_reference(take), own=take.stem == "1"
        )
        for take in takes
    ]
    return trace_film(write(folder / "film.mp4", [*panned(1, 50), *panned(2, 50)]), sources)


def weakened(trace, agreement):
    runs = [replace(run, scores=run.scores * 0 + agreement) for run in trace.runs]
    return replace(trace, runs=tuple(runs))


def test_a_clear_run_of_a_stranger_is_believed_in_a_large_index(trace):
    assert [run.key for run in believed(trace, frames=1_000_000).runs] == ["1", "2"]


def test_a_doubtful_run_of_a_stranger_is_believed_in_a_small_index_only(trace):
    doubtful = weakened(trace, 0.8)
    assert [run.key for run in believed(doubtful, frames=100).runs] == ["1", "2"]
    assert [run.key for run in believed(doubtful, frames=1_000_000).runs] == ["1"]


def test_the_assessment_says_what_was_searched_and_asked_for(trace):
    assert index_json(trace, frames=1_000_000) == {"index": {"frames": 1_000_000, "threshold": 0.8761}}
    assert index_json(trace, frames=3)["index"]["frames"] == len(trace.references["2"].greys)
