"""Interpolation and chroma key: measured against films whose every pixel is known."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from assignments.backends import store
from assignments.choices import MediaRole
from footage.credentials import SchoolCa, read_credentials
from footage.labels import label_generated, read_labels
from footage.problems import Problem
from generation import workers
from generation.backends import films, keying, origins
from generation.backends.base import Cancelled, EngineSpec, Request
from generation.backends.interpolation import Between, interpolated
from generation.backends.loading import loaded_engine
from generation.choices import JobState
from generation.domain.tools import TOOLS, Material, validate
from generation.services import request_job
from ledger.models import Entry
from tests.factories import NOW, make_brief, make_media, make_work
from tests.footage.making import make_film
from tests.generation.test_workers import Clock

WIDTH, HEIGHT = 240, 136
MATERIAL = Material("plate", "image", WIDTH, HEIGHT)
PRODUCER = "0011DAILIES000000000000001"


def cloth(seed, *, low=0, high=255, soft=3.0, size=(2 * WIDTH, 2 * HEIGHT)):
    """A soft random pattern, uint8 (height, width, 3)."""
    grains = np.random.default_rng(seed).integers(0, 255, (size[1] // 4, size[0] // 4, 3)).astype(np.uint8)
    blurred = cv2.GaussianBlur(grains, (0, 0), soft)
    return cv2.resize(
        cv2.normalize(blurred, None, low, high, cv2.NORM_MINMAX), size, interpolation=cv2.INTER_CUBIC
    )


BACKGROUND, OBJECT = cloth(1), cloth(2, low=90, size=(60, 48))


def scene_at(time):
    """A patterned object crosses a patterned background that drifts the other way; time in frames."""
    drift = cv2.warpAffine(BACKGROUND, np.float32([[1, 0, -20 - time], [0, 1, -20]]), (WIDTH, HEIGHT))
    place = np.float32([[1, 0, 40 + 6 * time], [0, 1, 40 + 2 * time]])
    thing = cv2.warpAffine(OBJECT, place, (WIDTH, HEIGHT))
    there = cv2.warpAffine(np.ones((48, 60), np.float32), place, (WIDTH, HEIGHT))[..., None]
    return np.rint(thing * there + drift * (1 - there)).astype(np.uint8)


def psnr(made, truth):
    return 10 * np.log10(255**2 / np.mean((made.astype(float) - truth) ** 2))


def film(path, pictures, *, fps=Fraction(25), sound=None):
    made, _count = films.write_film(iter(pictures), path.parent, fps=fps, sound=sound)
    return made.rename(path)


def make(tmp_path, tool, given, *, source, plate=None, cancelled=lambda: False):
    request, problems = validate(
        TOOLS[tool], given, has_source=True, media={"plate": [MATERIAL]} if plate else {}
    )
    assert problems == ()
    folder = tmp_path / f"made-{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    pipeline = {"interpolation": "optical-flow", "chroma-key": "chroma-key"}[tool]
    engine = loaded_engine(EngineSpec(pipeline, pipeline, tmp_path / "none", "1", {}))
    media = {"plate": (plate,)} if plate else {}
    steps = []
    produced = engine.run(
        Request(tool, request, source, media=media), folder=folder,
        progress=lambda *step: steps.append(step), cancelled=cancelled,
    )  # fmt: skip
    return produced, steps


def read(path):
    with av.open(str(path)) as opened:
        stream = opened.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in opened.decode(stream)]
        return frames, stream.average_rate, bool(opened.streams.audio)


# ---------------------------------------------------------------- interpolation
def test_a_frame_between_is_nearer_to_the_truth_than_a_mix_or_a_repeat():
    one, middle, other = (scene_at(time) for time in (0, 1, 2))
    [made] = Between().frames(one, other, count=2)
    mixed = (one.astype(float) + other) / 2
    assert psnr(made, middle) > psnr(mixed, middle) + 3 > psnr(one, middle) + 3


def test_four_times_the_frames_move_evenly():
    made = list(interpolated(iter([scene_at(0), scene_at(4)]), count=4))
    assert len(made) == 8
    assert [psnr(made[at], scene_at(at)) > 27 for at in (1, 2, 3)] == [True] * 3
    assert all(np.array_equal(frame, scene_at(4)) for frame in made[4:])


def test_nothing_is_mixed_across_a_cut():
    one, other = scene_at(0), cloth(9)[:HEIGHT, :WIDTH]
    first, second, third = Between().frames(one, other, count=4)
    assert (np.array_equal(first, one), np.array_equal(third, other)) == (True, True)
    assert np.array_equal(second, other)


def test_smoother_keeps_length_and_sound_and_doubles_the_rate(tmp_path):
    hum = np.tile(np.sin(np.arange(48_000) / 20).astype(np.float32) * 0.3, (2, 1))
    source = film(tmp_path / "take.mp4", [scene_at(time) for time in range(10)], sound=hum)
    produced, steps = make(tmp_path, "interpolation", {}, source=source)
    frames, rate, has_sound = read(produced.path)
    assert (len(frames), rate, has_sound, produced.kind) == (20, 50, True, "video")
    assert (produced.machine["frames"], produced.machine["seconds"], steps[-1]) == (20, 0.4, (10, 100))
    assert produced.source_type == "algorithmicallyEnhanced"


def test_slow_motion_is_longer_and_silent_at_the_same_rate(tmp_path):
    hum = np.zeros((2, 48_000), np.float32)
    source = film(tmp_path / "take.mp4", [scene_at(time) for time in range(6)], sound=hum)
    given = {"use": "slow", "factor": "4", "begin": 0.08, "seconds": 0.2}
    produced, _steps = make(tmp_path, "interpolation", given, source=source)
    frames, rate, has_sound = read(produced.path)
    assert (len(frames), rate, has_sound) == (16, 25, False)


def test_a_cancel_ends_it_within_a_frame(tmp_path):
    source = film(tmp_path / "take.mp4", [scene_at(time) for time in range(6)])
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        make(tmp_path, "interpolation", {}, source=source, cancelled=lambda: next(asked))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({"begin": 9}, "The clip is 0.1 s long, so nothing is left from 9 s on.")],
)
def test_a_beginning_behind_the_end_is_told(tmp_path, given, sentence):
    source = film(tmp_path / "take.mp4", [scene_at(time) for time in range(3)])
    with pytest.raises(Problem, match=sentence):
        make(tmp_path, "interpolation", given, source=source)


def test_a_file_without_a_film_is_told(tmp_path):
    (tmp_path / "words.txt").write_text("no film")
    with pytest.raises(Problem, match=r"words\.txt holds no film"):
        make(tmp_path, "interpolation", {}, source=tmp_path / "words.txt")


@pytest.mark.parametrize(("degrees", "corner"), [(0, (0, 0)), (90, (-1, 0)), (180, (-1, -1)), (-90, (0, -1))])
def test_a_film_is_read_upright_as_its_camera_says(tmp_path, degrees, corner):
    source = make_film(tmp_path / "phone.mp4", rotation=degrees)
    shape = films.shape_of(source)
    _at, first = next(films.frames_of(films.Part(source, Fraction(0), Fraction(1))))
    assert (
        first.shape == (shape.height, shape.width, 3) == ((64, 96, 3) if degrees % 180 == 0 else (96, 64, 3))
    )
    bright = first.mean(axis=2) > 128
    assert bool(bright[corner]), "the block stands in the corner that the camera meant"


def test_a_part_far_into_a_film_is_found_to_the_frame(tmp_path):
    shades = [np.full((HEIGHT, WIDTH, 3), 2 * number, np.uint8) for number in range(100)]
    tone = np.tile(np.linspace(0, 0.9, 4 * 48_000, dtype=np.float32), (2, 1))
    part = films.Part(film(tmp_path / "long.mp4", shades, sound=tone), Fraction(3), Fraction(1, 5))
    read_back = [(at, round(float(picture.mean()) / 2)) for at, picture in films.frames_of(part)]
    assert [at for at, _shade in read_back] == [Fraction(number, 25) for number in range(5)]
    assert [
        abs(shade - number) <= 1 for (_at, shade), number in zip(read_back, range(75, 80), strict=True)
    ] == [True] * 5
    heard = films.sound_of(part)
    assert heard.shape == (2, 9600)
    assert abs(heard.mean() - 0.9 * 3.1 / 4) < 0.02


def test_a_film_larger_than_full_hd_is_made_smaller(tmp_path):
    source = make_film(tmp_path / "large.mp4", frames=1, size=(2560, 1442))
    shape = films.shape_of(source)
    assert (shape.width, shape.height) == (1920, 1082)


# ---------------------------------------------------------------- chroma key
GREEN = (40, 177, 70)


def subject(screen=GREEN, *, uneven=0.15, noise=3.0):
    """Somebody with hair before a screen: the picture, the subject's own colours, and its true matte."""
    rng = np.random.default_rng(5)
    matte = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.circle(matte, (120, 64), 34, 1, -1)
    cv2.rectangle(matte, (98, 90), (142, HEIGHT), 1, -1)
    for angle in rng.uniform(0, 2 * np.pi, 40):
        tip = (int(120 + 48 * np.cos(angle)), int(64 + 48 * np.sin(angle)))
        cv2.line(matte, (120, 64), tip, 1, 1, cv2.LINE_AA)
    matte = cv2.GaussianBlur(matte, (0, 0), 1.0)
    colours = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    colours[:] = (200, 150, 120)
    colours[:48], colours[60:70], colours[90:] = (40, 30, 25), (230, 230, 230), (150, 60, 60)
    light = 1 - uneven * np.linspace(0, 1, WIDTH, dtype=np.float32)[None, :, None]
    behind = np.float32(screen) * light
    picture = (
        matte[..., None] * colours + (1 - matte[..., None]) * behind + rng.normal(0, noise, colours.shape)
    )
    return np.clip(picture, 0, 255).astype(np.uint8), colours, matte


@pytest.mark.parametrize("screen", [GREEN, (30, 60, 200), (0, 177, 64)])
def test_the_matte_follows_hair_before_an_uneven_screen(screen):
    picture, colours, truth = subject(screen)
    plate = cloth(3)[:HEIGHT, :WIDTH]
    key = keying.key_for(keying.screen_colour(picture), tolerance=0.3)
    made, share = keying.composite(picture, plate, key=key, finish=keying.Finish())
    wanted = truth[..., None] * colours + (1 - truth[..., None]) * plate
    _subject, matte = keying.keyed(picture, key)
    assert np.abs(matte - truth).mean() < 0.012
    assert np.abs(made - wanted).mean() < 2
    assert abs(share - (1 - truth.mean())) < 0.01


def test_no_green_is_left_on_the_subject():
    grey = np.full((20, 20, 3), 150, np.float32)
    spilled = np.rint(0.88 * grey + 0.12 * np.float32(GREEN)).astype(np.uint8)
    cleaned, _matte = keying.keyed(spilled, keying.key_for(keying.colour_of("#28b146"), tolerance=0.3))
    assert np.ptp(spilled[0, 0]) > 12
    assert np.ptp(cleaned[0, 0] * 255) < 3


def test_what_is_not_like_the_screen_stays_as_it_is():
    picture = np.full((20, 20, 3), (200, 120, 90), np.uint8)
    made, share = keying.composite(
        picture, np.zeros_like(picture), key=keying.key_for(keying.colour_of("#00b140"), tolerance=0.5), finish=keying.Finish()
    )  # fmt: skip
    assert (np.abs(made.astype(int) - picture).max() <= 1, share) == (True, 0.0)


def test_choking_draws_the_edge_in_and_wrapping_lights_it():
    picture, _colours, _truth = subject()
    key = keying.key_for(keying.screen_colour(picture), tolerance=0.3)
    white = np.full_like(picture, 255)
    plain, share = keying.composite(picture, white, key=key, finish=keying.Finish())
    _drawn, more = keying.composite(picture, white, key=key, finish=keying.Finish(choke=2))
    lit, _share = keying.composite(picture, white, key=key, finish=keying.Finish(wrap=1.0))
    assert more > share + 0.01
    assert lit.mean() > plain.mean() + 0.5


def test_a_grey_wall_is_no_screen():
    with pytest.raises(Problem, match="No green, blue or other strongly coloured screen"):
        keying.screen_colour(np.full((40, 60, 3), 128, np.uint8))
    with pytest.raises(Problem, match="#808080 is too grey"):
        keying.colour_of("#808080")


def test_a_colour_that_is_none_is_refused_at_its_field():
    _request, [problem] = validate(
        TOOLS["chroma-key"], {"colour": "green"}, has_source=True, media={"plate": [MATERIAL]}
    )
    assert (problem.slug, problem.sentence[:21]) == ("colour", "green is no colour. W")


def still(path, picture):
    Image.fromarray(picture).save(path)
    return path


def test_a_clip_over_a_still_keeps_its_rate_and_sound(tmp_path):
    hum = np.tile(np.sin(np.arange(48_000) / 20).astype(np.float32) * 0.3, (2, 1))
    picture, colours, truth = subject()
    source = film(tmp_path / "green.mp4", [picture] * 5, sound=hum)
    plate = still(tmp_path / "plate.png", cloth(3)[:HEIGHT, :WIDTH])
    produced, steps = make(tmp_path, "chroma-key", {"wrap": 0, "soften": 0}, source=source, plate=plate)
    frames, rate, has_sound = read(produced.path)
    wanted = truth[..., None] * colours + (1 - truth[..., None]) * cloth(3)[:HEIGHT, :WIDTH]
    assert (len(frames), rate, has_sound, steps[0]) == (5, 25, True, (1, 100))
    assert psnr(frames[2], wanted) > 26
    assert abs(produced.machine["plate_share"] - (1 - truth.mean())) < 0.02
    assert produced.source_type == "composite"


def test_a_shorter_plate_stays_on_its_last_frame(tmp_path):
    picture, _colours, _truth = subject()
    source = film(tmp_path / "green.mp4", [picture] * 6)
    shades = [np.full((HEIGHT, WIDTH, 3), level, np.uint8) for level in (40, 120, 200)]
    plate = film(tmp_path / "plate.mp4", shades)
    produced, _steps = make(tmp_path, "chroma-key", {"wrap": 0}, source=source, plate=plate)
    corners = [int(frame[4:20, 4:20].mean()) for frame in read(produced.path)[0]]
    assert [
        abs(level - wanted) < 8 for level, wanted in zip(corners, [40, 120, 200, 200, 200, 200], strict=True)
    ] == [True] * 6


# ---------------------------------------------------------------- what it is
def test_a_composite_owns_to_what_its_parts_own_to(tmp_path):
    plain, trained, programmed = (
        still(tmp_path / f"{name}.png", scene_at(0)) for name in ("plain", "ai", "program")
    )
    label_generated(trained, producer=PRODUCER, produce_id="1")
    label_generated(programmed, producer=PRODUCER, produce_id="1", source_type="algorithmicMedia")
    assert origins.composite([trained, trained]) == "trainedAlgorithmicMedia"
    assert [origins.composite([plain, other]) for other in (plain, trained, programmed)] == [
        "composite",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
    ]
    assert [origins.enhanced(path) for path in (plain, trained, programmed)] == [
        "algorithmicallyEnhanced",
        "trainedAlgorithmicMedia",
        "algorithmicMedia",
    ]


@pytest.fixture
def work(scene, engines):
    brief = make_brief(scene.brief.module, tools=["chroma-key", "interpolation"])
    return make_work(brief, owner=scene.alice)


def in_work(work, path, role, mime, kind):
    stored = store.receive_file(path)
    facts = {"kind": kind, "width": WIDTH, "height": HEIGHT}
    return make_media(work, role, name=path.name, sha256=stored.sha256, mime=mime, facts=facts)


@pytest.mark.django_db
@pytest.mark.servers
def test_a_composite_of_takes_alone_bears_its_source_type_and_no_label_of_ai(work, scene, tmp_path, settings):
    picture, _colours, _truth = subject()
    green = in_work(work, film(tmp_path / "green.mp4", [picture] * 3), MediaRole.RUSH, "video/mp4", "video")
    plate = in_work(work, still(tmp_path / "plate.png", scene_at(0)), MediaRole.STILL, "image/png", "image")
    job = keyed_job(work, green, plate, by=scene.alice)
    path = store.path(job.output.media.sha256)
    labels = read_labels(path)
    found = read_credentials(path, anchors=SchoolCa(settings.SCHOOL_CA_DIR).anchor)
    assert (labels.aigc, labels.digital_source_type, labels.says_ai) == (None, "composite", False)
    assert (found.trust, found.digital_source_types, len(found.ingredients)) == ("trusted", ("composite",), 2)


def keyed_job(work, source, plate, *, by):
    job = request_job(
        work=work, tool="chroma-key", inputs={}, source=source, media={"plate": [plate]}, by=by, now=NOW
    )
    workers.run_jobs(worker="w", now=Clock())
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.problem
    return job


@pytest.mark.django_db
@pytest.mark.servers
def test_a_composite_with_a_generated_plate_is_labelled_and_its_parts_are_in_the_recipe(
    work, scene, tmp_path
):
    picture, _colours, _truth = subject()
    plate = still(tmp_path / "plate.png", cloth(3)[:HEIGHT, :WIDTH])
    label_generated(plate, producer=PRODUCER, produce_id="1")
    green = in_work(work, film(tmp_path / "green.mp4", [picture] * 3), MediaRole.RUSH, "video/mp4", "video")
    drawn = in_work(work, plate, MediaRole.STILL, "image/png", "image")
    job = keyed_job(work, green, drawn, by=scene.alice)
    recipe, labels = job.output.recipe, read_labels(store.path(job.output.media.sha256))
    assert (recipe["source_sha256"], recipe["media_sha256"]) == (green.sha256, {"plate": [drawn.sha256]})
    assert (labels.aigc.label, labels.digital_source_type) == ("1", "compositeWithTrainedAlgorithmicMedia")
    logged = Entry.objects.get(index=job.output.ledger_index).opening.payload
    assert logged["source_type"] == "compositeWithTrainedAlgorithmicMedia"


def test_a_clip_from_picture_to_picture_begins_and_ends_with_them(tmp_path):
    first = still(tmp_path / "first.png", scene_at(0))
    last = still(tmp_path / "last.png", scene_at(6))
    request, problems = validate(
        TOOLS["frame-to-frame"], {"seconds": 0.6}, has_source=True, media={"last-frame": [MATERIAL]}
    )
    assert problems == ()
    produced = loaded_engine(EngineSpec("flow", "optical-flow", tmp_path, "1", {})).run(
        Request("frame-to-frame", request, first, media={"last-frame": (last,)}), folder=tmp_path,
        progress=lambda *_: None, cancelled=lambda: False,
    )  # fmt: skip
    frames, rate, _has_sound = read(produced.path)
    assert (len(frames), rate, produced.source_type) == (15, 25, "composite")
    assert psnr(frames[0], scene_at(0)) > 30 < psnr(frames[-1], scene_at(6))
    assert psnr(frames[7], scene_at(3)) > 23
