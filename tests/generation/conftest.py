"""Engines built once per run, and a course in which everything is open."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from assignments.choices import MediaRole
from generation.backends.practice.building import build_practice_engines
from generation.services import register_engines
from tests import factories

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def engines_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("engines")
    build_practice_engines(folder)
    return folder


@pytest.fixture
def engines(db, settings, engines_folder):
    """The practice engines with their rows."""
    settings.ENGINES_DIR = engines_folder
    rows = yaml.safe_load((ROOT / "fixtures" / "engines.yaml").read_text(encoding="utf-8"))
    return {engine.slug: engine for engine in register_engines(rows=rows)}


@pytest.fixture
def scene(db):
    """Alice makes a work for Bob's brief; Charlie is a student of another course."""
    course = factories.make_course()
    brief = factories.make_brief(factories.make_module(course, slug="video"))
    alice, bob, charlie = (factories.make_user(name) for name in ("alice", "bob", "charlie"))
    factories.make_enrolment(course, alice)
    factories.make_enrolment(course, bob, "instructor")
    factories.make_enrolment(factories.make_course(), charlie)
    work = factories.make_work(brief, owner=alice)
    return SimpleNamespace(course=course, brief=brief, work=work, alice=alice, bob=bob, charlie=charlie)


@pytest.fixture
def still(scene, tmp_path):
    """A ready still of Alice's work, with its bytes in the store."""
    from PIL import Image

    from assignments.backends import store

    path = tmp_path / "still.png"
    Image.linear_gradient("L").convert("RGB").resize((320, 180)).save(path)
    stored = store.receive_file(path)
    return factories.make_media(
        scene.work, MediaRole.STILL, name="still.png", sha256=stored.sha256, mime="image/png"
    )
