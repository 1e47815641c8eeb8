"""Gates and releases around real rows: at the request, at the start, at the output, and a teacher's decision."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from assignments.backends import store
from assignments.models import Media
from assignments.services import revoke_release
from generation import services, workers
from generation.backends.base import Produced
from generation.backends.gates import BLIND
from generation.choices import GateDecision, GateStage, JobState, MediaUse
from generation.domain.gates import Level, Verdict
from generation.models import Adapter, GateVerdict, Job, JobMedia, Output
from generation.queries import budget_of
from generation.queries.safety import answer_of, held_visible_to, releases_to_cite
from generation.workers import deciding, gating
from ledger.models import Entry
from tests.factories import NOW, make_engine, make_job, make_media, make_release, make_user, make_work

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
HARMLESS = {"place": "a ferry landing in the rain", "steps": 2, "seed": 7}
HELD_WORDS = {**HARMLESS, "action": "a nude woman reads"}


class PictureGate:
    """A gate of a school, which says what its level says."""

    name = "pictures 1"
    sees = frozenset({"image"})
    level = Level.HOLD

    def check_words(self, words, context):
        return Verdict(Level.ALLOW, self.name)

    def check_output(self, path, kind, context):
        return Verdict(self.level, self.name, "Something is in “%(name)s”.", {"name": path.name})


class StrictPictureGate(PictureGate):
    name = "pictures 2"
    level = Level.REFUSE


class BrokenGate(PictureGate):
    name = "broken 1"

    def check_words(self, words, context):
        raise RuntimeError("no weights")


@pytest.fixture
def engine(scene):
    return make_engine(seconds_per_step=1)


def ask(scene, inputs=HARMLESS, **fields):
    facts = {"tool": "text-to-image", "source": None, "by": scene.alice, "now": NOW, **fields}
    return services.request_job(work=scene.work, inputs=inputs, **facts)


def claimed(job):
    taken = workers.claim_next(worker="w", now=NOW)
    assert taken.pk == job.pk
    return taken


def clock():
    return NOW


def produced(tmp_path, name="a.txt", content="Dawn.", kind="text"):
    path = tmp_path / name
    path.write_text(content)
    return Produced(path, kind, {"device": "cpu"})


def decide(scene, verdict, *, is_allowed, why="It is a museum piece.", by=None):
    return services.decide_held(verdict=verdict, is_allowed=is_allowed, why=why, by=by or scene.bob, now=NOW)


# ---------------------------------------------------------------- at the request
def test_harmless_words_go_to_the_queue(scene, engine):
    job = ask(scene)
    assert (job.state, job.is_passed, GateVerdict.objects.count()) == (JobState.QUEUED, True, 0)


def test_held_words_wait_for_a_teacher_and_reserve_nothing(scene, engine):
    job = ask(scene, HELD_WORDS)
    verdict = job.gate_verdicts.get()
    assert (job.state, job.is_passed) == (JobState.HELD, False)
    assert (verdict.stage, verdict.decision) == (GateStage.PROMPT, GateDecision.OPEN)
    assert verdict.reason["params"] == {"words": "nude"}
    assert (budget_of(scene.work).promised, budget_of(scene.work).spent) == (0, 0)
    assert workers.claim_next(worker="w", now=NOW) is None


def test_refused_words_leave_no_row(scene, engine):
    with pytest.raises(gating.WordsRefused, match="join a minor"):
        ask(scene, {**HARMLESS, "action": "a nude teenager"})
    assert (Job.objects.count(), GateVerdict.objects.count()) == (0, 0)


def test_a_gate_that_breaks_holds(scene, engine, settings):
    settings.SAFETY_GATES = [f"{__name__}.BrokenGate"]
    verdict = ask(scene).gate_verdicts.get()
    assert (verdict.gate, verdict.reason["template"]) == ("broken 1", BLIND)


def test_the_gates_of_the_settings_are_asked(scene, engine, settings):
    settings.SAFETY_GATES = []
    assert ask(scene, HELD_WORDS).state == JobState.QUEUED


# ---------------------------------------------------------------- releases at the request
def test_a_job_cites_the_releases_it_was_given(scene, engine):
    release = make_release(scene.work)
    assert list(ask(scene, releases=[release]).releases.all()) == [release]


def test_naming_a_released_person_cites_the_release_by_itself(scene, engine):
    release = make_release(scene.work)
    job = ask(scene, {**HARMLESS, "action": "lin anran looks at the sea"})
    assert (job.state, list(job.releases.all())) == (JobState.QUEUED, [release])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"approved_at": None, "approved_by": None}, "waits for a teacher’s approval"),
        ({"expires_on": date(2026, 3, 1)}, "has expired"),
        ({"kinds": ["voice"]}, "doesn’t cover their face"),
    ],
)
def test_a_release_that_does_not_hold_stops_the_job(scene, engine, fields, words):
    release = make_release(scene.work, **fields)
    with pytest.raises(gating.NeedsRelease, match=words):
        ask(scene, releases=[release])
    with pytest.raises(gating.NeedsRelease, match=words):
        ask(scene, {**HARMLESS, "action": "Lin Anran waits"})
    assert Job.objects.count() == 0


def test_a_release_of_another_work_is_not_taken(scene, engine):
    with pytest.raises(gating.NeedsRelease, match="another work"):
        ask(scene, releases=[make_release(make_work())])


def test_a_person_of_another_work_of_the_course_is_held(scene, engine):
    make_release(make_work(scene.brief, owner=make_user()), person="Mo Bai")
    job = ask(scene, {**HARMLESS, "action": "Mo Bai waits"})
    assert (job.state, job.gate_verdicts.get().gate) == (JobState.HELD, "releases")


def test_a_reference_needs_an_answer_and_keeps_it(scene, engine):
    job = make_job(scene.work, engine=engine)
    JobMedia.objects.create(job=job, media=make_media(scene.work), use=MediaUse.REFERENCE)
    with pytest.raises(gating.NeedsRelease, match="nobody real"):
        gating.check_request(job, releases=None, now=NOW)
    gating.check_request(job, releases=[], now=NOW)
    assert (Job.objects.get().request[gating.REAL_PEOPLE], answer_of(job)) == ("none", [])


def test_an_adapter_of_a_person_needs_their_release(scene, engine):
    Adapter.objects.create(engine=engine, slug="lin", title_en="Lin", title_zh="林", file="lin.safetensors",
                           licence="CC0", person="Lin Anran")  # fmt: skip
    job = make_job(scene.work, engine=engine, request={"prompt": "a pier", "adapters": [{"slug": "lin"}]})
    with pytest.raises(gating.NeedsRelease, match="Say whether"):
        gating.check_request(job, releases=None, now=NOW)
    with pytest.raises(gating.NeedsRelease, match="no release of theirs"):
        gating.check_request(job, releases=[], now=NOW)
    gating.check_request(job, releases=[make_release(scene.work)], now=NOW)
    assert Job.objects.get().state == JobState.QUEUED


def test_what_is_made_from_a_released_picture_inherits_the_release(scene, engine):
    release = make_release(scene.work)
    still = output_with(scene, release).media
    job = make_job(scene.work, engine=engine, source=still)
    gating.check_request(job, releases=None, now=NOW)
    assert list(job.releases.all()) == [release]


def output_with(scene, *releases, **fields):
    job = make_job(scene.work, state=JobState.DONE, **fields)
    job.releases.set(releases)
    media = make_media(scene.work, "generated", mime="image/png")
    return Output.objects.create(
        job=job, media=media, recipe={}, recipe_hash="0" * 64, ledger_index=0, created_at=NOW
    )


def test_the_form_offers_releases_that_stand(scene):
    stands = make_release(scene.work)
    make_release(scene.work, approved_at=None)
    make_release(scene.work, expires_on=NOW.date() - timedelta(days=1))
    assert releases_to_cite(scene.work, today=NOW.date()) == [stands]


# ---------------------------------------------------------------- at the start
def test_words_nobody_looked_at_are_looked_at_before_the_engine_runs(scene):
    job = claimed(make_job(scene.work, request={"prompt": "a nude woman"}))
    with pytest.raises(gating.SetAside):
        gating.check_dispatch(job, now=NOW)
    held = Job.objects.get()
    assert (held.state, held.spent_seconds, held.gate_verdicts.get().stage) == (
        JobState.HELD,
        0,
        GateStage.PROMPT,
    )


def test_a_late_worker_holds_nothing(scene):
    job = claimed(make_job(scene.work, request={"prompt": "a nude woman"}))
    Job.objects.update(generation=9)
    with pytest.raises(workers.Overtaken):
        gating.check_dispatch(job, now=NOW)
    assert (Job.objects.get().state, GateVerdict.objects.count()) == (JobState.RUNNING, 0)


def test_refused_words_of_an_old_row_fail_before_the_engine_runs(scene, engine):
    job = claimed(make_job(scene.work, engine=engine, request={"prompt": "a nude teenager"}))
    workers.run_claimed(job, now=clock)
    failed = Job.objects.get()
    assert (failed.state, failed.problem["params"]) == (JobState.FAILED, {"words": "teenager … nude"})


def test_a_release_that_expires_in_the_queue_fails_the_job(scene, engine):
    release = make_release(scene.work)
    job = ask(scene, releases=[release])
    release.expires_on = NOW.date() - timedelta(days=1)
    release.save()
    workers.run_claimed(claimed(job), now=clock)
    assert "has expired" in Job.objects.get().problem["template"]


def test_a_held_job_is_not_started(scene):
    job = claimed(make_job(scene.work, request={"prompt": "a nude woman"}))
    workers.run_claimed(job, now=clock)
    assert Job.objects.get().state == JobState.HELD
    assert workers.claim_next(worker="w", now=NOW) is None


# ---------------------------------------------------------------- at the output
def text_job(scene, **fields):
    request = {"premise": "a ferry", "task": "scene", "length": 20, "seed": 1}
    return claimed(make_job(scene.work, tool="text-draft", request=request, **fields))


def test_a_harmless_text_is_committed(scene, tmp_path):
    workers.commit(text_job(scene), produced(tmp_path), spent_seconds=2, now=clock)
    assert (Job.objects.get().state, Output.objects.count()) == (JobState.DONE, 1)


def test_a_held_text_keeps_its_sealed_file_and_is_not_in_the_work(scene, tmp_path):
    job = text_job(scene)
    with pytest.raises(gating.SetAside):
        workers.commit(job, produced(tmp_path, content="He hangs himself."), spent_seconds=2, now=clock)
    job.refresh_from_db()
    verdict = job.gate_verdicts.get()
    assert (job.state, job.spent_seconds, job.lease_until) == (JobState.HELD, 2, None)
    assert (Media.objects.count(), Output.objects.count(), Entry.objects.count()) == (0, 0, 0)
    assert "AI-generated" in store.path(verdict.held_sha256).read_text()
    assert verdict.held["name"] == f"text-draft-{job.uuid.hex[:8]}.txt"


def test_what_a_held_output_took_is_spent_and_nothing_is_promised(scene, tmp_path):
    held_text(scene, tmp_path)
    budget = budget_of(scene.work)
    assert (budget.spent, budget.promised) == (2, 0)


def held_text(scene, tmp_path, content="He hangs himself."):
    with pytest.raises(gating.SetAside):
        workers.commit(text_job(scene), produced(tmp_path, content=content), spent_seconds=2, now=clock)
    return GateVerdict.objects.get()


def test_a_refused_output_fails_with_the_sentence_and_is_charged(scene, settings, tmp_path):
    settings.SAFETY_GATES = [f"{__name__}.StrictPictureGate"]
    job = claimed(make_job(scene.work))
    with pytest.raises(gating.SetAside):
        workers.commit(job, produced(tmp_path, "a.png", kind="image"), spent_seconds=3, now=clock)
    job.refresh_from_db()
    assert (job.state, job.spent_seconds) == (JobState.FAILED, 3)
    assert job.problem == {"template": "Something is in “%(name)s”.", "params": {"name": "a.png"}}
    with pytest.raises(gating.WordsRefused, match="same output"):
        services.retry_job(job=job, by=scene.alice, now=NOW)


def test_a_gate_is_asked_only_of_what_it_sees(scene, settings, tmp_path):
    settings.SAFETY_GATES = [f"{__name__}.PictureGate"]
    workers.commit(text_job(scene), produced(tmp_path), spent_seconds=2, now=clock)
    assert Job.objects.get().state == JobState.DONE


def test_a_late_worker_can_neither_hold_nor_refuse(scene, settings, tmp_path):
    job = text_job(scene)
    Job.objects.update(generation=9)
    with pytest.raises(workers.Overtaken):
        workers.commit(job, produced(tmp_path, content="He hangs himself."), spent_seconds=2, now=clock)
    assert GateVerdict.objects.count() == 0


def test_a_release_revoked_while_it_renders_keeps_the_output_out(scene, tmp_path):
    release = make_release(scene.work, kinds=["name"])
    job = text_job(scene)
    job.releases.set([release])
    revoke_release(release=release, by=scene.alice, now=NOW)
    with pytest.raises(Exception, match="has revoked the release"):
        workers.commit(job, produced(tmp_path), spent_seconds=2, now=clock)
    assert Output.objects.count() == 0


# ---------------------------------------------------------------- decided
def test_allowed_words_go_to_the_queue_and_are_not_asked_again(scene, engine):
    job = ask(scene, HELD_WORDS)
    decided = decide(scene, job.gate_verdicts.get(), is_allowed=True)
    assert (decided.state, decided.is_passed) == (JobState.QUEUED, True)
    gating.check_dispatch(claimed(job), now=NOW)
    verdict = GateVerdict.objects.get()
    assert (verdict.decision, verdict.decided_by, verdict.decided_at) == (
        GateDecision.ALLOWED,
        scene.bob,
        NOW,
    )
    assert Entry.objects.get().kind == "gate.allowed"


def test_allowed_words_that_no_longer_fit_the_budget_fail_and_can_be_tried_again(scene, engine):
    job = ask(scene, HELD_WORDS)
    scene.brief.gpu_seconds = 1
    scene.brief.save()
    decided = decide(scene, job.gate_verdicts.get(), is_allowed=True)
    assert (decided.state, decided.is_passed, decided.problem["template"]) == (
        JobState.FAILED,
        True,
        deciding.NO_BUDGET,
    )
    scene.brief.gpu_seconds = 600
    scene.brief.save()
    assert services.retry_job(job=decided, by=scene.alice, now=NOW).state == JobState.QUEUED


def test_an_allowed_output_is_committed_exactly_once(scene, tmp_path):
    verdict = held_text(scene, tmp_path)
    decided = decide(scene, verdict, is_allowed=True)
    output = Output.objects.get()
    assert (decided.state, output.media.sha256, output.media.work) == (
        JobState.DONE,
        verdict.held_sha256,
        scene.work,
    )
    assert sorted(Entry.objects.values_list("kind", flat=True)) == ["asset.generated", "gate.allowed"]
    with pytest.raises(deciding.AlreadyDecided):
        decide(scene, verdict, is_allowed=True)
    assert (Output.objects.count(), Media.objects.count()) == (1, 1)


def test_a_refusal_ends_the_job_with_the_teachers_sentence(scene, engine):
    job = ask(scene, HELD_WORDS)
    decided = decide(scene, job.gate_verdicts.get(), is_allowed=False, why="Tell it without the body.")
    assert (decided.state, decided.problem["params"]) == (
        JobState.FAILED,
        {"why": "Tell it without the body."},
    )
    assert budget_of(scene.work).spent == 0
    with pytest.raises(gating.WordsRefused, match="Tell it without the body"):
        services.retry_job(job=decided, by=scene.alice, now=NOW)


def test_a_refused_output_stays_out_and_is_charged(scene, tmp_path):
    decided = decide(scene, held_text(scene, tmp_path), is_allowed=False, why="Too close.")
    assert (decided.state, decided.spent_seconds, Output.objects.count()) == (JobState.FAILED, 2, 0)
    assert budget_of(scene.work).spent == 2


def test_a_refusal_needs_a_reason(scene, engine):
    verdict = ask(scene, HELD_WORDS).gate_verdicts.get()
    with pytest.raises(services.NoReason):
        decide(scene, verdict, is_allowed=False, why=" ")
    assert Job.objects.get().state == JobState.HELD


def test_a_job_cancelled_meanwhile_is_not_decided(scene, engine):
    job = ask(scene, HELD_WORDS)
    services.cancel_job(job=job, by=scene.alice, now=NOW)
    with pytest.raises(deciding.AlreadyDecided):
        decide(scene, job.gate_verdicts.get(), is_allowed=True)
    assert (Job.objects.get().state, GateVerdict.objects.get().decision) == (
        JobState.CANCELLED,
        GateDecision.OPEN,
    )
    assert list(held_visible_to(scene.bob)) == []


def test_makers_and_strangers_decide_nothing(scene, engine):
    verdict = ask(scene, HELD_WORDS).gate_verdicts.get()
    for somebody in (scene.alice, scene.charlie):
        with pytest.raises(PermissionDenied):
            decide(scene, verdict, is_allowed=True, by=somebody)


def test_held_jobs_are_seen_by_their_teachers_and_administrators(scene, engine):
    verdict = ask(scene, HELD_WORDS).gate_verdicts.get()
    admin = make_user("ada", is_staff=True)
    seen = [list(held_visible_to(person)) for person in (scene.alice, scene.bob, scene.charlie, admin)]
    assert seen == [[], [verdict], [], [verdict]]


def test_an_engine_that_repeats_words_a_teacher_allowed_is_not_held_again(scene, tmp_path):
    job = make_job(
        scene.work, tool="text-draft", request={"premise": "a nude woman", "length": 20, "seed": 1}
    )
    gating.check_request(job, releases=None, now=NOW)
    decide(scene, job.gate_verdicts.get(), is_allowed=True)
    workers.commit(claimed(job), produced(tmp_path, content="A nude woman."), spent_seconds=1, now=clock)
    assert Job.objects.get().state == JobState.DONE


# ---------------------------------------------------------------- revoked
def test_revoking_stops_what_waits_and_leaves_the_rest(scene, engine):
    release = make_release(scene.work)
    waiting = ask(scene, releases=[release])
    other = ask(scene)
    revoke_release(release=release, by=scene.alice, now=NOW)
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.state, other.state) == (JobState.FAILED, JobState.QUEUED)
    assert waiting.problem["template"].startswith("%(person)s has revoked")


def test_outputs_of_a_lapsed_release_are_not_served(scene):
    release = make_release(scene.work)
    media = output_with(scene, release).media
    services.refuse_lapsed(media)
    revoke_release(release=release, by=scene.alice, now=NOW)
    with pytest.raises(services.Lapsed, match="Lin Anran"):
        services.refuse_lapsed(media)


def test_pages_show_no_pictures_of_a_revoked_or_expired_likeness_and_the_files_stay(scene):
    stored = store.receive([b"a picture"], max_bytes=100)
    shown = {"has_proxy": True, "has_poster": True}
    expires = {"expires_on": NOW.date() + timedelta(days=3)}
    revoked, expired, standing = (make_release(scene.work, **fields) for fields in ({}, expires, {}))
    media = [output_with(scene, release).media for release in (revoked, expired, standing)]
    Media.objects.filter(pk__in=[each.pk for each in media]).update(**shown)
    Media.objects.filter(pk=media[0].pk).update(sha256=stored.sha256)
    revoke_release(release=revoked, by=scene.alice, now=NOW)
    after = [gating.hide_expired(today=NOW.date() + timedelta(days=days)) for days in (3, 4, 4)]
    assert after == [0, 1, 0]
    assert list(Media.objects.order_by("pk").values_list("has_proxy", "has_poster", "state")) == [
        (False, False, "ready"), (False, False, "ready"), (True, True, "ready"),
    ]  # fmt: skip
    assert store.exists(stored.sha256)


def test_a_held_job_that_was_cancelled_is_held_again_when_it_is_tried_again(scene, engine):
    job = ask(scene, HELD_WORDS)
    services.cancel_job(job=job, by=scene.alice, now=NOW)
    job.refresh_from_db()
    services.retry_job(job=job, by=scene.alice, now=NOW)
    workers.run_claimed(claimed(job), now=clock)
    assert Job.objects.get().state == JobState.HELD
