"""Licence conditions where they count: when an engine is offered, asked for, and about to run."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from footage.problems import Problem
from generation import services, workers
from generation.choices import JobState
from generation.domain.tools import TOOLS
from generation.queries import engine_for, refused_engines_for, require_licence
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
DRAW = TOOLS["text-to-image"]
NOT_IN_EUROPE = {"territories_excluded": ["EU", "GB"]}


def ask(scene, **fields):
    return services.request_job(
        work=scene.work, tool="text-to-image", inputs={"place": "渡口", "steps": 2}, source=None, by=scene.alice,
        now=NOW, **fields,
    )  # fmt: skip


def test_the_next_engine_is_offered_where_the_first_may_not_run(settings):
    settings.SCHOOL_TERRITORY = "FR"
    bound = factories.make_engine(position=1, revision="r", conditions=NOT_IN_EUROPE)
    free = factories.make_engine(position=2, revision="r")
    assert engine_for(DRAW) == free
    [(refused, reason)] = refused_engines_for(DRAW)
    assert refused == bound
    assert str(reason) == "Its licence excludes EU/GB, and the school is in FR."
    settings.SCHOOL_TERRITORY = "CN"
    assert engine_for(DRAW) == bound
    assert refused_engines_for(DRAW) == []


def test_a_person_who_asks_for_such_an_engine_is_told_why_in_their_language(scene, settings):
    settings.SCHOOL_TERRITORY = "FR"
    bound = factories.make_engine(conditions=NOT_IN_EUROPE)
    with pytest.raises(services.NoEngine, match="Its licence excludes EU/GB, and the school is in FR"):
        ask(scene, engine=bound.slug)
    with pytest.raises(services.NoEngine, match="The engine “Practice engine” can’t run here"):
        ask(scene)
    with override("zh-hans"), pytest.raises(services.NoEngine) as refusal:
        ask(scene)
    assert "FR" in str(refusal.value)


@pytest.mark.parametrize(
    ("conditions", "changes", "said"),
    [
        ({"non_commercial": True}, {"SCHOOL_USE": "commercial"}, "no commercial use"),
        ({"revenue_ceiling_usd": 1_000_000}, {"SCHOOL_REVENUE_USD": 2_000_000}, "turns over 2,000,000"),
        ({"revenue_ceiling_usd": 1_000_000}, {}, "DAILIES_SCHOOL_REVENUE_USD"),
        (NOT_IN_EUROPE, {}, "DAILIES_SCHOOL_TERRITORY"),
        ({"needs_filter": True}, {"SAFETY_GATES": []}, "SAFETY_GATES"),
        ({"non_comercial": True}, {}, "is no condition of a licence"),
    ],
)
def test_each_condition_is_judged_by_what_the_school_says_of_itself(settings, conditions, changes, said):
    for name, value in changes.items():
        setattr(settings, name, value)
    engine = factories.make_engine(conditions=conditions)
    with pytest.raises(Problem, match=said):
        require_licence(engine)


def test_outputs_are_always_marked_and_the_shipped_gate_suffices():
    require_licence(factories.make_engine(conditions={"needs_marking": True, "needs_filter": True}))


def test_a_job_whose_engine_was_barred_while_it_waited_fails_with_the_reason_and_costs_nothing(
    scene, settings, engines
):
    job = ask(scene, engine="atelier-sketch")
    sketch = engines["atelier-sketch"]
    sketch.conditions = {"territories_excluded": ["US"]}
    sketch.save(update_fields=["conditions"])
    settings.SCHOOL_TERRITORY = "US"
    workers.run_jobs(worker="w", now=timezone.now)
    job.refresh_from_db()
    assert (job.state, job.spent_seconds) == (JobState.FAILED, 0)
    assert (
        job.problem["template"] % job.problem["params"] == "Its licence excludes US, and the school is in US."
    )


def test_the_tool_page_says_which_licence_stands_in_the_way(client, scene, settings):
    settings.SCHOOL_TERRITORY = "FR"
    factories.make_engine(title_en="Bound engine", conditions=NOT_IN_EUROPE)
    client.force_login(scene.alice)
    page = client.get(reverse("generation:tool", args=[scene.work.uuid, "text-to-image"])).content.decode()
    assert "Bound engine" in page
    assert "Its licence excludes EU/GB, and the school is in FR." in page
