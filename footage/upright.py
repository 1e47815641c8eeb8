"""Pictures of a film as they are to be seen: turned upright, scaled, with square pixels."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from footage.probe import MediaFacts

_TURNS = {90: ("transpose", "clock"), 180: ("rotate", "PI"), 270: ("transpose", "cclock")}


def picture_graph(
    video: Any, facts: MediaFacts, *, width: int, height: int, fastest: Fraction | None = None
) -> Any:
    """Return a filter graph that makes every frame of a stream upright 8-bit 4:2:0 of this size.

    Args:
        video: The stream of the opened film.
        fastest: Frames a second; of a faster film some are left out.
    """
    import av

    graph = av.filter.Graph()
    steps = [graph.add_buffer(template=video)]
    if facts.rotation:
        name, how = _TURNS[facts.rotation]
        steps.append(graph.add(name, how))
    if fastest and facts.fps and facts.fps > fastest:
        steps.append(graph.add("fps", str(fastest)))
    steps += [
        graph.add("scale", f"{width}:{height}"),
        graph.add("setsar", "1"),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*steps).configure()
    return graph


def pulled(graph: Any) -> Iterator[Any]:
    """Yield the frames that a graph has ready."""
    import av

    while True:
        try:
            yield graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
