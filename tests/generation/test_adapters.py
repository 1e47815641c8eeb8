"""LoRA adapters: asked for, pinned, worn by one job and not by its neighbour."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from safetensors.torch import load_file, save_file

from assignments.backends import store
from generation import services, workers
from generation.backends.loading import forget_engines
from generation.choices import JobState
from generation.queries.engines import path_of
from generation.services.adapters import asked_adapters, with_words
from generation.services.engines import add_adapter
from generation.workers.replaying import replay
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.servers, pytest.mark.xdist_group("engines")]


@pytest.fixture
def look(engines, tmp_path):
    """A LoRA over the sketch engine that changes much."""
    sketch = engines["atelier-sketch"]
    return add_adapter(
        engine=sketch, file=write_lora(tmp_path / "fog.safetensors", over=unet_of(sketch)), licence="CC0-1.0",
        title_en="Fog", title_zh="雾", trigger="thick fog", weight=1.0,
    )  # fmt: skip


def unet_of(engine):
    from generation.queries import folder_of

    return folder_of(engine) / "unet" / "diffusion_pytorch_model.safetensors"


def write_lora(file, *, over):
    made = torch.Generator().manual_seed(0)
    pairs = {}
    for key, weight in load_file(over).items():
        if key.endswith(("to_q.weight", "to_k.weight", "to_v.weight", "to_out.0.weight")):
            module = f"unet.{key.removesuffix('.weight')}"
            pairs[f"{module}.lora_A.weight"] = torch.randn(2, weight.shape[1], generator=made)
            pairs[f"{module}.lora_B.weight"] = torch.randn(weight.shape[0], 2, generator=made)
    save_file(pairs, file)
    return file


def ask(scene, **inputs):
    return services.request_job(
        work=scene.work, tool="text-to-image", inputs={"place": "渡口", "steps": 3, "seed": 5, **inputs}, source=None,
        by=scene.alice, now=NOW, engine="atelier-sketch",
    )  # fmt: skip


def picture_of(job):
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.problem
    return np.asarray(Image.open(store.path(job.output.media.sha256)).convert("RGB"), dtype=float)


def test_a_look_is_pinned_in_the_request_with_the_words_that_call_it(scene, look):
    job = ask(scene, adapter="atelier-sketch/fog", adapter_weight="0.5")
    assert job.request["adapters"] == [
        {"slug": "fog", "weight": 0.5, "sha256": look.sha256, "licence": "CC0-1.0"}
    ]
    assert job.request["prompt"].endswith(", thick fog")
    again = services.repeat_job(job=job, by=scene.alice, now=NOW)
    assert again.request["adapters"] == job.request["adapters"]
    assert again.request["prompt"] == job.request["prompt"]


def test_without_a_look_the_request_names_none(scene, look):
    assert "adapters" not in ask(scene).request


def test_it_is_worn_by_its_job_alone_and_stands_in_the_recipe_that_makes_it_again(scene, look, tmp_path):
    plain, dressed, faint, plain_again = (
        ask(scene, **looks)
        for looks in ({}, {"adapters": [{"slug": "fog"}]}, {"adapters": [{"slug": "fog", "weight": 0}]}, {})
    )
    for job in (dressed, faint):  # the same words for all, so that only the look differs
        job.request["prompt"] = plain.request["prompt"]
        job.save(update_fields=["request"])
    workers.run_jobs(worker="w", now=timezone.now)
    bare = picture_of(plain)
    assert np.abs(bare - picture_of(dressed)).mean() > 2
    assert np.abs(bare - picture_of(faint)).max() <= 1
    assert np.array_equal(bare, picture_of(plain_again))
    recipe = dressed.output.recipe
    assert recipe["request"]["adapters"][0]["sha256"] == look.sha256
    json.dumps(recipe)
    assert replay(dressed.output, folder=tmp_path).likeness.is_exact


def test_a_look_that_was_changed_meanwhile_is_told_and_costs_nothing(scene, look):
    job = ask(scene, adapter="atelier-sketch/fog")
    look.sha256 = "0" * 64
    look.save(update_fields=["sha256"])
    workers.run_jobs(worker="w", now=timezone.now)
    job.refresh_from_db()
    assert (job.state, job.spent_seconds) == (JobState.FAILED, 0)
    assert job.problem["template"] % job.problem["params"] == (
        "The look “Fog” was taken away or changed since this was asked for. Choose it anew."
    )


@pytest.mark.parametrize(
    ("inputs", "slug", "said"),
    [
        ({"adapter": "atelier-sketch/away"}, "adapter", "The look “away” isn’t one of this engine’s"),
        ({"adapter": "another/fog"}, "adapter", "isn’t one of this engine’s"),
        ({"adapter": "atelier-sketch/fog", "adapter_weight": "strong"}, "adapter_weight", "from -2 to 2"),
        ({"adapter": "atelier-sketch/fog", "adapter_weight": "nan"}, "adapter_weight", "from -2 to 2"),
        ({"adapters": [{"slug": "fog", "weight": 5}]}, "adapter_weight", "from -2 to 2"),
        ({"adapters": [{"slug": "fog"}] * 5}, "adapter", "At most 4 looks"),
    ],
)
def test_a_look_that_can_not_be_worn_is_told_at_its_field(scene, look, inputs, slug, said):
    with pytest.raises(services.BadInputs, match=said) as refusal:
        ask(scene, **inputs)
    assert next(iter(refusal.value.problems)).slug == slug


def test_a_look_that_was_switched_off_can_not_be_asked_for(scene, look):
    look.is_enabled = False
    look.save(update_fields=["is_enabled"])
    with pytest.raises(services.BadInputs, match="isn’t one of this engine’s"):
        ask(scene, adapter="atelier-sketch/fog")


def test_looks_are_read_from_forms_and_programs_and_nothing_else():
    assert asked_adapters({"adapter": "sketch/fog", "adapter_weight": ""}) == [("fog", "")]
    assert asked_adapters({"adapters": [{"slug": "fog", "weight": 1}, "rain"]}) == [("fog", 1)]
    assert asked_adapters({"adapters": "fog"}) == asked_adapters({}) == []


def test_words_that_call_a_look_are_added_once():
    assert with_words("a pier in Thick Fog", ["thick fog"]) == "a pier in Thick Fog"
    assert with_words("a pier", ["thick fog", "ink"]) == "a pier, thick fog, ink"
    assert with_words("", ["ink"]) == "ink"


def test_the_tool_page_offers_looks_and_keeps_the_one_that_was_worn(client, scene, look):
    client.force_login(scene.alice)
    address = reverse("generation:tool", args=[scene.work.uuid, "text-to-image"])
    assert "Fog · Atelier Sketch" in client.get(address).content.decode()
    given = {
        "place": "渡口",
        "steps": 3,
        "engine": "atelier-sketch",
        "adapter": "atelier-sketch/fog",
        "adapter_weight": "0.4",
    }
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.context["form"].errors
    job = scene.work.jobs.get()
    assert job.request["adapters"][0]["weight"] == 0.4
    again = client.get(answer["Location"])
    assert (again.context["form"]["adapter"].value(), again.context["form"]["adapter_weight"].value()) == (
        "atelier-sketch/fog", 0.4,
    )  # fmt: skip


def test_a_look_for_another_engine_is_told_on_the_page(client, scene, look):
    client.force_login(scene.alice)
    address = reverse("generation:tool", args=[scene.work.uuid, "text-to-image"])
    given = {"place": "渡口", "steps": 3, "engine": "atelier", "adapter": "atelier-sketch/fog"}
    answer = client.post(address, given)
    assert answer.status_code == 422
    assert "isn’t one of this engine’s" in answer.content.decode()
    assert not scene.work.jobs.exists()


def test_where_there_is_no_look_the_page_asks_for_none(client, scene, engines):
    client.force_login(scene.alice)
    page = client.get(reverse("generation:tool", args=[scene.work.uuid, "text-to-image"]))
    assert "adapter" not in page.context["form"].fields


def test_a_file_that_was_spoiled_after_it_was_added_fails_its_job_with_a_sentence(scene, look):
    job = ask(scene, adapter="atelier-sketch/fog")
    path_of(look).write_bytes(path_of(look).read_bytes()[:-100])
    forget_engines()  # one in memory may have read it while it was whole
    workers.run_jobs(worker="w", now=timezone.now)
    job.refresh_from_db()
    assert (job.state, job.spent_seconds) == (JobState.FAILED, 0)
    assert "The look fog can’t be put over this engine" in job.problem["template"] % job.problem["params"]
