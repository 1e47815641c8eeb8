"""Preparing media: good files become ready with what is shown of them, bad ones are refused."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.utils import translation
from PIL import Image

from assignments import services, workers
from assignments.backends import store
from assignments.models import Media
from tests import factories
from tests.factories import NOW
from tests.footage.making import make_film, make_sound
from ui import problems

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
EDL = """TITLE: PIER

001  A001 V     C        00:00:01:00 00:00:03:00 00:00:00:00 00:00:02:00
* FROM CLIP NAME: a001.mov
"""


def made(media):
    return sorted(path.name for path in store.derived(media.sha256, "poster.jpg").parent.glob("*"))


def refusal(media):
    assert media.state == "refused"
    assert store.exists(media.sha256), "what was handed in stays"
    return problems.sentence(media.problem)


def test_a_rush_becomes_ready_with_proxy_poster_filmstrip_and_waveform(add, tmp_path):
    tags = {"make": "Canon", "model": "EOS R5"}
    media = add(make_film(tmp_path / "a001.mov", frames=12, sound=True, tags=tags), "rush")
    assert (media.state, media.mime, media.progress) == ("ready", "video/quicktime", 1)
    assert (media.facts["kind"], media.facts["fps"], media.facts["camera"]["model"]) == (
        "video",
        "25",
        "EOS R5",
    )
    assert made(media) == ["filmstrip.jpg", "poster.jpg", "proxy.mp4", "waveform.png"]
    assert (media.has_proxy, media.has_poster, media.has_filmstrip, media.has_waveform) == (True,) * 4


def test_a_still_becomes_ready(add, tmp_path):
    Image.new("RGB", (64, 48), "#456").save(tmp_path / "still.png")
    media = add(tmp_path / "still.png", "still")
    assert (media.state, media.mime, made(media)) == ("ready", "image/png", ["poster.jpg", "proxy.webp"])


def test_a_sound_becomes_ready(add, tmp_path):
    media = add(make_sound(tmp_path / "pier.wav", codec="pcm_s16le"), "sound")
    assert (media.state, media.mime, made(media)) == ("ready", "audio/wav", ["proxy.m4a", "waveform.png"])


def test_a_timeline_becomes_ready(add, tmp_path):
    (tmp_path / "pier.edl").write_text(EDL)
    media = add(tmp_path / "pier.edl", "timeline")
    assert (media.state, media.facts["kind"], media.facts["container"]) == ("ready", "timeline", "edl")
    assert (media.facts["clips"], media.facts["sources"]) == (1, ["a001.mov"])


def test_a_text_an_engine_wrote_becomes_ready(class_room):
    stored = store.receive(["码头。雨。".encode()], max_bytes=100)
    media = services.add_generated_media(
        work=class_room.work, name="draft.txt", stored=stored, by=class_room.alice, now=NOW
    )
    workers.prepare_media(str(media.uuid), now=lambda: NOW)
    media.refresh_from_db()
    assert (media.state, media.mime, media.facts["characters"]) == ("ready", "text/plain", 5)


def test_an_empty_file_is_refused(add, tmp_path):
    (tmp_path / "take.mov").write_bytes(b"")
    expected = "take.mov is empty (0 bytes). Export it again and upload the new file."
    assert refusal(add(tmp_path / "take.mov", "rush")) == expected


def test_a_truncated_film_is_refused(add, tmp_path):
    whole = make_film(tmp_path / "whole.mp4", frames=20).read_bytes()
    (tmp_path / "take.mp4").write_bytes(whole[: len(whole) // 2])
    assert refusal(add(tmp_path / "take.mp4", "rush")).startswith("take.mp4 is cut off")


def test_a_film_without_picture_is_no_rush(add, tmp_path):
    sound = make_sound(tmp_path / "take.m4a", codec="aac").rename(tmp_path / "take.mp4")
    assert refusal(add(sound, "rush")) == "take.mp4 has sound but no picture. Upload the film file."


def test_a_still_is_no_film(add, tmp_path):
    Image.new("RGB", (64, 48)).save(tmp_path / "still.png")
    expected = "still.png is a still picture, which can't be used here."
    assert refusal(add(tmp_path / "still.png", "film")) == expected


def test_a_wrong_extension_is_refused(add, tmp_path):
    film = make_film(tmp_path / "film.mp4").rename(tmp_path / "still.jpg")
    assert refusal(add(film, "still")).startswith("still.jpg ends in .jpg, but its content is mp4.")


def test_an_absurd_frame_rate_is_measured_or_refused(add, tmp_path):
    film = make_film(tmp_path / "fast.mp4", frames=12, fps=Fraction(90_000))
    media = add(film, "rush")
    assert media.state == "refused" or Fraction(media.facts["fps"]) <= 960


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "logo.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
            "is an SVG drawing",
        ),
        ("film.mp4", b"<!doctype html><script>alert(1)</script>", "is a web page"),
        ("-rf.png", b"<html>", "-rf.png is a web page"),
    ],
)
def test_pages_and_drawings_are_refused_as_media(add, tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    assert sentence in refusal(add(tmp_path / name, "still"))


def test_a_timeline_that_is_no_timeline_is_refused(add, tmp_path):
    (tmp_path / "pier.otio").write_text("{}")
    assert "pier.otio" in refusal(add(tmp_path / "pier.otio", "timeline"))


def test_a_refusal_is_said_in_the_persons_language(add, tmp_path):
    (tmp_path / "take.mov").write_bytes(b"")
    media = add(tmp_path / "take.mov", "rush")
    with translation.override("zh-hans"):
        sentence = problems.sentence(media.problem)
    assert "take.mov" in sentence
    assert sentence != problems.sentence(media.problem)


def test_a_file_missing_from_the_store_is_refused(class_room):
    media = factories.make_media(class_room.work, state="received", name="gone.mov")
    workers.prepare_media(str(media.uuid), now=lambda: NOW)
    media.refresh_from_db()
    assert problems.sentence(media.problem) == "gone.mov is no longer in the store. Upload it again."


def test_a_doubled_message_claims_nothing(class_room):
    media = factories.make_media(class_room.work, state="received")
    first = workers.claim(str(media.uuid), now=NOW)
    assert (first.generation, first.attempts, first.lease_until) == (1, 1, NOW + workers.LEASE)
    assert workers.claim(str(media.uuid), now=NOW) is None


def test_a_dead_workers_row_is_taken_over_and_the_late_result_counts_for_nothing(class_room):
    media = factories.make_media(class_room.work, state="received")
    dead = workers.claim(str(media.uuid), now=NOW)
    later = NOW + workers.LEASE + timedelta(seconds=1)
    taken = workers.claim(str(media.uuid), now=later)
    assert taken.generation == 2
    workers._finish(dead, {"kind": "timeline", "mime": "text/plain"}, now=NOW)
    media.refresh_from_db()
    assert (media.state, media.facts) == ("working", None)


def test_a_worker_that_was_overtaken_stops(class_room):
    media = factories.make_media(class_room.work, state="received")
    slow = workers.claim(str(media.uuid), now=NOW)
    workers.claim(str(media.uuid), now=NOW + workers.LEASE + timedelta(seconds=1))
    with pytest.raises(workers.Overtaken):
        workers._keep(slow, share=0.5, now=NOW)


def test_the_sweep_finds_what_was_missed_and_leaves_what_is_under_way(class_room):
    missed = factories.make_media(class_room.work, state="received")
    dead = factories.make_media(class_room.work, state="working", lease_until=NOW, attempts=1)
    later = NOW + timedelta(minutes=1)
    factories.make_media(
        class_room.work, state="working", lease_until=later + timedelta(minutes=1), attempts=1
    )
    factories.make_media(class_room.work, state="received", created_at=later)
    factories.make_media(class_room.work, state="ready")
    assert set(workers.sweep_media(now=later)) == {str(missed.uuid), str(dead.uuid)}


def test_three_attempts_are_enough(class_room):
    media = factories.make_media(
        class_room.work, state="working", lease_until=NOW, attempts=3, name="take.mov", created_at=NOW
    )
    assert workers.sweep_media(now=NOW + timedelta(minutes=1)) == []
    media.refresh_from_db()
    assert problems.sentence(media.problem) == (
        "take.mov could not be prepared in 3 attempts. The file itself is kept; try again, or export it "
        "once more and upload the new file."
    )
    assert Media.objects.get(pk=media.pk).state == "refused"


def test_a_timeline_that_does_not_fit_the_film_is_told_when_the_cut_is_saved(class_room, add, tmp_path):
    film = add(make_film(tmp_path / "film.mp4", frames=25), "film")
    (tmp_path / "pier.edl").write_text(EDL)
    timeline = add(tmp_path / "pier.edl", "timeline")
    cut = services.save_cut(
        work=class_room.work, film=film, timeline=timeline, note="", by=class_room.alice, now=NOW
    )
    [note] = [problems.sentence(note) for note in cut.notes]
    assert "longer than the film" in note


def test_a_timeline_at_another_rate_than_the_film_is_told(class_room, add, tmp_path):
    film = add(make_film(tmp_path / "film.mp4", frames=25), "film")
    (tmp_path / "pier.edl").write_text(
        EDL.replace("00:00:03:00", "00:00:02:28").replace("00:00:02:00", "00:00:01:28")
    )
    timeline = add(tmp_path / "pier.edl", "timeline")
    cut = services.save_cut(
        work=class_room.work, film=film, timeline=timeline, note="", by=class_room.alice, now=NOW
    )
    assert cut.notes
    assert all(problems.sentence(note) for note in cut.notes)
