"""Proxy, poster, filmstrip and waveform, made in the sandbox while the caller reads how far it has come."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path

from assignments.backends import store
from footage.watched import Progress, run_watched, teller

PROXY_HEIGHT = 540
MEMORY_MB = 4096


def names_for(kind: str, *, has_audio: bool) -> tuple[str, ...]:
    """Return the derived files of a "video", "image" or "sound"; the proxy comes first."""
    if kind == "sound":
        return ("proxy.m4a", "waveform.png")
    if kind == "image":
        return ("proxy.webp", "poster.jpg")
    return ("proxy.mp4", "poster.jpg", "filmstrip.jpg", *(("waveform.png",) if has_audio else ()))


def make_derivatives(sha256: str, *, names: Collection[str], seconds: float, progress: Progress) -> None:
    """Make the derived files of a stored object; all of them appear, or none.

    Args:
        seconds: Longest time for all of them together.
        progress: Called about twice a second with 0 to 1; what it raises stops the waiting and keeps nothing.

    Raises:
        Problem: The content can't be decoded, or takes too long or too much memory.
    """
    with ExitStack() as stack:
        targets = {name: stack.enter_context(store.making(sha256, name)) for name in names}
        run_watched(
            "assignments.backends.derivatives:write_all",
            store.path(sha256),
            targets=targets,
            progress=progress,
            seconds=seconds,
            memory_mb=MEMORY_MB,
        )


def write_all(source: Path, *, targets: dict[str, Path], report: Path) -> None:
    """Sandbox side: write each derived file to its staging path, reporting the proxy's progress as text."""
    from footage import proxies

    told = teller(report)
    film = targets.get("proxy.mp4", source)  # far frames come faster from the proxy
    for name, target in targets.items():
        if name.startswith("proxy."):
            proxies.make_proxy(source, target, height=PROXY_HEIGHT, progress=told)
        elif name == "poster.jpg":
            proxies.make_poster(source, target)
        elif name == "filmstrip.jpg":
            proxies.make_filmstrip(film, target)
        else:
            proxies.make_waveform(source, target)
