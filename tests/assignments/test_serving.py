"""Media over HTTP: permission per object, ranges, validators, harmless headers."""

import asyncio

import pytest
from django.urls import reverse

from assignments.backends import store
from assignments.choices import MediaRole
from generation.models import Output
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
CONTENT = bytes(range(256)) * 4


@pytest.fixture
def media(class_room):
    stored = store.receive([CONTENT], max_bytes=10_000)
    with store.making(stored.sha256, "proxy.mp4") as path:
        path.write_bytes(b"proxy")
    return factories.make_media(
        class_room.work,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        name='样片 "1".mov',
        has_proxy=True,
    )


def url_of(media, what="original"):
    return reverse("assignments:media_file", args=[media.uuid, what])


def body(response):
    return b"".join(response.streaming_content)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("alice", 200),
        ("bob", 200),
        ("tess", 200),
        ("mia", 200),
        ("admin", 200),
        ("charlie", 404),
        (None, 302),
    ],
)
@pytest.mark.parametrize("what", ["original", "proxy"])
def test_makers_teachers_and_administrators_see_media(client, class_room, media, what, who, status):
    if who:
        client.force_login(getattr(class_room, who))
    assert client.get(url_of(media, what)).status_code == status


def test_the_original_is_a_download_that_acts_as_nothing(client, class_room, media):
    client.force_login(class_room.alice)
    response = client.get(url_of(media))
    assert body(response) == CONTENT
    shown = {name: response.headers.get(name) for name in (
        "Content-Type", "Content-Length", "ETag", "Accept-Ranges", "X-Content-Type-Options",
        "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Content-Disposition",
    )}  # fmt: skip
    assert shown == {
        "Content-Type": "video/quicktime",
        "Content-Length": "1024",
        "ETag": f'"{media.sha256}"',
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Disposition": "attachment; filename*=utf-8''%E6%A0%B7%E7%89%87%20%221%22.mov",
    }


@pytest.mark.parametrize("mime", ["", "text/html", "image/svg+xml", "application/javascript"])
def test_a_type_outside_the_list_is_served_as_bytes(client, class_room, media, mime):
    media.mime = mime
    media.save()
    client.force_login(class_room.alice)
    assert client.get(url_of(media)).headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("header", "start", "end"), [("bytes=0-9", 0, 10), ("bytes=1000-", 1000, 1024), ("bytes=-4", 1020, 1024)]
)
def test_a_range_is_served_alone(client, class_room, media, header, start, end):
    client.force_login(class_room.alice)
    response = client.get(url_of(media), headers={"range": header})
    assert (response.status_code, body(response)) == (206, CONTENT[start:end])
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/1024"
    assert response.headers["Content-Length"] == str(end - start)


def test_a_range_outside_the_file_is_refused(client, class_room, media):
    client.force_login(class_room.alice)
    response = client.get(url_of(media), headers={"range": "bytes=1024-"})
    assert (response.status_code, response.headers["Content-Range"]) == (416, "bytes */1024")


def test_if_range_serves_all_when_the_file_is_another(client, class_room, media):
    client.force_login(class_room.alice)
    same = {"range": "bytes=0-9", "if-range": f'"{media.sha256}"'}
    assert client.get(url_of(media), headers=same).status_code == 206
    assert client.get(url_of(media), headers={**same, "if-range": '"other"'}).status_code == 200


def test_an_unchanged_file_is_not_sent_again(client, class_room, media):
    client.force_login(class_room.alice)
    response = client.get(url_of(media), headers={"if-none-match": f'"{media.sha256}"'})
    assert (response.status_code, response.content) == (304, b"")


def test_head_tells_the_size_and_sends_nothing(client, class_room, media):
    client.force_login(class_room.alice)
    response = client.head(url_of(media), headers={"range": "bytes=0-9"})
    assert (response.status_code, response.headers["Content-Length"], response.content) == (200, "1024", b"")


@pytest.mark.parametrize("what", ["poster", "nonsense", "original.mov"])
def test_what_was_not_made_is_not_found(client, class_room, media, what):
    client.force_login(class_room.alice)
    assert client.get(f"/media/{media.uuid}/{what}").status_code == 404


@pytest.mark.parametrize("what", ["original", "proxy"])
def test_a_generated_file_is_seen_once_its_output_is_logged(client, class_room, media, what):
    media.role = MediaRole.GENERATED
    media.save()
    client.force_login(class_room.alice)
    assert client.get(url_of(media, what)).status_code == 404
    job = factories.make_job(class_room.work)
    Output.objects.create(job=job, media=media, recipe={}, recipe_hash="", ledger_index=0, created_at=NOW)
    assert client.get(url_of(media, what)).status_code == 200


def test_under_asgi_a_file_is_streamed_block_by_block(media):
    from django.core.handlers.asgi import ASGIRequest

    from assignments.views.serving import serve_file

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"range", b"bytes=2-5")],
        "query_string": b"",
    }
    response = serve_file(
        ASGIRequest(scope, None), store.path(media.sha256), content_type="video/mp4", etag='"x"'
    )

    async def parts():
        return [part async for part in response]

    assert response.is_async
    assert asyncio.run(parts()) == [CONTENT[2:6]]
