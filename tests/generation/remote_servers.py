"""Servers that speak the protocols of remote engines, with moods: well, slow, broken, cut, huge, forbidden …

Real sockets and a real HTTP and websocket server (uvicorn); only what they make is a stub.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import re
import struct
import threading
import zlib
from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from PIL import Image

KEY = "sk-a-secret-of-the-school"
STATUS_MOODS = {"429": 429, "500": 500, "401": 401, "402": 402, "404": 404, "302": 302}


def png(colour=(200, 30, 40), size=(64, 36)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def claims(width, height):
    """A small PNG whose header claims another size."""
    made = bytearray(png())
    made[16:24] = struct.pack(">II", width, height)
    made[29:33] = struct.pack(">I", zlib.crc32(made[12:29]))
    return bytes(made)


class Server(ABC):
    """An ASGI application that notes what it was asked; `moods` are taken one per call, the last one stays."""

    def __init__(self, *moods: str) -> None:
        self.moods = list(moods) or ["well"]
        self.asked: list[dict[str, Any]] = []
        self.is_left = threading.Event()
        self.url = ""

    def mood(self) -> str:
        return self.moods.pop(0) if len(self.moods) > 1 else self.moods[0]

    async def __call__(self, scope, receive, send):
        if scope["type"] == "websocket":
            await self.websocket(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append(
            {"method": scope["method"], "path": scope["path"], "body": body, "headers": headers,
             "query": {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}}
        )  # fmt: skip
        await self.answer(self.asked[-1], receive, send)

    async def websocket(self, scope, receive, send):
        await send({"type": "websocket.close", "code": 1000})

    @abstractmethod
    async def answer(self, asked, receive, send): ...

    async def moody(self, mood, receive, send) -> bool:
        """Answer as a bad mood does; False when the mood is none of the common ones."""
        if mood in STATUS_MOODS:
            words = {"error": {"message": f"Incorrect API key provided: {KEY}"}}
            extra = [(b"retry-after", b"0.01")] if mood == "429" else [(b"location", b"http://127.0.0.1:1/")]
            await reply(send, json.dumps(words).encode(), status=STATUS_MOODS[mood], headers=extra)
        elif mood == "refuses":
            words = {"error": {"message": f"size is not supported for {KEY}"}}
            await reply(send, json.dumps(words).encode(), status=400)
        elif mood == "no-json":
            await reply(send, b"<html>Bad gateway</html>")
        elif mood == "a-page":
            await reply(send, b"<html>Log in first</html>", content_type="text/html")
        elif mood == "cut":
            await start(send)
            await send({"type": "http.response.body", "body": b'{"data": [{"b6', "more_body": True})
            raise ConnectionError("the line is cut")
        elif mood == "huge":
            await start(send)
            for _piece in range(4096):
                await send({"type": "http.response.body", "body": b" " * 65536, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        elif mood == "silent":
            await self.wait_until_left(receive)
        else:
            return False
        return True

    async def wait_until_left(self, receive):
        while (await receive())["type"] != "http.disconnect":
            pass
        self.is_left.set()


async def start(send, *, status=200, content_type="application/json", headers=()):
    told = [(b"content-type", content_type.encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})


async def reply(send, body, *, status=200, content_type="application/json", headers=()):
    await start(send, status=status, content_type=content_type, headers=headers)
    await send({"type": "http.response.body", "body": body})


class ChatServer(Server):
    """OpenAI's chat completions, streaming."""

    WORDS = ("INT. ", "FERRY ", "– NIGHT\n", "雾里", "有一盏灯。")

    async def answer(self, asked, receive, send):
        mood = self.mood()
        if await self.moody(mood, receive, send):
            return
        if mood == "whole":
            choice = {
                "message": {"role": "assistant", "content": "".join(self.WORDS)},
                "finish_reason": "stop",
            }
            await reply(send, json.dumps({"model": "m-1", "choices": [choice]}).encode())
            return
        await start(send, content_type="text/event-stream; charset=utf-8")
        for number, words in enumerate(self.WORDS):
            await self._event(send, {"delta": {"content": words}, "finish_reason": None})
            if mood == "drips" and number == 1:
                await self.wait_until_left(receive)
                return
            if mood == "breaks-off" and number == 1:
                await self._send(send, {"error": {"message": f"worker died with {KEY}"}})
                return
            if mood == "falls-silent" and number == 1:
                await send({"type": "http.response.body", "body": b""})
                return
        await self._event(
            send, {"delta": {}, "finish_reason": "content_filter" if mood == "filter" else "stop"}
        )
        await self._send(send, {"model": "m-1-2026", "choices": [], "usage": {"total_tokens": 21}})
        await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})

    async def _event(self, send, choice):
        chunk = {
            "id": "c",
            "model": "m-1-2026",
            "system_fingerprint": "fp_44",
            "choices": [{"index": 0, **choice}],
        }
        await self._send(send, chunk)

    async def _send(self, send, chunk):
        data = f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()
        await send({"type": "http.response.body", "body": data, "more_body": True})


class ImageServer(Server):
    """OpenAI's images: generations and edits, as base64 or as an address."""

    async def answer(self, asked, receive, send):
        if asked["path"] == "/v1/files/made.png":
            await reply(send, png((10, 220, 30)), content_type="image/png")
            return
        mood = self.mood()
        if await self.moody(mood, receive, send):
            return
        data = {
            "url": {"url": f"{self.url}/files/made.png", "revised_prompt": "a red pier, cinematic"},
            "private-url": {"url": "http://127.0.0.1:9/metadata"},
            "private-name": {"url": "https://localhost/metadata"},
            "no-picture": {"b64_json": base64.b64encode(b"GIF89a nothing").decode()},
            "no-base64": {"b64_json": "***"},
            "nothing": {},
            "bomb": {"b64_json": base64.b64encode(claims(9000, 9000)).decode()},
        }.get(mood, {"b64_json": base64.b64encode(png()).decode()})
        answer = {"created": 1, "data": [data], "usage": {"total_tokens": 99}}
        await reply(send, json.dumps(answer).encode())


class ComfyServer(Server):
    """A ComfyUI: uploads, one prompt at a time, progress over its websocket, history and files."""

    def __init__(self, *moods: str, makes=("picture.png", b"")) -> None:
        super().__init__(*moods)
        self.makes = (makes[0], makes[1] or png())
        self.uploads: dict[str, bytes] = {}
        self.prompts: dict[str, dict[str, Any]] = {}
        self.interrupted: list[str] = []
        self.listeners: list[Any] = []
        self.is_running = asyncio.Event()
        self.state = self.mood()

    async def websocket(self, scope, receive, send):
        await receive()
        if self.state == "no-websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        await send({"type": "websocket.accept"})
        self.listeners.append(send)
        await self._tell({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}}})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self.listeners.remove(send)

    async def _tell(self, message):
        for send in list(self.listeners):
            await send({"type": "websocket.send", "text": json.dumps(message)})

    async def answer(self, asked, receive, send):
        name = asked["path"].removeprefix("/").replace("/", "_").split("_")[0]
        if self.state in STATUS_MOODS or self.state in {"no-json", "silent"}:
            await self.moody(self.state, receive, send)
            return
        status, answer = await getattr(self, f"_{name}")(asked)
        if isinstance(answer, bytes):
            await reply(send, answer, content_type="application/octet-stream")
        else:
            await reply(send, json.dumps(answer).encode(), status=status)

    async def _system(self, asked):
        return 200, {
            "system": {"comfyui_version": "0.9.2", "python_version": "3.12"},
            "devices": [{"name": "cuda:0"}],
        }

    async def _upload(self, asked):
        name = re.search(rb'filename="([^"]+)"', asked["body"]).group(1).decode()
        self.uploads[name] = asked["body"]
        return 200, {"name": name, "subfolder": "", "type": "input"}

    async def _prompt(self, asked):
        wanted = json.loads(asked["body"])
        if self.state == "bad-node":
            fault = {
                "type": "prompt_outputs_failed_validation",
                "message": "Prompt outputs failed validation",
                "details": "ckpt_name: 'x' not in list",
            }
            return 400, {"error": fault, "node_errors": {}}
        number = wanted["prompt_id"]
        self.prompts[number] = wanted
        if self.state != "forgets":
            asyncio.get_running_loop().create_task(self._work(number))
        return 200, {"prompt_id": number, "number": 1, "node_errors": {}}

    async def _work(self, number):
        for step in range(1, 4):
            await self._tell(
                {"type": "progress", "data": {"value": step, "max": 3, "prompt_id": number, "node": "3"}}
            )
            await asyncio.sleep(0)
        if self.state == "hangs":
            return
        self.prompts[number]["is_done"] = True
        await self._tell({"type": "executing", "data": {"node": None, "prompt_id": number}})

    async def _history(self, asked):
        number = asked["path"].rsplit("/", 1)[-1]
        if not self.prompts.get(number, {}).get("is_done"):
            return 200, {}
        if self.state == "node-fails":
            fault = [
                "execution_error",
                {"node_type": "KSampler", "exception_message": "Allocation on device"},
            ]
            return 200, {
                number: {
                    "outputs": {},
                    "status": {"status_str": "error", "completed": False, "messages": [fault]},
                }
            }
        file = {"filename": self.makes[0], "subfolder": "", "type": "output"}
        status = {"status_str": "success", "completed": True, "messages": []}
        outputs = {} if self.state == "no-output" else {"9": {"images": [file]}}
        return 200, {number: {"outputs": outputs, "status": status}}

    async def _queue(self, asked):
        if asked["method"] == "POST":
            return 200, {}
        running = [[1, number, {}, {}, []] for number in self.prompts if self.state == "hangs"]
        return 200, {"queue_running": running, "queue_pending": []}

    async def _interrupt(self, asked):
        self.interrupted.append(json.loads(asked["body"])["prompt_id"])
        return 200, {}

    async def _view(self, asked):
        assert asked["query"]["filename"] == self.makes[0]
        return 200, self.makes[1]


@contextmanager
def served(server: Server, *, at: str = ""):
    """Run the server on a free port; its `url` is the address with `at`."""
    config = uvicorn.Config(
        server, port=0, log_level="critical", lifespan="off", ws="wsproto", timeout_graceful_shutdown=1
    )
    host = uvicorn.Server(config)
    thread = threading.Thread(target=host.run, daemon=True)
    thread.start()
    while not host.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
    port = host.servers[0].sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}{at}"
    try:
        yield server
    finally:
        host.should_exit = True
        thread.join(timeout=5)


class HubServer(Server):
    """A hub of models, as huggingface_hub asks one: facts of a repository, and its files by commit."""

    COMMIT = "0123456789abcdef0123456789abcdef01234567"

    def __init__(self, folder, *, mood="well", extra=None) -> None:
        super().__init__(mood)
        self.files = {
            str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
        }
        self.files |= extra or {}

    async def answer(self, asked, receive, send):
        mood, path = self.mood(), asked["path"]
        told = {"absent": (404, "RepoNotFound"), "gated": (403, "GatedRepo"), "forbidden": (403, "")}.get(
            mood
        )
        if told:
            headers = [(b"x-error-code", told[1].encode()), (b"x-error-message", b"no")]
            await reply(send, b"{}", status=told[0], headers=headers)
        elif path.startswith("/api/models/"):
            await reply(send, json.dumps(self._facts(path, mood)).encode())
        else:
            await self._file(path.split(f"/resolve/{self.COMMIT}/")[1], asked, send)

    def _facts(self, path, mood):
        names = [name for name in self.files if mood != "pickles-only" or not name.endswith(".safetensors")]
        if "/tree/" in path:
            return [self._entry(name) for name in names]
        return {
            "id": "studio/tiny-xl", "sha": self.COMMIT, "private": False, "downloads": 0, "tags": [],
            "siblings": [{"rfilename": name} for name in names],
        }  # fmt: skip

    def _entry(self, name):
        return {
            "type": "file",
            "path": name,
            "size": len(self.files[name]),
            "oid": hashlib.sha256(self.files[name]).hexdigest()[:40],
        }

    async def _file(self, name, asked, send):
        content = self.files[name]
        headers = [
            (b"x-repo-commit", self.COMMIT.encode()), (b"etag", f'"{hashlib.sha256(content).hexdigest()}"'.encode()),
            (b"content-length", str(len(content)).encode()),
        ]  # fmt: skip
        await reply(
            send,
            b"" if asked["method"] == "HEAD" else content,
            headers=headers,
            content_type="application/octet-stream",
        )
