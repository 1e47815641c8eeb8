"""A polished dialogue as a page to work on: the marked text, the clean one, the changes, and what is left to the writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generation.domain.dialogue import OWN, Polished, remarks
from generation.domain.languages import Language


@dataclass(frozen=True, slots=True)
class Words:
    marked: str
    clean: str
    changes: str
    nothing: str
    change: str
    own: str
    open: str
    breath: str
    feeling: str


WORDS: Mapping[Language, Words] = {
    "en": Words(
        marked="MARKED: every change as ⟦was→is⟧",
        clean="CLEAN",
        changes="CHANGES",
        nothing="Nothing was changed.",
        change="row {row}: {was} → {now}  ({source})",
        own="your list",
        open="LEFT TO YOU",
        breath="row {row}: too long for one breath: {words}",
        feeling="row {row}: a feeling told by its name: “{words}”. Can it be seen instead?",
    ),
    "zh": Words(
        marked="标出改动：⟦原文→改后⟧",
        clean="改后全文",
        changes="改动",
        nothing="没有改动。",
        change="第 {row} 行：{was} → {now}（{source}）",
        own="你的词表",
        open="留给你定",
        breath="第 {row} 行：一口气说不完：{words}",
        feeling="第 {row} 行：情绪直接说出来了：“{words}”。能不能让人看见？",
    ),
}


def page(polished: Polished, *, titles: Mapping[str, str]) -> str:
    """Return the page in the language of the text.

    Args:
        titles: What lists and engines are called, by their slugs.
    """
    words = WORDS[polished.language]
    changes = [
        words.change.format(
            row=change.row, was=change.was, now=change.now,
            source=words.own if change.source == OWN else titles.get(change.source, change.source),
        )
        for change in polished.changes
    ]  # fmt: skip
    clean = polished.text()
    open_ = [
        (words.breath if remark.kind == "breath" else words.feeling).format(
            row=remark.row, words=remark.words
        )
        for remark in remarks(clean)
    ]
    parts = [
        (words.marked, [polished.text(is_marked=True)]), (words.clean, [clean]),
        (words.changes, changes or [words.nothing]), (words.open, open_),
    ]  # fmt: skip
    return "\n\n".join("\n".join([head, "", *rows]) for head, rows in parts if rows) + "\n"
