"""Remote engines behind the same queue, budgets, labels and ledger as those in the house."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from assignments.backends import store
from footage.labels import read_labels
from generation import services, workers
from generation.choices import JobState
from generation.domain.tools import TOOLS
from generation.queries import budget_of, engines_for
from generation.services.engines import write_remote
from ledger.models import Entry
from tests import factories
from tests.factories import NOW
from tests.generation.remote_servers import KEY, ChatServer, ComfyServer, ImageServer, served

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
FAST = {"pause_seconds": 0.01, "silence_seconds": 5}
WORKFLOW = {
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ""}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["6", 0]}},
}


def far_engine(url, pipeline, tool, **options):
    facts = {
        "title_en": "Far", "title_zh": "远方", "pipeline": pipeline, "tools": [tool], "licence": "Terms of the provider",
        "options": FAST | options, "url": url, "money_per_unit": Decimal("0.002"),
    }  # fmt: skip
    return write_remote(slug="far", facts=facts, secret=KEY)


def ask(scene, tool="text-to-image", **inputs):
    words = (
        {"place": "渡口", "steps": 10, "seed": 1}
        if tool == "text-to-image"
        else {"premise": "渡口的灯", "length": 50}
    )
    return services.request_job(
        work=scene.work,
        tool=tool,
        inputs={**words, **inputs},
        source=None,
        by=scene.alice,
        now=NOW,
        engine="far",
    )


def run(job):
    workers.run_jobs(worker="w", now=timezone.now)
    job.refresh_from_db()
    return job


def give_money(scene, limit):
    scene.brief.money_limit = Decimal(limit)
    scene.brief.save(update_fields=["money_limit"])


def test_a_picture_from_afar_is_labelled_logged_and_paid_in_money_not_in_gpu_seconds(scene):
    give_money(scene, "5")
    with served(ImageServer(), at="/v1") as server:
        far_engine(server.url, "openai-image", "text-to-image", model="m-1", width=64, height=32)
        job = ask(scene)
        assert job.price_money == Decimal("0.02")
        run(job)
    assert job.state == JobState.DONE, job.problem
    assert job.spent_money == Decimal("0.02")
    assert budget_of(scene.work).used == 0
    recipe = job.output.recipe
    assert recipe["machine"]["endpoint"] == server.url.removeprefix("http://").removesuffix("/v1")
    assert KEY not in str(recipe) + str(list(Entry.objects.values_list("body", "opening")))
    assert read_labels(store.path(job.output.media.sha256)).aigc
    assert Entry.objects.filter(kind="asset.generated").count() == 1


def test_a_draft_from_afar_bears_the_notice_at_its_head(scene):
    give_money(scene, "5")
    with served(ChatServer()) as server:
        far_engine(server.url, "openai-chat", "text-draft", model="m-1")
        job = run(ask(scene, "text-draft"))
    assert job.state == JobState.DONE, job.problem
    words = store.path(job.output.media.sha256).read_text(encoding="utf-8")
    assert words.startswith("[AI-generated · 由人工智能生成")
    assert "雾里有一盏灯。" in words


def test_a_workflow_at_the_schools_own_comfyui_serves_as_a_tool(scene):
    with served(ComfyServer()) as server:
        far_engine(server.url, "comfyui", "text-to-image", workflow=WORKFLOW, names={"prompt": ["6.text"]})
        give_money(scene, "5")
        job = run(ask(scene))
    assert job.state == JobState.DONE, job.problem
    [asked] = server.prompts.values()
    assert asked["prompt"]["6"]["inputs"]["text"] == job.request["prompt"]
    assert job.engine.revision == job.output.recipe["machine"]["workflow_sha256"]


def test_a_dead_endpoint_is_tried_again_and_then_given_up_at_no_cost(scene, caplog):
    give_money(scene, "5")
    with served(ImageServer("500")) as server:
        far_engine(server.url, "openai-image", "text-to-image", model="m-1", width=64, height=32)
        job = ask(scene)
        for _attempt in range(3):
            run(job)
    assert (job.state, job.attempts, job.spent_money, job.spent_seconds) == (JobState.FAILED, 3, 0, 0)
    assert "answered 500" in str(job.problem["params"])
    assert KEY not in str(job.problem) + caplog.text
    assert len(server.asked) == 3


def test_a_brief_without_money_for_it_says_so_before_anything_is_sent(scene):
    give_money(scene, "0.01")
    with served(ImageServer()) as server:
        far_engine(server.url, "openai-image", "text-to-image", model="m-1", width=64, height=32)
        with pytest.raises(services.OverBudget):
            ask(scene)
    assert server.asked == []


def test_the_key_is_sealed_in_the_row_and_kept_when_none_is_typed(scene):
    engine = far_engine("https://models.example/v1", "openai-chat", "text-draft", model="m-1")
    assert KEY not in engine.sealed_secret
    sealed = engine.sealed_secret
    write_remote(slug="far", facts={"title_en": "Farther"})
    engine.refresh_from_db()
    assert (engine.title_en, engine.sealed_secret) == ("Farther", sealed)
    write_remote(slug="far", facts={}, secret="")
    engine.refresh_from_db()
    assert engine.sealed_secret == ""


def test_a_remote_engine_is_offered_after_those_in_the_house(scene):
    here = factories.make_engine(position=3, revision="r", tools=["text-draft"])
    far = far_engine("https://models.example/v1", "openai-chat", "text-draft", model="m-1")
    assert engines_for(TOOLS["text-draft"]) == [here, far]
    far.position = 1
    far.save(update_fields=["position"])
    write_remote(slug="far", facts={"title_en": "Farther"})
    assert engines_for(TOOLS["text-draft"])[0].title_en == "Farther"
