"""Whether an engine is there: its folder of weights, its program, or what a call elsewhere needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from footage.problems import Problem
from generation.backends import espeak, folders, programs, remote_checks, templates
from generation.backends.base import EngineSpec


class Program(NamedTuple):
    """How a pipeline without weights is looked at: `check` raises Problem, `revision` names its version."""

    check: Callable[[], None]
    revision: Callable[[], str]


PROGRAMS: Mapping[str, Program] = {
    "espeak": Program(espeak.check_program, espeak.program_version),
    "scene-writer": Program(templates.check_program, templates.writer_revision),
    **{
        pipeline: Program(programs.check_program, partial(programs.revision, pipeline))
        for pipeline in programs.SOURCES
    },
}


def check_engine(spec: EngineSpec) -> None:
    """Refuse engines that can't be loaded.

    Raises:
        Problem: says what is missing and what to do.
    """
    if spec.pipeline in PROGRAMS:
        PROGRAMS[spec.pipeline].check()
    elif spec.pipeline in remote_checks.PIPELINES:
        remote_checks.check_spec(spec)
    else:
        folders.check_folder(spec.folder)


def revision_of(spec: EngineSpec) -> str:
    """Return SHA-256 over the folder as 64 hex digits, or the program's version; empty when it is absent."""
    if spec.pipeline in remote_checks.PIPELINES:
        return remote_checks.revision(spec)
    if spec.pipeline not in PROGRAMS:
        return folders.folder_revision(spec.folder) if spec.folder.is_dir() else ""
    try:
        PROGRAMS[spec.pipeline].check()
    except Problem:
        return ""
    return PROGRAMS[spec.pipeline].revision()


def bytes_of(spec: EngineSpec) -> int:
    """Return the bytes of the engine's weights; 0 for pipelines without weights here."""
    return 0 if spec.pipeline in {*PROGRAMS, *remote_checks.PIPELINES} else folders.folder_bytes(spec.folder)
