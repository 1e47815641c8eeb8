"""The commands that fill an empty school."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal

import pytest
import yaml
from django.core.management import CommandError, call_command

from accounts.models import User
from assignments.models import Brief
from courses.choices import Role
from courses.models import Course, Crew, Lesson, LessonDone, Module
from courses.queries import has_finished_ethics_lesson
from grading.management.commands.load_curriculum import load
from grading.management.commands.make_demo_class import CREWS, STUDENTS, make_class
from grading.models import Criterion, Mark
from ledger.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
MONDAY = date(2026, 3, 2)


@pytest.fixture
def folder(tmp_path, settings):
    """A copy of the curriculum's first two modules, to change."""
    for name in ("programme.yaml", "1-literacy", "2-text"):
        source = settings.CURRICULUM_DIR / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


def change(folder, edit):
    path = folder / "1-literacy" / "module.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(document)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")


def test_the_whole_curriculum_is_loaded(settings):
    course = load(folder=settings.CURRICULUM_DIR, starts_on=MONDAY)
    assert course.modules.count() == 7
    assert Brief.objects.filter(module__course=course).count() == 7
    for brief in Brief.objects.all():
        assert sum(brief.criteria.values_list("points", flat=True)) == brief.points


def test_each_module_waits_for_the_one_before(folder):
    course = load(folder=folder, starts_on=MONDAY)
    first, second = course.modules.order_by("number")
    assert (first.prerequisite, second.prerequisite) == (None, first)


def test_due_dates_are_counted_from_the_start_of_term(folder):
    change(folder, lambda document: document["assignment"].update(due_week=2))
    load(folder=folder, starts_on=MONDAY)
    brief = Brief.objects.get(module__number=1)
    assert brief.due_at.date() == date(2026, 3, 15)


def test_loading_twice_changes_nothing(folder):
    def rows():
        models = (Course, Module, Lesson, Brief, Criterion, Entry)
        return [list(model.objects.order_by("pk").values()) for model in models]

    load(folder=folder, starts_on=MONDAY)
    before = rows()
    load(folder=folder)
    assert rows() == before


def test_a_changed_policy_reaches_the_brief_and_the_ledger(folder):
    load(folder=folder, starts_on=MONDAY)
    change(folder, lambda document: document["assignment"]["policy"].update(cap_percent=25))
    load(folder=folder)
    brief = Brief.objects.get(module__number=1)
    assert brief.picture_cap == Decimal("0.25")
    assert Entry.objects.filter(kind="policy.set", subject=f"brief:{brief.uuid}").count() == 2


def test_budgets_of_people_of_the_class_and_in_money_may_be_named(folder):
    budgets = {"gpu_seconds_person": 90, "gpu_seconds_all": 5000, "money_limit": 2.5}
    load(folder=folder, starts_on=MONDAY)
    before = Brief.objects.filter(module__number=1).values_list(*budgets).get()
    change(folder, lambda document: document["assignment"]["policy"].update(budgets))
    load(folder=folder)
    after = Brief.objects.filter(module__number=1).values_list(*budgets).get()
    assert (before, after) == ((None, None, 0), (90, 5000, Decimal("2.5")))


def test_a_criterion_that_is_no_longer_named_goes(folder):
    load(folder=folder, starts_on=MONDAY)

    def merge(document):
        last = document["assignment"]["rubric"].pop()
        document["assignment"]["rubric"][0]["points"] += last["points"]

    before = Criterion.objects.filter(brief__module__number=1).count()
    change(folder, merge)
    load(folder=folder)
    assert Criterion.objects.filter(brief__module__number=1).count() == before - 1
    assert Mark.objects.count() == 0


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda document: document["assignment"]["rubric"].pop(), "the rubric gives"),
        (
            lambda document: document["assignment"]["policy"].update(cap_percent=140),
            "a cap lies between 0 and 100",
        ),
        (lambda document: document["assignment"]["policy"].update(over_cap="shout"), "“shout” is not one of"),
        (lambda document: document["assignment"].pop("due_week"), "lacks the entry “due_week”"),
    ],
    ids=["points", "cap", "over the cap", "due week"],
)
def test_a_faulty_assignment_is_named_and_nothing_is_stored(folder, edit, sentence):
    change(folder, edit)
    with pytest.raises(CommandError, match=r"1-literacy/module\.yaml") as caught:
        call_command("load_curriculum", folder=folder)
    assert sentence in str(caught.value)
    assert Course.objects.count() == 0


def test_the_demo_class_is_complete():
    course = make_class(password="secret")
    assert User.objects.get(username="admin").is_staff is True
    roles = dict(course.enrolments.values_list("user__username", "role"))
    assert roles == {"instructor": Role.INSTRUCTOR, "mentor": Role.MENTOR} | dict.fromkeys(
        STUDENTS, Role.STUDENT
    )
    assert {crew.name: crew.members.count() for crew in Crew.objects.all()} == dict.fromkeys(CREWS, 4)
    assert all(user.check_password("secret") for user in User.objects.all()[:2])


def test_the_demo_crews_may_use_every_tool():
    course = make_class(password="secret")
    student = User.objects.get(username="student8")
    assert all(has_finished_ethics_lesson(student, module) for module in course.modules.all())


def test_the_demo_class_is_made_once():
    make_class(password="secret")
    before = (User.objects.count(), Crew.objects.count(), LessonDone.objects.count(), Entry.objects.count())
    make_class(password="secret")
    assert (
        User.objects.count(),
        Crew.objects.count(),
        LessonDone.objects.count(),
        Entry.objects.count(),
    ) == before


def test_a_new_password_reaches_everybody():
    make_class(password="secret")
    make_class(password="another")
    assert User.objects.get(username="student1").check_password("another") is True


def test_the_demo_class_is_refused_in_production(settings):
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="not made in production"):
        call_command("make_demo_class")
    assert User.objects.count() == 0
