"""Making an output once more from its recipe, to see whether it comes out the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assignments.backends import store
from footage.problems import Problem, gettext_noop
from generation.backends.base import EngineSpec, Produced
from generation.backends.comparing import Likeness, likeness
from generation.backends.hub import Hub
from generation.backends.loading import REMOTES, loaded_engine
from generation.domain.batching import untrace
from generation.models import Job, Output
from generation.queries import spec_of
from generation.workers.materials import request_of
from generation.workers.sealing import seal

MACHINE = ("device", "device_label", "dtype", "scheduler")
"""Facts of a recipe that tell machines apart."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of re-making an output.

    Attributes:
        differs: What of this machine is not as the recipe says, as (name, then, now); with any of these the last digits
            may differ.
    """

    likeness: Likeness
    differs: tuple[tuple[str, str, str], ...]


def replay(output: Output, *, folder: Path) -> Replay:
    """Make an output again in `folder` and compare it with what was kept.

    Its forwards go through the buckets and rows the recipe names, with nobody beside it.

    Raises:
        Problem: Its engine has changed since, or computes elsewhere.
        Breakdown: The machine failed.
    """
    job, recipe = output.job, output.recipe
    spec = _spec(job, recipe)
    produced = _made(job, spec, recipe, folder=folder)
    again = seal(job, produced) if produced.kind == "text" else produced.path
    found = likeness(store.path(output.media.sha256), again, kind=produced.kind)
    return Replay(found, _differences(recipe["machine"], produced.machine))


def _spec(job: Job, recipe: dict[str, Any]) -> EngineSpec:
    """Return the engine with the options of then."""
    spec, then = spec_of(job.engine), recipe["engine"]
    if spec.pipeline in REMOTES:
        raise Problem(
            gettext_noop("%(engine)s computes elsewhere; what it made can’t be made again here."),
            engine=spec.slug,
        )
    if spec.revision != then["revision"]:
        raise Problem(
            gettext_noop(
                "The engine %(engine)s has changed: the recipe was made with revision %(then)s, here is %(now)s. Put the "
                "weights of then back into its folder."
            ),
            engine=spec.slug,
            then=str(then["revision"])[:12] or "–",
            now=spec.revision[:12] or "–",
        )
    return replace(spec, options=then["options"])


def _made(job: Job, spec: EngineSpec, recipe: dict[str, Any], *, folder: Path) -> Produced:
    hub = Hub()
    request = request_of(job, inputs=recipe["request"])

    def run() -> Produced:
        return loaded_engine(spec).run(
            request, folder=folder, progress=lambda step, steps: None, cancelled=lambda: False
        )

    member = hub.spawn(
        run, name=str(job.uuid), engine=spec.slug, forced=untrace(recipe["machine"].get("buckets", ()))
    )
    while not member.is_over:
        hub.tick()
    if member.fault is not None:
        raise member.fault
    produced: Produced = member.made
    return produced


def _differences(then: dict[str, Any], now: Any) -> tuple[tuple[str, str, str], ...]:
    """Return what of the machine differs between a recipe and now."""
    pairs = [(name, then.get(name, ""), now.get(name, "")) for name in MACHINE]
    before, after = then.get("versions", {}), now.get("versions", {})
    pairs += [(name, before.get(name, ""), after.get(name, "")) for name in sorted({*before, *after})]
    return tuple((name, str(old), str(new)) for name, old, new in pairs if old != new)
