"""The capture test: what speaks for footage being shot by people (MEASURE §2).

Grade 2 needs two of: camera facts that agree with the file, a take longer than what the cut uses, sync sound,
several takes of one set-up, a motion sensor's track that agrees with the picture, a set log that a maker and a teacher
have signed. One alone, or none, proves nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ethics.domain.capturing import FACTS, NEEDED
from ethics.domain.segments import Evidence, Grade, exact
from footage.fingerprints import Reference, describe
from footage.probe import MediaFacts, probe
from footage.problems import Problem
from footage.sensors import moves_together, turning_of

LEAST_HANDLES = Fraction(1)
"""Seconds a take must run longer than what the cut shows of it."""

SAME_SETUP = 0.55
"""Likeness of opening frames from which two takes are of one set-up."""

EDITORS = ("premiere", "resolve", "final cut", "avid", "kdenlive", "lavf", "handbrake", "capcut", "jianying")
"""Software that writes films but shoots none: camera facts beside its name do not agree with the
container."""

NOTES = {
    "camera": "Camera facts agree with the file.",
    "handles": "The take runs longer than what the cut uses.",
    "sound": "The take has sync sound.",
    "takes": "There are several takes of this set-up.",
    "motion": "The picture moves when the camera's motion sensor says that it turns.",
    "log": "A set log that a maker and a teacher have signed covers it.",
}


@dataclass(frozen=True, slots=True)
class CaptureTest:
    """What speaks for one source: a subset of camera, handles, sound, takes, motion, log."""

    passed: tuple[str, ...]

    @property
    def grade(self) -> int:
        if len(self.passed) >= NEEDED:
            return Grade.CONTENT
        return Grade.ATTACHED if self.passed else Grade.DECLARED

    def evidence(self) -> tuple[Evidence, ...]:
        """One piece of evidence per thing that speaks for it, each as strong as they are together."""
        return tuple(
            Evidence(f"capture-{name}", self.grade, exact(Fraction(9, 10)), NOTES[name])
            for name in self.passed
        )


def capture_test(
    *,
    path: Path,
    name: str,
    reference: Reference,
    used: Fraction,
    others: Sequence[Reference],
    is_logged: bool = False,
) -> CaptureTest:
    """Put one piece of footage through the test.

    Args:
        path: The camera original.
        name: What the person called it.
        reference: Its fingerprint.
        used: Seconds of it that the cut shows.
        others: Fingerprints of the crew's other footage.
        is_logged: A set log covers it that both sides have signed.
    """
    facts = _facts(path, name)
    checks = {
        "camera": facts is not None and _camera_agrees(facts),
        "handles": not reference.still and _length(reference) >= used + LEAST_HANDLES,
        "sound": facts is not None and facts.kind == "video" and facts.has_audio,
        "takes": any(_same_setup(reference, other) for other in others),
        "motion": _turns_with(path, reference),
        "log": is_logged,
    }
    return CaptureTest(tuple(name for name in FACTS if checks[name]))


def _turns_with(path: Path, reference: Reference) -> bool:
    turning = None if reference.still else turning_of(path)
    return turning is not None and moves_together(turning, reference)


def _length(reference: Reference) -> Fraction:
    """Seconds of the picture, or of the sound where there is no picture."""
    if reference.seconds or reference.sound is None:
        return reference.seconds
    return Fraction(len(reference.sound.loud), 10)


def _facts(path: Path, name: str) -> MediaFacts | None:
    try:
        return probe(path, name=name)
    except Problem:
        return None


def _camera_agrees(facts: MediaFacts) -> bool:
    camera = facts.camera
    if camera is None or not (camera.make and camera.model):
        return False
    written_by = " ".join([camera.software or "", *_encoder_tags(facts.tags)]).lower()
    return not any(editor in written_by for editor in EDITORS)


def _encoder_tags(tags: Mapping[str, str]) -> list[str]:
    return [
        value for key, value in tags.items() if key in {"encoder", "software", "com.apple.quicktime.software"}
    ]


def _same_setup(one: Reference, other: Reference) -> bool:
    if (
        one.file_hash == other.file_hash
        or one.still
        or other.still
        or not (len(one.greys) and len(other.greys))
    ):
        return False
    likeness = describe(one.greys[:3]) @ describe(other.greys[:3]).T
    return SAME_SETUP <= float(np.median(likeness)) < 0.98
