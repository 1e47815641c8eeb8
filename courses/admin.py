"""Courses in the admin site, for set-up; daily work happens on the pages."""

from __future__ import annotations

from django.contrib import admin

from courses.models import Course, Crew, CrewMember, Enrolment, Module, Programme


class ModuleInline(admin.TabularInline[Module, Course]):
    model = Module
    fields = ["number", "slug", "title_en", "title_zh", "is_published"]
    extra = 0


class EnrolmentInline(admin.TabularInline[Enrolment, Course]):
    model = Enrolment
    autocomplete_fields = ["user"]
    extra = 0


class CrewMemberInline(admin.TabularInline[CrewMember, Crew]):
    model = CrewMember
    autocomplete_fields = ["user"]
    extra = 0


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin[Programme]):
    list_display = ["slug", "title_en", "title_zh"]


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin[Course]):
    list_display = ["code", "term", "title_en", "starts_on", "gpu_weight"]
    inlines = [ModuleInline, EnrolmentInline]


@admin.register(Crew)
class CrewAdmin(admin.ModelAdmin[Crew]):
    list_display = ["name", "course", "gpu_weight"]
    inlines = [CrewMemberInline]
