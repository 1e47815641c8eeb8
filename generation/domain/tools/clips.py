"""What tools that work on a clip frame by frame have in common."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.model import Input

BEGIN = Input("begin", gettext_noop("From"), "number", default=0.0, low=0, high=36_000,
              help=gettext_noop("Seconds into the clip."))  # fmt: skip
CLIP_SECONDS = Input("seconds", gettext_noop("Seconds of it"), "number", default=4.0, low=0.2, high=30,
                     help=gettext_noop("At most; a shorter clip is taken whole."))  # fmt: skip
CLIP_ASK = gettext_noop("Choose the clip to begin with.")
