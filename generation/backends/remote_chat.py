"""Text by a remote language model that speaks OpenAI's chat completions (DeepSeek, Qwen, vLLM, llama.cpp …).

Tokens arrive as server-sent events (platform.openai.com/docs/api-reference/chat-streaming), so that progress shows and
a cancel ends the bill.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from footage.problems import Problem, gettext_noop
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.remote_calls import (
    MOST_JSON_BYTES,
    TOO_LARGE,
    Caller,
    Endpoint,
    Passing,
    Told,
    carry_out,
    machine_facts,
)
from generation.backends.text import chat_of, written

PIPELINE = "openai-chat"
MOST_LETTERS = 1_000_000
STOPPED = gettext_noop(
    "The filter at %(host)s stopped the text. Say it otherwise, or ask your instructor for another engine."
)
NOTHING_WRITTEN = gettext_noop("%(host)s wrote nothing. Try again with other words.")


@dataclass(slots=True)
class Draft:
    """What has arrived of a text, and what the endpoint said of itself."""

    pieces: list[str] = field(default_factory=list)
    letters: int = 0
    ending: str = ""
    model: str = ""
    fingerprint: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)

    def take(self, chunk: Mapping[str, Any]) -> None:
        """Add one chunk of a stream, or one whole answer of an endpoint that doesn't stream."""
        self.model = str(chunk.get("model") or self.model)
        self.fingerprint = str(chunk.get("system_fingerprint") or self.fingerprint)
        self.usage = chunk.get("usage") or self.usage
        for choice in chunk.get("choices") or ():
            words = (choice.get("delta") or choice.get("message") or {}).get("content") or ""
            self.pieces.append(words)
            self.letters += len(words)
            self.ending = choice.get("finish_reason") or self.ending


class ChatEndpoint:
    """A remote language model behind the interface of engines."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self.endpoint = Endpoint(spec)

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        draft = carry_out(partial(self._write, request), progress=progress, cancelled=cancelled)
        words = "".join(draft.pieces).strip()
        if draft.ending == "content_filter":
            raise Problem(STOPPED, host=self.endpoint.host)
        if not words:
            raise Problem(NOTHING_WRITTEN, host=self.endpoint.host)
        path, found = written(request, words, folder, engine=self.spec.slug)
        facts = found | machine_facts(
            self.endpoint, pipeline=PIPELINE, model=draft.model or self._model, system_fingerprint=draft.fingerprint,
            tokens=draft.usage.get("total_tokens"), ending=draft.ending,
        )  # fmt: skip
        return Produced(path, "text", facts)

    @property
    def _model(self) -> str:
        return str(self.spec.options.get("model", ""))

    def _asked(self, request: Request) -> dict[str, Any]:
        options = self.spec.options
        asked = {
            "model": self._model,
            "messages": chat_of(request),
            "temperature": float(options.get("temperature", 0.8)),
            str(options.get("length_field", "max_tokens")): int(request.inputs["length"]),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        return asked | ({"seed": int(request.inputs["seed"])} if "seed" in request.inputs else {})

    async def _write(self, request: Request, told: Told) -> Draft:
        told.steps = int(request.inputs["length"])
        async with self.endpoint.opened() as caller:
            return await caller.patiently(partial(self._drafted, caller, self._asked(request), told))

    async def _drafted(self, caller: Caller, asked: Mapping[str, Any], told: Told) -> Draft:
        draft = Draft()
        async with caller.reached("POST", "/chat/completions", json=asked) as answer:
            async for chunk in _chunks(caller, answer):
                _check_chunk(caller, chunk)
                draft.take(chunk)
                told.step = min(told.steps, len(draft.pieces))
                if draft.letters > MOST_LETTERS:
                    raise Problem(TOO_LARGE, host=caller.host, limit=MOST_LETTERS // 10**6)
        if not draft.ending:
            raise Passing(f"the line to {caller.host} was cut in the middle of the text")
        return draft


async def _chunks(caller: Caller, answer: httpx2.Response) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the parts of an answer: each event of a stream, or the one of an endpoint that doesn't stream."""
    if answer.headers.get("content-type", "").startswith("application/json"):
        yield _parsed(
            caller, (await caller.read(answer, most_bytes=MOST_JSON_BYTES)).decode("utf-8", "replace")
        )
        return
    async for event in httpx2.EventSource(answer):
        if event.data == "[DONE]":
            return
        if event.data:
            yield _parsed(caller, event.data)


def _parsed(caller: Caller, words: str) -> Mapping[str, Any]:
    try:
        chunk = json.loads(words)
    except ValueError as fault:
        raise Passing(f"{caller.host} answered with something that is no JSON") from fault
    if not isinstance(chunk, dict):
        raise Passing(f"{caller.host} answered with something that is no chat")
    return chunk


def _check_chunk(caller: Caller, chunk: Mapping[str, Any]) -> None:
    """Notice a failure told in the middle of a stream, when the status had been sent already."""
    fault = chunk.get("error")
    if fault:
        said = fault.get("message", "") if isinstance(fault, dict) else str(fault)
        raise Passing(f"{caller.host} broke off: {caller.without_key(str(said))}")
