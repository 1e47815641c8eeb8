"""A spoken line."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import SEED
from generation.domain.tools.model import SPOKEN_LETTERS, Input, Tool

LANGUAGE = Input("language", gettext_noop("Language"), "choice", options=(
    ("zh", gettext_noop("Mandarin")), ("en", gettext_noop("English")),
), help=gettext_noop("Left open, the script of the line decides."))  # fmt: skip
SPEAKER = Input("speaker", gettext_noop("Speaker"), "choice", default="man", options=(
    ("man", gettext_noop("man")), ("woman", gettext_noop("woman")),
    ("old-man", gettext_noop("old man")), ("old-woman", gettext_noop("old woman")),
    ("whisper", gettext_noop("whisper")),
))  # fmt: skip
PACE = Input("pace", gettext_noop("Pace"), "number", default=1.0, low=0.5, high=2,
             help=gettext_noop("1 is the engine’s own pace."))  # fmt: skip
PITCH = Input("pitch", gettext_noop("Pitch in semitones"), "number", default=0.0, low=-10, high=10,
              help=gettext_noop("0 is the voice’s own pitch, 12 an octave."))  # fmt: skip
LEXICON = Input("lexicon", gettext_noop("How words are said"), "lines", high=4000, is_folded=True,
                help=gettext_noop("One per line: word=how it is said. Pinyin with tones works: 银行=yin2 hang2"))  # fmt: skip

TOOL = Tool(
    slug="voice",
    title=gettext_noop("Voice line"),
    summary=gettext_noop("A spoken line for a scratch track, to be compared with a performance."),
    icon="mic",
    module="audio",
    makes="sound",
    inputs=(
        Input("line", gettext_noop("The line"), "lines", high=400, is_required=True,
              help=gettext_noop("What is said, as it is said. Punctuation makes the pauses.")),
        LANGUAGE,
        SPEAKER,
        PACE,
        PITCH,
        LEXICON,
        SEED,
    ),
    cost=SPOKEN_LETTERS,
    preview="none",
)  # fmt: skip
