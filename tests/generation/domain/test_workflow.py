from __future__ import annotations

import json

import pytest

from footage.problems import Problem
from generation.domain.workflow import (
    MOST_BYTES,
    check_names,
    filled,
    read_names,
    read_workflow,
    workflow_sha256,
    write_names,
)

NODES = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "positive": ["6", 0]}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "old words"}, "_meta": {"title": "words"}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "old words"}},
}


def test_a_workflow_in_api_format_is_read():
    assert read_workflow(json.dumps(NODES)) == NODES


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        (
            json.dumps({"nodes": [{"id": 3}], "links": [], "version": 0.4}),
            "Export \\(API\\)”, which keeps the nodes only",
        ),
        ("[]", "holds no nodes"),
        ("{}", "holds no nodes"),
        (json.dumps({"3": {"inputs": {}}}), "holds no nodes"),
        ('"' + "x" * MOST_BYTES + '"', "larger than 256 kB"),
    ],
)
def test_anything_else_is_told_how_to_save_one(text, said):
    with pytest.raises(Problem, match=said):
        read_workflow(text)


def test_names_are_lines_and_one_may_lead_to_several_places():
    names = read_names("prompt = 6.text\n\n prompt=7.text\nseed = 3.seed")
    assert names == {"prompt": ["6.text", "7.text"], "seed": ["3.seed"]}
    assert read_names(write_names(names)) == names


def test_a_line_that_is_written_otherwise_is_named():
    with pytest.raises(Problem, match="Line 2 is “seed 3”"):
        read_names("prompt = 6.text\nseed 3")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"seed": ["3.seed"]}, "where the words go"),
        ({"prompt": ["9.text"]}, "leads to 9.text, and the workflow has no such input"),
        ({"prompt": ["6.words"]}, "leads to 6.words"),
        ({"prompt": ["3.positive"]}, "gets its value from another node"),
    ],
)
def test_names_that_lead_nowhere_are_refused(names, said):
    with pytest.raises(Problem, match=said):
        check_names(NODES, names)


def test_filling_changes_what_is_named_and_nothing_else():
    names = {"prompt": ["6.text", "7.text"], "seed": ["3.seed"], "guidance": ["3.cfg"]}
    made = filled(NODES, names, {"prompt": "雾中码头", "seed": 7, "steps": 99})
    assert made["6"]["inputs"] == made["7"]["inputs"] == {"text": "雾中码头"}
    assert made["3"]["inputs"] == {"seed": 7, "steps": 20, "positive": ["6", 0]}
    assert NODES["6"]["inputs"] == {"text": "old words"}


def test_the_revision_follows_nodes_and_names_not_their_spelling():
    names = {"prompt": ["6.text"]}
    again = json.loads(json.dumps(NODES, indent=2))
    assert workflow_sha256(NODES, names) == workflow_sha256(dict(reversed(again.items())), names)
    assert workflow_sha256(NODES, names) != workflow_sha256(NODES, {"prompt": ["7.text"]})
