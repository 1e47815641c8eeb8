"""Engines in the admin site: a downloaded model is a folder and a row."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _

from footage.problems import Problem
from generation.domain.engine_options import check_options
from generation.domain.licensing import read_conditions
from generation.models import Adapter, Engine, Job


class EngineForm(forms.ModelForm[Engine]):
    """An engine's row but for what is remote, which is typed under Engines; options and conditions must be ones that are read."""

    class Meta:
        model = Engine
        fields = (
            "slug", "title_en", "title_zh", "summary_en", "summary_zh", "pipeline", "folder", "repository", "position",
            "licence", "conditions", "tools", "options", "seconds_per_step", "memory_gb", "is_enabled",
        )  # fmt: skip

    def clean_conditions(self) -> Any:
        return self._read("conditions", read_conditions)

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        tools = self.cleaned_data.get("tools") or []
        if "options" in self.cleaned_data:
            self._read("options", lambda options: check_options(options, tools=tools))
        return given

    def _read(self, name: str, reader: Any) -> Any:
        value = self.cleaned_data[name] or {}
        try:
            reader(value)
        except Problem as problem:
            self.add_error(name, _(problem.template) % problem.params)
        return value


@admin.register(Engine)
class EngineAdmin(admin.ModelAdmin[Engine]):
    form = EngineForm
    list_display = ("slug", "pipeline", "folder", "position", "licence", "is_enabled")
    list_filter = ("pipeline", "is_enabled")
    readonly_fields = ("revision",)
    search_fields = ("slug", "title_en", "title_zh")


@admin.register(Adapter)
class AdapterAdmin(admin.ModelAdmin[Adapter]):
    """Added by `manage.py engine add-adapter`, which reads the file; here its words and its weight are changed."""

    list_display = ("slug", "engine", "licence", "person", "weight", "is_enabled")
    list_filter = ("engine", "is_enabled")
    readonly_fields = ("engine", "slug", "file", "sha256")

    def has_add_permission(self, request: object) -> bool:
        return False


@admin.register(Job)
class JobAdmin(admin.ModelAdmin[Job]):
    """To look only: jobs are moved by services and workers."""

    list_display = ("uuid", "tool", "engine", "state", "attempts", "created_at")
    list_filter = ("state", "tool")

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False
