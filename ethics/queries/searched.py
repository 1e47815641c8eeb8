"""Reads: the media of the whole school that a film may show."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from assignments.choices import MediaRole, MediaState
from assignments.models import Cut, Media
from ethics.models import Reference

SEARCHED_ROLES = (MediaRole.RUSH, MediaRole.STILL, MediaRole.SOUND, MediaRole.GENERATED)


def searched_media() -> QuerySet[Media]:
    """Everything of the school that films are compared with, oldest first."""
    return (
        Media.objects.filter(role__in=SEARCHED_ROLES, state=MediaState.READY)
        .filter(~Q(role=MediaRole.GENERATED) | Q(output__isnull=False))
        .exclude(facts__kind="text")
        .order_by("pk")
    )


def others_of(cut: Cut) -> QuerySet[Media]:
    """What other crews of the school have, of any course."""
    return searched_media().exclude(work=cut.work_id)


def others_mark(cut: Cut) -> list[int]:
    """Numbers that change when other crews' material does: how many there are, and the newest."""
    found = others_of(cut).aggregate(count=Count("pk"), newest=Max("pk"))
    return [found["count"], found["newest"] or 0]


def heard_only(cut: Cut) -> QuerySet[Media]:
    """Other crews' sounds of the same course, which no picture can nominate."""
    course = cut.work.brief.module.course_id
    return others_of(cut).filter(work__brief__module__course=course, facts__kind="audio")


def unread_media(version: str) -> QuerySet[Media]:
    """Media without a fingerprint of this form, newest first."""
    current = Reference.objects.filter(media=OuterRef("pk"), version=version)
    return searched_media().filter(~Exists(current)).order_by("-pk")


def unread_of_course(cut: Cut, version: str) -> QuerySet[Media]:
    """Other crews' media of the same course that have no fingerprint yet, newest first."""
    course = cut.work.brief.module.course_id
    return unread_media(version).exclude(work=cut.work_id).filter(work__brief__module__course=course)


def own_media(cut: Cut) -> set[int]:
    """Ids of the work's own media, which are searched anyway."""
    return set(searched_media().filter(work=cut.work_id).values_list("pk", flat=True))


def fingerprinted(version: str) -> QuerySet[Reference]:
    """Fingerprints of this form of everything films are compared with."""
    return Reference.objects.filter(version=version, media__in=searched_media().order_by()).order_by("pk")


def fingerprinted_ids(version: str, *, among: Collection[int] | None = None) -> set[int]:
    """Ids of the media that have a fingerprint of this form."""
    found = fingerprinted(version)
    if among is not None:
        found = found.filter(pk__in=among)
    return set(found.values_list("pk", flat=True))
