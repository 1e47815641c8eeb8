"""Reads of the courses room."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.utils.translation import gettext, ngettext

from accounts.models import User
from courses import permissions
from courses.choices import LessonKind, Role
from courses.domain.release_rules import Gate, ModuleFacts, Release, releases
from courses.models import Course, Crew, CrewMember, Enrolment, Lesson, LessonDone, Module, Programme

TEACHERS = (Role.INSTRUCTOR, Role.MENTOR)


def courses_visible_to(user: User) -> QuerySet[Course]:
    """Courses the person is enrolled in; all of them for an administrator."""
    courses = Course.objects.select_related("programme").order_by("-starts_on", "code")
    if user.is_staff:
        return courses
    return courses.filter(Exists(Enrolment.objects.filter(course=OuterRef("pk"), user=user)))


def courses_taught_by(user: User) -> QuerySet[Course]:
    """Courses in which the person is instructor or mentor."""
    mine = Enrolment.objects.filter(course=OuterRef("pk"), user=user, role__in=TEACHERS)
    return Course.objects.filter(Exists(mine)).order_by("-starts_on", "code")


def roles_of(user: User) -> dict[int, Role]:
    """The person's role by course id, in one query."""
    pairs = Enrolment.objects.filter(user=user).values_list("course_id", "role")
    return {course: Role(role) for course, role in pairs}


def programmes_visible_to(user: User) -> QuerySet[Programme]:
    """Programmes that hold a course the person may see."""
    return Programme.objects.filter(
        Exists(courses_visible_to(user).filter(programme=OuterRef("pk")))
    ).order_by("slug")


def crews_of(user: User) -> QuerySet[Crew]:
    """Crews the person is a member of."""
    place = CrewMember.objects.filter(crew=OuterRef("pk"), user=user)
    return Crew.objects.filter(Exists(place)).select_related("course").order_by("name")


def crews_visible_to(user: User) -> QuerySet[Crew]:
    """Crews of the courses the person may see, with their members."""
    people = CrewMember.objects.select_related("user").order_by("pk")
    return (
        Crew.objects.filter(course__in=courses_visible_to(user))
        .select_related("course")
        .prefetch_related(Prefetch("members", queryset=people))
        .order_by("course", "name")
    )


def enrolments_of(course: Course) -> QuerySet[Enrolment]:
    """People of a course: instructors, mentors, then students by name."""
    rank = Case(
        *(When(role=role, then=n) for n, role in enumerate((Role.INSTRUCTOR, Role.MENTOR))), default=2
    )
    return course.enrolments.select_related("user").order_by(rank, "user__last_name", "user__username")


def enrolments_visible_to(user: User) -> QuerySet[Enrolment]:
    """The person's own enrolments and, where they teach, everybody's."""
    every = Enrolment.objects.select_related("user", "course").order_by("course", "role", "user__username")
    if user.is_staff:
        return every
    return every.filter(Q(user=user) | Q(course__in=courses_taught_by(user)))


def students_of(course: Course) -> QuerySet[User]:
    """Students of a course in the order of their user names."""
    return User.objects.filter(enrolments__course=course, enrolments__role=Role.STUDENT).order_by("username")


def modules_visible_to(user: User) -> QuerySet[Module]:
    """Modules of visible courses; students see the published ones only."""
    modules = Module.objects.filter(course__in=courses_visible_to(user)).select_related(
        "course", "prerequisite"
    )
    if not user.is_staff:
        modules = modules.filter(Q(is_published=True) | Q(course__in=courses_taught_by(user)))
    return modules.order_by("course", "number")


def lessons_visible_to(user: User) -> QuerySet[Lesson]:
    """Lessons of visible modules. A locked module's lessons are visible: what is locked is the work."""
    return (
        Lesson.objects.filter(module__in=modules_visible_to(user))
        .select_related("module__course", "module__prerequisite")
        .order_by("module__course", "module__number", "position")
    )


def lessons_done_by(user: User) -> QuerySet[LessonDone]:
    return LessonDone.objects.filter(user=user)


def has_finished_ethics_lesson(user: User, module: Module) -> bool:
    """Whether the module's ethics lessons, which unlock its tools, are all finished (true without any)."""
    done = LessonDone.objects.filter(lesson=OuterRef("pk"), user=user)
    return not Lesson.objects.filter(~Exists(done), module=module, kind=LessonKind.ETHICS).exists()


def course_cards(user: User) -> QuerySet[Course]:
    """Visible courses with `module_count`, `student_count`, `lesson_count` and `done_count` for the list.

    Counted by subqueries: joins over lessons, people and what they finished would multiply with the class.
    """
    lessons = Lesson.objects.filter(module__course=OuterRef("pk"), module__is_published=True)
    return courses_visible_to(user).annotate(
        module_count=_count(Module.objects.filter(course=OuterRef("pk"), is_published=True)),
        lesson_count=_count(lessons),
        done_count=_count(lessons.filter(done__user=user)),
        student_count=_count(Enrolment.objects.filter(course=OuterRef("pk"), role=Role.STUDENT)),
    )


def _count(rows: QuerySet[Any]) -> Subquery:
    """Count the rows of a correlated query."""
    counted = rows.order_by().annotate(total=Func(F("pk"), function="COUNT")).values("total")
    return Subquery(counted, output_field=IntegerField())


def modules_with_items(user: User, course: Course) -> QuerySet[Module]:
    """Modules of one course as the person may see them, with lessons (`is_done` for the person) and briefs.

    Briefs hang on modules by their own app's foreign key; this room only passes them on to the page.
    """
    done = LessonDone.objects.filter(lesson=OuterRef("pk"), user=user)
    lessons = Lesson.objects.annotate(is_done=Exists(done)).order_by("position").defer("body_en", "body_zh")
    return (
        modules_visible_to(user)
        .filter(course=course)
        .prefetch_related(Prefetch("lessons", queryset=lessons), "briefs")
    )


def briefs_handed_in_by(user: User, course: Course) -> set[int]:
    """Ids of the course's briefs to which the person, or a crew of theirs, has handed in."""
    mine = Q(briefs__works__owner=user) | Q(briefs__works__crew__members__user=user)
    handed_in = Module.objects.filter(mine, course=course, briefs__works__submissions__isnull=False)
    return set(handed_in.values_list("briefs", flat=True))


def releases_for(user: User, course: Course) -> dict[int, Release]:
    """The release of each of the course's modules by number; for teachers every module is open."""
    modules = Module.objects.filter(course=course).select_related("prerequisite")
    if permissions.is_teacher_of(user, course):
        return {module.number: Release(Gate.OPEN) for module in modules}
    lessons = Lesson.objects.filter(module=OuterRef("pk"))
    counted = modules.annotate(
        lesson_count=_count(lessons), done_count=_count(lessons.filter(done__user=user))
    )
    return releases(_facts(module) for module in counted)


def _facts(module: Any) -> ModuleFacts:
    return ModuleFacts(
        number=module.number,
        is_published=module.is_published,
        lessons=module.lesson_count,
        lessons_done=module.done_count,
        prerequisite=module.prerequisite.number if module.prerequisite else None,
    )


def neighbours_of(lesson: Lesson, user: User) -> tuple[Lesson | None, Lesson | None]:
    """The lessons before and after this one on the person's way through the course."""
    here = (lesson.module.number, lesson.position)
    way = lessons_visible_to(user).filter(module__course=lesson.module.course).defer("body_en", "body_zh")
    places = {(other.module.number, other.position): other for other in way}
    before = max((place for place in places if place < here), default=None)
    after = min((place for place in places if place > here), default=None)
    return places.get(before) if before else None, places.get(after) if after else None


def people_of(course: Course) -> QuerySet[Enrolment]:
    """People of a course with `done_count` (its lessons finished) and their places in crews of it."""
    finished = LessonDone.objects.filter(lesson__module__course=course, user=OuterRef("user"))
    places = CrewMember.objects.filter(crew__course=course).select_related("crew")
    return (
        enrolments_of(course)
        .annotate(done_count=_count(finished))
        .prefetch_related(Prefetch("user__crew_places", queryset=places))
    )


def students_without_crew(course: Course) -> QuerySet[User]:
    """Students of the course who are in no crew of it."""
    placed = CrewMember.objects.filter(crew__course=course, user=OuterRef("pk"))
    return students_of(course).filter(~Exists(placed))


def release_of(module: Module, user: User) -> Release:
    """The release of one module for one person."""
    return releases_for(user, module.course)[module.number]


def release_sentence(release: Release, course: Course) -> str:
    """What has to happen before the module opens, as a sentence; empty when it is open."""
    if release.gate is Gate.HIDDEN:
        return gettext("This module is not published yet.")
    if release.waits_for is None:
        return ""
    before = Module.objects.get(course=course, number=release.waits_for)
    return waiting_sentence(before, release.lessons_left)


def waiting_sentence(before: Module, lessons_left: int) -> str:
    return ngettext(
        "Opens when you have finished %(count)s more lesson of module %(number)s, “%(title)s”.",
        "Opens when you have finished %(count)s more lessons of module %(number)s, “%(title)s”.",
        lessons_left,
    ) % {"count": lessons_left, "number": before.number, "title": before.title}


def closed_modules(user: User) -> set[int]:
    """Ids of modules whose lessons the person may not read yet, over all their courses."""
    if user.is_staff:
        return set()
    lessons = Lesson.objects.filter(module=OuterRef("pk"))
    counted = modules_visible_to(user).annotate(
        lesson_count=_count(lessons), done_count=_count(lessons.filter(done__user=user))
    )
    attended = counted.exclude(course__in=courses_taught_by(user))
    by_course: dict[int, list[Module]] = {}
    for module in attended:
        by_course.setdefault(module.course_id, []).append(module)
    return {
        module.pk
        for modules in by_course.values()
        for gates in [releases(_facts(module) for module in modules)]
        for module in modules
        if not gates[module.number].is_open
    }
