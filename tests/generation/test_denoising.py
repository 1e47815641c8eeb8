"""The lab's contact sheet: every step from the noise to the picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
from django.core.management import call_command
from PIL import Image

from footage.problems import Problem
from generation.backends.base import EngineSpec, Request
from generation.backends.denoising import COLUMNS, Steps
from generation.backends.folders import folder_revision
from generation.backends.loading import loaded_engine
from generation.domain.tools import LAB, TOOLS, validate
from generation.models import Engine
from generation.queries import engines_for
from generation.views.lab import CLASS_ENGINE

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("engines")]
WORDS = {"place": "dawn over the river", "seed": 5, "steps": 4, "guidance": 3}
SIZE = {"width": 64, "height": 32}


def run(engines_folder, folder, tool, **changes):
    folder.mkdir(exist_ok=True)
    spec = EngineSpec("atelier-sketch", "stable-diffusion", engines_folder / "atelier-sketch", "r", SIZE)
    request, problems = validate(TOOLS[tool], WORDS | changes, has_source=False)
    assert problems == ()
    done = []
    produced = loaded_engine(spec).run(
        Request(tool, request), folder=folder, progress=lambda step, steps: done.append(step), cancelled=lambda: False
    )  # fmt: skip
    return produced, done, np.asarray(Image.open(produced.path)).astype(int)


def tile(sheet, number):
    top, left = number // COLUMNS * SIZE["height"], number % COLUMNS * SIZE["width"]
    return sheet[top : top + SIZE["height"], left : left + SIZE["width"]]


def test_the_sheet_holds_the_noise_and_every_step_twice(engines_folder, tmp_path):
    produced, done, sheet = run(engines_folder, tmp_path, LAB)
    facts = {
        name: produced.machine[name]
        for name in ("tiles", "expected_tiles", "columns", "tile_width", "tile_height")
    }
    assert facts == {"tiles": 5, "expected_tiles": 5, "columns": COLUMNS, "tile_width": 64, "tile_height": 32}
    assert sheet.shape == (2 * 32, COLUMNS * 64, 3)
    assert done == [1, 2, 3, 4]
    assert produced.kind == "image"


def test_the_last_step_is_the_picture_that_text_to_image_makes(engines_folder, tmp_path):
    _, _, sheet = run(engines_folder, tmp_path / "lab", LAB)
    _, _, picture = run(engines_folder, tmp_path / "picture", "text-to-image")
    assert np.abs(tile(sheet, 4) - picture).max() <= 1
    assert np.abs(tile(sheet, COLUMNS + 4) - picture).max() <= 1  # nothing more is expected of it


def test_steps_lose_noise_on_the_way(engines_folder, tmp_path):
    _, _, sheet = run(engines_folder, tmp_path, LAB)
    grain = [np.abs(np.diff(tile(sheet, number), axis=1)).mean() for number in (0, 4)]
    assert grain[0] > grain[1]


def test_what_is_expected_at_the_last_step_is_what_comes_out(engines_folder, tmp_path):
    """The scheduler ends without noise, so that its last expectation is the picture itself."""
    _, _, sheet = run(engines_folder, tmp_path, LAB)
    assert np.abs(tile(sheet, COLUMNS + 3) - tile(sheet, 4)).mean() < 4


def test_the_same_seed_begins_with_the_same_noise_whatever_the_words(engines_folder, tmp_path):
    _, _, one = run(engines_folder, tmp_path / "one", LAB)
    _, _, other = run(engines_folder, tmp_path / "other", LAB, place="雪中的古镇")
    assert np.array_equal(tile(one, 0), tile(other, 0))
    assert not np.array_equal(tile(one, 4), tile(other, 4))


def test_an_engine_that_packs_its_latents_is_refused_with_a_sentence():
    class FluxPipeline:
        pass

    with pytest.raises(Problem, match="doesn’t let its steps be seen"):
        Steps(FluxPipeline(), width=64, height=32, seed=1)


@pytest.mark.django_db
@pytest.mark.xdist_group("atelier")
def test_a_class_trains_an_engine_from_zero_and_finds_it_in_the_lab(engines, settings, tmp_path):
    settings.ENGINES_DIR = tmp_path
    assert CLASS_ENGINE not in engines
    call_command("train_class_engine", size="tiny", steps=1, minutes=1, threads=1, stdout=io.StringIO())
    made = Engine.objects.get(slug=CLASS_ENGINE)
    assert made.revision == folder_revision(tmp_path / CLASS_ENGINE)
    assert engines_for(TOOLS[LAB])[-1] == made
    spec = EngineSpec(CLASS_ENGINE, made.pipeline, tmp_path / CLASS_ENGINE, made.revision, SIZE)
    request, _problems = validate(TOOLS[LAB], WORDS | {"steps": 2}, has_source=False)
    produced = loaded_engine(spec).run(
        Request(LAB, request), folder=tmp_path, progress=lambda *_: None, cancelled=lambda: False
    )
    assert produced.machine["tiles"] == 3


@pytest.mark.django_db
def test_an_engine_of_an_absent_folder_is_not_registered(engines):
    assert (CLASS_ENGINE in engines, Engine.objects.filter(slug=CLASS_ENGINE).exists()) == (False, False)
