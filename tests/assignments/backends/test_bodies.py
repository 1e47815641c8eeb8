"""The ASGI handler hands uploads on while they arrive; driven here as a server would, message by message."""

import asyncio
import hashlib
from contextvars import ContextVar

import pytest

from assignments.backends.bodies import ArrivingBody, StreamingASGIHandler

BOUNDARY = "cut-here"
CHUNK = b"\0" * 65_536


@pytest.fixture(autouse=True)
def _bare_site(settings):
    settings.ROOT_URLCONF = "tests.assignments.arriving"
    settings.MIDDLEWARE = []


class Client:
    """One request whose body comes as `messages`; counts how many were asked for."""

    def __init__(
        self, path, messages, *, method="POST", content_type=f"multipart/form-data; boundary={BOUNDARY}"
    ):
        size = sum(len(message.get("body", b"")) for message in messages)
        headers = [(b"content-type", content_type.encode()), (b"content-length", str(size).encode())]
        self.scope = {
            "type": "http", "method": method, "path": path, "headers": headers, "query_string": b"",
            "scheme": "http", "server": ("testserver", 80), "client": ("127.0.0.1", 1),
        }  # fmt: skip
        self.messages = list(messages)
        self.asked = 0
        self.sent = []

    async def receive(self):
        if not self.messages:
            await asyncio.Event().wait()
        self.asked += 1
        return self.messages.pop(0)

    async def send(self, message):
        self.sent.append(message)

    def call(self):
        asyncio.run(asyncio.wait_for(StreamingASGIHandler()(self.scope, self.receive, self.send), 30))
        status = self.sent[0]["status"] if self.sent else None
        return status, b"".join(message.get("body", b"") for message in self.sent[1:])


def pieces(chunks, *, whole=True):
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="note"\r\n\r\nfirst\r\n--{BOUNDARY}\r\n'
    head += 'Content-Disposition: form-data; name="file"; filename="take.mov"\r\n\r\n'
    bodies = [head.encode(), *chunks, *([f"\r\n--{BOUNDARY}--\r\n".encode()] if whole else [])]
    messages = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    if whole:
        messages[-1]["more_body"] = False
    return messages


def test_a_view_that_refuses_never_asks_for_the_body():
    client = Client("/refuse/", pieces([CHUNK] * 50))
    assert client.call() == (403, b"no")
    assert client.asked == 0


def test_a_form_with_a_file_is_read_while_it_comes(data_folder):
    status, answer = Client("/take/", pieces([CHUNK] * 20)).call()
    sha256 = hashlib.sha256(CHUNK * 20).hexdigest()
    assert (status, answer.decode()) == (200, f"{sha256} {20 * len(CHUNK)} first")


def test_a_client_that_goes_away_leaves_nothing(data_folder):
    client = Client("/take/", [*pieces([CHUNK] * 3, whole=False), {"type": "http.disconnect"}])
    client.call()
    objects = [
        path
        for path in (data_folder / "objects").rglob("*")
        if path.is_file() and path.parent.name != "staging"
    ]
    assert objects == []


def test_the_bytes_of_a_put_are_read_to_their_end():
    messages = [{"type": "http.request", "body": CHUNK, "more_body": number < 4} for number in range(5)]
    client = Client("/read/", messages, method="PUT", content_type="application/octet-stream")
    assert client.call() == (200, str(5 * len(CHUNK)).encode())


def test_other_bodies_are_read_by_django_itself():
    messages = [{"type": "http.request", "body": b"a=1", "more_body": False}]
    client = Client("/refuse/", messages, content_type="application/x-www-form-urlencoded")
    assert client.call() == (403, b"no")
    assert client.asked == 1


def test_the_server_listens_on_without_the_context_of_the_view():
    spoken, heard = ContextVar("spoken", default=""), []

    async def receive():
        heard.append(spoken.get())
        return {"type": "http.request", "body": b"ab", "more_body": False}

    def read_in_a_thread(body):
        spoken.set("in the view")
        return body.read()

    async def run():
        body = ArrivingBody(receive, loop=asyncio.get_running_loop(), silence_seconds=5)
        return await asyncio.to_thread(read_in_a_thread, body)

    assert (asyncio.run(run()), heard) == (b"ab", [""])
