"""Calls to remote engines: bounded in time and bytes, never redirected, ended within a moment when a person cancels.

A call runs on an event loop in a thread of its own, so that the job's thread can look after the person's wish and the
row's lease while an endpoint is silent. What may pass (a dead host, a cut line, an answer that is no JSON, 429, 5xx) is a
Breakdown: another attempt, nothing charged. What would happen again (a wrong key, an unknown model) is a Problem.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import anyio
import httpx2
from anyio.from_thread import start_blocking_portal

from footage.problems import Problem, gettext_noop
from generation.backends import keyring
from generation.backends.base import Asked, Breakdown, Cancelled, EngineSpec, Progress
from generation.domain.remote import check_endpoint, host_of, is_public, origin_of

T = TypeVar("T")
LOOK_EVERY_SECONDS = 0.2
SILENCE_SECONDS = 120.0
"""How long an endpoint may say nothing, unless the engine's option `silence_seconds` says otherwise."""
MOST_SECONDS = 1800.0
"""How long a job may take there in all, unless the option `most_seconds` says otherwise."""
CONNECT_SECONDS = 10.0
MOST_TRIES = 3
FIRST_PAUSE_SECONDS = 1.0
MOST_PAUSE_SECONDS = 20.0
MOST_JSON_BYTES = 64 * 1024 * 1024
"""Of a JSON answer: pictures come inside as base64."""
MOST_FILE_BYTES = 512 * 1024 * 1024
MOST_MESSAGE = 200

KEY_REFUSED = gettext_noop(
    "%(host)s doesn’t accept the school’s key. An administrator has to type it again under Engines."
)
ACCOUNT_EMPTY = gettext_noop("The school’s account at %(host)s is empty. Tell an administrator.")
NOT_THERE = gettext_noop(
    "%(host)s knows no such address or model. An administrator has to correct it under Engines."
)
LEADS_ELSEWHERE = gettext_noop(
    "%(host)s leads elsewhere, and such leads aren’t followed. An administrator has to type the right address."
)
NOT_TAKEN = gettext_noop("%(host)s didn’t take the request: %(reason)s")
TOO_LARGE = gettext_noop("The answer of %(host)s is larger than %(limit)d MB and was dropped.")
NOT_FETCHED = gettext_noop(
    "%(host)s points to a file at an address that isn’t open to everyone (%(place)s). It wasn’t fetched."
)


class Passing(Breakdown):
    """A failure that may pass.

    Attributes:
        is_undone: The endpoint surely began nothing, so asking again doubles nothing.
        wait_seconds: How long it wants to be left alone; 0 when it didn't say.
    """

    def __init__(self, reason: str, *, is_undone: bool = False, wait_seconds: float = 0) -> None:
        self.is_undone, self.wait_seconds = is_undone, wait_seconds
        super().__init__(reason)


@dataclass(slots=True)
class Told:
    """How far the endpoint says it is; written on the call's thread, read on the job's."""

    step: int = 0
    steps: int = 0


def carry_out(work: Callable[[Told], Awaitable[T]], *, progress: Progress, cancelled: Asked) -> T:
    """Run a call to its end while looking after progress and the person's wish.

    Raises:
        Cancelled: The person asked for an end; the call was ended too.
        Breakdown, Problem: as the call raised them.
    """
    told = Told()
    with start_blocking_portal() as portal:
        future = portal.start_task_soon(work, told)
        while True:
            try:
                return future.result(timeout=LOOK_EVERY_SECONDS)
            except TimeoutError:
                if future.done():
                    raise
            if told.steps:
                progress(told.step, told.steps)
            if cancelled():
                raise Cancelled


class Endpoint:
    """One remote engine's address and key, as a client to be opened for each job: `async with endpoint.opened()`."""

    def __init__(self, spec: EngineSpec) -> None:
        self.key = keyring.opened(spec.sealed_secret)
        self.url = check_endpoint(spec.url, has_key=bool(self.key))
        self.host = host_of(self.url)
        self.options = spec.options

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Caller]:
        silence = float(self.options.get("silence_seconds", SILENCE_SECONDS))
        most = float(self.options.get("most_seconds", MOST_SECONDS))
        try:
            with anyio.fail_after(most):
                async with httpx2.AsyncClient(
                    headers={"Accept-Encoding": "identity"}, follow_redirects=False, trust_env=False,
                    timeout=httpx2.Timeout(silence, connect=min(silence, CONNECT_SECONDS)),
                ) as client:  # fmt: skip
                    yield Caller(self, client)
        except TimeoutError as fault:
            raise Passing(f"{self.host} wasn’t ready after {most:g} s") from fault

    @property
    def headers(self) -> dict[str, str]:
        """What names the school to this endpoint and to no other."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


class Caller:
    """An open client that knows how failures are told."""

    def __init__(self, endpoint: Endpoint, client: httpx2.AsyncClient) -> None:
        self.endpoint, self.client = endpoint, client
        self.host = endpoint.host

    async def ask_json(self, method: str, path: str, *, is_repeatable: bool = False, **content: Any) -> Any:
        """Return the JSON of an answer."""
        body = await self.ask(
            method, path, is_repeatable=is_repeatable, most_bytes=MOST_JSON_BYTES, **content
        )
        try:
            return json.loads(body)
        except ValueError as fault:
            raise Passing(f"{self.host} answered with something that is no JSON") from fault

    async def ask(
        self, method: str, path: str, *, is_repeatable: bool = False, most_bytes: int, **content: Any
    ) -> bytes:
        """Return the bytes of an answer of the endpoint."""

        async def once() -> bytes:
            async with self.reached(method, path, **content) as answer:
                return await self.read(answer, most_bytes=most_bytes)

        return await self.patiently(once, is_repeatable=is_repeatable)

    async def patiently(self, call: Callable[[], Awaitable[T]], *, is_repeatable: bool = False) -> T:
        """Make a call, again after a pause when it failed in passing and doing so can't do a thing twice."""
        for attempt in range(1, MOST_TRIES):
            try:
                return await call()
            except Passing as fault:
                if not (is_repeatable or fault.is_undone):
                    raise
                await anyio.sleep(self._pause(fault, attempt))
        return await call()

    def _pause(self, fault: Passing, attempt: int) -> float:
        first = float(self.endpoint.options.get("pause_seconds", FIRST_PAUSE_SECONDS))
        return min(MOST_PAUSE_SECONDS, fault.wait_seconds or first * 2 ** (attempt - 1))

    def reached(self, method: str, path: str, **content: Any) -> AbstractAsyncContextManager[httpx2.Response]:
        """Call the endpoint itself, with the school's key."""
        return self.answered(method, f"{self.endpoint.url}{path}", headers=self.endpoint.headers, **content)

    @asynccontextmanager
    async def answered(self, method: str, url: str, **content: Any) -> AsyncIterator[httpx2.Response]:
        """Yield an answer of status 2xx whose body is still to be read."""
        try:
            async with self.client.stream(method, url, **content) as answer:
                if not answer.is_success:
                    await self._refuse(answer)
                yield answer
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as fault:
            raise Passing(f"{self.host} can’t be reached", is_undone=True) from fault
        except httpx2.TimeoutException as fault:
            raise Passing(f"{self.host} didn’t answer in time") from fault
        except (httpx2.TransportError, httpx2.StreamError, httpx2.DecodingError) as fault:
            raise Passing(f"the line to {self.host} broke") from fault

    async def read(self, answer: httpx2.Response, *, most_bytes: int) -> bytes:
        """Return a body of at most so many bytes."""
        body = bytearray()
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > most_bytes:
                raise Problem(TOO_LARGE, host=self.host, limit=most_bytes // 1024**2)
        return bytes(body)

    async def fetch(self, url: str) -> bytes:
        """Return a file an answer points to: from the endpoint itself, or from an address open to everyone.

        The key doesn't travel along, and the address that was looked at is the one connected to, so that a name can't
        change its meaning in between.
        """
        if origin_of(url) == origin_of(self.endpoint.url):
            wanted: dict[str, Any] = {}
        else:
            url, wanted = await self._pinned(url)
        async with self.answered("GET", url, **wanted) as answer:
            return await self.read(answer, most_bytes=MOST_FILE_BYTES)

    async def _pinned(self, url: str) -> tuple[str, dict[str, Any]]:
        """Return the address by its IP number, with what names the host to its server."""
        scheme, host, port = origin_of(url)
        if scheme != "https" or not host:
            raise Problem(NOT_FETCHED, host=self.host, place=host_of(url)[:80] or "?")
        try:
            found = await anyio.getaddrinfo(host, port)
        except OSError as fault:
            raise Passing(f"{self.host} points to {host}, which can’t be found") from fault
        places = [str(place[4][0]) for place in found]
        if not places or not all(is_public(place) for place in places):
            raise Problem(NOT_FETCHED, host=self.host, place=host_of(url)[:80])
        place = f"[{places[0]}]" if ":" in places[0] else places[0]
        pinned = urlsplit(url)._replace(netloc=f"{place}:{port}").geturl()
        named = {"Host": urlsplit(url).netloc.rpartition("@")[2]}
        return pinned, {"headers": named, "extensions": {"sni_hostname": host}}

    async def _refuse(self, answer: httpx2.Response) -> None:
        """Raise what a status other than 2xx means."""
        status = answer.status_code
        if status in {408, 425, 429} or status >= 500:
            raise Passing(
                f"{self.host} answered {status}", is_undone=status == 429, wait_seconds=_wait_seconds(answer.headers)
            )  # fmt: skip
        if answer.is_redirect:
            raise Problem(LEADS_ELSEWHERE, host=self.host)
        sentence = {401: KEY_REFUSED, 402: ACCOUNT_EMPTY, 403: KEY_REFUSED, 404: NOT_THERE}.get(status)
        if sentence:
            raise Problem(sentence, host=self.host)
        reason = _message(await self.read(answer, most_bytes=MOST_JSON_BYTES))
        raise Problem(NOT_TAKEN, host=self.host, reason=self.without_key(reason) or str(status))

    def without_key(self, words: str) -> str:
        """Return words of the endpoint that may be shown and kept: short, and never with the key in them."""
        key = self.endpoint.key
        return (words.replace(key, "…") if key else words)[:MOST_MESSAGE]


def _wait_seconds(headers: Mapping[str, str]) -> float:
    """Return Retry-After in seconds (RFC 9110 §10.2.3); 0 where there is none or it names a date."""
    try:
        return max(0.0, float(headers.get("retry-after", "0")))
    except ValueError:
        return 0.0


def _message(body: bytes) -> str:
    """Return what an error answer says, in the shapes of OpenAI, vLLM and ComfyUI."""
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    if isinstance(said, dict):
        said = said.get("error") or said.get("detail") or said
    if isinstance(said, dict):
        said = " ".join(str(said[name]) for name in ("message", "details") if said.get(name))
    return said if isinstance(said, str) else ""


def machine_facts(endpoint: Endpoint, *, pipeline: str, model: str, **more: Any) -> dict[str, Any]:
    """Return what of a remote engine belongs into a recipe: its host without path or key, and what it says of itself."""
    told = {name: value for name, value in more.items() if value not in (None, "", {})}
    return {"device": "remote", "endpoint": endpoint.host, "pipeline": pipeline, "model": model, "versions": {}, **told}  # fmt: skip
