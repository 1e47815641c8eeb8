"""What is said of a job: the words it was asked with, and how far its character drifted."""

from __future__ import annotations

import pytest

from generation.models import Job
from generation.templatetags.generating import drift_note, job_words


@pytest.mark.parametrize(
    ("tool", "request_", "words"),
    [
        ("text-to-image", {"prompt": "fog", "negative": "people"}, "fog"),
        ("character-sheet", {"character": "an old ferryman", "negative": "hats"}, "an old ferryman"),
        ("colourise", {"colours": "a red coat"}, "a red coat"),
        ("remove-object", {"behind": "", "negative": "people"}, ""),
        ("voice", {"line": "Ahoy!", "lexicon": "a=b"}, "Ahoy!"),
    ],
)
def test_a_job_is_called_by_what_its_maker_wrote(tool, request_, words):
    assert job_words(Job(tool=tool, request=request_)) == words


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        ({}, ""),
        (
            {"drift": 0.588, "drift_by": "palette and outlines"},
            "Drift from the sheet: 0.59, by palette and outlines.",
        ),
        (
            {"drift": [0.0, 0.344], "drift_by": "image encoder"},
            "Drift of each drawing from the first: 0.00 · 0.34, by",
        ),
    ],
)
def test_drift_is_told_with_who_measured_it(machine, said):
    assert str(drift_note({"machine": machine})).startswith(said)
    assert bool(said) == bool(drift_note({"machine": machine}))
