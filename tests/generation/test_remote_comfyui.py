"""A school's ComfyUI over real sockets: a workflow with named inputs, its steps, its end, its interruption."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from footage.problems import Problem
from generation.backends import keyring
from generation.backends.base import Breakdown, Cancelled, EngineSpec, Request
from generation.backends.remote_comfyui import ComfyEndpoint
from tests.generation.remote_servers import ComfyServer, png, served

NODES = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "positive": ["6", 0]}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "old words"}},
    "10": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
}
NAMES = {"prompt": ["6.text"], "seed": ["3.seed"], "source": ["10.image"], "width": ["5.width"]}
OPTIONS = {"workflow": NODES, "names": NAMES, "width": 64, "silence_seconds": 5, "pause_seconds": 0.01}
INPUTS = {"prompt": "雾中码头", "seed": 7, "steps": 12}


def make(
    url,
    folder,
    *,
    tool="text-to-image",
    cancelled=lambda: False,
    progress=lambda *_: None,
    source=None,
    **options,
):
    spec = EngineSpec("our-comfy", "comfyui", None, "r", OPTIONS | options, url, keyring.seal(""))
    request = Request(tool, INPUTS, source)
    return ComfyEndpoint(spec).run(request, folder=folder, progress=progress, cancelled=cancelled)


def test_a_workflow_runs_with_what_was_named_and_tells_its_steps(tmp_path):
    steps = []
    with served(ComfyServer()) as server:
        made = make(server.url, tmp_path, progress=lambda *step: steps.append(step))
    assert Image.open(made.path).getpixel((1, 1)) == (200, 30, 40)
    [asked] = server.prompts.values()
    assert asked["prompt"]["6"]["inputs"] == {"text": "雾中码头"}
    assert asked["prompt"]["3"]["inputs"] == {"seed": 7, "steps": 20, "positive": ["6", 0]}
    assert asked["prompt"]["5"]["inputs"] == {"width": 64, "height": 512}
    assert made.machine["version"] == "0.9.2"
    assert len(made.machine["workflow_sha256"]) == 64
    assert server.interrupted == []


def test_a_picture_to_begin_with_is_sent_ahead_and_named_by_its_content(tmp_path):
    source = tmp_path / "still"
    source.write_bytes(png((1, 2, 3)))
    with served(ComfyServer()) as server:
        make(server.url, tmp_path, source=source, tool="image-to-image")
    [(name, body)] = server.uploads.items()
    [asked] = server.prompts.values()
    assert asked["prompt"]["10"]["inputs"] == {"image": name}
    assert name.startswith("dailies-")
    assert b"\x89PNG" in body


def test_it_goes_on_without_a_websocket(tmp_path):
    with served(ComfyServer("no-websocket")) as server:
        assert make(server.url, tmp_path).path.exists()


def test_a_cancel_interrupts_its_own_prompt_and_no_other(tmp_path):
    steps = []
    with served(ComfyServer("hangs")) as server:
        with pytest.raises(Cancelled):
            make(
                server.url,
                tmp_path,
                progress=lambda *step: steps.append(step),
                cancelled=lambda: (3, 3) in steps,
            )
        assert server.interrupted == list(server.prompts)


def test_a_comfyui_that_was_started_anew_is_a_breakdown(tmp_path, monkeypatch):
    monkeypatch.setattr("generation.backends.remote_comfyui.LOOK_EVERY_SECONDS", 0.01)
    with served(ComfyServer("forgets")) as server, pytest.raises(Breakdown, match="started anew"):
        make(server.url, tmp_path)


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("bad-node", "didn’t take the request: Prompt outputs failed validation ckpt_name: 'x' not in list"),
        ("node-fails", "failed: KSampler: Allocation on device"),
        ("no-output", "without a file that can be used"),
        ("401", "doesn’t accept the school’s key"),
    ],
)
def test_a_workflow_that_can_not_run_is_told_with_its_reason(tmp_path, mood, said):
    with served(ComfyServer(mood)) as server, pytest.raises(Problem, match=said):
        make(server.url, tmp_path)


@pytest.mark.parametrize("mood", ["500", "no-json", "silent"])
def test_what_may_pass_is_a_breakdown(tmp_path, mood):
    with served(ComfyServer(mood)) as server, pytest.raises(Breakdown):
        make(server.url, tmp_path, silence_seconds=0.3)


def test_a_file_that_is_not_what_its_name_says_is_dropped(tmp_path):
    with (
        served(ComfyServer(makes=("clip.mp4", png()))) as server,
        pytest.raises(Problem, match="its content is png"),
    ):
        make(server.url, tmp_path, tool="image-to-video")


def test_a_workflow_whose_names_lead_nowhere_is_refused_before_anything_is_sent():
    with pytest.raises(Problem, match=r"leads to 60\.text"):
        make("http://127.0.0.1:9", None, names={"prompt": ["60.text"]})


def test_what_is_sent_can_be_read_back_as_json(tmp_path):
    with served(ComfyServer()) as server:
        make(server.url, tmp_path)
    bodies = [json.loads(asked["body"]) for asked in server.asked if asked["path"] == "/prompt"]
    assert [sorted(body) for body in bodies] == [["client_id", "prompt", "prompt_id"]]
