"""Reads: assessments, and the material a cut is measured against."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from assignments.choices import FILMED_ROLES, MediaRole, MediaState
from assignments.models import Brief, Cut, Media, SetLog
from assignments.queries import cuts_visible_to
from ethics.backends.tracer import Kind
from ethics.backends.trust import anchors_sha256
from ethics.choices import AssessmentState
from ethics.domain.composites import composite_of
from ethics.domain.intervention import ruleset_hash
from ethics.domain.records import Records
from ethics.models import Assessment
from ethics.queries.admissions import admitted_in
from ethics.queries.planes import plane_caps
from ethics.queries.searched import others_mark, searched_media
from generation.domain.recipe import is_looked_through
from ledger.canonical import canonical_json

PENDING = (AssessmentState.QUEUED, AssessmentState.RUNNING)


@dataclass(frozen=True, slots=True)
class Material:
    """One medium a cut may show.

    Attributes:
        kind: generated, footage (to be put through the capture test) or other (another crew's).
        is_own: Whether it belongs to the work of the cut.
        is_logged: Whether a set log covers it that a maker and a teacher have signed.
    """

    media: Media
    kind: Kind
    is_own: bool
    is_logged: bool = False


def assessments_visible_to(user: User) -> QuerySet[Assessment]:
    """Assessments of visible cuts, newest first."""
    return (
        Assessment.objects.filter(cut__in=cuts_visible_to(user).order_by().values("pk"))
        .select_related(
            "cut__work__brief__module__course", "cut__work__crew", "cut__work__owner", "cut__film"
        )
        .order_by("-created_at", "-pk")
    )


def latest_assessment(cut: Cut) -> Assessment | None:
    """The newest assessment of a cut, whatever its state."""
    return Assessment.objects.filter(cut=cut).order_by("-number").first()


def standing_assessment(cut: Cut) -> Assessment | None:
    """The newest finished assessment of a cut."""
    return Assessment.objects.filter(cut=cut, state=AssessmentState.DONE).order_by("-number").first()


def standing_assessments() -> QuerySet[Assessment]:
    """For every cut that has one, its newest finished assessment."""
    newest = (
        Assessment.objects.filter(cut=OuterRef("cut"), state=AssessmentState.DONE)
        .order_by("-number")
        .values("pk")[:1]
    )
    return Assessment.objects.filter(pk=Subquery(newest))


def materials_of(cut: Cut, *, others: Collection[int] = ()) -> list[Material]:
    """What the cut is compared with: the work's own media, and of other crews' those that are named.

    Other crews' generated files count as generated; their rushes are somebody else's material. What a program only put
    together from other media of a work (more frames) is looked through: its ingredients are searched. A composite whose
    plate was measured is searched beside its ingredients.

    Args:
        others: Ids of other crews' media, of the whole school.
    """
    media = (
        searched_media()
        .filter(Q(work=cut.work_id) | Q(pk__in=others))
        .select_related("reference", "output__job")
    )
    logged = media_in_set_log(cut.work_id)
    return [_material(one, cut, logged) for one in media if not _is_put_together(one)]


def media_in_set_log(work: int) -> set[int]:
    """Ids of the media of a work that a set log covers which a maker and a teacher have signed."""
    signed = SetLog.objects.filter(work=work, countersigned_at__isnull=False)
    return set(signed.values_list("media", flat=True))


def _is_put_together(media: Media) -> bool:
    """Whether nothing is searched but its ingredients. Of a composite it is known how much of it is plate."""
    if media.role != MediaRole.GENERATED:
        return False
    return is_looked_through(media.output.recipe) and composite_of(media.output.recipe) is None


def _material(media: Media, cut: Cut, logged: Collection[int]) -> Material:
    is_own = media.work_id == cut.work_id
    if media.role == MediaRole.GENERATED:
        return Material(media, "generated", is_own)
    return Material(media, "footage" if is_own else "other", is_own, is_logged=media.pk in logged)


def inputs_hash(cut: Cut, materials: list[Material], records: Records) -> str:
    """SHA-256 over everything an assessment depends on: same inputs, same document."""
    facts = {
        "ruleset": ruleset_hash(),
        "film": cut.film.sha256,
        "timeline": cut.timeline.sha256 if cut.timeline else "",
        "version": cut.version,
        "cap": str(Fraction(cut.work.brief.picture_cap)),
        "caps": [[plane, str(cap)] for plane, cap in plane_caps(cut.work.brief)],
        "materials": [[one.media.sha256, one.kind, one.is_logged] for one in materials if one.is_own],
        "others": others_mark(cut),
        "admissions": [repr(one) for one in admitted_in(cut)],
        "anchors": anchors_sha256(),
        "records": repr(records),
    }
    return hashlib.sha256(canonical_json(facts)).hexdigest()


def own_evidence(cut: Cut) -> str:
    """SHA-256 over what makers and teachers add to a work themselves: files, set logs, admissions, and the cap.

    When it is another one at the end of a measuring than at its start, the cut is measured once more.
    """
    own = cut.work.media.filter(role__in=FILMED_ROLES, state=MediaState.READY)
    facts = {
        "cap": str(Fraction(Brief.objects.get(pk=cut.work.brief_id).picture_cap)),
        "media": sorted(own.values_list("sha256", flat=True)),
        "logged": sorted(media_in_set_log(cut.work_id)),
        "admissions": [repr(one) for one in admitted_in(cut)],
    }
    return hashlib.sha256(canonical_json(facts)).hexdigest()


def cuts_to_measure() -> QuerySet[Cut]:
    """Cuts with a ready film that nobody has measured, oldest first."""
    return (
        Cut.objects.filter(film__state=MediaState.READY, assessments__isnull=True)
        .select_related("work__brief__module", "film", "timeline", "created_by")
        .order_by("created_at")
    )


def worth_seconds(assessment: Assessment) -> float:
    """Seconds of picture that are unknown in a finished assessment: what is left to prove."""
    segments = (assessment.document or {}).get("planes", {}).get("picture", {}).get("segments", [])
    return float(sum(part["end"] - part["start"] for part in segments if part["state"] == "U"))


def media_of_sources(document: Mapping[str, Any], cut: Cut) -> dict[str, Media]:
    """The media of the cut's own work that an assessment names, by their ids."""
    named = {
        source["id"]
        for plane in document["planes"].values()
        for segment in plane["segments"]
        for source in segment["sources"]
        if source["kind"] != "record"
    }
    named |= {
        source["id"]
        for term in document["hcid"]["terms"].values()
        for source in term["sources"]
        if source["id"]
    }
    return {str(media.uuid): media for media in Media.objects.filter(uuid__in=named, work=cut.work_id)}
