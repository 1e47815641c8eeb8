"""Logs that we witness: a row per school, made and watched by administrators."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from ledger.models import KnownLog


@admin.register(KnownLog)
class KnownLogAdmin(admin.ModelAdmin[KnownLog]):
    """What was cosigned can't be taken back here: whoever forgets a size would cosign a shorter log next."""

    list_display = ("origin", "size", "cosigned_at")
    readonly_fields = ("size", "root", "note", "cosigned_at")
    search_fields = ("origin",)

    def get_readonly_fields(self, request: HttpRequest, obj: KnownLog | None = None) -> tuple[str, ...]:
        return ("origin", *self.readonly_fields) if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: KnownLog | None = None) -> bool:
        return obj is not None and obj.size == 0 and super().has_delete_permission(request, obj)
