"""What every page's frame needs: the main navigation by role."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return `navigation`: the items of the top bar that this person may use, the current one marked."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": []}
    items = [
        (reverse("home"), _("Home"), "home"),
        (reverse("courses:course_list"), _("Courses"), "book-open"),
        (reverse("generation:job_list"), _("Generation"), "sparkles"),
    ]
    if user.is_staff:
        items.append((reverse("grading:audit"), _("Audit"), "scale"))
    items.append((reverse("ledger:log"), _("Ledger"), "link"))
    return {"navigation": [_item(request.path, *item) for item in items]}


def _item(path: str, url: str, label: str, icon: str) -> dict[str, object]:
    return {
        "url": url,
        "label": label,
        "icon": icon,
        "current": path == url or (url != "/" and path.startswith(url)),
    }
