"""The queue as everybody sees it: what runs, who is next and why, how long it takes. Other people's words never show."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, signed_in
from generation.permissions import can_see_engines
from generation.queries.board import board, budgets_on_show
from ui.htmx import render_page


@signed_in
@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "board": board(request.user, now=now),
        "budgets": budgets_on_show(request.user, now=now),
        "may_see_engines": can_see_engines(request.user),
    }
    return render_page(request, "generation/queue.html", context, part="live")
