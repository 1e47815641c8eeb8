"""Who made it, by the codes that standards define: the one table that every reader judges by.

Sets and signals are those of the C2PA Asset Rubrics 1.0 (C2PA Conformance Task Force, 2026-08-06); the classes
of single codes follow the definitions of IPTC's digital source type vocabulary (release 2024-10-23).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from footage.evidence.findings import Says

Inception = Literal[
    "blankCanvas",
    "capturedMedia",
    "capturedMediaStitched",
    "compositionMayContainGenAI",
    "fullyGenAIMedia",
    "partlyGenAICreation",
    "nonGenAIDigitalCreation",
    "screenCaptureMayContainGenAI",
    "mediaUnknownProvenance",
]
Transformation = Literal[
    "nonEditorial",
    "perceptibleGenAI",
    "perceptibleNonGenAI",
    "perceptiblePossiblyGenAI",
    "ambiguousActions",
]

INCEPTION_ACTIONS = frozenset({"c2pa.created", "c2pa.opened"})
NON_EDITORIAL_ACTIONS = frozenset(
    {
        "c2pa.converted",
        "c2pa.published",
        "c2pa.repackaged",
        "c2pa.transcoded",
        "c2pa.resized.proportional",
        "c2pa.enhanced",
        "c2pa.edited.metadata",
        "c2pa.watermarked",
        "c2pa.watermarked.bound",
        "c2pa.watermarked.unbound",
        "c2pa.redacted",
    }
)
GENAI_TYPES = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
        "trainedAlgorithmicData",
    }
)
POSSIBLY_GENAI_TYPES = frozenset({"digitalArt", "composite"})
INCEPTION_BY_TYPE: Mapping[str, Inception] = {
    "empty": "blankCanvas",
    "digitalCapture": "capturedMedia",
    "computationalCapture": "capturedMedia",
    "compositeCapture": "capturedMediaStitched",
    "composite": "compositionMayContainGenAI",
    "trainedAlgorithmicMedia": "fullyGenAIMedia",
    "compositeWithTrainedAlgorithmicMedia": "partlyGenAICreation",
    "digitalCreation": "nonGenAIDigitalCreation",
    "screenCapture": "screenCaptureMayContainGenAI",
}
SAYS_BY_SIGNAL: Mapping[str, Says] = {
    "blankCanvas": "neutral",
    "capturedMedia": "human",
    "capturedMediaStitched": "human",
    "compositionMayContainGenAI": "unknown",
    "fullyGenAIMedia": "ai",
    "partlyGenAICreation": "mixed",
    "nonGenAIDigitalCreation": "human",
    "screenCaptureMayContainGenAI": "unknown",
    "mediaUnknownProvenance": "unknown",
    # What a model added is AI; laid over something else, the whole becomes mixed.
    "perceptibleGenAI": "ai",
    "perceptiblePossiblyGenAI": "unknown",
}
CAPTURE_SIGNALS = frozenset({"capturedMedia", "capturedMediaStitched"})
SAYS_BY_TYPE: Mapping[str, Says] = {
    "digitalCapture": "human",
    "computationalCapture": "human",
    "negativeFilm": "human",
    "positiveFilm": "human",
    "print": "human",
    "humanEdits": "human",
    "minorHumanEdits": "human",
    "algorithmicallyEnhanced": "human",
    "digitalCreation": "human",
    "compositeCapture": "human",
    "dataDrivenMedia": "human",
    # No training data went in, but a programme made it: neither a model's work nor proof of a hand's.
    "algorithmicMedia": "unknown",
    "digitalArt": "unknown",
    "softwareImage": "unknown",
    "screenCapture": "unknown",
    "virtualRecording": "unknown",
    "composite": "unknown",
    "compositeSynthetic": "mixed",
    "compositeWithTrainedAlgorithmicMedia": "mixed",
    "trainedAlgorithmicMedia": "ai",
    "trainedAlgorithmicData": "ai",
    "empty": "neutral",
}


def together(voices: frozenset[Says]) -> Says:
    """What parts say of the whole they went into; a blank canvas adds nothing.

    AI beside anything else makes a mixed whole, because even one unknown part may be human.
    """
    heard = voices - {"neutral"}
    if not heard:
        return "neutral" if voices else "unknown"
    if len(heard) == 1:
        return next(iter(heard))
    return "mixed" if heard & {"ai", "mixed"} else "unknown"
