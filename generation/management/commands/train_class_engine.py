"""Train a small drawing engine from zero in class, and offer it in the denoising lab."""

from __future__ import annotations

import os
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from generation.services import register_engines

SLUG = "atelier-class"
SITTINGS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.0, ("data",)),
    (0.35, ("text", "autoencoder")),
    (0.0, ("latents",)),
    (0.65, ("denoiser",)),
)
"""Stages that a picture from words needs, each sitting with its share of the minutes. Painting and coding take what
they need, so that two minutes of training are two minutes of training."""


class Command(BaseCommand):
    help = "Train a small drawing engine from zero (or go on training it) and register it as an engine for the lab."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--minutes", type=float, default=2.0, help="minutes of training, painting not counted"
        )
        parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:1")
        parser.add_argument("--size", default="class", help="size of the engine: class, or tiny for a test")
        parser.add_argument("--steps", type=int, default=None, help="stop each stage after so many steps")
        cores = os.cpu_count() or 1
        parser.add_argument(
            "--threads", type=int, default=cores, help="threads of painting and training; all"
        )
        parser.add_argument("--anew", action="store_true", help="forget what earlier sittings learned")

    def handle(self, *args: Any, **asked: Any) -> None:
        work, folder = Path(settings.DATA_DIR) / SLUG, Path(settings.ENGINES_DIR) / SLUG
        if asked["anew"]:
            shutil.rmtree(work, ignore_errors=True)
        for share, stages in SITTINGS:
            call_command(
                "train_atelier", minutes=share * asked["minutes"], device=asked["device"], size=asked["size"],
                stage=list(stages), steps=asked["steps"], threads=asked["threads"], painters=asked["threads"], work_dir=work,
                export=folder if stages == SITTINGS[-1][1] else None,
            )  # fmt: skip
        if not folder.is_dir():
            raise CommandError(
                "The training was stopped before there was an engine. Run the command again to go on."
            )
        [engine] = register_engines(rows=[_row()])
        self.stdout.write(f"{engine.title_en}: choose it as the engine in the denoising lab.")


def _row() -> dict[str, Any]:
    path = Path(settings.BASE_DIR) / "fixtures" / "engines.yaml"
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return next({**row, "position": place} for place, row in enumerate(rows, start=1) if row["slug"] == SLUG)
