"""Reads: cuts that were judged while the school believed other signatures than it does now."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from assignments.models import Cut
from ethics.choices import AssessmentState
from ethics.models import Assessment, Reference


def cuts_read_with_others(digest: str) -> QuerySet[Cut]:
    """The newest cut of every work whose own files were read with other certificates, once it is measured.

    Args:
        digest: SHA-256 over the certificates of today.
    """
    newest = Cut.objects.filter(work=OuterRef("work")).order_by("-version").values("pk")[:1]
    latest = Assessment.objects.filter(cut=OuterRef("pk")).order_by("-number")
    read = Reference.objects.filter(media__work=OuterRef("work"), evidences__isnull=False)
    return (
        Cut.objects.annotate(
            latest_state=Subquery(latest.values("state")[:1]),
            judged_with=Subquery(latest.values("anchors_sha256")[:1]),
        )
        .filter(Exists(read.exclude(anchors_sha256=digest)), pk=Subquery(newest))
        .filter(latest_state=AssessmentState.DONE)
        .exclude(judged_with=digest)
        .order_by("pk")
    )
