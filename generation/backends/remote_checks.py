"""Whether a remote engine's row has what a call needs, and whether the other side answers."""

from __future__ import annotations

import hashlib
from functools import partial

from footage.problems import Problem, gettext_noop
from generation.backends.base import EngineSpec
from generation.backends.remote_calls import Endpoint, Told, carry_out
from generation.domain.workflow import check_names, check_nodes, workflow_sha256

PIPELINES = ("openai-chat", "openai-image", "comfyui")
QUESTIONS = {"openai-chat": "/models", "openai-image": "/models", "comfyui": "/system_stats"}
"""What each kind answers without computing anything."""
NO_MODEL = gettext_noop("Name the model that %(host)s is to use.")


def check_spec(spec: EngineSpec) -> None:
    """Refuse a row that can't work: no address, no model, a workflow whose names lead nowhere, a key that can't be read.

    Raises:
        Problem: says what is missing.
    """
    endpoint = Endpoint(spec)
    if spec.pipeline == "comfyui":
        check_nodes(spec.options.get("workflow"))
        check_names(spec.options["workflow"], spec.options.get("names") or {})
    elif not spec.options.get("model"):
        raise Problem(NO_MODEL, host=endpoint.host)


def ask_whether_there(spec: EngineSpec) -> None:
    """Ask the other side something that costs nothing.

    Raises:
        Problem, Breakdown: It doesn't answer as such an engine does.
    """
    carry_out(partial(_asked, spec), progress=_no_progress, cancelled=_not_cancelled)


async def _asked(spec: EngineSpec, told: Told) -> None:
    async with Endpoint(spec).opened() as caller:
        await caller.ask_json("GET", QUESTIONS[spec.pipeline], is_repeatable=True)


def revision(spec: EngineSpec) -> str:
    """Return what tells one version of a remote engine from another: the workflow's hash, or the model's name.

    Long names are cut and end in a piece of their hash. Empty while the row can't work.
    """
    try:
        check_spec(spec)
    except Problem:
        return ""
    if spec.pipeline == "comfyui":
        return workflow_sha256(spec.options["workflow"], spec.options.get("names") or {})
    model = str(spec.options["model"])
    return model if len(model) <= 64 else f"{model[:47]}~{hashlib.sha256(model.encode()).hexdigest()[:16]}"


def _no_progress(step: int, steps: int) -> None:
    """A question has no steps."""


def _not_cancelled() -> bool:
    return False
