"""Pipelines beyond Stable Diffusion, as a school downloads them, through the one generic loader: real classes, tiny weights."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from PIL import Image

from generation.backends.base import EngineSpec, Request
from generation.backends.hub import Hub
from generation.backends.loading import forget_engines, loaded_engine
from generation.domain.tools import TOOLS, validate
from tests.generation import tiny_models

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("engines")]
SMALL = {"width": 64, "height": 64}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    home = tmp_path_factory.mktemp("models")
    yield lambda name: home / name if (home / name).exists() else tiny_models.build(name, home / name)
    forget_engines()


def draw(folder, to, tool, given, *, source=None, options=None):
    spec = EngineSpec(folder.name, "stable-diffusion", folder, "r", SMALL | (options or {}))
    inputs, problems = validate(TOOLS[tool], {"seed": 1, **given}, has_source=source is not None)
    assert problems == ()
    steps = []
    to.mkdir(exist_ok=True)
    produced = loaded_engine(spec).run(
        Request(tool, inputs, source),
        folder=to,
        progress=lambda *step: steps.append(step),
        cancelled=lambda: False,
    )
    return np.asarray(Image.open(produced.path)), steps, produced.machine


@pytest.mark.parametrize("name", tiny_models.MODELS)
def test_a_downloaded_model_draws_from_words_and_the_same_again(models, tmp_path, name):
    given = {"place": "a pier at dusk", "negative": "people", "steps": 2, "guidance": 3}
    first, steps, machine = draw(models(name), tmp_path / "a", "text-to-image", given)
    again, _, _ = draw(models(name), tmp_path / "b", "text-to-image", given)
    other, _, _ = draw(models(name), tmp_path / "c", "text-to-image", given | {"seed": 2})
    assert first.shape == (64, 64, 3)
    assert steps[-1] == (2, 2)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert machine["pipeline"].startswith(("Flux", "StableDiffusion", "ZImage", "QwenImage"))


def test_guidance_reaches_a_model_that_calls_it_otherwise(models, tmp_path):
    given = {"place": "a pier at dusk", "negative": "people", "steps": 2}
    close, far = (
        draw(
            models("qwen-image"),
            tmp_path / str(guidance),
            "text-to-image",
            {**given, "guidance": guidance},
            options={"guidance_as": "true_cfg_scale"},
        )[0]
        for guidance in (2, 12)
    )
    assert not np.array_equal(close, far)


@pytest.mark.parametrize("name", tiny_models.MODELS)
def test_it_begins_with_a_picture_as_well_and_takes_as_many_steps_as_were_asked_for(models, tmp_path, name):
    source = tmp_path / "still.png"
    Image.linear_gradient("L").convert("RGB").resize((64, 64)).save(source)
    given = {"place": "a pier", "steps": 2, "strength": 0.5}
    made, steps, _machine = draw(models(name), tmp_path / "a", "image-to-image", given, source=source)
    assert made.shape == (64, 64, 3)
    assert steps[-1] == (2, 2)


@pytest.mark.parametrize("name", tiny_models.MODELS)
def test_two_jobs_share_its_denoiser_at_the_hub(models, tmp_path, name):
    spec = EngineSpec(name, "stable-diffusion", models(name), "r", SMALL)
    hub = Hub()
    for seed, steps in ((1, 6), (2, 7)):
        given = {"place": "a pier at dusk", "steps": steps, "guidance": 3, "seed": seed}
        inputs, _problems = validate(TOOLS["text-to-image"], given, has_source=False)
        (tmp_path / str(seed)).mkdir()
        hub.spawn(partial(run, spec, inputs, tmp_path / str(seed)), name=str(seed))
    ended = {}
    while hub.members:
        hub.tick()
        ended |= {member.name: member for member in hub.take_finished()}
    assert [ended[name].fault for name in ("1", "2")] == [None, None]
    given = {"place": "a pier at dusk", "steps": 6, "guidance": 3}
    alone, _, _ = draw(models(name), tmp_path / "alone", "text-to-image", given)
    together = np.asarray(Image.open(ended["1"].made.path))
    assert np.abs(alone.astype(int) - together).max() <= 2
    assert max(size for size, _row in ended["2"].places) >= 2


def run(spec, inputs, folder):
    request = Request("text-to-image", inputs)
    return loaded_engine(spec).run(request, folder=folder, progress=lambda *_: None, cancelled=lambda: False)
