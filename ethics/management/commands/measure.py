"""`manage.py measure`: measure a film from files on disk, without a database.

Exit status 0 whatever the verdict, 2 with a sentence on standard error when something given can't be used.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ethics.backends.tracer import Kind, Source, build_assessment, trace_film
from ethics.choices import Result
from ethics.domain.assessment import canonical_bytes
from ethics.domain.profiles import DEFAULT_PROFILE, PROFILES
from ethics.domain.records import Records
from ethics.domain.script import Draft
from footage.probe import MediaKind, expect_kind, probe
from footage.problems import Problem
from footage.timelines import Timeline, check_against_film, read_timeline
from ui.problems import sentence

UNUSABLE = 2
LARGEST_SCRIPT_BYTES = 4 * 2**20
TEXTS = frozenset({".txt", ".md", ".fountain", ".text"})
ONLY_FILMS: tuple[MediaKind, ...] = ("video",)


def cap(text: str) -> Fraction:
    """A cap between 0 and 1, from text such as 0.4."""
    value = Fraction(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


class Command(BaseCommand):
    help = "Measure a film: AI share, verdict and human creative intervention degree, as JSON."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("film", type=Path)
        parser.add_argument(
            "--rush", nargs="+", action="extend", type=Path, default=[], help="vouched-for rushes"
        )
        parser.add_argument(
            "--footage",
            nargs="+",
            action="extend",
            type=Path,
            default=[],
            help="footage to put through the test",
        )
        parser.add_argument(
            "--generated",
            nargs="+",
            action="extend",
            type=Path,
            default=[],
            help="generated assets; texts (.txt, .md, .fountain) are drafts of the script",
        )
        parser.add_argument("--timeline", type=Path, help="OTIO, EDL, Final Cut 7 XML or FCPXML")
        parser.add_argument("--script", type=Path, help="the final script as text")
        parser.add_argument("--cap", type=cap, default=Fraction(2, 5), help="greatest AI share, 0 to 1")
        parser.add_argument(
            "--level",
            type=int,
            choices=sorted(PROFILES),
            default=DEFAULT_PROFILE.level,
            help="of the AI Assessment Scale: chooses the weights of the degree",
        )
        parser.add_argument("--json", type=Path, required=True, help="where to write; - for standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            document = measured(options)
        except Problem as problem:
            refuse(sentence({"template": problem.template, "params": problem.params}))
        self.write(options["json"], canonical_bytes(document) + b"\n")
        if options["json"] != Path("-"):
            self.stdout.write(summary(document))

    def write(self, target: Path, data: bytes) -> None:
        """Write the document, or refuse when the place can't be written."""
        if target == Path("-"):
            self.stdout.write(data.decode(), ending="")
            return
        try:
            target.write_bytes(data)
        except OSError as fault:
            refuse(
                _("%(name)s can't be written: %(reason)s.") % {"name": str(target), "reason": fault.strerror}
            )


def refuse(message: str) -> NoReturn:
    raise CommandError(message, returncode=UNUSABLE)


def measured(options: dict[str, Any]) -> dict[str, Any]:
    """Read what was given and measure it. Raises Problem for what can't be used."""
    film: Path = options["film"]
    facts = probe(film)
    expect_kind(facts, kinds=ONLY_FILMS, name=film.name)
    timeline = None
    if options["timeline"]:
        timeline = timeline_of(options["timeline"], facts.duration, facts.fps or Fraction(25))
    drafts = [Draft(path.name, read_text(path)) for path in options["generated"] if is_text(path)]
    script = read_text(options["script"]) if options["script"] else ""
    trace = trace_film(film, sources(options), timeline=timeline)
    records = Records(level=options["level"], script=script, drafts=tuple(drafts))
    operations = timeline.operations if timeline else None
    return build_assessment(trace, cap=options["cap"], operations=operations, records=records)


def sources(options: dict[str, Any]) -> list[Source]:
    """All files given, each with an id of its own: the name, with its folder where names repeat."""
    found: list[Source] = []
    taken: set[str] = set()
    for kind, path in given(options):
        name = next(name for name in names(path) if name not in taken)
        taken.add(name)
        found.append(Source(id=name, path=path, kind=kind, name=path.name))
    return found


def given(options: dict[str, Any]) -> Iterator[tuple[Kind, Path]]:
    kinds: tuple[Kind, ...] = ("rush", "footage", "generated")
    for kind in kinds:
        for path in options[kind]:
            if kind != "generated" or not is_text(path):
                yield kind, path


def is_text(path: Path) -> bool:
    return path.suffix.casefold() in TEXTS


def names(path: Path) -> Iterator[str]:
    yield path.name
    yield str(path)
    number = 2
    while True:
        yield f"{path} ({number})"
        number += 1


def timeline_of(path: Path, duration: Fraction, fps: Fraction) -> Timeline:
    """The timeline. Raises Problem when it is of another film."""
    timeline = read_timeline(path, film_fps=fps)
    for problem in check_against_film(timeline, film_duration=duration, film_fps=fps):
        raise problem
    return timeline


def read_text(path: Path) -> str:
    """A script or a draft of one. Refuses what is no plain text."""
    try:
        if path.stat().st_size > LARGEST_SCRIPT_BYTES:
            refuse(
                _("The script %(name)s is larger than 4 MB. Export it as plain text.") % {"name": path.name}
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        refuse(_("The script %(name)s is not plain text in UTF-8. Export it as text.") % {"name": path.name})
    except OSError as fault:
        refuse(_("%(name)s can't be read: %(reason)s.") % {"name": path.name, "reason": fault.strerror})


def summary(document: dict[str, Any]) -> str:
    """One line for the terminal."""
    low, high = document["planes"]["picture"]["share"]
    degree = document["hcid"]["value"]
    return _(
        "AI share %(low).1f–%(high).1f %%, cap %(cap)d %%: %(result)s; human creative intervention %(from)d–%(to)d"
    ) % {
        "low": 100 * low,
        "high": 100 * high,
        "result": Result(document["verdict"]["result"]).label,
        "cap": round(100 * document["verdict"]["cap"]),
        "from": round(degree[0]),
        "to": round(degree[1]),
    }
