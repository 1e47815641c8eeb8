"""Masks painted on a tool's page."""

from __future__ import annotations

import io

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from assignments.backends import store
from assignments.choices import MediaRole, MediaState
from assignments.models import Media
from generation.queries import material, materials_of

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def painted(size=(64, 36), **options):
    picture = Image.new("RGB", size)
    ImageDraw.Draw(picture).ellipse((10, 10, 40, 30), fill="white")
    content = io.BytesIO()
    picture.save(content, "PNG", **options)
    return content.getvalue()


@pytest.fixture
def send(client, scene):
    def post(content=None, *, tool="inpaint", use="mask", by=scene.alice):
        client.force_login(by)
        file = SimpleUploadedFile("painting.png", painted() if content is None else content)
        address = reverse("generation:painting_keep", args=[scene.work.uuid, tool])
        return client.post(address, {"use": use, "painting": file})

    return post


def test_a_painted_mask_is_a_still_of_the_work_and_ready_at_once(send, scene):
    answer = send()
    media = Media.objects.get()
    assert (media.work, media.role, media.state, media.created_by) == (
        scene.work, MediaRole.STILL, MediaState.READY, scene.alice,
    )  # fmt: skip
    found = material(media)
    assert (found.kind, found.width, found.height) == ("image", 64, 36)
    assert list(materials_of(scene.work)) == [media]
    assert str(media.uuid) in answer.text
    assert 'name="media-mask"' in answer.text
    with (
        Image.open(store.path(media.sha256)) as kept,
        Image.open(store.derived(media.sha256, "poster.jpg")) as poster,
    ):
        assert (kept.getpixel((20, 20)), poster.size) == ((255, 255, 255), (64, 36))


def test_the_same_painting_twice_is_one_still(send):
    assert send().status_code == send().status_code == 200
    assert Media.objects.count() == 1


def test_nothing_of_the_file_that_came_is_kept_but_its_pixels(send):
    info = PngInfo()
    info.add_text("Comment", "a secret")
    send(painted(pnginfo=info))
    assert b"a secret" not in store.path(Media.objects.get().sha256).read_bytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no picture", "no painting of this page"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "no painting of this page"),
        (painted((5000, 8)), "too large"),
        (np.random.default_rng(1).bytes(4 * 1024 * 1024 + 1), "too large"),
    ],
)
def test_what_is_no_painting_is_refused_with_a_sentence(send, content, words):
    answer = send(content)
    assert (answer.status_code, words in answer.text, Media.objects.count()) == (400, True, 0)


@pytest.mark.parametrize(
    ("tool", "use"),
    [("inpaint", "plate"), ("text-to-image", "mask"), ("teleport", "mask"), ("depth-to-image", "control")],
)
def test_only_what_a_tool_lets_paint_is_kept(send, tool, use):
    assert send(tool=tool, use=use).status_code == 404


def test_teachers_and_strangers_do_not_paint(send, scene):
    assert (send(by=scene.bob).status_code, send(by=scene.charlie).status_code) == (403, 404)
    assert Media.objects.count() == 0
