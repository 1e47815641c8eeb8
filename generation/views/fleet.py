"""The administrator's page of GPU workers: what each holds, what waits, what was given up, and pause, drain, resume."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, administrators_only
from generation import services
from generation.choices import Wish
from generation.models import Worker
from generation.queries import dead_letters
from generation.queries.board import caps_learned, load_by, machines, spent_by_course
from generation.queries.budgets import budgets_of_briefs
from ui.htmx import render_page, toast

SHOWN_LETTERS = 20
SPENT_OVER = timedelta(days=7)
ASKED_LATELY = timedelta(days=30)
WORDS = {
    Wish.WORK: gettext_noop("%(worker)s works again."),
    Wish.PAUSE: gettext_noop("%(worker)s pauses: it takes no job until you resume it."),
    Wish.DRAIN: gettext_noop("%(worker)s finishes what it holds and takes no more."),
}


@administrators_only
@require_safe
def fleet(request: PersonRequest) -> HttpResponse:
    return render_page(request, "generation/fleet.html", _fleet(), part="live")


def _fleet() -> dict[str, object]:
    now = timezone.now()
    letters = dead_letters()
    return {
        "machines": machines(now=now),
        "by_engine": load_by("engine__slug"),
        "by_course": load_by("work__brief__module__course__code"),
        "spent": spent_by_course(since=now - SPENT_OVER),
        "budgets": budgets_of_briefs(since=now - ASKED_LATELY),
        "caps": list(caps_learned()),
        "letters": list(letters[:SHOWN_LETTERS]),
        "letters_count": letters.count(),
    }


@administrators_only
@require_POST
def worker_wish(request: PersonRequest, name: str) -> HttpResponse:
    """Pause a worker, let it finish, or have it work again."""
    worker = get_object_or_404(Worker, name=name)
    wish = request.POST.get("wish", "")
    if wish not in Wish.values:
        return HttpResponseBadRequest()
    services.wish_of_worker(worker=worker, wish=wish, by=request.user, now=timezone.now())
    sentence = _(WORDS[Wish(wish)]) % {"worker": worker.name}
    if request.htmx:
        return toast(render_page(request, "generation/fleet.html", _fleet(), part="live"), sentence)
    messages.success(request, sentence)
    return redirect("generation:fleet")
