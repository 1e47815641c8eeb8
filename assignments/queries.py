"""Reads: what a person may see. What is not in these querysets does not exist for them (404)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import User
from assignments.choices import MediaRole
from assignments.models import Brief, Cut, Media, Release, SetLog, Submission, Work
from courses.models import Crew, CrewMember
from courses.queries import courses_taught_by, courses_visible_to

LOGGED = ~Q(role=MediaRole.GENERATED) | Q(output__isnull=False)


def briefs_visible_to(user: User) -> QuerySet[Brief]:
    """Briefs of a person's courses: teachers see all, students those of published modules."""
    briefs = Brief.objects.select_related("module__course").order_by("module__course", "due_at", "pk")
    if user.is_staff:
        return briefs
    taught = Q(module__course__in=courses_taught_by(user).values("pk"))
    published = Q(module__course__in=courses_visible_to(user).values("pk"), module__is_published=True)
    return briefs.filter(taught | published)


def works_visible_to(user: User) -> QuerySet[Work]:
    """Works of a person's own or of their crews, and all works of the courses they teach."""
    works = Work.objects.select_related("brief__module__course", "crew", "owner").order_by(
        "-created_at", "-pk"
    )
    return works if user.is_staff else works.filter(_seen_by(user, ""))


def media_visible_to(user: User) -> QuerySet[Media]:
    """Media of visible works; a generated file only once its output, which is logged, exists."""
    media = Media.objects.select_related("work__brief__module__course", "work__crew").order_by(
        "-created_at", "-pk"
    )
    media = media.filter(LOGGED)
    return media if user.is_staff else media.filter(_seen_by(user, "work__"))


def cuts_visible_to(user: User) -> QuerySet[Cut]:
    """Cuts of visible works."""
    cuts = Cut.objects.select_related(
        "work__brief__module__course", "work__crew", "work__owner", "film", "timeline", "created_by"
    ).order_by("-created_at", "-pk")
    return cuts if user.is_staff else cuts.filter(_seen_by(user, "work__"))


def submissions_visible_to(user: User) -> QuerySet[Submission]:
    """Submissions of visible works."""
    submissions = Submission.objects.select_related(
        "work__brief__module__course", "work__crew", "work__owner", "cut__film", "submitted_by"
    ).order_by("-submitted_at", "-pk")
    return submissions if user.is_staff else submissions.filter(_seen_by(user, "work__"))


def releases_visible_to(user: User) -> QuerySet[Release]:
    """Releases of visible works, newest first."""
    releases = Release.objects.select_related(
        "work__brief__module__course", "work__crew", "work__owner", "created_by", "approved_by", "revoked_by"
    ).order_by("-created_at", "-pk")
    return releases if user.is_staff else releases.filter(_seen_by(user, "work__"))


def releases_waiting_for(user: User) -> QuerySet[Release]:
    """Releases that wait for the person's approval: those of the courses they teach, oldest first."""
    waiting = releases_visible_to(user).filter(approved_at=None, revoked_at=None)
    return waiting.filter(work__brief__module__course__in=courses_taught_by(user).values("pk")).order_by(
        "created_at", "pk"
    )


def set_logs_visible_to(user: User) -> QuerySet[SetLog]:
    """Set logs of visible works with the files they cover, in the order of shooting."""
    logs = SetLog.objects.select_related(
        "work__brief__module__course",
        "work__crew",
        "work__owner",
        "created_by",
        "signed_by",
        "countersigned_by",
    ).prefetch_related("media")
    logs = logs.order_by("shot_on", "pk")
    return logs if user.is_staff else logs.filter(_seen_by(user, "work__"))


def set_logs_waiting_for(user: User) -> QuerySet[SetLog]:
    """Set logs that a maker has signed and the person may countersign as a teacher, oldest signature first."""
    waiting = set_logs_visible_to(user).filter(signed_at__isnull=False, countersigned_at=None)
    taught = courses_taught_by(user).values("pk")
    return waiting.filter(work__brief__module__course__in=taught).order_by("signed_at", "pk")


def work_of(brief: Brief, user: User) -> Work | None:
    """Return the person's work for the brief: their own or their crew's; None when nobody has begun."""
    works = Work.objects.select_related("brief__module__course", "crew", "owner")
    return works.filter(Q(owner=user) | Q(crew__members__user=user), brief=brief).first()


def crew_for(brief: Brief, user: User) -> Crew | None:
    """Return the crew in which the person works in the brief's course."""
    return Crew.objects.filter(course=brief.module.course_id, members__user=user).order_by("pk").first()


def works_of_brief(brief: Brief, user: User) -> QuerySet[Work]:
    """Visible works of one brief with members, cuts and submissions at hand, in the order of their makers."""
    works = works_visible_to(user).filter(brief=brief)
    return works.prefetch_related("crew__members__user", "cuts", "submissions__cut").order_by(
        "crew__name", "owner__username"
    )


def media_of(work: Work) -> QuerySet[Media]:
    """Media of a work, oldest first, with what their cards show; generated ones once they are logged."""
    shown = work.media.filter(LOGGED).select_related("created_by", "work", "output")
    return shown.order_by("created_at", "pk")


def cuts_of(work: Work) -> QuerySet[Cut]:
    """Cuts of a work, newest first, with their films and submissions."""
    return work.cuts.select_related("film", "timeline", "created_by", "submission").order_by("-version")


def _seen_by(user: User, to_work: str) -> Q:
    """Return the condition that the work `to_work` leads to is theirs, their crew's or taught by them."""
    places = CrewMember.objects.filter(user=user).values("crew")
    taught = courses_taught_by(user).values("pk")
    return (
        Q(**{f"{to_work}owner": user})
        | Q(**{f"{to_work}crew__in": places})
        | Q(**{f"{to_work}brief__module__course__in": taught})
    )
