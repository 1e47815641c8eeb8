"""A school in an empty database: people with a work each, engines, and what they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from assignments.backends import store
from assignments.choices import MediaRole, MediaState
from assignments.models import Brief, Media, Work
from bench.serving.workloads import Ask
from courses.choices import Role
from courses.models import Course, Enrolment, Module, Programme
from generation.backends.base import EngineSpec
from generation.models import Engine, Job
from generation.queries import spec_of
from generation.services import register_engines, request_job

ROOT = Path(__file__).resolve().parent.parent.parent
ENDLESS_SECONDS = 10**7
TOOLS = ["text-to-image", "image-to-image", "image-to-video"]
WORDS = "a ferry landing in the rain, wide shot, number {seed}"


@dataclass(frozen=True, slots=True)
class Engines:
    """Slugs of what draws pictures and clips, and the guidance every picture asks for."""

    picture: str
    clip: str
    guidance: float = 5.0


@dataclass(frozen=True, slots=True)
class School:
    """Works by the number of the person who makes them, and a still that clips begin with."""

    works: Sequence[Work]
    stills: Sequence[Media]
    engines: Engines

    def ask(self, ask: Ask) -> Job:
        """Ask for a job as a page does, at this moment."""
        work = self.works[ask.person]
        assert work.owner is not None
        video = {"seconds": ask.seconds, "camera": "push-in"}
        picture = {"guidance": self.engines.guidance}
        return request_job(
            work=work,
            tool="image-to-video" if ask.is_video else "text-to-image",
            inputs={
                "prompt": WORDS.format(seed=ask.seed), "seed": ask.seed, "steps": ask.steps,
                **(video if ask.is_video else picture),
            },
            source=self.stills[ask.person] if ask.is_video else None,
            by=work.owner,
            now=timezone.now(),
            engine=self.engines.clip if ask.is_video else self.engines.picture,
        )  # fmt: skip

    def specs(self) -> list[EngineSpec]:
        wanted = [self.engines.picture, self.engines.clip]
        return [spec_of(Engine.objects.get(slug=slug)) for slug in wanted]


def found_school(*, people: int, engines: Engines, rows: Iterable[dict[str, Any]]) -> School:
    """Migrate the empty database and fill it; budgets never run out."""
    call_command("migrate", verbosity=0)
    register_engines(rows=rows)
    brief = _brief()
    works = [_work(brief, number) for number in range(people)]
    picture = _picture()
    return School(works, [_still(work, picture) for work in works], engines)


def shipped_rows(slugs: Iterable[str]) -> list[dict[str, Any]]:
    """Return the rows of fixtures/engines.yaml with these slugs."""
    rows = yaml.safe_load((ROOT / "fixtures" / "engines.yaml").read_text(encoding="utf-8"))
    wanted = set(slugs)
    return [row for row in rows if row["slug"] in wanted]


def _brief() -> Brief:
    now = timezone.now()
    programme = Programme.objects.create(slug="bench", title_en="Bench", title_zh="基准")
    course = Course.objects.create(
        programme=programme, code="bench", term="now", title_en="Bench", title_zh="基准", starts_on=date(2026, 3, 2)
    )  # fmt: skip
    module = Module.objects.create(course=course, slug="image", number=1, title_en="Image", title_zh="画面")
    return Brief.objects.create(
        module=module, slug="scene", title_en="Scene", title_zh="场景", body_en="Make it.", body_zh="拍出来。",
        due_at=now + timedelta(days=14), tools=TOOLS, gpu_seconds=ENDLESS_SECONDS,
    )  # fmt: skip


def _work(brief: Brief, number: int) -> Work:
    user = User.objects.create(username=f"student{number}")
    Enrolment.objects.create(course=brief.module.course, user=user, role=Role.STUDENT)
    return Work.objects.create(brief=brief, owner=user, created_at=timezone.now())


def _picture() -> store.Stored:
    from PIL import Image

    path = Path(settings.DATA_DIR) / "still.png"
    Image.linear_gradient("L").convert("RGB").resize((512, 288)).save(path)
    return store.receive_file(path)


def _still(work: Work, stored: store.Stored) -> Media:
    assert work.owner is not None
    return Media.objects.create(
        work=work, role=MediaRole.STILL, name="still.png", sha256=stored.sha256, size_bytes=stored.size_bytes,
        mime="image/png", state=MediaState.READY, created_by=work.owner, created_at=timezone.now(),
    )  # fmt: skip
