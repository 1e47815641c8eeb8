"""An output is made again from its recipe, and is told from one that differs."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from generation import workers
from generation.backends.comparing import likeness
from generation.models import Job, Output
from generation.services import request_job
from generation.workers.replaying import replay
from tests.factories import NOW
from tests.generation.test_workers import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.servers, pytest.mark.xdist_group("engines")]


@pytest.fixture
def outputs(scene, engines):
    """Three pictures made together, of different steps and guidance."""
    for seed in range(3):
        request_job(
            work=scene.work, tool="text-to-image", source=None, engine="atelier-sketch", by=scene.alice, now=NOW,
            inputs={"place": "a ferry landing", "seed": seed, "steps": 3 + seed, "guidance": 2 + seed},
        )  # fmt: skip
    workers.run_jobs(worker="w", now=Clock())
    return list(Output.objects.select_related("job", "media").order_by("pk"))


def test_pictures_made_in_company_are_made_again_alone_to_the_bit(outputs, tmp_path):
    assert max(size for output in outputs for size, _start, _times in output.recipe["machine"]["buckets"]) > 2
    for output in outputs:
        folder = tmp_path / str(output.pk)
        folder.mkdir()
        made = replay(output, folder=folder)
        assert (made.likeness.is_exact, made.differs) == (True, ())


def test_the_command_says_exact(outputs):
    told = StringIO()
    call_command("replay", str(outputs[0].media.uuid), stdout=told)
    assert told.getvalue() == "exact: every value is equal\n"


def test_the_command_tells_how_far_another_seed_differs(outputs):
    output = outputs[0]
    output.recipe["request"]["seed"] = 99
    output.save()
    with pytest.raises(CommandError, match=r"It differs\.") as refused:
        call_command("replay", str(output.job.uuid), stdout=StringIO())
    assert refused.value.returncode == 1


def test_an_engine_that_has_changed_is_not_used(outputs):
    job = Job.objects.get(pk=outputs[0].job_id)
    job.engine.revision = "0" * 64
    job.engine.save()
    with pytest.raises(CommandError, match="has changed") as refused:
        call_command("replay", str(job.uuid), stdout=StringIO())
    assert refused.value.returncode == 2


def test_an_unknown_number_is_said_to_be_unknown(db):
    with pytest.raises(CommandError, match="No output") as refused:
        call_command("replay", "00000000-0000-0000-0000-000000000000")
    assert refused.value.returncode == 2


def test_texts_are_made_again_too(scene, engines, tmp_path):
    request_job(
        work=scene.work, tool="text-draft", source=None, engine="practice-text", by=scene.alice, now=NOW,
        inputs={"premise": "a ferry", "seed": 3, "length": 20},
    )  # fmt: skip
    workers.run_jobs(worker="w", now=Clock())
    assert replay(Output.objects.get(), folder=tmp_path).likeness.is_exact


def test_clips_and_voices_are_made_again_too(scene, engines, still, tmp_path):
    request_job(
        work=scene.work, tool="image-to-video", source=still, engine="atelier-motion", by=scene.alice, now=NOW,
        inputs={"place": "a ferry landing", "camera": "push-in", "seconds": 0.5, "seed": 3, "steps": 2},
    )  # fmt: skip
    request_job(
        work=scene.work, tool="voice", source=None, engine="practice-voice", by=scene.alice, now=NOW,
        inputs={"line": "We leave at dawn.", "seed": 3},
    )  # fmt: skip
    workers.run_jobs(worker="w", now=Clock())
    for output in Output.objects.order_by("pk"):
        folder = tmp_path / str(output.pk)
        folder.mkdir()
        assert replay(output, folder=folder).likeness.is_exact


def test_likeness_counts_equal_values_and_the_largest_difference(tmp_path):
    one, other = np.full((2, 5, 3), 100, np.uint8), np.full((2, 5, 3), 100, np.uint8)
    other[0, 0, 0] = 107
    for name, pixels in (("one", one), ("other", other)):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    found = likeness(tmp_path / "one.png", tmp_path / "other.png", kind="image")
    assert (found.share, found.largest, found.is_exact) == (39 / 40, 7, False)
