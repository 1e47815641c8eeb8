"""Labels that say "made by AI": China's AIGC label (GB 45438-2025, Annex E) and IPTC's digital source type.

Written into every generated file before it is signed (metadata first, content credentials last, because
anything written after a signature breaks it), and read from every file handed in. Pictures and sound are
not touched: labels go in between the coded data. Carriers follow the practice guides TC260-PG-20257A,
-20259A and -202510A.
"""

from __future__ import annotations

from footage.labels.aigc import FIELDS, AigcLabel, Verdict, parse_aigc
from footage.labels.reading import Labels, read_labels
from footage.labels.writing import AiLevel, label_generated, state_source_type
from footage.labels.xmp import SOURCE_TYPE_URI, source_type_code, xmp_packet

__all__ = [
    "FIELDS",
    "SOURCE_TYPE_URI",
    "AiLevel",
    "AigcLabel",
    "Labels",
    "Verdict",
    "label_generated",
    "parse_aigc",
    "read_labels",
    "source_type_code",
    "state_source_type",
    "xmp_packet",
]
