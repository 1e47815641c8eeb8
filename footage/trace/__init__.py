"""Tracing a cut: which reference every frame of a film shows, and where in it."""

from footage.trace.film import Film, read_film
from footage.trace.following import Run
from footage.trace.hinted import Hint
from footage.trace.insets import overlap
from footage.trace.runs import find_runs, with_copies

__all__ = ["Film", "Hint", "Run", "find_runs", "overlap", "read_film", "with_copies"]
