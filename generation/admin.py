"""Engines in the admin site: a downloaded model is a folder and a row."""

from __future__ import annotations

from django.contrib import admin

from generation.models import Engine, Job


@admin.register(Engine)
class EngineAdmin(admin.ModelAdmin[Engine]):
    list_display = ("slug", "pipeline", "folder", "position", "licence", "is_enabled")
    list_filter = ("pipeline", "is_enabled")
    readonly_fields = ("revision",)
    search_fields = ("slug", "title_en", "title_zh")


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
