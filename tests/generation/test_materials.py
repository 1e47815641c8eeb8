"""Masks, guides and references of a work: which a job may use, and where they leave their trace."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from assignments.backends import store
from assignments.choices import MediaRole, MediaState
from footage.credentials import read_credentials
from generation import workers
from generation.choices import JobState
from generation.domain.tools import TOOLS
from generation.forms import ToolForm
from generation.models import Job, JobMedia, Output
from generation.services import BadInputs, request_job
from tests.factories import NOW, make_engine, make_media, make_work
from tests.generation.test_workers import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.servers, pytest.mark.xdist_group("engines")]


@pytest.fixture
def allowed(scene):
    scene.brief.tools = ["inpaint", "character-render", "image-to-image", "pose-to-image"]
    scene.brief.save()
    return scene


def kept_picture(work, picture, name, folder):
    path = folder / name
    picture.save(path)
    stored = store.receive_file(path)
    return make_media(
        work, MediaRole.STILL, name=name, sha256=stored.sha256, mime="image/png",
        facts={"width": picture.width, "height": picture.height},
    )  # fmt: skip


@pytest.fixture
def mask(allowed, tmp_path):
    picture = Image.new("L", (320, 180))
    ImageDraw.Draw(picture).ellipse((100, 50, 200, 130), fill=255)
    return kept_picture(allowed.work, picture, "mask.png", tmp_path)


def ask(scene, tool="inpaint", source=None, inputs=(), **more):
    given = {"place": "fog", "seed": 7, "steps": 2} | dict(inputs)
    return request_job(
        work=scene.work, tool=tool, inputs=given, source=source, by=scene.alice, now=NOW, **more
    )


def test_further_media_are_kept_with_the_job_in_their_order(allowed, still):
    make_engine(tools=["character-render"])
    others = [make_media(allowed.work, MediaRole.STILL, mime="image/png") for _ in range(2)]
    job = ask(allowed, "character-render", media={"reference": [others[1], still, others[0]]}, releases=())
    assert [(used.use, used.media) for used in job.media_used.all()] == [
        ("reference", others[1]), ("reference", still), ("reference", others[0]),
    ]  # fmt: skip


def test_a_mask_is_asked_for(allowed, still):
    make_engine(tools=["inpaint"])
    with pytest.raises(BadInputs, match="Choose a mask") as refusal:
        ask(allowed, source=still)
    assert [problem.slug for problem in refusal.value.problems] == ["media-mask"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mime": "audio/wav"}, "is no still picture"),
        ({"mime": "video/mp4"}, "is no still picture"),
        ({"mime": "image/png", "facts": {"width": 30_000, "height": 10}}, "30000 × 10 pixels"),
        ({"mime": "image/png", "state": MediaState.WORKING}, "Choose a mask"),
    ],
)
def test_a_mask_that_cannot_be_used_is_refused(allowed, still, fields, words):
    make_engine(tools=["inpaint"])
    with pytest.raises(BadInputs, match=words):
        ask(allowed, source=still, media={"mask": [make_media(allowed.work, MediaRole.STILL, **fields)]})
    assert Job.objects.count() == JobMedia.objects.count() == 0


def test_media_of_another_work_are_no_media(allowed, still):
    make_engine(tools=["inpaint", "image-to-image"])
    foreign = make_media(make_work(), MediaRole.STILL, mime="image/png")
    with pytest.raises(BadInputs, match="Choose a mask"):
        ask(allowed, source=still, media={"mask": [foreign]})
    job = ask(allowed, "image-to-image", source=still, media={"mask": [foreign], "nonsense": [still]})
    assert job.media_used.count() == 0, "a tool keeps only what it uses"


def test_mask_and_source_stand_in_the_recipe_and_in_the_credentials(allowed, engines, still, mask):
    ask(allowed, source=still, engine="atelier-sketch", media={"mask": [mask]})
    workers.run_jobs(worker="w", now=Clock())
    output = Output.objects.select_related("job", "media").get()
    assert output.job.state == JobState.DONE
    assert output.recipe["source_sha256"] == still.sha256
    assert output.recipe["media_sha256"] == {"mask": [mask.sha256]}
    found = read_credentials(store.path(output.media.sha256), anchors=None)
    parts = {part.title for manifest in found.manifests for part in manifest.ingredients}
    assert parts == {"still.png", "mask.png"}


def test_a_file_used_twice_travels_along_once(allowed, engines, mask):
    ask(allowed, source=mask, engine="atelier-sketch", media={"mask": [mask]})
    workers.run_jobs(worker="w", now=Clock())
    assert Output.objects.get().recipe["media_sha256"] == {"mask": [mask.sha256]}


def test_a_mask_without_white_fails_with_a_sentence_and_costs_nothing(allowed, engines, still, tmp_path):
    black = kept_picture(allowed.work, Image.new("L", (320, 180)), "black.png", tmp_path)
    job = ask(allowed, source=still, engine="atelier-sketch", media={"mask": [black]})
    workers.run_jobs(worker="w", now=Clock())
    job.refresh_from_db()
    assert (job.state, job.spent_seconds) == (JobState.FAILED, 0)
    assert job.problem["template"].startswith("The mask is black all over")


# ---------------------------------------------------------------- the form
def form_for(scene, tool, data, *, source=None, engines=()):
    from generation.queries import materials_of

    materials = {str(media.uuid): media for media in materials_of(scene.work)}
    return ToolForm(
        data, tool=TOOLS[tool], engines=list(engines), sources={str(source.uuid): source} if source else {},
        materials=materials,
    )  # fmt: skip


def test_the_form_offers_media_of_the_right_kind_and_returns_them_by_use(allowed, still, mask):
    sound = make_media(allowed.work, MediaRole.SOUND, mime="audio/wav")
    data = {"source": str(still.uuid), "media-mask": [str(mask.uuid)], "place": "fog"}
    form = form_for(allowed, "inpaint", data, source=still)
    [(wanted, _bound, offered)] = form.further
    assert (wanted.use, set(offered)) == ("mask", {still, mask})
    assert sound not in offered
    assert form.is_valid(), form.errors
    assert form.cleaned_data["media"] == {"mask": [mask]}


@pytest.mark.parametrize(
    ("chosen", "words"),
    [([], "Choose a mask"), (["sound"], "Select a valid choice"), (["twice"], "2 files were chosen")],
)
def test_the_form_says_what_is_wrong_with_a_mask(allowed, still, mask, chosen, words):
    sound = make_media(allowed.work, MediaRole.SOUND, mime="audio/wav")
    sent = {"sound": [sound], "twice": [mask, still]}.get(chosen[0] if chosen else "", [])
    data = {"source": str(still.uuid), "media-mask": [str(media.uuid) for media in sent], "place": "fog"}
    form = form_for(allowed, "inpaint", data, source=still)
    assert not form.is_valid()
    assert words in form.errors["media-mask"][0]


def test_style_packs_stand_in_their_groups_with_words_in_both_languages(allowed):
    form = form_for(allowed, "pose-to-image", None)
    page = str(form["style"])
    assert page.count("<optgroup") == 2
    assert 'data-words-zh="江南水乡' in page
    assert 'title="White walls, dark tiles' in page
