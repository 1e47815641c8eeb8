"""Exact hashes: of a file's bytes, of its coded streams (which survive a remux) and of its sound samples."""

from __future__ import annotations

import hashlib
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from footage.problems import Problem, gettext_noop

CHUNK_BYTES = 1 << 20


def sha256_file(path: Path) -> str:
    """SHA-256 of a file as 64 hexadecimal digits; reads a megabyte at a time."""
    with path.open("rb") as file:
        return sha256_stream(file)


def sha256_stream(file: BinaryIO) -> str:
    """SHA-256 of what is left in an open binary file, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def sha256_packets(path: Path, *, kind: str) -> str | None:
    """SHA-256 over the coded packets of the first stream of `kind` ("video" or "audio"), or None without one.

    A remux (`-c copy`) into a container with the same packet form keeps this hash although every byte of
    the file around it may change.
    """
    import av

    try:
        with av.open(f"file:{path.resolve()}", options={"protocol_whitelist": "file"}) as container:
            stream = next((stream for stream in container.streams if stream.type == kind), None)
            if stream is None:
                return None
            digest = hashlib.sha256()
            for packet in container.demux(stream):
                digest.update(bytes(packet))
            return digest.hexdigest()
    except av.FFmpegError as fault:
        raise Problem(
            gettext_noop("%(name)s can't be read to its end; export it again."), name=path.name
        ) from fault


def sha256_samples(path: Path, *, rate: int = 48_000) -> str | None:
    """SHA-256 over the first sound track as mono 16-bit samples at `rate` Hz, or None for a silent file.

    Lossless copies (WAV, FLAC, another container) share it; a lossy re-encode does not.
    """
    import av

    try:
        with av.open(f"file:{path.resolve()}", options={"protocol_whitelist": "file"}) as container:
            if not container.streams.audio:
                return None
            resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
            digest = hashlib.sha256()
            for frame in chain(container.decode(audio=0), (None,)):
                for part in resampler.resample(frame):
                    digest.update(bytes(part.planes[0])[: part.samples * 2])
            return digest.hexdigest()
    except av.FFmpegError as fault:
        raise Problem(
            gettext_noop("%(name)s can't be read to its end; export it again."), name=path.name
        ) from fault
