"""Masks and poses that somebody paints on a tool's page: kept as stills of the work, ready at once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from accounts.models import User
from assignments.backends import store
from assignments.choices import MediaRole, MediaState
from assignments.models import Media, Work
from assignments.services import add_media
from footage.probe import probe
from generation.permissions import can_generate
from ui.errors import Refused, require

MOST_BYTES = 4 * 1024 * 1024
MOST_SIDE = 4096
POSTER_SIDE = 640
DERIVED = ("poster.jpg", "proxy.webp")


class NoPainting(Refused):
    """What came is no painting of the page."""

    status_code = 400


def keep_painting(*, work: Work, use: str, file: UploadedFile[Any], by: User, now: datetime) -> Media:
    """Keep a painting as a still of the work and return it; the same painting twice is one still.

    It needs no preparing by a worker: it is drawn again here, as a plain PNG, so nothing of the file that came is kept.

    Args:
        use: choices.MediaUse of what was painted; part of its name.

    Raises:
        NoPainting: It is too large, or no PNG.
    """
    require(can_generate(by, work))
    picture = _read(file)
    with TemporaryDirectory(prefix="dailies-painting-") as place:
        path = Path(place) / "painting.png"
        picture.save(path)
        stored = store.receive_file(path)
    name = f"{use}-{now:%Y%m%d-%H%M%S}.png"
    with transaction.atomic():
        media = add_media(work=work, role=MediaRole.STILL, name=name, stored=stored, by=by, now=now)
        _make_ready(media, picture)
    media.refresh_from_db()
    return media


def _read(file: UploadedFile[Any]) -> Image.Image:
    content = file.read(MOST_BYTES + 1)
    file.seek(0)
    if len(content) > MOST_BYTES:
        raise NoPainting(_("The painting is too large to be kept. Paint it again with fewer strokes."))
    try:
        with Image.open(file, formats=["PNG"]) as picture:
            if max(picture.size) > MOST_SIDE:
                raise NoPainting(
                    _("The painting is too large to be kept. Paint it again with fewer strokes.")
                )
            return picture.convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as fault:
        raise NoPainting(_("This is no painting of this page. Paint it again.")) from fault


def _make_ready(media: Media, picture: Image.Image) -> None:
    """Do for our own small PNG what a worker does for uploads."""
    small = picture.copy()
    small.thumbnail((POSTER_SIDE, POSTER_SIDE))
    for name in DERIVED:
        with store.making(media.sha256, name) as target:
            small.save(target)
    facts = probe(store.path(media.sha256), name=media.name)
    Media.objects.filter(pk=media.pk, state=MediaState.RECEIVED).update(
        state=MediaState.READY,
        facts=facts.to_json(),
        mime=facts.mime,
        has_poster=True,
        has_proxy=True,
        progress=1,
    )
