"""What generators write beside their pictures: node graphs, parameters, signatures."""

from __future__ import annotations

from footage.evidence.generators.reading import generator_findings

__all__ = ["generator_findings"]
