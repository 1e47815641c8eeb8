"""What teachers fill in: enrolments and crews."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from courses.choices import FilmRole, Role
from courses.models import Course, Crew
from courses.queries import students_without_crew


class EnrolmentForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.STUDENT)


class CrewForm(forms.ModelForm[Crew]):
    """A name, and for each student without a crew the film role that takes them in."""

    class Meta:
        model = Crew
        fields: ClassVar = ["name"]
        labels: ClassVar = {"name": _("Name of the crew")}

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.students = {f"student_{student.pk}": student for student in students_without_crew(course)}
        for name, student in self.students.items():
            self.fields[name] = forms.ChoiceField(
                label=str(student), required=False, choices=[("", _("not in this crew")), *FilmRole.choices]
            )

    @property
    def student_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.students]

    def members(self) -> list[tuple[User, FilmRole]]:
        """The students that were given a role."""
        chosen = {name: self.cleaned_data.get(name) for name in self.students}
        return [(self.students[name], FilmRole(role)) for name, role in chosen.items() if role]
