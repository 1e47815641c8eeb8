"""Words and signs of releases: `{% load releases %}`."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from assignments.choices import ReleaseKind, ReleaseStanding
from assignments.models import Release

register = template.Library()
TONES = {
    ReleaseStanding.WAITING: "open",
    ReleaseStanding.STANDING: "accent",
    ReleaseStanding.EXPIRED: "quiet",
    ReleaseStanding.REVOKED: "danger",
}
ICONS = {
    ReleaseStanding.WAITING: "hourglass",
    ReleaseStanding.STANDING: "check",
    ReleaseStanding.EXPIRED: "clock",
    ReleaseStanding.REVOKED: "x",
}


@register.filter
def kinds_said(release: Release) -> str:
    """`{{ release|kinds_said }}`: what it allows, in words."""
    return _(", ").join(str(ReleaseKind(kind).label) for kind in release.kinds)


@register.filter
def standing_tone(standing: ReleaseStanding) -> str:
    return TONES[standing]


@register.filter
def standing_icon(standing: ReleaseStanding) -> str:
    return ICONS[standing]
