"""A school's own ComfyUI: a workflow with named inputs, run through its HTTP and websocket API.

Upload the files, POST /prompt, hear of progress at /ws, and take the file that /history names from /view. The history is the
truth and is asked every moment; the websocket only tells steps, so that a job survives without it. A cancel takes the
prompt out of the queue, or interrupts it when it is the one at work: nobody else's (server.py of ComfyUI, routes
/prompt, /queue, /interrupt, /history, /view, /upload/image).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
import httpx2
from httpx2.websockets import HTTPXWSException

from footage.problems import Problem, gettext_noop
from footage.sniff import check_suffix, sniff
from generation.backends import sources, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.remote_calls import (
    MOST_FILE_BYTES,
    Caller,
    Endpoint,
    Passing,
    Told,
    carry_out,
    machine_facts,
)
from generation.backends.remote_images import as_png, picture_of
from generation.domain.tools import TOOLS
from generation.domain.workflow import check_names, check_nodes, filled, workflow_sha256

logger = logging.getLogger(__name__)
PIPELINE = "comfyui"
LOOK_EVERY_SECONDS = 0.5
MOST_MISSES = 6
"""Looks in a row at which a prompt is neither waiting, at work nor in the history: ComfyUI was started anew."""
CLEAN_UP_SECONDS = 3.0
SUFFIXES = {
    "image": {".png", ".jpg", ".jpeg", ".webp"},
    "video": {".mp4"},
    "sound": {".wav", ".mp3", ".flac"},
}
NODE_FAILED = gettext_noop("The workflow at %(host)s failed: %(reason)s")
NOTHING_MADE = gettext_noop(
    "The workflow at %(host)s ended without a file that can be used (%(kinds)s). An administrator has to look at what it saves."
)


@dataclass(frozen=True, slots=True)
class Made:
    """A file as ComfyUI sent it, under which name, and the version that made it."""

    name: str
    content: bytes
    version: str


class ComfyEndpoint:
    """A workflow at a ComfyUI behind the interface of engines."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self.endpoint = Endpoint(spec)
        self.nodes: Mapping[str, Any] = spec.options.get("workflow") or {}
        self.names: Mapping[str, list[str]] = spec.options.get("names") or {}
        check_nodes(self.nodes)
        check_names(self.nodes, self.names)

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        kind = TOOLS[request.tool].makes
        made = carry_out(partial(self._make, request, kind), progress=progress, cancelled=cancelled)
        facts = machine_facts(
            self.endpoint, pipeline=PIPELINE, model=str(self.spec.options.get("model", "")), version=made.version,
            workflow_sha256=workflow_sha256(self.nodes, self.names),
        )  # fmt: skip
        return Produced(self._kept(made, kind, folder), kind, facts)

    def _kept(self, made: Made, kind: str, folder: Path) -> Path:
        if kind == "image":
            return writing.write_picture(picture_of(made.content, host=self.endpoint.host), folder)
        path = folder / f"made{Path(made.name).suffix.lower()}"
        path.write_bytes(made.content)
        check_suffix(sniff(path, name=made.name), name=made.name)
        return path

    async def _make(self, request: Request, kind: str, told: Told) -> Made:
        async with self.endpoint.opened() as caller:
            version = await _version(caller)
            values = {**self._sizes(), **request.inputs, **await self._uploaded(caller, request)}
            errand = Errand(caller, filled(self.nodes, self.names, values), told)
            name, content = await errand.done(SUFFIXES[kind])
            return Made(name, content, version)

    def _sizes(self) -> dict[str, int]:
        return {
            name: int(self.spec.options[name]) for name in ("width", "height") if name in self.spec.options
        }

    async def _uploaded(self, caller: Caller, request: Request) -> dict[str, str]:
        """Send the files a workflow asks for; return the names under which ComfyUI keeps them."""
        files = {"source": request.source, **{use: request.medium(use) for use in request.media}}
        return {
            name: await _upload(caller, *_as_sent(path))
            for name, path in files.items()
            if path and name in self.names
        }


class Errand:
    """One prompt at a ComfyUI, from the queue to its file."""

    def __init__(self, caller: Caller, nodes: Mapping[str, Any], told: Told) -> None:
        self.caller, self.nodes, self.told = caller, nodes, told
        self.number = str(uuid.uuid4())
        self.client = uuid.uuid4().hex
        self.is_told = anyio.Event()

    async def done(self, suffixes: set[str]) -> tuple[str, bytes]:
        """Return name and bytes of the file made; leave nothing running behind when ended early."""
        listening = anyio.Event()
        listener = asyncio.create_task(self._listen(listening))
        try:
            await listening.wait()
            await self._send()
            file = _file_of(await self._history(), suffixes, host=self.caller.host)
        except BaseException:
            # a host that can't be told any more isn't at work for us either
            with anyio.move_on_after(CLEAN_UP_SECONDS, shield=True), suppress(Passing):
                await self._withdraw()
            raise
        finally:
            listener.cancel()
            await asyncio.wait([listener])
        names = ("filename", "subfolder", "type")
        query = "&".join(f"{name}={quote(str(file.get(name, '')))}" for name in names)
        content = await self.caller.ask(
            "GET", f"/view?{query}", is_repeatable=True, most_bytes=MOST_FILE_BYTES
        )
        return str(file["filename"]), content

    async def _send(self) -> None:
        asked = {"prompt": self.nodes, "client_id": self.client, "prompt_id": self.number}
        answer = await self.caller.ask_json("POST", "/prompt", json=asked)
        self.number = str(answer.get("prompt_id") or self.number)  # older ones choose their own

    async def _listen(self, listening: anyio.Event) -> None:
        """Hear of steps for as long as the websocket holds; without it only the bar stands still."""
        endpoint = self.caller.endpoint
        url = f"ws{endpoint.url.removeprefix('http')}/ws"
        line = self.caller.client.websocket(url, params={"clientId": self.client}, headers=endpoint.headers)
        try:
            async with line as session:
                listening.set()
                while True:
                    self._hear(await session.receive())
        except (httpx2.TransportError, HTTPXWSException, ValueError, TypeError) as fault:
            logger.info("no steps from %s: %s", self.caller.host, type(fault).__name__)
        finally:
            listening.set()

    def _hear(self, event: Any) -> None:
        data = getattr(event, "data", None)
        if not isinstance(data, str):
            return  # a preview picture
        message = json.loads(data)
        facts = message.get("data") or {}
        if facts.get("prompt_id", self.number) != self.number:
            return
        if message.get("type") == "progress":
            self.told.step, self.told.steps = int(facts.get("value", 0)), int(facts.get("max", 0))
        if message.get("type") in {"execution_success", "execution_error", "executing"} and not facts.get(
            "node"
        ):
            self.is_told.set()

    async def _history(self) -> Mapping[str, Any]:
        """Return the prompt's entry of the history, once it is there."""
        misses = 0
        while True:
            past = await self.caller.ask_json("GET", f"/history/{self.number}", is_repeatable=True)
            if self.number in past:
                return past[self.number]  # type: ignore[no-any-return]
            misses = 0 if await self._place() else misses + 1
            if misses == MOST_MISSES:
                raise Passing(f"{self.caller.host} forgot the job: it was started anew")
            with anyio.move_on_after(LOOK_EVERY_SECONDS):
                await self.is_told.wait()
                self.is_told = anyio.Event()

    async def _place(self) -> str:
        """Return whether the prompt is `running` or `pending` there; empty when it is neither."""
        queue = await self.caller.ask_json("GET", "/queue", is_repeatable=True)
        for place in ("running", "pending"):
            if any(entry[1] == self.number for entry in queue.get(f"queue_{place}", ())):
                return place
        return ""

    async def _withdraw(self) -> None:
        place = await self._place()
        if place == "pending":
            await self.caller.ask_json("POST", "/queue", json={"delete": [self.number]})
        elif place == "running":
            await self.caller.ask("POST", "/interrupt", json={"prompt_id": self.number}, most_bytes=1024)


async def _version(caller: Caller) -> str:
    told = await caller.ask_json("GET", "/system_stats", is_repeatable=True)
    return str((told.get("system") or {}).get("comfyui_version", ""))


async def _upload(caller: Caller, name: str, content: bytes) -> str:
    """Send a file under a name made of its content, so that sending it again changes nothing."""
    answer = await caller.ask_json(
        "POST", "/upload/image", is_repeatable=True, data={"overwrite": "true", "type": "input"},
        files={"image": (name, content)},
    )  # fmt: skip
    return "/".join(part for part in (answer.get("subfolder"), answer["name"]) if part)


def _as_sent(path: Path) -> tuple[str, bytes]:
    """Return name and bytes of a file as it is sent: pictures as PNG without what a camera wrote into them."""
    form = sniff(path, name=path.name)
    if form.is_image:
        content, suffix = as_png(sources.whole_picture(path)), "png"
    else:
        content, suffix = path.read_bytes(), form.container
    return f"dailies-{hashlib.sha256(content).hexdigest()[:24]}.{suffix}", content


def _file_of(entry: Mapping[str, Any], suffixes: set[str], *, host: str) -> Mapping[str, Any]:
    """Return the first file of a usable kind among the outputs; those that are only temporary come last."""
    status = entry.get("status") or {}
    if status.get("status_str") == "error":
        raise Problem(NODE_FAILED, host=host, reason=_reason(status)[:200])
    outputs = entry.get("outputs") or {}
    files = [
        file for node in outputs.values() for made in node.values() if isinstance(made, list) for file in made
    ]
    usable = [
        file
        for file in files
        if isinstance(file, dict) and Path(str(file.get("filename"))).suffix.lower() in suffixes
    ]
    if not usable:
        raise Problem(NOTHING_MADE, host=host, kinds=", ".join(sorted(suffixes)))
    return min(usable, key=lambda file: file.get("type") != "output")


def _reason(status: Mapping[str, Any]) -> str:
    for kind, facts in status.get("messages") or ():
        if kind == "execution_error":
            return f"{facts.get('node_type', '')}: {facts.get('exception_message', '')}".strip()
    return "?"
