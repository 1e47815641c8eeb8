"""Train the drawing engine Atelier from painted frames; stops and resumes anywhere."""

from __future__ import annotations

import os
import signal
from argparse import ArgumentParser
from pathlib import Path
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from footage.problems import Problem


class Command(BaseCommand):
    help = "Train the drawing engine from frames painted by a program, and export it for the pipelines."
    requires_system_checks: list[str] = []  # trains on machines that serve nothing

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:1")
        parser.add_argument(
            "--minutes", type=float, default=60.0, help="time of the stages asked for, together"
        )
        parser.add_argument(
            "--stage", action="append", default=[], help="only this stage; may be given again"
        )
        parser.add_argument(
            "--size", default="sitting", help="sitting, studio (a GPU), class (two minutes) or tiny"
        )
        parser.add_argument("--seed", type=int, default=None)
        parser.add_argument("--steps", type=int, default=None, help="stop each stage after so many steps")
        parser.add_argument("--painters", type=int, default=1, help="processes that paint the data")
        parser.add_argument("--threads", type=int, default=1, help="threads of the training itself")
        parser.add_argument("--work-dir", type=Path, default=Path(settings.BASE_DIR) / "var" / "atelier")
        parser.add_argument(
            "--continue-from",
            type=Path,
            default=None,
            help="an exported engine to begin with, where there is no working folder; trains the stages from latents on",
        )
        parser.add_argument(
            "--export", type=Path, default=None, help="write the engine to this folder at the end"
        )

    def handle(self, *args: Any, **asked: Any) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        asked_to_stop = Event()
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        for number in before:
            signal.signal(number, lambda *_: asked_to_stop.set())
        try:
            self._train(asked, asked_to_stop)
        except Problem as problem:
            raise CommandError(gettext(problem.template) % problem.params) from problem
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _train(self, asked: dict[str, Any], asked_to_stop: Event) -> None:
        from generation.backends.atelier import training
        from generation.backends.atelier.continuing import continue_from
        from generation.backends.atelier.recipe import recipe_named

        recipe, stages = (
            recipe_named(asked["size"], seed=asked["seed"]),
            training.chosen_stages(asked["stage"]),
        )
        if asked["continue_from"]:
            begun = continue_from(asked["continue_from"], asked["work_dir"], recipe=recipe)
            learnt = set(begun) - {"denoiser"}
            stages = stages if asked["stage"] else tuple(name for name in stages if name not in learnt)
        run = training.Run(
            work=asked["work_dir"],
            recipe=recipe,
            stages=stages,
            minutes=asked["minutes"],
            device=asked["device"],
            steps=asked["steps"],
            painters=asked["painters"],
            threads=asked["threads"],
            stop=asked_to_stop.is_set,
            say=lambda line: print(line, flush=True),
        )
        training.train(run)
        if asked["export"]:
            self._export(asked["work_dir"], asked["export"], run.recipe)

    def _export(self, work: Path, folder: Path, recipe: Any) -> None:
        from generation.backends.atelier.export import export

        written = export(work, folder, recipe=recipe)
        print(f"{written.folder}: {written.size_bytes / 1e6:.1f} MB", *written.extras, flush=True)
