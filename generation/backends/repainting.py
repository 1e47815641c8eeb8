"""Tools that draw into a picture of the crew: inpainting, removing things, mending old film, giving it colour.

What isn't drawn anew keeps the crew's own pixels, at the picture's own size: the engine works on a part and its drawing is
laid back in under the mask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from footage.problems import Problem, gettext_noop
from generation.backends import devices, drawing, gate, retouching, sources, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import stop_if

MOST_WORKED = 2048
"""Pixels of the longer side at which a picture is worked on; larger ones are made smaller first."""
WIDEN = 9
"""Pixels a mask is widened by before a thing is removed: its shadow and its soft edge go with it."""


class Engine(Protocol):
    """A loaded Stable Diffusion pipeline."""

    spec: EngineSpec
    pipeline: Any


def run(engine: Engine, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
    """Carry out one of TOOLS.

    Raises:
        Cancelled, Breakdown, Problem: as Backend.run.
    """
    stop_if(cancelled)
    picture = gate.aside(_worked_size, _source(request))

    def draw(task: drawing.Task, **settings: Any) -> drawing.Drawn:
        pipeline = drawing.variant(engine.pipeline, task)
        return drawing.draw(
            pipeline, request, spec=engine.spec, progress=progress, cancelled=cancelled, **settings
        )

    made, facts = TOOLS[request.tool](engine, request, picture, draw)
    drawn_by = "trainedAlgorithmicMedia" if "pipeline" in facts else "algorithmicMedia"
    return Produced(writing.write_picture(made, folder), "image", facts, source_type=drawn_by)


Draw = Callable[..., drawing.Drawn]
Made = tuple[Image.Image, dict[str, Any]]


def inpaint(engine: Engine, request: Request, picture: Image.Image, draw: Draw) -> Made:
    """Draw the masked part anew from words."""
    mask = sources.mask(_mask(request), size=picture.size)
    return _drawn_into(engine, request, picture, mask=mask, draw=draw)


def remove_object(engine: Engine, request: Request, picture: Image.Image, draw: Draw) -> Made:
    """Close the hole from its edges, then let the engine draw over it, only as far as `strength` says."""
    mask = retouching.widened(sources.mask(_mask(request), size=picture.size), pixels=WIDEN)
    ground = gate.aside(retouching.filled, picture, mask)
    words = _words(request, "behind")
    return _drawn_into(engine, request, ground, mask=mask, draw=draw, words=words)


def restore(engine: Engine, request: Request, picture: Image.Image, draw: Draw) -> Made:
    """Reduce the grain, find dust and scratches, close them, and draw over them and nowhere else."""
    quiet = gate.aside(retouching.smoothed, picture, amount=float(request.inputs["grain"]))
    mask = gate.aside(retouching.damage, quiet, amount=float(request.inputs["damage"]))
    share = retouching.share_of(mask)
    if mask.getbbox() is None:
        facts = devices.machine_facts(engine.spec, width=quiet.width, height=quiet.height, damage_share=0.0)
        return quiet, facts
    ground = gate.aside(retouching.filled, quiet, mask)
    made, facts = _drawn_into(engine, request, ground, mask=mask, draw=draw, words=_words(request, "shows"))
    return retouching.grey(made) if retouching.is_grey(picture) else made, facts | {"damage_share": share}


def colourise(engine: Engine, request: Request, picture: Image.Image, draw: Draw) -> Made:
    """Draw over the grey picture, and take only the colours: its own lightness stays, to the pixel."""
    width, height = drawing.picture_size(engine.spec)
    grey = retouching.grey(picture)
    strength = float(request.inputs["strength"])
    drawn = draw(
        "image", words=_words(request, "colours"), image=[grey.resize((width, height))],
        **_strength(request, strength),
    )  # fmt: skip
    made = gate.aside(
        retouching.coloured, grey, drawn.picture, saturation=float(request.inputs["saturation"])
    )
    return made, drawing.facts(drawn, spec=engine.spec, size=made.size, drawn_at=f"{width}x{height}")


TOOLS: Mapping[str, Callable[[Engine, Request, Image.Image, Draw], Made]] = {
    "inpaint": inpaint,
    "remove-object": remove_object,
    "restore": restore,
    "colourise": colourise,
}


def _drawn_into(
    engine: Engine, request: Request, picture: Image.Image, *, mask: Image.Image, draw: Draw,
    words: Mapping[str, Any] | None = None,
) -> Made:  # fmt: skip
    width, height = drawing.picture_size(engine.spec)
    box = retouching.working_box(mask, width=width, height=height)
    part = picture.crop(box).resize((width, height), Image.Resampling.LANCZOS)
    hole = (
        mask.crop(box).resize((width, height), Image.Resampling.BOX).point(lambda value: 255 if value else 0)
    )
    drawn = draw(
        "inpaint", words=words, image=[part], mask_image=[hole], width=width, height=height,
        **_strength(request, float(request.inputs["strength"])),
    )  # fmt: skip
    made = gate.aside(retouching.pasted, picture, drawn.picture, box=box, mask=mask)
    return made, drawing.facts(
        drawn, spec=engine.spec, size=made.size, drawn_at=f"{width}x{height}", part=list(box),
        drawn_share=retouching.share_of(mask),
    )  # fmt: skip


def _words(request: Request, name: str) -> dict[str, str]:
    """Return as the prompt what the person wrote there, and what calls the request's adapters."""
    return {"prompt": ", ".join(filter(None, (request.inputs[name], request.inputs.get("prompt"))))}


def _strength(request: Request, strength: float) -> dict[str, Any]:
    steps = drawing.steps_before_strength(int(request.inputs["steps"]), strength)
    return {"strength": strength, "num_inference_steps": steps}


def _worked_size(path: Path) -> Image.Image:
    picture = sources.whole_picture(path)
    share = MOST_WORKED / max(picture.size)
    if share >= 1:
        return picture
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _source(request: Request) -> Path:
    if request.source is None:
        raise Problem(gettext_noop("This tool works on a picture. Choose one."))
    return request.source


def _mask(request: Request) -> Path:
    found = request.medium("mask")
    if found is None:
        raise Problem(gettext_noop("This tool needs a mask: white where something is to change. Paint one."))
    return found
