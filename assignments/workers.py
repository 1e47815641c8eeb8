"""Preparing media: look at the file, make what is shown of it, or refuse it with a sentence.

A worker owns a row by its lease and generation number; whatever it writes is guarded by both, so doubled and
lost messages do no harm, and a killed worker leaves a row whose lease runs out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.module_loading import import_string

from assignments.backends import store
from assignments.backends.derivatives import make_derivatives, names_for
from assignments.backends.timelines import as_row
from assignments.choices import FILMED_ROLES, MediaRole, MediaState
from assignments.models import Media, Work
from footage.probe import MediaFacts, expect_kind
from footage.problems import Problem, gettext_noop
from footage.sandbox import run_limited

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3
MISSED_AFTER = timedelta(seconds=15)
LEFTOVER_AFTER = timedelta(hours=6)
MOST_RUNG = 20
PROBE_SECONDS, PROBE_MEMORY_MB = 60.0, 2048
TEXT_ENDINGS = (".txt", ".md", ".csv")
LARGEST_TEXT_BYTES = 2 * 1024 * 1024
KINDS_BY_ROLE: dict[str, frozenset[Any]] = {
    MediaRole.RUSH: frozenset({"video"}),
    MediaRole.STILL: frozenset({"image"}),
    MediaRole.SOUND: frozenset({"sound"}),
    MediaRole.FILM: frozenset({"video"}),
    MediaRole.GENERATED: frozenset({"video", "image", "sound"}),
}
Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


class Overtaken(Exception):  # it says what happened
    """Another worker holds the row now; what this one made is not needed."""


def prepare_media(media_uuid: str, *, now: Clock) -> None:
    """Prepare one medium if nobody else does; the row ends ready or refused."""
    media = claim(media_uuid, now=now())
    if media is None:
        return
    try:
        facts = look_at(media, now=now)
    except Problem as problem:
        _refuse(media, problem)
    except Overtaken:
        logger.info("media %s is prepared by another worker", media.uuid)
    except BaseException:
        _mine(media).update(state=MediaState.RECEIVED, lease_until=None)
        raise
    else:
        _finish(media, facts, now=now())


def claim(media_uuid: str, *, now: datetime) -> Media | None:
    """Take the row by one guarded update; None when it is not waiting or another worker was first."""
    taken = (
        _waiting(now)
        .filter(uuid=media_uuid, attempts__lt=MOST_ATTEMPTS)
        .update(
            state=MediaState.WORKING,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
            generation=F("generation") + 1,
            progress=0,
        )
    )
    return Media.objects.get(uuid=media_uuid) if taken else None


def look_at(media: Media, *, now: Clock) -> dict[str, Any]:
    """Return the medium's facts as JSON, its derived files made. Raises Problem when it can't be used."""
    if not store.exists(media.sha256):
        raise Problem(gettext_noop("%(name)s is no longer in the store. Upload it again."), name=media.name)
    if media.role == MediaRole.TIMELINE:
        about: dict[str, Any] = _sandboxed("assignments.backends.timelines:timeline_facts", media)
        return about
    if _is_text(media):
        return _text_facts(media)
    facts: MediaFacts = _sandboxed("footage.probe:probe", media)
    expect_kind(facts, kinds=KINDS_BY_ROLE[media.role], name=media.name)
    make_derivatives(
        media.sha256,
        names=names_for(facts.kind, has_audio=facts.has_audio),
        seconds=120 + 10 * float(facts.duration),
        progress=lambda share: _keep(media, share=share, now=now()),
    )
    return facts.to_json()


def sweep_media(*, now: datetime) -> list[str]:
    """Refuse media whose attempts are used up, clear staging, and return the ids of media nobody prepares."""
    store.sweep_staging(before=now - LEFTOVER_AFTER)
    for media in _waiting(now).filter(attempts__gte=MOST_ATTEMPTS):
        _refuse(
            media,
            Problem(
                gettext_noop(
                    "%(name)s could not be prepared in %(attempts)d attempts. The file itself is kept; "
                    "try again, or export it once more and upload the new file."
                ),
                name=media.name,
                attempts=media.attempts,
            ),
        )
    missed = _waiting(now).filter(created_at__lt=now - MISSED_AFTER).order_by("created_at")
    return [str(found) for found in missed.values_list("uuid", flat=True)[:MOST_RUNG]]


def _waiting(now: datetime) -> QuerySet[Media]:
    return Media.objects.filter(
        Q(state=MediaState.RECEIVED) | Q(state=MediaState.WORKING, lease_until__lt=now)
    )


def _mine(media: Media) -> QuerySet[Media]:
    return Media.objects.filter(pk=media.pk, generation=media.generation).filter(
        state__in=[MediaState.WORKING, MediaState.RECEIVED]
    )


def _keep(media: Media, *, share: float, now: datetime) -> None:
    """Renew the lease and show the progress; stop when the row has gone to another worker."""
    if not _mine(media).update(lease_until=now + LEASE, progress=share):
        raise Overtaken


def evidence_changed(work: Work, *, now: datetime) -> None:
    """Tell the rooms above that something speaks for or against a work's material that did not before.

    They do their part in the caller's transaction: a kill leaves both done, or neither.
    """
    for watcher in settings.EVIDENCE_WATCHERS:
        import_string(watcher)(work, now=now)


@transaction.atomic
def _finish(media: Media, facts: dict[str, Any], *, now: datetime) -> None:
    kind = facts["kind"]
    made = names_for(kind, has_audio=facts["has_audio"]) if kind in {"video", "image", "sound"} else ()
    done = _mine(media).update(
        state=MediaState.READY,
        facts=facts,
        mime=facts.get("mime", ""),
        progress=1,
        lease_until=None,
        problem=None,
        has_proxy=any(name.startswith("proxy.") for name in made),
        has_poster="poster.jpg" in made,
        has_filmstrip="filmstrip.jpg" in made,
        has_waveform="waveform.png" in made,
    )
    if done and media.role in FILMED_ROLES:
        evidence_changed(media.work, now=now)


def _refuse(media: Media, problem: Problem) -> None:
    row = as_row(problem)
    if "name" in row["params"]:
        row["params"]["name"] = media.name  # the sandbox only knows the file's hash
    _mine(media).update(state=MediaState.REFUSED, problem=row, lease_until=None)


def _sandboxed(call: str, media: Media) -> Any:
    path = store.path(media.sha256)
    return run_limited(call, path, name=media.name, seconds=PROBE_SECONDS, memory_mb=PROBE_MEMORY_MB)


def _is_text(media: Media) -> bool:
    return media.role == MediaRole.TEXT or (
        media.role == MediaRole.GENERATED and media.name.endswith(TEXT_ENDINGS)
    )


def _text_facts(media: Media) -> dict[str, Any]:
    """Accept UTF-8 text an engine wrote."""
    if media.size_bytes > LARGEST_TEXT_BYTES:
        raise Problem(gettext_noop("%(name)s is too long for a text: at most 2 MB."), name=media.name)
    try:
        words = store.path(media.sha256).read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise Problem(
            gettext_noop("%(name)s is not text in UTF-8. Save it again as UTF-8."), name=media.name
        ) from fault
    return {"kind": "text", "mime": "text/plain", "characters": len(words), "bytes": media.size_bytes}
