"""What the work room shows: its parts, the chosen medium, the chosen cut, the tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.choices import UPLOAD_ROLES, MediaRole, MediaState
from assignments.domain.deadlines import is_late
from assignments.models import Cut, Media, Work
from assignments.permissions import can_edit_work
from assignments.queries import cuts_of, media_of


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the media bin: what it is called and what to say while it is empty."""

    role: MediaRole
    title: str | Promise
    icon: str
    hint: str | Promise
    empty: str | Promise
    accept: str = ""

    @property
    def is_uploaded(self) -> bool:
        return self.role in UPLOAD_ROLES


PARTS = (
    Part(
        MediaRole.RUSH, _("Rushes"), "video",
        _("MP4, MOV, MXF or MKV as the camera wrote them: what the camera noted is evidence."),
        _("Bring in what you shot. A film's human share is proven from its rushes."),
        "video/*,.mxf,.mkv,.mts",
    ),
    Part(
        MediaRole.STILL, _("Stills"), "image",
        _("JPEG, PNG, WebP or TIFF, straight from the camera where you can."),
        _("Photographs and scans that stand in the film belong here."),
        "image/jpeg,image/png,image/webp,image/tiff",
    ),
    Part(
        MediaRole.SOUND, _("Sound"), "audio-lines",
        _("WAV, FLAC, AIFF, MP3 or M4A."),
        _("Bring in location sound, voices and music you recorded."),
        "audio/*",
    ),
    Part(
        MediaRole.GENERATED, _("Generated"), "sparkles", "",
        _("What you generate lands here by itself: labelled, logged and fingerprinted."),
    ),
    Part(
        MediaRole.FILM, _("Films"), "film",
        _("The film as your editor exported it, best as H.264 or ProRes in MP4 or MOV."),
        _("Export your film and bring it in; then save it as a cut."),
        "video/*,.mxf,.mkv",
    ),
    Part(
        MediaRole.TIMELINE, _("Timelines"), "list-video",
        _("OTIO, EDL (CMX 3600), Final Cut 7 XML or FCPXML of the same cut."),
        _("With the timeline of your editor, every shot is traced faster and proven better."),
        ".otio,.edl,.xml,.fcpxml,.aaf",
    ),
)  # fmt: skip
BY_ROLE = {part.role.value: part for part in PARTS}


def room_context(*, work: Work, user: User, part: str, media: str, cut: str, now: datetime) -> dict[str, Any]:
    """Return what the page needs; `part`, `media` and `cut` are what the address asks for, in any shape."""
    everything = list(media_of(work))
    chosen = next((item for item in everything if str(item.uuid) == media), None)
    shown = BY_ROLE.get(chosen.role if chosen else part) or first_part(everything)
    bin_media = [item for item in everything if item.role == shown.role]
    cuts = list(cuts_of(work))
    may_edit = can_edit_work(user, work)
    return {
        "work": work,
        "brief": work.brief,
        "part": shown,
        "parts": [_counted(each, everything) for each in PARTS],
        "bin": bin_media,
        "chosen": chosen or next((item for item in bin_media if item.state == MediaState.READY), None),
        "is_preparing": any(is_preparing(item) for item in bin_media),
        "cuts": cuts,
        "cut": chosen_cut(cuts, cut),
        "may_edit": may_edit,
        "tools": tools_of(work) if may_edit else [],
        "is_late": is_late(due_at=work.brief.due_at, handed_in_at=now),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
    }


def first_part(media: Sequence[Media]) -> Part:
    """Return the part to open with: the first that holds something, else the rushes."""
    held = {item.role for item in media}
    return next((part for part in PARTS if part.role in held), PARTS[0])


def chosen_cut(cuts: Sequence[Cut], uuid: str) -> Cut | None:
    latest = cuts[0] if cuts else None
    return next((cut for cut in cuts if str(cut.uuid) == uuid), latest)


def is_preparing(media: Media) -> bool:
    return media.state in {MediaState.RECEIVED, MediaState.WORKING}


def tools_of(work: Work) -> list[dict[str, str]]:
    """Return the tools the brief allows, each with the address of its page."""
    return [
        {"slug": slug, "url": reverse("generation:tool", args=[work.uuid, slug])}
        for slug in work.brief.tools
        if work.brief.scale_level > 1 and _exists("generation:tool", work.uuid, slug)
    ]


def _exists(name: str, *args: object) -> bool:
    try:
        reverse(name, args=args)
    except NoReverseMatch:
        return False
    return True


def _counted(part: Part, media: Sequence[Media]) -> tuple[Part, int]:
    return part, sum(item.role == part.role for item in media)
