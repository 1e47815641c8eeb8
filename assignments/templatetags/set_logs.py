"""Words and signs of set logs: `{% load set_logs %}`."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from assignments.choices import SetLogStanding
from assignments.models import SetLog

register = template.Library()
TONES = {
    SetLogStanding.UNSIGNED: "quiet",
    SetLogStanding.SIGNED: "open",
    SetLogStanding.COUNTERSIGNED: "accent",
}
ICONS = {
    SetLogStanding.UNSIGNED: "pencil",
    SetLogStanding.SIGNED: "hourglass",
    SetLogStanding.COUNTERSIGNED: "check",
}


@register.filter
def set_log_name(log: SetLog) -> str:
    """`{{ log|set_log_name }}`: place, and scene and take where they are noted."""
    parts = [log.place]
    if log.scene:
        parts.append(_("scene %(scene)s") % {"scene": log.scene})
    if log.take:
        parts.append(_("take %(take)s") % {"take": log.take})
    return " · ".join(parts)


@register.filter
def files_said(log: SetLog) -> str:
    """`{{ log|files_said }}`: names of the files it is about."""
    return _(", ").join(media.name for media in log.media.all())


@register.filter
def signature_tone(standing: SetLogStanding) -> str:
    return TONES[standing]


@register.filter
def signature_icon(standing: SetLogStanding) -> str:
    return ICONS[standing]
