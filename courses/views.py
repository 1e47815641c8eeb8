"""Pages of the courses room: courses, modules, lessons, crews, people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import PersonRequest, signed_in
from courses import permissions, queries, services
from courses.choices import Role
from courses.domain.release_rules import Gate, Release
from courses.forms import CrewForm, EnrolmentForm
from courses.models import Course, Lesson, Module
from ui.errors import require


@dataclass(frozen=True, slots=True)
class ModuleBlock:
    """One block of the modules page; `sentence` says what it waits for."""

    module: Module
    release: Release
    done: int
    total: int
    sentence: str
    unfolded: bool

    @property
    def is_finished(self) -> bool:
        return bool(self.total) and self.done == self.total


@signed_in
def course_list(request: PersonRequest) -> HttpResponse:
    roles = queries.roles_of(request.user)
    courses = [(course, roles.get(course.pk)) for course in queries.course_cards(request.user)]
    return render(request, "courses/course_list.html", {"courses": courses, "Role": Role})


@signed_in
def course_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The modules page."""
    course = _course(request, uuid)
    role = permissions.role_in(request.user, course)
    blocks = _blocks(request, course)
    context = {
        "course": course,
        "role": role,
        "is_student": role == Role.STUDENT,
        "teaches": permissions.can_teach(request.user, course),
        "blocks": blocks,
        "lessons_done": sum(block.done for block in blocks),
        "lessons_total": sum(block.total for block in blocks),
        "handed_in": queries.briefs_handed_in_by(request.user, course),
    }
    return render(request, "courses/course_detail.html", context)


def _blocks(request: PersonRequest, course: Course) -> list[ModuleBlock]:
    modules = list(queries.modules_with_items(request.user, course))
    releases = queries.releases_for(request.user, course)
    by_number = {module.number: module for module in modules}
    return [_block(module, releases[module.number], by_number) for module in modules]


def _block(module: Module, release: Release, by_number: Mapping[int, Module]) -> ModuleBlock:
    lessons = list(module.lessons.all())
    done = sum(lesson.is_done for lesson in lessons)  # type: ignore[attr-defined]  # annotated by the query
    waits = release.gate is Gate.WAITS and release.waits_for in by_number
    return ModuleBlock(
        module=module,
        release=release,
        done=done,
        total=len(lessons),
        sentence=queries.waiting_sentence(by_number[release.waits_for or 0], release.lessons_left)
        if waits
        else "",
        unfolded=release.is_open and (done < len(lessons) or not lessons),
    )


@signed_in
@require_POST
def module_publish(request: PersonRequest, uuid: UUID, number: int) -> HttpResponse:
    course = _course(request, uuid)
    module = get_object_or_404(queries.modules_visible_to(request.user), course=course, number=number)
    services.publish_module(module=module, is_published=request.POST.get("published") == "1", by=request.user)
    return redirect(f"{reverse('courses:course_detail', args=[course.uuid])}#module-{number}")


@signed_in
def lesson_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """One lesson; while its module waits, the page says what opens it instead of the text."""
    lesson = _lesson(request, uuid)
    course = lesson.module.course
    release = queries.release_of(lesson.module, request.user)
    before, after = queries.neighbours_of(lesson, request.user)
    context = {
        "lesson": lesson,
        "module": lesson.module,
        "course": course,
        "waits": queries.release_sentence(release, course),
        "is_done": queries.lessons_done_by(request.user).filter(lesson=lesson).exists(),
        "before": before,
        "after": after,
    }
    return render(request, "courses/lesson_detail.html", context)


@signed_in
@require_POST
def lesson_finish(request: PersonRequest, uuid: UUID) -> HttpResponse:
    lesson = _lesson(request, uuid)
    services.finish_lesson(lesson=lesson, by=request.user, now=timezone.now())
    return redirect(f"{reverse('courses:lesson_detail', args=[lesson.uuid])}#finish")


@signed_in
def crew_list(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Crews of the course; its instructors form new ones here."""
    course = _course(request, uuid)
    teaches = permissions.can_teach(request.user, course)
    form = CrewForm(request.POST or None, course=course) if teaches else None
    if request.method == "POST":
        require(teaches)
        if form is not None and form.is_valid() and _crew_formed(request, form, course):
            return redirect("courses:crew_list", uuid=uuid)
    crews = queries.crews_visible_to(request.user).filter(course=course)
    return render(request, "courses/crew_list.html", {"course": course, "crews": crews, "form": form})


def _crew_formed(request: PersonRequest, form: CrewForm, course: Course) -> bool:
    """Form the crew; a refusal stands above the form, which keeps what was typed."""
    name = form.cleaned_data["name"]
    try:
        services.form_crew(course=course, name=name, members=form.members(), by=request.user)
    except services.CrewRefused as refusal:
        form.add_error(None, str(refusal.sentence))
        return False
    messages.success(request, _("The crew “%(name)s” stands.") % {"name": name})
    return True


@signed_in
def people(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Everybody in the course with role, crew and lessons read; for its instructors."""
    course = _course(request, uuid)
    require(permissions.can_see_people(request.user, course))
    form = EnrolmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _enrolled(request, form, course):
        return redirect("courses:people", uuid=uuid)
    context = {
        "course": course,
        "enrolments": queries.people_of(course),
        "lesson_count": Lesson.objects.filter(module__course=course).count(),
        "form": form,
    }
    return render(request, "courses/people.html", context)


def _enrolled(request: PersonRequest, form: EnrolmentForm, course: Course) -> bool:
    """Enrol the person named; a refusal stands at the name."""
    username, role = form.cleaned_data["username"], Role(form.cleaned_data["role"])
    try:
        enrolment = services.enrol_by_name(course=course, username=username, role=role, by=request.user)
    except services.EnrolmentRefused as refusal:
        form.add_error("username", str(refusal.sentence))
        return False
    said = {"name": enrolment.user, "role": enrolment.get_role_display()}
    messages.success(request, _("%(name)s is in the course now, as %(role)s.") % said)
    return True


def _course(request: PersonRequest, uuid: UUID) -> Course:
    return get_object_or_404(queries.courses_visible_to(request.user), uuid=uuid)


def _lesson(request: PersonRequest, uuid: UUID) -> Lesson:
    return get_object_or_404(queries.lessons_visible_to(request.user), uuid=uuid)
