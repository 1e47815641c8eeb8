"""A measured cut with the people around it, for tests of decisions, declarations and packages."""

from __future__ import annotations

from types import SimpleNamespace

from courses.choices import Role
from ethics.choices import AssessmentState
from tests.ethics.test_views import document
from tests.factories import (
    NOW,
    make_administrator,
    make_assessment,
    make_brief,
    make_course,
    make_crew,
    make_cut,
    make_enrolment,
    make_media,
    make_module,
    make_user,
    make_work,
)


def make_room(**brief) -> SimpleNamespace:
    """Alice's crew has a cut of 2 s human, 1 s AI, 1 s unknown; Bob and Bea instruct, Mia mentors, Charlie is a stranger."""
    names = ("alice", "anton", "bob", "bea", "mia", "charlie")
    people = {name: make_user(name) for name in names}
    course = make_course()
    for name, role in {"bob": Role.INSTRUCTOR, "bea": Role.INSTRUCTOR, "mia": Role.MENTOR}.items():
        make_enrolment(course, people[name], role)
    make_crew(members=[people["charlie"]])
    crew = make_crew(course, members=[people["alice"], people["anton"]])
    work = make_work(make_brief(make_module(course), is_crew_work=True, **brief), crew=crew)
    rush = make_media(work, name="A001.mov")
    cut = make_cut(work)
    return SimpleNamespace(
        **people, ada=make_administrator("ada"), course=course, work=work, rush=rush, cut=cut,
        assessment=measure(cut, rush), document=document,
    )  # fmt: skip


def measure(cut, rush, **fields):
    """A finished assessment of the cut with one unknown second, 25 to 50 % AI."""
    done = {
        "state": AssessmentState.DONE, "document": document(rush), "document_sha256": "a" * 64, "share_low": 0.25,
        "share_high": 0.5, "hcid_low": 40, "hcid_high": 60, "verdict": "open", "ledger_index": 0, "finished_at": NOW,
    }  # fmt: skip
    return make_assessment(cut, **{**done, **fields})
