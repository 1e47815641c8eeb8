"""Write a signed manifest into a file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from footage.credentials.authority import SchoolCa
from footage.credentials.files import mime_of, offline_settings
from footage.labels import SOURCE_TYPE_URI
from footage.problems import Problem, gettext_noop

Relationship = Literal["parentOf", "componentOf", "inputTo"]
GENERATOR = "Dailies"


@dataclass(frozen=True, slots=True)
class Action:
    """One step of how a file came to be (C2PA 2.2 §18.14).

    Attributes:
        name: Such as "c2pa.created" (needs `source_type`), or "c2pa.opened" and "c2pa.placed" (need
            `ingredients`).
        source_type: Code of IPTC's digital source type vocabulary.
        agent: Software or engine that did it.
        ingredients: Labels of the ingredients it is about.
        start: With `end`, the half-open stretch of the film it is about, in seconds.
    """

    name: str
    source_type: str | None = None
    agent: str | None = None
    description: str | None = None
    ingredients: tuple[str, ...] = ()
    start: Fraction | None = None
    end: Fraction | None = None

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"action": self.name}
        if self.source_type:
            data["digitalSourceType"] = SOURCE_TYPE_URI + self.source_type
        if self.agent:
            data["softwareAgent"] = {"name": self.agent}
        if self.description:
            data["description"] = self.description
        if self.ingredients:
            data["parameters"] = {"ingredientIds": list(self.ingredients)}
        if self.start is not None and self.end is not None:
            data["changes"] = [{"region": [_time_region(self.start, self.end)]}]
        return data


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A file that went into another; its own credentials travel along."""

    path: Path
    label: str
    title: str
    relationship: Relationship = "componentOf"


def sign_file(
    src: Path,
    dst: Path,
    *,
    folder: Path,
    actions: Sequence[Action],
    ingredients: Sequence[Ingredient] = (),
    title: str | None = None,
    assertions: Mapping[str, Any] | None = None,
) -> None:
    """Write a copy of `src` with a signed manifest; whatever is written into it later breaks the signature.

    Args:
        src: PNG, JPEG, WebP, TIFF, MP4, MOV, AVI, M4A, WAV or MP3.
        dst: The signed copy; may be `src` itself.
        folder: The school's, as made by `make_school_ca`.
        actions: The complete list, beginning with "c2pa.created" or "c2pa.opened".
        ingredients: Files that went in; each must be named by an action.
        title: Name of the work for people.
        assertions: Further assertions by label, such as "org.example.assessment".

    Raises:
        Problem: when the kind of file can't carry credentials or is too damaged to.
        ValueError: when the first action isn't one the specification allows there.
    """
    import c2pa

    if not actions or actions[0].name not in {"c2pa.created", "c2pa.opened"}:
        raise ValueError("A manifest's first action is c2pa.created or c2pa.opened.")
    ca, mime = SchoolCa(folder), mime_of(src)
    part = dst.with_name(f".{dst.name}.{os.getpid()}.part")
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=ca.chain, private_key=ca.key, ta_url=None)
    try:
        with (
            c2pa.Context.from_dict(offline_settings(anchors=ca.anchor)) as context,
            c2pa.Builder(_manifest(actions, title or src.name, assertions or {}), context=context) as builder,
            c2pa.Signer.from_info(info) as signer,
        ):
            for ingredient in ingredients:
                _add_ingredient(builder, ingredient)
            with src.open("rb") as source, part.open("w+b") as target:
                builder.sign(signer, mime, source, target)
        part.replace(dst)
    except c2pa.C2paError as fault:
        raise Problem(
            gettext_noop("%(name)s could not be signed: %(why)s."), name=src.name, why=str(fault)[:200]
        ) from fault
    finally:
        part.unlink(missing_ok=True)


def _manifest(actions: Sequence[Action], title: str, assertions: Mapping[str, Any]) -> dict[str, Any]:
    listed = {"actions": [action.to_json() for action in actions], "allActionsIncluded": True}
    own = [{"label": label, "data": data} for label, data in assertions.items()]
    return {
        "claim_generator_info": [{"name": GENERATOR}],
        "title": title,
        "assertions": [{"label": "c2pa.actions.v2", "data": listed}, *own],
    }


def _add_ingredient(builder: Any, ingredient: Ingredient) -> None:
    described = {
        "title": ingredient.title,
        "relationship": ingredient.relationship,
        "label": ingredient.label,
        "instance_id": ingredient.label,
    }
    with ingredient.path.open("rb") as file:
        builder.add_ingredient(json.dumps(described), mime_of(ingredient.path), file)


def _time_region(start: Fraction, end: Fraction) -> dict[str, Any]:
    """Temporal region in normal play time (C2PA 2.2 §18.2.2)."""
    time = {"type": "npt", "start": f"{float(start):.3f}", "end": f"{float(end):.3f}"}
    return {"type": "temporal", "time": time}
