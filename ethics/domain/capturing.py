"""What the capture test asks of a rush, and how much of it proves that people shot it (MEASURE §2)."""

from __future__ import annotations

FACTS = ("camera", "handles", "sound", "takes", "motion", "log")
"""Camera facts that agree with the file, a take longer than what the cut uses, sync sound, several takes of one set-up,
a motion sensor's track that agrees with the picture, a set log that a maker and a teacher have signed."""

NEEDED = 2
"""So many of them prove; a single one is attached evidence, and proves nothing by itself."""
