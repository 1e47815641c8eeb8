"""Ask every reader about one file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from footage.evidence.attached import aigc_findings, iptc_findings, verdict_of
from footage.evidence.camera import Size, camera_findings
from footage.evidence.editor import editor_findings
from footage.evidence.findings import Evidences, Finding
from footage.evidence.generators import generator_findings
from footage.evidence.manifests import read_manifests
from footage.labels.carriers import carried_texts
from footage.labels.model import Carried
from footage.labels.reading import labels_in
from footage.problems import Problem, gettext_noop


def read_evidence(path: Path, *, name: str | None = None, anchors: bytes | None = None) -> Evidences:
    """Everything that a file says of its own making, graded.

    Run it on strangers' files through `footage.sandbox.run_limited("footage.evidence:read_evidence", …)`.

    Args:
        path: The file as stored; it may have any name or none.
        name: What the person called it, for the sentences; `path.name` when absent.
        anchors: PEM certificates whose signatures and time stamps to trust, such as the school's authority
            and the C2PA trust lists; None trusts nobody.

    Raises:
        Problem: for a file that is missing, empty, or of a kind that carries no evidence.
    """
    name = path.name if name is None else name
    if not path.is_file():
        raise Problem(gettext_noop("%(name)s is not a file."), name=name)
    if path.stat().st_size == 0:
        raise Problem(
            gettext_noop("%(name)s is empty (0 bytes). Export it again and upload the new file."), name=name
        )
    texts = carried_texts(path, name=name)
    labels = labels_in(texts)
    findings = [
        *read_manifests(path, anchors=None if anchors is None else anchors.decode(errors="replace")),
        *aigc_findings(labels),
        *iptc_findings(texts, labels),
        *generator_findings(texts),
        *_camera(path, texts),
        *editor_findings(texts),
    ]
    findings.sort(key=lambda finding: -finding.grade)
    return Evidences(name, tuple(findings), verdict_of(labels))


def _camera(path: Path, texts: tuple[Carried, ...]) -> Iterator[Finding]:
    has_size = any(text.key == "PixelXDimension" for text in texts)
    return camera_findings(texts, size=_stored_size(path) if has_size else None)


def _stored_size(path: Path) -> Size | None:
    """Width and height from the picture's header; nothing is decoded."""
    import struct
    import warnings

    from PIL import Image

    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(path, formats=["JPEG", "PNG", "WEBP", "TIFF"]) as image,
        ):
            return image.size
    except (
        OSError,
        SyntaxError,
        ValueError,
        KeyError,
        TypeError,
        struct.error,
        Image.DecompressionBombError,
    ):
        return None
