"""Each role's first page; a person with several roles sees them below each other."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import PersonRequest, signed_in
from courses.choices import Role
from courses.queries import course_cards, roles_of
from grading.queries import home as queries


@signed_in
def home(request: PersonRequest) -> HttpResponse:
    user, now = request.user, timezone.now()
    roles = roles_of(user)
    held = set(roles.values())
    context = {
        "courses": [(course, roles.get(course.pk)) for course in course_cards(user)],
        "student": queries.student_home(user, now=now) if Role.STUDENT in held else None,
        "instructor": queries.teacher_home(user, Role.INSTRUCTOR, now=now)
        if Role.INSTRUCTOR in held
        else None,
        "mentor": queries.teacher_home(user, Role.MENTOR, now=now) if Role.MENTOR in held else None,
        "administrator": queries.administrator_home(now=now) if user.is_staff else None,
        "today": timezone.localdate(now),
        "Role": Role,
    }
    return render(request, "grading/home.html", context)
