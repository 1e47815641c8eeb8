"""Reads: what makers admit of a cut."""

from __future__ import annotations

from fractions import Fraction

from django.db.models import Q, QuerySet

from accounts.models import User
from assignments.models import Cut
from assignments.queries import cuts_visible_to
from ethics.domain.admissions import Admission as Admitted
from ethics.models import Admission


def admissions_visible_to(user: User) -> QuerySet[Admission]:
    """Admissions about visible cuts, newest first."""
    return (
        Admission.objects.filter(cut__in=cuts_visible_to(user).order_by().values("pk"))
        .select_related("cut__work__brief__module__course", "cut__work__crew", "cut__film", "media")
        .select_related("created_by", "withdrawn_by")
        .order_by("-created_at", "-pk")
    )


def standing_admissions(cut: Cut) -> QuerySet[Admission]:
    """What counts for a cut: its own stretches, and media admitted for any cut of its work; none taken back."""
    about = Q(cut=cut) | Q(cut__work=cut.work_id, media__isnull=False)
    return Admission.objects.filter(about, withdrawn_at=None).select_related("media").order_by("pk")


def admitted_in(cut: Cut) -> tuple[Admitted, ...]:
    """What counts for a cut, as the measure takes it."""
    return tuple(_plain(admission) for admission in standing_admissions(cut))


def _plain(admission: Admission) -> Admitted:
    return Admitted(
        id=str(admission.uuid),
        tool=admission.tool,
        plane=admission.plane,
        start=Fraction(admission.start or 0),
        end=Fraction(admission.end or 0),
        source=str(admission.media.uuid) if admission.media else "",
        is_part=admission.is_part,
    )
