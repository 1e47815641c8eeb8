"""Work on a script: what a language model is asked, and how what it or the rules answered becomes a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from footage.problems import Problem, gettext_noop
from generation.backends import writing
from generation.backends.base import Request
from generation.domain import dialogue
from generation.domain.breakdown.table import HEADS, Shot, read_table, written
from generation.domain.dialects import PACKS, SPOKEN
from generation.domain.dialogue import report
from generation.domain.languages import Language, language_of
from generation.domain.lexicon import read_lexicon

SHOT_LIST, POLISH = "shot-list", "dialogue-polish"
TITLES: Mapping[str, str] = MappingProxyType(
    {pack.slug: pack.where for pack in (*PACKS.values(), *SPOKEN.values())}
)
ASK_SHOTS = (
    "You are a first assistant director. Break the script down into a shot list. Answer with one Markdown table and "
    "nothing else, in the language of the script, with the columns {columns}. One row per shot, numbered through; the "
    "scene as the script counts it; sound holds the lines that are spoken in the shot; seconds is a whole number."
)
ASK_POLISH = (
    "You are a dialogue editor. Return the text row by row, with the same number of rows. Change only what is spoken, "
    "so that it can be said aloud; keep names, action and meaning. {wish} Add no comment."
)
NO_TABLE = gettext_noop(
    "%(engine)s answered without a shot list. Try again with another seed, or take the rule-based reader."
)


def chat_of(request: Request) -> list[dict[str, str]]:
    """Return the request as messages of a chat."""
    script = str(request.inputs["script"])
    return [
        {
            "role": "system",
            "content": _asked_shots(script) if request.tool == SHOT_LIST else _asked_polish(request),
        },
        {"role": "user", "content": script},
    ]


def _asked_shots(script: str) -> str:
    return ASK_SHOTS.format(columns=", ".join(HEADS[language_of(script)]))


def _asked_polish(request: Request) -> str:
    words = [f"{entry.word} = {entry.said}" for one in lists_of(request.inputs) for entry in one.entries]
    wish = f"Use these words where they fit: {'; '.join(words)}." if words else ""
    return ASK_POLISH.format(wish=wish)


def lists_of(inputs: Mapping[str, Any]) -> list[dialogue.WordList]:
    """Return the word lists of a request in the order they decide: the person's, the dialect's, the spoken one."""
    own, _problem = read_lexicon(str(inputs["lexicon"]))
    chosen = [PACKS[inputs["dialect"]]] if inputs["dialect"] else []
    spoken = [SPOKEN[language_of(str(inputs["script"]))]] if inputs["spoken"] == "spoken" else []
    return [dialogue.WordList(dialogue.OWN, own), *map(dialogue.WordList.of, [*chosen, *spoken])]


def answered(request: Request, words: str, folder: Path, *, engine: str) -> tuple[Path, dict[str, Any]]:
    """Write what a language model answered, in the form of the tool; return the file and what the recipe keeps of it.

    Raises:
        Problem: The answer holds no shot list.
    """
    script = str(request.inputs["script"])
    if request.tool == POLISH:
        return polish_file(dialogue.compared(script, _bare(words), source=engine), folder)
    shots = read_table(words)
    if not shots:
        raise Problem(NO_TABLE, engine=engine)
    return shot_list_file(shots, request, folder, language=language_of(script))


def _bare(words: str) -> str:
    """Return an answer without the fence that many models put round it."""
    rows = words.strip().splitlines()
    is_fenced = len(rows) > 1 and rows[0].startswith("```") and rows[-1].strip() == "```"
    return "\n".join(rows[1:-1] if is_fenced else rows)


def shot_list_file(
    shots: Sequence[Shot], request: Request, folder: Path, *, language: Language
) -> tuple[Path, dict[str, Any]]:
    is_csv = request.inputs["form"] == "csv"
    table = written(shots, form="csv" if is_csv else "markdown", language=language)
    path = writing.write_text(table, folder, name="shot-list.csv" if is_csv else "shot-list.md")
    return path, {"shots": len(shots), "seconds": sum(shot.seconds for shot in shots)}


def polish_file(polished: dialogue.Polished, folder: Path) -> tuple[Path, dict[str, Any]]:
    path = writing.write_text(report.page(polished, titles=TITLES), folder, name="dialogue.txt")
    return path, {"changes": len(polished.changes), "rows": len(polished.rows)}
