"""Add, list and check engines and the adapters over them."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from footage.problems import Problem
from generation.backends import fetching, presence, remote_checks
from generation.backends.base import Breakdown
from generation.models import Engine
from generation.queries import licence_refusal, spec_of
from generation.services import engines as services
from generation.services.engines import BadEngine


class Command(BaseCommand):
    help = "Add a model folder or a repository as an engine; list and check engines; add adapters; seal keys again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="what", required=True)
        add = parts.add_parser("add", help="A folder of a model, or OWNER/NAME of a repository.")
        add.add_argument("place")
        add.add_argument(
            "--slug", default="", help="Short name; the catalogue's or the folder's unless given."
        )
        add.add_argument("--licence", default="", help="As the model card names it.")
        add.add_argument("--revision", default="", help="Branch, tag or commit of a repository.")
        add.add_argument("--pipeline", default="", help="Loader for a class that isn't known.")
        add.add_argument("--options", type=json.loads, default={}, help='As JSON: {"dtype": "bfloat16"}.')
        add.add_argument("--conditions", type=json.loads, default={}, help="Of the licence, as JSON.")
        add.add_argument("--tools", nargs="+", default=[], help="Slugs, instead of those found.")
        parts.add_parser("list", help="All engines, with what stands in the way of each.")
        check = parts.add_parser("check", help="Read the folder again, or ask the other side.")
        check.add_argument("slug")
        dress = parts.add_parser("add-adapter", help="A LoRA over an engine.")
        dress.add_argument("engine")
        dress.add_argument("file", type=Path)
        for name in ("slug", "licence", "trigger", "person", "title-en", "title-zh"):
            dress.add_argument(f"--{name}", default="")
        dress.add_argument("--weight", type=float, default=0.8)
        parts.add_parser("seal-again", help="Seal all keys with the first of DAILIES_SECRETS_KEY.")

    def handle(self, *args: Any, **options: Any) -> None:
        acts: dict[str, Callable[..., None]] = {
            "add": self._add, "list": self._list, "check": self._check, "add-adapter": self._add_adapter,
            "seal-again": self._seal_again,
        }  # fmt: skip
        try:
            acts[options["what"]](options)
        except BadEngine as refused:
            raise CommandError(str(refused)) from refused
        except Problem as problem:
            raise CommandError(_(problem.template) % problem.params) from problem
        except Breakdown as fault:
            raise CommandError(str(fault)) from fault

    def _add(self, options: dict[str, Any]) -> None:
        folder, repository = self._place(options)
        own = {
            name: options[name] for name in ("pipeline", "options", "conditions", "tools") if options[name]
        }
        engine = services.add_folder(
            folder=folder, slug=options["slug"], licence=options["licence"], repository=repository, own=own
        )
        self.stdout.write(self._line(engine))

    def _place(self, options: dict[str, Any]) -> tuple[Path, str]:
        """Return the model's folder, fetched when a repository was named, and where it came from."""
        place = options["place"]
        for folder in (Path(place), Path(settings.ENGINES_DIR) / place):
            if folder.is_dir():
                return folder.resolve(), ""
        if not fetching.is_repository(place):
            raise CommandError(
                _("There is no folder %(place)s, and it is no OWNER/NAME either.") % {"place": place}
            )
        to = Path(settings.ENGINES_DIR) / (options["slug"] or slugify(place.partition("/")[2]))
        to.parent.mkdir(parents=True, exist_ok=True)
        fetched = fetching.fetch(place, to=to, revision=options["revision"])
        return fetched.folder, f"{place}@{fetched.commit}"

    def _list(self, options: dict[str, Any]) -> None:
        for engine in Engine.objects.order_by("slug"):
            self.stdout.write(self._line(engine))

    def _check(self, options: dict[str, Any]) -> None:
        engine = self._engine(options["slug"])
        presence.check_engine(spec_of(engine))
        if engine.url:
            remote_checks.ask_whether_there(spec_of(engine))
        self.stdout.write(self._line(services.refresh_revision(engine=engine)))

    def _add_adapter(self, options: dict[str, Any]) -> None:
        facts = {name: options[name] for name in ("licence", "trigger", "person", "weight")}
        titles = {name: options[name] for name in ("title_en", "title_zh") if options[name]}
        adapter = services.add_adapter(
            engine=self._engine(options["engine"]),
            file=options["file"],
            slug=options["slug"],
            **facts,
            **titles,
        )
        self.stdout.write(f"{adapter.engine.slug} + {adapter.slug}  {adapter.sha256[:16]}  {adapter.licence}")

    def _seal_again(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{services.seal_again()}")

    def _engine(self, slug: str) -> Engine:
        engine = Engine.objects.filter(slug=slug).first()
        if engine is None:
            raise CommandError(_("There is no engine “%(slug)s”.") % {"slug": slug})
        return engine

    def _line(self, engine: Engine) -> str:
        """Return an engine in one line, and under it what stands in its way."""
        facts = (
            engine.slug,
            engine.pipeline,
            ",".join(engine.tools),
            f"{engine.memory_gb:g} GB",
            engine.licence,
        )
        reason = licence_refusal(engine)
        return "  ".join(facts) + (f"\n    {_(reason.template) % reason.params}" if reason else "")
