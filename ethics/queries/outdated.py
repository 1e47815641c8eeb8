"""Reads: cuts that were judged by another cap, or while the school believed other signatures, than today."""

from __future__ import annotations

from fractions import Fraction

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT

from assignments.models import Cut
from ethics.choices import AssessmentState
from ethics.models import Assessment, Reference


def cuts_read_with_others(digest: str) -> QuerySet[Cut]:
    """The newest cut of every work whose own files were read with other certificates, once it is measured.

    Args:
        digest: SHA-256 over the certificates of today.
    """
    read = Reference.objects.filter(media__work=OuterRef("work"), evidences__isnull=False)
    return (
        _newest_cuts()
        .annotate(judged_with=Subquery(_latest().values("anchors_sha256")[:1]))
        .filter(Exists(read.exclude(anchors_sha256=digest)))
        .exclude(judged_with=digest)
        .order_by("pk")
    )


def cuts_under_another_cap() -> list[int]:
    """Ids of the newest cuts whose brief has another cap for the picture now than when they were judged."""
    judged_by = _latest().annotate(cap=KT("document__verdict__cap")).values("cap")[:1]
    caps = (
        _newest_cuts()
        .annotate(judged_by=Subquery(judged_by))
        .order_by("pk")
        .values_list("pk", "judged_by", "work__brief__picture_cap")
    )
    return [
        pk
        for pk, judged_by, cap in caps
        if judged_by is not None and Fraction(str(judged_by)) != Fraction(cap)
    ]


def _latest() -> QuerySet[Assessment]:
    return Assessment.objects.filter(cut=OuterRef("pk")).order_by("-number")


def _newest_cuts() -> QuerySet[Cut]:
    """The newest cut of every work whose latest measuring is done."""
    newest = Cut.objects.filter(work=OuterRef("work")).order_by("-version").values("pk")[:1]
    cuts = Cut.objects.annotate(latest_state=Subquery(_latest().values("state")[:1]))
    return cuts.filter(pk=Subquery(newest), latest_state=AssessmentState.DONE)
