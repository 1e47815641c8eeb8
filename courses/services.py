"""Writes of the courses room: the curriculum, publishing, reading, people and crews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from courses import permissions, queries
from courses.choices import FilmRole, Role
from courses.domain.plans import CoursePlan, LessonPlan, ModulePlan, ProgrammePlan
from courses.models import Course, Crew, CrewMember, Enrolment, Lesson, LessonDone, Module, Programme
from ui.errors import Refused, require

CREW_SIZES = range(3, 9)


class ModuleLocked(Refused):
    """The lesson stands in a module that isn't open to this student yet."""


class CrewRefused(Refused):
    """The people named can't be this crew."""


class EnrolmentRefused(Refused):
    """The person can't be enrolled like this."""


@transaction.atomic
def load_course(*, programme: ProgrammePlan, course: CoursePlan, term: str, starts_on: date) -> Course:
    """Make the programme and the course, or bring their words up to date.

    A course that stands keeps its term and start, because its due dates were counted from there.
    """
    parent, _made = Programme.objects.update_or_create(
        slug=programme.slug, defaults={**programme.title.named("title"), **programme.summary.named("summary")}
    )
    said = {"programme": parent, **course.title.named("title"), **course.summary.named("summary")}
    row, _made = Course.objects.update_or_create(
        code=course.code, defaults=said, create_defaults={**said, "term": term, "starts_on": starts_on}
    )
    return row


@transaction.atomic
def load_modules(*, course: Course, plans: Sequence[ModulePlan]) -> dict[str, Module]:
    """Make or update the course's modules and lessons by slug; each module waits for the one before it.

    Modules and lessons that the plans no longer name stay, because people may have finished them.
    Return modules by slug.
    """
    loaded: dict[str, Module] = {}
    before: Module | None = None
    for plan in sorted(plans, key=lambda plan: plan.number):
        before = loaded[plan.slug] = _load_module(course, plan, before)
        for position, lesson in enumerate(plan.lessons, start=1):
            _load_lesson(loaded[plan.slug], lesson, position)
    return loaded


def _load_module(course: Course, plan: ModulePlan, before: Module | None) -> Module:
    module, _made = Module.objects.update_or_create(
        course=course,
        slug=plan.slug,
        defaults={
            "number": plan.number,
            **plan.title.named("title"),
            **plan.summary.named("summary"),
            "objectives": [asdict(objective) for objective in plan.objectives],
            "prerequisite": before,
        },
    )
    return module


def _load_lesson(module: Module, plan: LessonPlan, position: int) -> None:
    Lesson.objects.update_or_create(
        module=module,
        slug=plan.slug,
        defaults={
            "kind": plan.kind,
            "position": position,
            "minutes": plan.minutes,
            **plan.title.named("title"),
            **plan.body.named("body"),
        },
    )


def publish_module(*, module: Module, is_published: bool, by: User) -> Module:
    """Show a module to students, or take it back; what they finished in it is kept."""
    require(permissions.can_teach(by, module.course))
    Module.objects.filter(pk=module.pk).update(is_published=is_published)
    module.is_published = is_published
    return module


def finish_lesson(*, lesson: Lesson, by: User, now: datetime) -> LessonDone:
    """Note that a person has finished a lesson; the first time counts.

    Raises:
        ModuleLocked: when the lesson's module still waits for another one.
    """
    release = queries.release_of(lesson.module, by)
    if not release.is_open:
        raise ModuleLocked(queries.release_sentence(release, lesson.module.course))
    done, _made = LessonDone.objects.get_or_create(lesson=lesson, user=by, defaults={"done_at": now})
    return done


def enrol(*, course: Course, user: User, role: Role) -> Enrolment:
    """Put a person into a course, or give them another role there. For set-up; people use `enrol_by_name`."""
    enrolment, _made = Enrolment.objects.update_or_create(course=course, user=user, defaults={"role": role})
    return enrolment


def enrol_by_name(*, course: Course, username: str, role: Role, by: User) -> Enrolment:
    """Enrol the person with this user name.

    Raises:
        EnrolmentRefused: when nobody has the name, or the person is in the course already.
    """
    require(permissions.can_teach(by, course))
    user = User.objects.filter(username=username.strip(), is_active=True).first()
    if user is None:
        raise EnrolmentRefused(
            _("Nobody here has the user name “%(name)s”. Ask the person for the name they log in with.")
            % {"name": username}
        )
    enrolment, made = Enrolment.objects.get_or_create(course=course, user=user, defaults={"role": role})
    if not made:
        raise EnrolmentRefused(
            _("%(name)s is in this course already, as %(role)s.")
            % {"name": user, "role": enrolment.get_role_display()}
        )
    return enrolment


@transaction.atomic
def form_crew(*, course: Course, name: str, members: Sequence[tuple[User, FilmRole]], by: User) -> Crew:
    """Form a crew of three to eight students of the course, each in no other crew of it.

    Raises:
        CrewRefused: with the reason.
    """
    require(permissions.can_teach(by, course))
    _check_crew(course, name, [user for user, _role in members])
    crew = Crew.objects.create(course=course, name=name)
    CrewMember.objects.bulk_create(CrewMember(crew=crew, user=user, film_role=role) for user, role in members)
    return crew


def _check_crew(course: Course, name: str, people: Sequence[User]) -> None:
    if len(people) not in CREW_SIZES or len(set(people)) != len(people):
        raise CrewRefused(
            ngettext(
                "A crew has %(least)s to %(most)s students, this one %(count)s.",
                "A crew has %(least)s to %(most)s students, this one %(count)s.",
                len(people),
            )
            % {"least": CREW_SIZES[0], "most": CREW_SIZES[-1], "count": len(people)}
        )
    if Crew.objects.filter(course=course, name=name).exists():
        raise CrewRefused(_("The course has a crew named “%(name)s” already.") % {"name": name})
    students = set(queries.students_of(course))
    if strangers := [person for person in people if person not in students]:
        raise CrewRefused(_("%(name)s is not a student of this course.") % {"name": strangers[0]})
    if (
        taken := CrewMember.objects.filter(crew__course=course, user__in=people)
        .select_related("user", "crew")
        .first()
    ):
        raise CrewRefused(
            _("%(name)s is in the crew “%(crew)s” already.") % {"name": taken.user, "crew": taken.crew.name}
        )
