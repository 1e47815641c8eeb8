"""What may be spent on a brief: who says so, and what the ledger keeps of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from assignments import services
from assignments.models import Brief
from ledger.models import Entry, Opening
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
ASKED = {
    "gpu_seconds": 900,
    "gpu_seconds_person": 300,
    "gpu_seconds_all": None,
    "money_limit": Decimal("2.50"),
}
TYPED = {"gpu_seconds": "900", "gpu_seconds_person": "300", "gpu_seconds_all": "", "money_limit": "2.50"}


def budgets():
    return Brief.objects.values(*ASKED).get()


def page(room):
    return reverse("assignments:brief_budgets", args=[room.brief.uuid])


@pytest.mark.parametrize("who", ["tess", "admin"])
def test_instructors_and_administrators_set_budgets_and_the_ledger_keeps_it(class_room, who):
    by = getattr(class_room, who)
    services.set_budgets(brief=class_room.brief, by=by, now=NOW, **ASKED)
    entry = Entry.objects.get(subject=f"brief:{class_room.brief.uuid}")
    kept = Opening.objects.get(entry=entry).payload
    assert budgets() == ASKED
    assert (entry.kind, kept["gpu_seconds_person"], kept["gpu_seconds_all"], kept["money_limit"]) == (
        "policy.set", 300, None, "2.50",
    )  # fmt: skip


def test_budgets_that_stay_the_same_are_not_logged_again(class_room):
    for _time in range(2):
        services.set_budgets(brief=class_room.brief, by=class_room.tess, now=NOW, **ASKED)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("who", ["alice", "mia", "charlie"])
def test_students_mentors_and_strangers_set_none(class_room, who):
    before = budgets()
    with pytest.raises(PermissionDenied):
        services.set_budgets(brief=class_room.brief, by=getattr(class_room, who), now=NOW, **ASKED)
    assert (budgets(), Entry.objects.count()) == (before, 0)


def test_an_instructor_fills_in_the_form(client, class_room):
    client.force_login(class_room.tess)
    assert 'name="gpu_seconds_all"' in client.get(page(class_room)).content.decode()
    response = client.post(page(class_room), TYPED)
    assert (response.status_code, response.url) == (
        302, reverse("assignments:brief_detail", args=[class_room.brief.uuid]),
    )  # fmt: skip
    assert budgets() == ASKED


@pytest.mark.parametrize(
    "wrong",
    [{"gpu_seconds": "-1"}, {"gpu_seconds": ""}, {"money_limit": "-0.01"}, {"gpu_seconds_all": "many"}],
)
def test_what_is_no_budget_is_told_and_nothing_is_kept(client, class_room, wrong):
    before = budgets()
    client.force_login(class_room.tess)
    response = client.post(page(class_room), {**TYPED, **wrong})
    assert (response.status_code, budgets()) == (422, before)


@pytest.mark.parametrize(
    ("who", "shown"), [("tess", True), ("admin", True), ("mia", False), ("alice", False)]
)
def test_only_who_may_set_budgets_finds_the_way(client, class_room, who, shown):
    client.force_login(getattr(class_room, who))
    brief = client.get(reverse("assignments:brief_detail", args=[class_room.brief.uuid])).content.decode()
    assert (page(class_room) in brief) is shown
