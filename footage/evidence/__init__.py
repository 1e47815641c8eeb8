"""What a file says of its own making, by every mark it bears, and how far each mark can be believed.

Readers report, they don't decide: content credentials, IPTC source types, the AIGC label of GB 45438,
generators' settings, camera facts and editing programs each become graded findings. A claim to be human that
anyone could have written is a declaration (grade 0); an admission of AI counts whoever makes it.
"""

from __future__ import annotations

from footage.evidence.findings import Evidences, Finding, Grade, Kind, Note, Says
from footage.evidence.reading import read_evidence

__all__ = ["Evidences", "Finding", "Grade", "Kind", "Note", "Says", "read_evidence"]
