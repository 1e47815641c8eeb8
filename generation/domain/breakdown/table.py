"""A shot list as a table: written as CSV or Markdown, and read back from either.

The reader takes what people and language models write: columns in any order, headings in English or Chinese, rows of
talk before and after the table. CSV follows RFC 4180; a cell that a spreadsheet would take for a formula gets an
apostrophe before it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from generation.domain.languages import Language

Form = Literal["csv", "markdown"]
COLUMNS = ("number", "scene", "size", "camera", "picture", "sound", "seconds")
HEADS: dict[Language, tuple[str, ...]] = {
    "en": ("Shot", "Scene", "Size", "Camera", "Action", "Sound", "Seconds"),
    "zh": ("镜号", "场次", "景别", "摄法", "画面内容", "声音", "秒"),
}
NAMES = {
    "number": "shot|no|nr|number|shot number|shot no|镜号|镜头号|序号|镜头",
    "scene": "scene|scene number|场|场次|场号|场景",
    "size": "size|shot size|shot type|framing|景别",
    "camera": "camera|camera move|camera movement|movement|move|angle|摄法|运镜|镜头运动|机位|摄影机|运动",
    "picture": "action|picture|description|content|visual|what|画面|画面内容|内容|动作|画面描述",
    "sound": "sound|audio|dialogue|sound and dialogue|声音|台词|音效|对白|声音/台词",
    "seconds": "seconds|duration|length|time|secs|秒|时长|长度|秒数",
}
FORMULA = re.compile(r"^[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Shot:
    """One line of a shot list.

    Attributes:
        number: Counted from 1 through the whole list.
        scene: As the script counts its scenes.
        size, camera, picture, sound: As a crew reads them, in the script's language.
        seconds: About how long it will be on the screen; 0 where nobody said.
    """

    number: int
    scene: str
    size: str
    camera: str
    picture: str
    sound: str
    seconds: int = 0

    def numbered(self, number: int) -> Shot:
        return replace(self, number=number)

    @property
    def cells(self) -> tuple[str, ...]:
        seconds = str(self.seconds) if self.seconds else ""
        return (str(self.number), self.scene, self.size, self.camera, self.picture, self.sound, seconds)


def written(shots: Sequence[Shot], *, form: Form, language: Language) -> str:
    """Return the table with its heading in the language."""
    rows = [HEADS[language], *(shot.cells for shot in shots)]
    return _as_csv(rows) if form == "csv" else _as_markdown(rows)


def _as_csv(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def _as_markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *body = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    rule = ["---"] * len(head)
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *body))


def read_table(text: str) -> tuple[Shot, ...]:
    """Return the shots of the first table in a text, numbered anew; empty when there is none."""
    rows = list(_markdown_rows(text)) or list(_csv_rows(text))
    for at, row in enumerate(rows):
        columns = [_column(cell) for cell in row]
        if "picture" in columns and len(set(columns) - {""}) >= 3:
            return _shots(rows[at + 1 :], columns)
    return ()


def _markdown_rows(text: str) -> Iterable[list[str]]:
    for line in text.splitlines():
        row = line.strip()
        if row.startswith("|") and not re.fullmatch(r"[|:\- ]+", row):
            cells = re.split(r"(?<!\\)\|", row.strip("|") if not row.endswith("\\|") else row.lstrip("|"))
            yield [cell.replace("\\|", "|").strip() for cell in cells]


def _csv_rows(text: str) -> Iterable[list[str]]:
    try:
        for row in csv.reader(io.StringIO(text)):
            yield [re.sub(r"^'(?=[=+\-@\t\r])", "", cell).strip() for cell in row]
    except csv.Error:
        return


def _column(cell: str) -> str:
    name = re.sub(r"[*_`#.:：]", "", cell).strip().casefold()
    return next((column for column, names in NAMES.items() if name in names.split("|")), "")


def _shots(rows: Iterable[Sequence[str]], columns: Sequence[str]) -> tuple[Shot, ...]:
    shots: list[Shot] = []
    for row in rows:
        cells = dict.fromkeys(COLUMNS, "") | {
            column: cell for column, cell in zip(columns, row, strict=False) if column
        }
        if not cells["picture"] and not cells["sound"]:
            continue
        seconds = re.match(r"\d{1,4}", cells["seconds"])
        shots.append(
            Shot(
                len(shots) + 1, cells["scene"], cells["size"], cells["camera"], cells["picture"], cells["sound"],
                int(seconds.group()) if seconds else 0,
            )
        )  # fmt: skip
    return tuple(shots)
