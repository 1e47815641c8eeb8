"""Pages of what gates hold, as the maker, the teacher and a stranger see them; and decisions at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.backends import store
from assignments.services import revoke_release
from generation import services, workers
from generation.backends.base import Produced
from generation.choices import GateStage, JobState
from generation.models import GateVerdict, Job, Output
from generation.workers import deciding, gating
from ledger.models import Entry
from tests.factories import NOW, make_engine, make_job, make_media, make_release, make_user, make_work

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
REASON = {"template": "“%(words)s”: this may show nudity or sex, so a teacher looks at it first.", "params": {"words": "nude"}}  # fmt: skip
LIST = "generation:held_list"


def held_words(scene, **fields):
    job = make_job(scene.work, state=JobState.HELD, request={"prompt": "a nude by the window"}, **fields)
    return GateVerdict.objects.create(
        job=job, stage=GateStage.PROMPT, gate="words 1", reason=REASON, created_at=NOW
    )


def held_output(scene, name="a.png", kind="image", content=b"\x89PNG sealed"):
    sealed = store.receive([content], max_bytes=1000)
    job = make_job(scene.work, state=JobState.HELD, spent_seconds=4)
    held = {"sha256": sealed.sha256, "size_bytes": sealed.size_bytes, "name": name, "kind": kind,
            "source_type": "trainedAlgorithmicMedia", "recipe": {"tool": "text-to-image"}}  # fmt: skip
    return GateVerdict.objects.create(
        job=job, stage=GateStage.OUTPUT, gate="pictures 1", reason=REASON, held_sha256=sealed.sha256, held=held,
        created_at=NOW,
    )  # fmt: skip


def page(client, person, address):
    client.force_login(person)
    return client.get(address)


@pytest.mark.parametrize(("who", "status"), [("alice", 403), ("bob", 200), ("charlie", 403)])
def test_who_opens_the_list(client, scene, who, status):
    assert page(client, getattr(scene, who), reverse(LIST)).status_code == status


def test_the_teacher_reads_words_reason_and_person(client, scene):
    held_words(scene)
    shown = page(client, scene.bob, reverse(LIST)).content.decode()
    assert ("a nude by the window" in shown, "this may show nudity or sex" in shown, "alice" in shown) == (
        True,
    ) * 3


def test_a_teacher_of_another_course_sees_nothing(client, scene):
    held_words(scene)
    other = make_work().brief.module.course
    other.enrolments.create(user=scene.charlie, role="instructor")
    shown = page(client, scene.charlie, reverse(LIST)).content.decode()
    assert ("a nude by the window" in shown, "Nothing waits for you" in shown) == (False, True)


def test_a_held_picture_is_veiled_until_clicked(client, scene):
    verdict = held_output(scene)
    shown = page(client, scene.bob, reverse(LIST)).content.decode()
    address = reverse("generation:held_file", args=[verdict.uuid])
    assert f'<label class="veil"><input type="checkbox"><img src="{address}"' in shown


@pytest.mark.parametrize(("who", "status"), [("alice", 404), ("bob", 200), ("charlie", 404)])
def test_a_held_file_is_served_to_those_who_decide(client, scene, who, status):
    verdict = held_output(scene)
    response = page(client, getattr(scene, who), reverse("generation:held_file", args=[verdict.uuid]))
    assert response.status_code == status
    if status == 200:
        assert (response.content, response.headers["Content-Type"]) == (b"\x89PNG sealed", "image/png")
        assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response.headers["Cache-Control"] == "no-store"


def test_a_held_file_of_a_strange_kind_is_only_bytes(client, scene):
    verdict = held_output(scene, name="a.svg")
    response = page(client, scene.bob, reverse("generation:held_file", args=[verdict.uuid]))
    assert response.headers["Content-Type"] == "application/octet-stream"


def test_a_teacher_lets_an_output_through_on_the_page(client, scene):
    verdict = held_output(scene)
    client.force_login(scene.bob)
    response = client.post(reverse("generation:held_decide", args=[verdict.uuid]), {"decision": "allow"})
    assert response.url == reverse(LIST)
    assert Output.objects.get().media.sha256 == verdict.held_sha256
    assert page(client, scene.bob, reverse("generation:held_file", args=[verdict.uuid])).status_code == 404


def test_a_teacher_refuses_with_a_reason_on_the_page(client, scene):
    verdict = held_words(scene)
    address = reverse("generation:held_decide", args=[verdict.uuid])
    client.force_login(scene.bob)
    client.post(address, {"decision": "refuse", "why": ""})
    assert Job.objects.get().state == JobState.HELD
    client.post(address, {"decision": "refuse", "why": "Tell it with the light."})
    assert Job.objects.get().problem["params"] == {"why": "Tell it with the light."}


def test_candidates_with_the_same_words_are_shown_and_decided_together(client, scene):
    make_engine()
    wish = {"work": scene.work, "tool": "text-to-image", "source": None, "by": scene.alice, "now": NOW}
    services.request_candidates(count=4, inputs={"place": "a studio", "action": "a nude of clay"}, **wish)
    services.request_candidates(count=1, inputs={"place": "a barn", "action": "a nude of clay"}, **wish)
    shown = page(client, scene.bob, reverse(LIST)).content.decode()
    assert (shown.count('<li class="held"'), "4 candidates, decided together" in shown) == (2, True)
    first = GateVerdict.objects.order_by("pk").first()
    client.post(reverse("generation:held_decide", args=[first.uuid]), {"decision": "allow"})
    states = Job.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [*[JobState.QUEUED] * 4, JobState.HELD]


def test_the_maker_sees_that_it_waits(client, scene):
    verdict = held_words(scene)
    shown = page(client, scene.alice, reverse("generation:job_detail", args=[verdict.job.uuid]))
    assert "A teacher looks at it first" in shown.content.decode()


def test_the_list_asks_as_much_for_three_as_for_one(client, scene):
    client.force_login(scene.bob)
    counts = []
    for rows in (1, 2):
        for _row in range(rows):
            held_words(scene).job.releases.add(make_release(scene.work))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(LIST))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 200), ("charlie", 404)])
def test_what_rests_on_a_release_is_listed_for_who_sees_it(client, scene, who, status):
    release = make_release(scene.work)
    make_job(scene.work, state=JobState.DONE, request={"prompt": "Lin by the sea"}).releases.set([release])
    address = reverse("generation:release_panel", args=[release.uuid])
    response = page(client, getattr(scene, who), address)
    assert response.status_code == status
    if status == 200:
        assert (
            "Lin by the sea" in response.content.decode(),
            "not to be used" in response.content.decode(),
        ) == (True, False)


def test_outputs_of_a_revoked_release_are_flagged(client, scene):
    release = make_release(scene.work)
    make_job(scene.work, state=JobState.DONE).releases.set([release])
    revoke_release(release=release, by=scene.alice, now=NOW)
    shown = page(
        client, scene.alice, reverse("generation:release_panel", args=[release.uuid])
    ).content.decode()
    assert ("not to be used" in shown, "1 output made with this likeness" in shown) == (True, True)


def test_the_page_of_a_revoked_likeness_says_so_and_offers_nothing(client, scene):
    release = make_release(scene.work)
    job = make_job(scene.work, state=JobState.DONE)
    job.releases.set([release])
    media = make_media(scene.work, "generated", mime="image/png", has_proxy=True)
    Output.objects.create(
        job=job, media=media, recipe={"engine": {"revision": ""}, "machine": {}}, recipe_hash="0" * 64, ledger_index=0,
        created_at=NOW,
    )  # fmt: skip
    address = reverse("generation:job_panel", args=[job.uuid])
    download = reverse("assignments:media_file", args=[media.uuid, "original"])
    assert download in page(client, scene.alice, address).content.decode()
    revoke_release(release=release, by=scene.alice, now=NOW)
    shown = page(client, scene.alice, address).content.decode()
    assert ("Not to be used any more" in shown, download in shown) == (True, False)


def test_the_first_page_of_a_teacher_tells_what_waits(client, scene):
    held_words(scene)
    make_release(scene.work, approved_at=None, approved_by=None)
    address = reverse("generation:held_panel")
    shown = page(client, scene.bob, address).content.decode()
    assert ("1 job is held for you." in shown, "1 release waits for your approval." in shown) == (True, True)
    assert page(client, scene.alice, address).content.decode().strip() == ""


# ---------------------------------------------------------------- the question on the tool's page
def ask_on_page(client, scene, **fields):
    client.force_login(scene.alice)
    words = {"place": "a pier", "steps": "2", "seed": "7", **fields}
    return client.post(reverse("generation:tool", args=[scene.work.uuid, "text-to-image"]), words)


def test_a_tools_page_offers_the_people_whose_release_stands(client, scene):
    make_engine()
    make_release(scene.work)
    make_release(scene.work, person="Mo Bai", approved_at=None)
    address = reverse("generation:tool", args=[scene.work.uuid, "text-to-image"])
    shown = page(client, scene.alice, address).content.decode()
    assert (
        "Does it show or sound like a real person?" in shown,
        "Lin Anran" in shown,
        "Mo Bai" in shown,
    ) == (True, True, False)


def test_a_tool_that_has_no_reason_to_ask_does_not(client, scene):
    make_engine()
    address = reverse("generation:tool", args=[scene.work.uuid, "text-to-image"])
    assert "Does it show or sound" not in page(client, scene.alice, address).content.decode()


def test_a_person_chosen_on_the_page_is_cited(client, scene):
    make_engine()
    release = make_release(scene.work)
    ask_on_page(client, scene, people=[str(release.uuid)])
    assert list(Job.objects.get().releases.all()) == [release]


def test_nobody_and_somebody_at_once_is_asked_again(client, scene):
    make_engine()
    release = make_release(scene.work)
    response = ask_on_page(client, scene, people=["nobody", str(release.uuid)])
    assert (response.status_code, Job.objects.count()) == (422, 0)
    assert "It is either nobody real, or somebody." in response.content.decode()


def test_refused_words_are_said_above_the_form(client, scene):
    make_engine()
    response = ask_on_page(client, scene, action="a nude teenager")
    assert (response.status_code, Job.objects.count()) == (422, 0)
    assert "join a minor with something sexual" in response.content.decode()


# ---------------------------------------------------------------- at the same time
@pytest.fixture
def server():
    if connection.vendor != "postgresql":
        pytest.skip("threads need a database server")


def at_once(*calls):
    """Run the calls in threads of their own; return what each gave, or the class of what it raised."""

    def run(call):
        try:
            return call()
        except Exception as fault:  # noqa: BLE001  # told to the test
            return type(fault)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("server")
def test_of_teachers_who_decide_at_once_one_counts(scene):
    verdict = held_output(scene)
    teachers = [scene.bob, *(make_user(f"teacher{number}", is_staff=True) for number in range(5))]

    def decide(person, is_allowed):
        row = GateVerdict.objects.select_related("job__work__brief__module__course").get(pk=verdict.pk)
        return services.decide_held(verdict=row, is_allowed=is_allowed, why="No.", by=person, now=NOW).state

    said = at_once(*(lambda p=p, n=n: decide(p, n % 2 == 0) for n, p in enumerate(teachers)))
    assert said.count(deciding.AlreadyDecided) == 5
    job = Job.objects.get()
    assert (job.state == JobState.DONE) == (Output.objects.count() == 1)
    assert Entry.objects.filter(kind__startswith="gate.").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("server")
def test_a_cancel_and_a_decision_at_once_leave_one_end(scene):
    verdict = held_words(scene)

    def cancel():
        return services.cancel_job(job=Job.objects.get(), by=scene.alice, now=NOW).state

    def allow():
        row = GateVerdict.objects.select_related("job__work__brief__module__course").get(pk=verdict.pk)
        return services.decide_held(verdict=row, is_allowed=True, why="", by=scene.bob, now=NOW).state

    said = at_once(cancel, allow)
    job = Job.objects.get()
    assert said[0] == JobState.CANCELLED
    assert (job.state, said[1]) in [
        (JobState.CANCELLED, deciding.AlreadyDecided), (JobState.CANCELLED, JobState.QUEUED),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("server")
def test_a_revocation_and_a_commit_at_once_never_leave_a_servable_output(scene, tmp_path):
    release = make_release(scene.work, kinds=["name"])
    job = make_job(
        scene.work, tool="text-draft", request={"premise": "a ferry", "length": 20, "seed": 1}, is_passed=True
    )
    job.releases.set([release])
    claimed = workers.claim_next(worker="w", now=NOW)
    path = tmp_path / "draft.txt"
    path.write_text("Dawn.")

    def commit():
        produced = Produced(path, "text", {"device": "cpu"})
        return workers.commit(claimed, produced, spent_seconds=1, now=lambda: NOW).media

    said = at_once(commit, lambda: revoke_release(release=release, by=scene.alice, now=NOW))
    for output in Output.objects.select_related("media"):
        with pytest.raises(services.Lapsed):
            services.refuse_lapsed(output.media)
    assert not isinstance(said[1], type)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("server")
def test_workers_at_once_hold_a_job_once(scene):
    make_job(scene.work, request={"prompt": "a nude"})
    job = workers.claim_next(worker="w", now=NOW)
    said = at_once(*[lambda: gating.check_dispatch(Job.objects.get(pk=job.pk), now=NOW)] * 4)
    assert sorted(each.__name__ for each in said) == ["Overtaken", "Overtaken", "Overtaken", "SetAside"]
    assert (Job.objects.get().state, GateVerdict.objects.count()) == (JobState.HELD, 1)
