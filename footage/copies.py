"""Exact copies: a film whose coded picture or sound is that of a reference, whatever container it travels in."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from footage.fingerprints import Reference
from footage.hashes import sha256_packets, sha256_samples
from footage.problems import Problem

SAME_LENGTH = Fraction(1, 2)
"""Seconds by which containers may disagree on the length of one stream."""

FILE, STREAM, SAMPLES = "file-hash", "stream-match", "samples-match"


def copies(
    film: Path,
    *,
    seconds: Fraction,
    file_hash: str,
    references: Mapping[str, Reference],
    paths: Mapping[str, Path],
) -> dict[str, tuple[str, ...]]:
    """What a film shares byte for byte with references: the whole file, its picture's packets, its sound's samples.

    Only references as long as the film are hashed, so that an ordinary film costs nothing.

    Args:
        seconds: Length of the film's picture.
        file_hash: SHA-256 of the film, hex.
        paths: Where the references' files lie.

    Returns:
        Kinds of evidence, `FILE`, `STREAM` and `SAMPLES`, by reference; those that share nothing are left out.
    """
    as_long = {
        key: reference
        for key, reference in references.items()
        if not reference.still and abs(reference.seconds - seconds) <= SAME_LENGTH
    }
    if not as_long:
        return {}
    stream, sound = _packets(film, "video"), _sound(film)
    found = {
        key: _shared(reference, paths[key], file_hash=file_hash, stream=stream, sound=sound)
        for key, reference in as_long.items()
    }
    return {key: kinds for key, kinds in found.items() if kinds}


def _shared(
    reference: Reference, path: Path, *, file_hash: str, stream: str, sound: frozenset[str]
) -> tuple[str, ...]:
    same = {
        FILE: reference.file_hash == file_hash,
        STREAM: bool(stream) and reference.stream_hash == stream,
        SAMPLES: bool(sound) and _is_heard(reference) and not sound.isdisjoint(_sound(path)),
    }
    return tuple(kind for kind, holds in same.items() if holds)


def _is_heard(reference: Reference) -> bool:
    """Whether anything is heard: all silence is alike."""
    return reference.sound is not None and bool(reference.sound.loud.any())


def _sound(path: Path) -> frozenset[str]:
    """SHA-256 of the sound's samples, and of its packets: containers trim the ends of a track differently.

    Empty without sound that can be read.
    """
    try:
        samples = sha256_samples(path)
    except Problem:
        return frozenset()
    return frozenset(filter(None, (samples, samples and _packets(path, "audio"))))


def _packets(path: Path, kind: str) -> str:
    """SHA-256 of the packets of one stream; empty for a damaged or absent one."""
    try:
        return sha256_packets(path, kind=kind) or ""
    except Problem:
        return ""
