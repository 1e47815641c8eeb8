"""What every page's frame needs: the main navigation by role."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

GENERATION = (
    "generation:job_list",
    "generation:queue",
    "generation:held_list",
    "generation:engine_list",
    "generation:fleet",
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return `navigation`: the items of the top bar that this person may use, the current one marked."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": []}
    items: list[tuple[str, ...]] = [
        (_("Home"), "home", "home"),
        (_("Courses"), "book-open", "courses:course_list"),
        (_("Generation"), "sparkles", *GENERATION),
    ]
    if user.is_staff:
        items.append((_("Audit"), "scale", "grading:audit"))
    items.append((_("Ledger"), "link", "ledger:log"))
    return {"navigation": [_item(request.path, *item) for item in items]}


def _item(path: str, label: str, icon: str, *names: str) -> dict[str, object]:
    """One item: it leads to the first of these pages and is current on all of them and below."""
    urls = [reverse(name) for name in names]
    return {
        "url": urls[0],
        "label": label,
        "icon": icon,
        "current": any(path == url or (url != "/" and path.startswith(url)) for url in urls),
    }
