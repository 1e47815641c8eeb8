"""Pictures by a remote engine that speaks OpenAI's images: generations, and edits of a picture with or without a mask.

Answers come as base64 or as an address (platform.openai.com/docs/api-reference/images). Whatever kind of picture comes is
decoded, checked and written as PNG, so that what was sent and what is sealed are the same pixels.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from footage.problems import Problem, gettext_noop
from generation.backends import sources, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.remote_calls import Caller, Endpoint, Passing, Told, carry_out, machine_facts

PIPELINE = "openai-image"
TOOLS = ("text-to-image", "image-to-image", "inpaint")
MOST_PIXELS = 64_000_000
NO_PICTURE = gettext_noop("What %(host)s sent is no picture that could be read.")
TOO_MANY_PIXELS = gettext_noop("%(host)s sent a picture of more than %(limit)d megapixels; it was dropped.")
NOT_ITS_TOOL = gettext_noop("Engines of the kind %(pipeline)s can’t do “%(tool)s”. Take another engine.")


@dataclass(frozen=True, slots=True)
class Answered:
    """A picture as bytes of some format, and what the endpoint said of it."""

    picture: bytes
    facts: Mapping[str, Any]


class ImageEndpoint:
    """A remote picture engine behind the interface of engines."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self.endpoint = Endpoint(spec)

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        if request.tool not in TOOLS:
            raise Problem(NOT_ITS_TOOL, pipeline=PIPELINE, tool=request.tool)
        answered = carry_out(partial(self._draw, request), progress=progress, cancelled=cancelled)
        picture = picture_of(answered.picture, host=self.endpoint.host)
        facts = machine_facts(
            self.endpoint, pipeline=PIPELINE, model=str(self.spec.options.get("model", "")),
            width=picture.width, height=picture.height, **answered.facts,
        )  # fmt: skip
        return Produced(writing.write_picture(picture, folder), "image", facts)

    async def _draw(self, request: Request, told: Told) -> Answered:
        told.steps = 1
        async with self.endpoint.opened() as caller:
            if request.tool == "text-to-image":
                answer = await caller.ask_json("POST", "/images/generations", json=self._asked(request))
            else:
                answer = await caller.ask_json(
                    "POST", "/images/edits", data=_as_form(self._asked(request)), files=self._files(request)
                )
            return await _answered(caller, answer)

    def _asked(self, request: Request) -> dict[str, Any]:
        """Return the fields of a call: the engine's fixed ones, and those inputs it takes under names of its own."""
        options, inputs = self.spec.options, request.inputs
        width, height = int(options.get("width", 1024)), int(options.get("height", 1024))
        named = options.get("fields") or {}
        return {
            "model": options.get("model", ""),
            "prompt": inputs["prompt"],
            "n": 1,
            "size": f"{width}x{height}",
            **{name: inputs[slug] for slug, name in named.items() if inputs.get(slug) not in (None, "")},
            **(options.get("body") or {}),
        }

    def _files(self, request: Request) -> dict[str, tuple[str, bytes, str]]:
        """Return picture and mask cut alike to the engine's frame."""
        size = int(self.spec.options.get("width", 1024)), int(self.spec.options.get("height", 1024))
        if request.source is None:
            raise Problem(gettext_noop("This begins with a picture. Choose one."))
        whole = sources.whole_picture(request.source)
        files = {"image": ImageOps.fit(whole, size)}
        mask = request.medium("mask")
        if mask is not None:
            files["mask"] = _hole(ImageOps.fit(sources.mask(mask, size=whole.size), size))
        return {name: (f"{name}.png", as_png(picture), "image/png") for name, picture in files.items()}


def _as_form(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}


def _hole(mask: Image.Image) -> Image.Image:
    """Return our mask (white is drawn anew) as theirs: a picture that is transparent where it is drawn anew."""
    hole = Image.new("RGBA", mask.size)
    hole.putalpha(ImageOps.invert(mask))
    return hole


def as_png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


async def _answered(caller: Caller, answer: Any) -> Answered:
    """Return the picture of an answer, fetched where only its address came."""
    try:
        made = answer["data"][0]
    except (KeyError, IndexError, TypeError) as fault:
        raise Passing(f"{caller.host} answered without a picture") from fault
    facts = {
        "revised_prompt": made.get("revised_prompt"),
        "tokens": (answer.get("usage") or {}).get("total_tokens"),
        "system_fingerprint": answer.get("system_fingerprint"),
    }
    if made.get("url"):
        return Answered(await caller.fetch(str(made["url"])), facts)
    try:
        picture = base64.b64decode(made.get("b64_json") or "", validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Passing(f"{caller.host} answered with something that is no base64") from fault
    if not picture:
        raise Passing(f"{caller.host} answered without a picture")
    return Answered(picture, facts)


def picture_of(content: bytes, *, host: str) -> Image.Image:
    """Return the picture as RGB.

    Raises:
        Problem: It is none, or of more than MOST_PIXELS.
    """
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Problem(TOO_MANY_PIXELS, host=host, limit=MOST_PIXELS // 10**6)
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as fault:
        raise Problem(NO_PICTURE, host=host) from fault
