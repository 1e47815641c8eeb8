"""The index of reference frames: which of many stored files a film may show, told without loading them."""

from footage.index.asking import Questions, questions_of
from footage.index.describing import Entry, entry_of
from footage.index.storing import Busy, Index, Unreadable
from footage.index.voting import shortlist

__all__ = ["Busy", "Entry", "Index", "Questions", "Unreadable", "entry_of", "questions_of", "shortlist"]
