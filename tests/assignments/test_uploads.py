"""Uploads: streamed into the store, refused before they are read, answered as pages and as JSON."""

import hashlib
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from assignments.backends import store
from assignments.models import Media
from assignments.views.media import media_upload

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
JSON = {"accept": "application/json"}
BOUNDARY = "cut-here"
MEGABYTE = 1024 * 1024


def a_file(name="take.mov", content=b"a take"):
    return SimpleUploadedFile(name, content)


def stored_files(data_folder):
    return [path.name for path in (data_folder / "objects").rglob("*") if path.is_file()]


def test_a_maker_uploads_and_comes_back_to_the_room(client, class_room, upload_url):
    client.force_login(class_room.alice)
    response = client.post(upload_url("rush"), {"file": a_file()})
    [media] = Media.objects.all()
    assert (media.name, media.role, media.created_by) == ("take.mov", "rush", class_room.alice)
    assert store.open_object(media.sha256).read() == b"a take"
    assert (response.status_code, response.url) == (
        302,
        f"/works/{class_room.work.uuid}/?part=rush&media={media.uuid}",
    )


def test_a_script_gets_json(client, class_room, upload_url):
    client.force_login(class_room.bob)
    response = client.post(upload_url("still"), {"file": a_file("still.png")}, headers=JSON)
    [media] = Media.objects.all()
    assert response.json() == {
        "ok": True,
        "url": f"/works/{class_room.work.uuid}/?part=still&media={media.uuid}",
        "name": "still.png",
        "uuid": str(media.uuid),
    }


def test_several_files_of_a_plain_form_are_all_taken(client, class_room, upload_url):
    client.force_login(class_room.alice)
    client.post(upload_url("rush"), {"file": [a_file("a.mov", b"a"), a_file("b.mov", b"b")]})
    assert sorted(Media.objects.values_list("name", flat=True)) == ["a.mov", "b.mov"]


def test_a_form_without_a_file_gets_a_sentence(client, class_room, upload_url):
    client.force_login(class_room.alice)
    response = client.post(upload_url("rush"), {"note": "nothing"}, headers=JSON)
    assert response.status_code == 409
    assert response.json()["error"] == "No file came with the form. Choose a file and send it again."


def test_a_file_already_there_in_another_part_is_told(client, class_room, upload_url):
    client.force_login(class_room.alice)
    client.post(upload_url("rush"), {"file": a_file()})
    response = client.post(upload_url("film"), {"file": a_file("film.mov")})
    assert response.url.startswith(f"/works/{class_room.work.uuid}/?part=rush")
    assert Media.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("charlie", 404), ("tess", 403), ("mia", 403), ("admin", 403), (None, 302)]
)
def test_others_upload_nothing(client, class_room, upload_url, data_folder, who, status):
    if who:
        client.force_login(getattr(class_room, who))
    assert client.post(upload_url("rush"), {"file": a_file()}).status_code == status
    assert stored_files(data_folder) == []


@pytest.mark.parametrize("role", ["generated", "text", "nonsense"])
def test_only_known_parts_take_uploads(client, class_room, upload_url, role):
    client.force_login(class_room.alice)
    assert client.post(upload_url(role), {"file": a_file()}).status_code == 404


def test_a_forged_form_is_refused_and_nothing_is_kept(class_room, upload_url, data_folder):
    client = Client(enforce_csrf_checks=True)
    client.force_login(class_room.alice)
    assert client.post(upload_url("rush"), {"file": a_file()}).status_code == 403
    assert stored_files(data_folder) == []


@pytest.mark.parametrize("size", [2000, 10_000_000])
def test_a_file_over_the_limit_is_refused_with_a_sentence_and_nothing_is_kept(
    client, class_room, upload_url, data_folder, settings, size
):
    settings.UPLOAD_MAX_BYTES = 1024
    client.force_login(class_room.alice)
    response = client.post(upload_url("rush"), {"file": a_file(content=b"0" * size)}, headers=JSON)
    assert response.status_code == 413
    assert response.json()["error"].startswith("The file is larger than")
    assert stored_files(data_folder) == []
    assert Media.objects.count() == 0


@pytest.mark.parametrize("name", ["../../../etc/cron.d/evil", "-rf", "..\\..\\boot.ini", "样片.mov"])
def test_names_never_touch_a_path(client, class_room, upload_url, data_folder, name):
    client.force_login(class_room.alice)
    client.post(upload_url("rush"), {"file": a_file(name)})
    sha256 = hashlib.sha256(b"a take").hexdigest()
    assert stored_files(data_folder) == [sha256]
    assert "/" not in Media.objects.get().name


class LargeForm:
    """A multipart body with one file of `size` zero bytes, made while it is read."""

    def __init__(self, size):
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="long.mov"\r\n\r\n'
        self.parts = [head.encode(), size, f"\r\n--{BOUNDARY}--\r\n".encode()]
        self.length = len(self.parts[0]) + size + len(self.parts[2])
        self.pending = b""

    def read(self, size):
        while self.parts and len(self.pending) < size:
            part = self.parts.pop(0)
            if isinstance(part, int):
                taken = min(part, size)
                self.pending += bytes(taken)
                self.parts[:0] = [part - taken] if part > taken else []
            else:
                self.pending += part
        chunk, self.pending = self.pending[:size], self.pending[size:]
        return chunk

    def readline(self, size=-1):
        return self.read(size if size > 0 else 1024)


def test_a_large_file_never_stands_in_memory(class_room, upload_url):
    size = 256 * MEGABYTE
    body = LargeForm(size)
    request = RequestFactory().generic(
        "POST",
        upload_url("rush"),
        CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}",
        CONTENT_LENGTH=str(body.length),
        **{"wsgi.input": body},
    )
    request.user = class_room.alice
    request._dont_enforce_csrf_checks = True
    tracemalloc.start()
    try:
        response = media_upload(request, uuid=class_room.work.uuid, role="rush")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    media = Media.objects.get()
    assert (response.status_code, media.size_bytes) == (302, size)
    assert store.path(media.sha256).stat().st_size == size
    assert peak < 16 * MEGABYTE
    store.path(media.sha256).unlink()


def test_an_upload_that_breaks_off_leaves_nothing(class_room, upload_url, data_folder):
    class Broken(LargeForm):
        def read(self, size):
            if len(self.parts) < 2:
                raise ConnectionResetError
            return super().read(size)

    body = Broken(3 * MEGABYTE)
    request = RequestFactory().generic(
        "POST",
        upload_url("rush"),
        CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}",
        CONTENT_LENGTH=str(body.length),
        **{"wsgi.input": body},
    )
    request.user = class_room.alice
    request._dont_enforce_csrf_checks = True
    with pytest.raises(OSError):
        media_upload(request, uuid=class_room.work.uuid, role="rush")
    assert stored_files(data_folder) == []
