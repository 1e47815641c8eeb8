"""Reads of the courses room."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from accounts.models import User
from courses.choices import LessonKind, Role
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
    return course.enrolments.select_related("user").order_by("role", "user__last_name", "user__username")


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
    """Visible courses with `module_count`, `student_count`, `lesson_count` and `done_count` for the list."""
    modules = Q(modules__in=modules_visible_to(user).values("pk"))
    return courses_visible_to(user).annotate(
        module_count=Count("modules", filter=modules, distinct=True),
        lesson_count=Count("modules__lessons", filter=modules, distinct=True),
        done_count=Count(
            "modules__lessons__done", filter=modules & Q(modules__lessons__done__user=user), distinct=True
        ),
        student_count=Count("enrolments", filter=Q(enrolments__role=Role.STUDENT), distinct=True),
    )


def minutes_of(course: Course) -> int:
    """Minutes of all lessons of a course."""
    return Lesson.objects.filter(module__course=course).aggregate(total=Sum("minutes"))["total"] or 0
