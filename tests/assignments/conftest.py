"""A class with a crew brief: Alice and Bob in the crew, Tess teaches, Mia mentors, Charlie is elsewhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import translation

from assignments import services, workers
from assignments.backends import store
from courses.choices import Role
from tests import factories


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Nobody logs in by password here; hashing them as in earnest takes most of a test's time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _english():
    """A request leaves its language behind in the thread; each test begins in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def class_room(db, _quick_passwords):
    """Returns alice, bob, tess, mia, charlie, admin, course, brief, crew and work."""
    alice, bob, tess, mia, charlie = (
        factories.make_user(name) for name in ("alice", "bob", "tess", "mia", "charlie")
    )
    course = factories.make_course()
    crew = factories.make_crew(course, members=[alice, bob, factories.make_user("dana")])
    factories.make_enrolment(course, tess, Role.INSTRUCTOR)
    factories.make_enrolment(course, mia, Role.MENTOR)
    factories.make_crew(members=[charlie])
    brief = factories.make_brief(factories.make_module(course), is_crew_work=True)
    work = factories.make_work(brief, crew=crew)
    return SimpleNamespace(
        alice=alice, bob=bob, tess=tess, mia=mia, charlie=charlie, admin=factories.make_administrator(),
        course=course, brief=brief, crew=crew, work=work,
    )  # fmt: skip


@pytest.fixture
def add(class_room):
    """Store a file of the tests, add it to the work and prepare it; returns the row as it then is."""

    def add_file(path: Path, role: str, *, name: str = "", now: datetime = factories.NOW):
        stored = store.receive_file(path)
        media = services.add_media(
            work=class_room.work,
            role=role,
            name=name or path.name,
            stored=stored,
            by=class_room.alice,
            now=now,
        )
        workers.prepare_media(str(media.uuid), now=lambda: now)
        media.refresh_from_db()
        return media

    return add_file


@pytest.fixture
def upload_url(class_room):
    def url(role: str) -> str:
        return reverse("assignments:media_upload", args=[class_room.work.uuid, role])

    return url
