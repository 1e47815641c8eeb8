"""Solvers: how the steps of a denoising are computed. An engine brings its own; a person or its row may name another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footage.problems import Problem, gettext_noop
from generation.backends.base import EngineSpec

SOLVERS: Mapping[str, str] = {
    "ddim": "DDIMScheduler",
    "euler": "EulerDiscreteScheduler",
    "euler-ancestral": "EulerAncestralDiscreteScheduler",
    "dpm-2m": "DPMSolverMultistepScheduler",
    "unipc": "UniPCMultistepScheduler",
}
"""What a person may choose (domain.tools.inputs.SOLVER), and the diffusers class of each."""
FLOW = "FlowMatch"


def with_solver(pipeline: Any, *, spec: EngineSpec, inputs: Mapping[str, Any]) -> Any:
    """Give a job's own copy of a pipeline the solver its request names, or else its engine's `scheduler` option.

    Raises:
        Problem: There is no such solver, or it can't step this engine.
    """
    wanted = SOLVERS.get(str(inputs.get("solver") or "")) or str(spec.options.get("scheduler") or "")
    if wanted and wanted != type(pipeline.scheduler).__name__:
        found = _class_of(wanted, spec)
        _check_family(pipeline, wanted, spec)
        pipeline.scheduler = found.from_config(pipeline.scheduler.config)
    return pipeline


def _class_of(name: str, spec: EngineSpec) -> Any:
    import diffusers
    from diffusers import SchedulerMixin

    found = getattr(diffusers, name, None) if name.isidentifier() else None
    if not (isinstance(found, type) and issubclass(found, SchedulerMixin)):
        raise Problem(
            gettext_noop(
                "There is no solver %(solver)s. An administrator has to correct “scheduler” in the options of the "
                "engine %(engine)s."
            ),
            solver=name,
            engine=spec.slug,
        )
    return found


def _check_family(pipeline: Any, wanted: str, spec: EngineSpec) -> None:
    """Flow-matching engines take flow-matching solvers only, the others none of them."""
    if type(pipeline.scheduler).__name__.startswith(FLOW) != wanted.startswith(FLOW):
        raise Problem(
            gettext_noop("The engine %(engine)s can’t be stepped by %(solver)s. Leave the solver open."),
            engine=spec.slug,
            solver=wanted,
        )
