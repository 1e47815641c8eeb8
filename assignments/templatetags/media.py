"""Facts of media as pairs of words."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.models import Media
from ui.components import formats

register = template.Library()
Pairs = list[tuple[str, str]]
CODECS = {"h264": "H.264", "hevc": "H.265", "prores": "ProRes", "mpeg4": "MPEG-4", "dnxhd": "DNxHD"}


@register.filter
def file_url(media: Media, what: str) -> str:
    """`{{ media|file_url:"proxy" }}`: where the original, proxy, poster, filmstrip or waveform is served."""
    return reverse("assignments:media_file", args=[media.uuid, what])


@register.filter
def running_time(media: Media) -> str:
    """`{{ media|running_time }}`: how long a film or sound runs; empty for stills and unknown ones."""
    seconds = Fraction((media.facts or {}).get("duration") or 0)
    return formats.duration(seconds) if seconds else ""


@register.filter
def technical_facts(media: Media) -> Pairs:
    """`{{ media|technical_facts }}`: pairs for `{% slate %}`."""
    facts = media.facts or {}
    pairs = [
        (_("Running time"), running_time(media)),
        (_("Picture"), _picture(facts)),
        (_("Frame rate"), _rate(facts)),
        (_("Sound"), _sound(facts)),
        (_("Clips"), str(facts.get("clips") or "")),
        (_("Container"), str(facts.get("container") or "").upper()),
        (_("Size"), formats.file_size(media.size_bytes)),
    ]
    return [(label, value) for label, value in pairs if value]


@register.filter
def camera_facts(media: Media) -> Pairs:
    """`{{ media|camera_facts }}`: what the file says about its camera; empty when it says nothing."""
    camera = (media.facts or {}).get("camera") or {}
    pairs = [
        (_("Camera"), _camera_name(camera.get("make") or "", camera.get("model") or "")),
        (_("Lens"), camera.get("lens")),
        (_("Taken"), _taken(camera.get("taken_at") or "")),
        (_("Software"), camera.get("software")),
    ]
    return [(label, value) for label, value in pairs if value]


def _camera_name(make: str, model: str) -> str:
    """Say maker and model; many cameras write the maker into the model, too."""
    return model if model.startswith(make) else f"{make} {model}".strip()


def _taken(written: str) -> str:
    """Say the camera's time in the reader's way; what is no time stays as it was written."""
    try:
        return date_format(datetime.fromisoformat(written), "SHORT_DATETIME_FORMAT")
    except ValueError:
        return written


def _picture(facts: dict[str, Any]) -> str:
    if not facts.get("width"):
        return ""
    return f"{facts['width']} × {facts['height']} {_codec(facts.get('video_codec'))}".strip()


def _rate(facts: dict[str, Any]) -> str:
    if not facts.get("fps"):
        return ""
    return _("%(fps)s fps") % {"fps": f"{float(Fraction(facts['fps'])):.3f}".rstrip("0").rstrip(".")}


def _sound(facts: dict[str, Any]) -> str:
    if not facts.get("has_audio") and facts.get("kind") != "sound":
        return ""
    channels = facts.get("channels") or 0
    words = ngettext("%(count)d channel", "%(count)d channels", channels) % {"count": channels}
    rate = f"{(facts.get('sample_rate') or 0) / 1000:g} kHz"
    return f"{_codec(facts.get('audio_codec'))} {rate}, {words}".strip()


def _codec(name: str | None) -> str:
    """Return a codec as editors write it."""
    name = name or ""
    if name.startswith("pcm_"):
        return "PCM"
    return CODECS.get(name, name.upper())
