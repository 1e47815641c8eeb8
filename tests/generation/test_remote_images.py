"""A remote picture engine over a real socket: drawing, editing, and answers that can't be trusted."""

from __future__ import annotations

import io
import json
import re

import anyio
import numpy as np
import pytest
from PIL import Image

from footage.problems import Problem
from generation.backends import keyring
from generation.backends.base import Breakdown, Cancelled, EngineSpec, Request
from generation.backends.remote_calls import Endpoint
from generation.backends.remote_images import ImageEndpoint
from tests.generation.remote_servers import KEY, ImageServer, png, served

INPUTS = {"prompt": "a pier at dusk", "negative": "people", "seed": 7, "steps": 20}
OPTIONS = {"model": "far-1", "width": 64, "height": 36, "pause_seconds": 0.01, "silence_seconds": 5}


def draw(url, folder, *, tool="text-to-image", cancelled=lambda: False, source=None, media=None, **options):
    spec = EngineSpec("far", "openai-image", None, "far-1", OPTIONS | options, url, keyring.seal(KEY))
    request = Request(tool, INPUTS, source, media=media or {})
    return ImageEndpoint(spec).run(request, folder=folder, progress=lambda *_: None, cancelled=cancelled)


def parts_of(asked):
    """The parts of a multipart body by name."""
    boundary = asked["headers"]["content-type"].split("boundary=")[1].encode()
    found = {}
    for part in asked["body"].split(b"--" + boundary)[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        found[re.search(rb'name="([^"]+)"', head).group(1).decode()] = content
    return found


def test_a_picture_comes_as_base64(tmp_path):
    with served(ImageServer(), at="/v1") as server:
        made = draw(
            server.url,
            tmp_path,
            fields={"seed": "seed", "negative": "negative_prompt"},
            body={"quality": "low"},
        )
    assert Image.open(made.path).getpixel((1, 1)) == (200, 30, 40)
    assert (made.kind, made.machine["model"], made.machine["tokens"], made.machine["width"]) == (
        "image",
        "far-1",
        99,
        64,
    )
    assert server.asked[0]["path"] == "/v1/images/generations"
    assert json.loads(server.asked[0]["body"]) == {
        "model": "far-1", "prompt": "a pier at dusk", "n": 1, "size": "64x36", "seed": 7, "negative_prompt": "people",
        "quality": "low",
    }  # fmt: skip


def test_a_picture_comes_as_an_address_of_the_endpoint_fetched_without_the_key(tmp_path):
    with served(ImageServer("url"), at="/v1") as server:
        made = draw(server.url, tmp_path)
    assert Image.open(made.path).getpixel((1, 1)) == (10, 220, 30)
    assert made.machine["revised_prompt"] == "a red pier, cinematic"
    assert "authorization" in server.asked[0]["headers"]
    assert "authorization" not in server.asked[1]["headers"]


@pytest.mark.parametrize("mood", ["private-url", "private-name"])
def test_an_answer_that_points_into_the_schools_network_is_not_followed(tmp_path, mood):
    with served(ImageServer(mood)) as server, pytest.raises(Problem, match="isn’t open to everyone"):
        draw(server.url, tmp_path)


def test_an_edit_sends_picture_and_mask_with_holes_where_it_is_drawn_anew(tmp_path):
    source, mask = tmp_path / "still.png", tmp_path / "mask.png"
    source.write_bytes(png((1, 2, 3), (128, 72)))
    half = Image.new("L", (128, 72), 0)
    half.paste(255, (0, 0, 64, 72))
    half.save(mask)
    (tmp_path / "out").mkdir()
    with served(ImageServer()) as server:
        draw(server.url, tmp_path / "out", tool="inpaint", source=source, media={"mask": (mask,)})
    assert server.asked[0]["path"] == "/images/edits"
    parts = parts_of(server.asked[0])
    assert parts["prompt"] == b"a pier at dusk"
    assert Image.open(io.BytesIO(parts["image"])).getpixel((5, 5)) == (1, 2, 3)
    alpha = np.asarray(Image.open(io.BytesIO(parts["mask"])))[:, :, 3]
    assert alpha.shape == (36, 64)
    assert (alpha[:, 4].max(), alpha[:, -4].min()) == (0, 255)


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("no-picture", "no picture that could be read"),
        ("bomb", "more than 64 megapixels"),
        ("huge", "larger than 64 MB"),
        ("401", "doesn’t accept the school’s key"),
        ("refuses", "didn’t take the request: size is not supported for …"),
    ],
)
def test_an_answer_that_can_not_be_used_is_told(tmp_path, mood, said):
    with served(ImageServer(mood)) as server, pytest.raises(Problem, match=said) as problem:
        draw(server.url, tmp_path)
    assert KEY not in str(problem.value)


@pytest.mark.parametrize("mood", ["500", "no-json", "cut", "no-base64", "nothing"])
def test_what_may_pass_is_a_breakdown_and_never_paid_twice(tmp_path, mood):
    with served(ImageServer(mood)) as server, pytest.raises(Breakdown):
        draw(server.url, tmp_path)
    assert len(server.asked) == 1


def test_a_cancel_ends_a_drawing_that_is_silent(tmp_path):
    with served(ImageServer("silent")) as server:
        with pytest.raises(Cancelled):
            draw(server.url, tmp_path, cancelled=lambda: bool(server.asked))
        assert server.is_left.wait(5)


def test_a_tool_it_does_not_know_is_refused_before_anything_is_sent(tmp_path):
    with served(ImageServer()) as server, pytest.raises(Problem, match="can’t do “upscale”"):
        draw(server.url, tmp_path, tool="upscale")
    assert server.asked == []


@pytest.mark.parametrize(
    ("url", "pinned", "host"),
    [
        ("https://1.1.1.1/a.png?sig=x", "https://1.1.1.1:443/a.png?sig=x", "1.1.1.1"),
        (
            "https://[2606:4700::1111]:8443/a.png",
            "https://[2606:4700::1111]:8443/a.png",
            "[2606:4700::1111]:8443",
        ),
    ],
)
def test_an_address_open_to_everyone_is_called_by_the_number_that_was_looked_at(url, pinned, host):
    spec = EngineSpec(
        "far", "openai-image", None, "r", OPTIONS, "https://models.example/v1", keyring.seal(KEY)
    )

    async def ask():
        async with Endpoint(spec).opened() as caller:
            return await caller._pinned(url)

    found, wanted = anyio.run(ask)
    assert (found, wanted["headers"]) == (pinned, {"Host": host})
    assert KEY not in str(wanted)
