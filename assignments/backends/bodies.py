"""ASGI handler that hands uploads to the view while they arrive.

Django's own handler first writes the entire body to a temporary file and only then asks whether the person
may send it. Here the view starts at once: it checks the permission, then reads the body piece by piece in
its thread.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context
from typing import Any, BinaryIO, cast

from django.core.handlers.asgi import ASGIHandler, ASGIRequest

BUFFER_BYTES = 256 * 1024
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


class ArrivingBody(io.RawIOBase):
    """Body over ASGI's `receive`; reading blocks the calling thread, never the event loop.

    Raises:
        ConnectionResetError: from reading, when the client goes away or is silent for too long.
    """

    def __init__(self, receive: Receive, *, loop: asyncio.AbstractEventLoop, silence_seconds: float) -> None:
        self._receive = receive
        self._loop = loop
        self._silence_seconds = silence_seconds
        self._left = memoryview(b"")
        self._is_whole = False
        self.has_ended = asyncio.Event()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left and not self._is_whole:
            self._read_message()
        taken = min(len(buffer), len(self._left))
        buffer[:taken] = self._left[:taken]
        self._left = self._left[taken:]
        return taken

    def _read_message(self) -> None:
        # An empty context: receiving makes the server listen on, and what it hears later, the connection's next
        # requests, would run with this thread's context, whose executor is gone by then.
        waiting = Context().run(asyncio.run_coroutine_threadsafe, self._next_message(), self._loop)
        try:
            message = waiting.result(timeout=self._silence_seconds)
        except TimeoutError as silence:
            waiting.cancel()
            raise ConnectionResetError("the client has stopped sending") from silence
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client has gone")
        self._left = memoryview(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)

    async def _next_message(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self.has_ended.set()
        return message


class ArrivingRequest:
    """The `receive` of one request together with the body that is read from it."""

    def __init__(self, receive: Receive, body: ArrivingBody) -> None:
        self.receive, self.body = receive, body

    async def __call__(self) -> Message:
        return await self.receive()


class StreamingASGIHandler(ASGIHandler):
    """Django's handler, but uploads are not read before the view asks for them."""

    async def handle(self, scope: dict[str, Any], receive: Receive, send: Any) -> None:
        if is_upload(scope):
            silence = float(ASGIRequest.body_receive_timeout)
            body = ArrivingBody(receive, loop=asyncio.get_running_loop(), silence_seconds=silence)
            receive = ArrivingRequest(receive, body)
        await super().handle(scope, receive, send)

    async def read_body(self, receive: Receive) -> BinaryIO:
        if isinstance(receive, ArrivingRequest):
            return io.BufferedReader(receive.body, BUFFER_BYTES)
        return cast("BinaryIO", await super().read_body(receive))

    async def listen_for_disconnect(self, receive: Receive) -> None:
        """Listen only once the body has come: two listeners would steal each other's messages."""
        if isinstance(receive, ArrivingRequest):
            await receive.body.has_ended.wait()
        await super().listen_for_disconnect(receive)


def is_upload(scope: dict[str, Any]) -> bool:
    """Tell whether a request carries a file: a multipart form, or a PUT."""
    headers = dict(scope.get("headers", []))
    return scope["method"] == "PUT" or bytes(headers.get(b"content-type", b"")).lower().startswith(
        b"multipart/form-data"
    )
