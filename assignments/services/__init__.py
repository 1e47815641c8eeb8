"""What people do to works: start, add media, save cuts, hand in. One transaction each, in the ledger."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.forms import model_to_dict
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import tasks
from assignments.backends import store
from assignments.backends.sheets import check_sheet
from assignments.backends.store import Stored
from assignments.choices import UPLOAD_ROLES, MediaRole, MediaState, ReleaseKind
from assignments.domain.deadlines import is_late
from assignments.models import Brief, Cut, Media, Release, Submission, Work
from assignments.permissions import (
    can_approve_release,
    can_edit_work,
    can_revoke_release,
    can_set_budgets,
    can_start_work,
)
from assignments.queries import crew_for, work_of
from footage.problems import Problem
from footage.sandbox import run_limited
from ledger import services as ledger
from ui.errors import Refused, require

BUDGETS = ["gpu_seconds", "gpu_seconds_person", "gpu_seconds_all", "money_limit"]
POLICY = ["scale_level", "picture_cap", "voice_cap", "tools", *BUDGETS, "over_cap"]
TIMELINE_SECONDS = 30.0
TIMELINE_MEMORY_MB = 1024
RECEIPT_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0 O 1 I L: a receipt is read out over the telephone."""


class NoCrew(Refused):
    """The brief asks for a crew and the person has none."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This assignment is made by a crew, and you are in none yet. "
                "Ask your instructor to put you in one."
            )
        )


class NotReady(Refused):
    """The medium is still being prepared, or was refused."""


class WrongRole(Refused):
    """A medium that cannot be what the person wants it to be."""


class AlreadyHandedIn(Refused):
    """The cut was handed in before; it is frozen."""


class NotRefused(Refused):
    """Only a refused medium can be prepared once more."""


class BadRelease(Refused):
    """What was typed about a release can't be; nothing is kept."""

    status_code = 400


class NotWaiting(Refused):
    """The release was approved or revoked before."""


@transaction.atomic
def start_work(*, brief: Brief, by: User, now: datetime) -> Work:
    """Return the person's work for the brief (their own, or their crew's), begun now unless it was before.

    Raises:
        NoCrew: The brief is for crews and the person is in none.
    """
    require(can_start_work(by, brief))
    begun = work_of(brief, by)
    if begun:
        return begun
    makers: dict[str, Any] = {"crew": crew_for(brief, by)} if brief.is_crew_work else {"owner": by}
    if brief.is_crew_work and makers["crew"] is None:
        raise NoCrew
    work, _created = Work.objects.get_or_create(brief=brief, **makers, defaults={"created_at": now})
    return work


@transaction.atomic
def add_media(*, work: Work, role: str, name: str, stored: Stored, by: User, now: datetime) -> Media:
    """Add an uploaded file to the work and return its row; the same content in one work is one row.

    A refused file that is added again, perhaps in a better place, is looked at again. `name` is only shown.
    """
    require(can_edit_work(by, work))
    if role not in UPLOAD_ROLES:
        raise WrongRole(_("Files of this kind are made on the platform, they can't be uploaded."))
    media, is_new = _media_row(work=work, role=role, name=name, stored=stored, by=by, now=now)
    if is_new:
        _log_media(media, by=by, now=now)
    elif media.state == MediaState.REFUSED:
        _look_again(media, role=role, name=name)
    _ring(media)
    return media


@transaction.atomic
def add_generated_media(*, work: Work, name: str, stored: Stored, by: User, now: datetime) -> Media:
    """Add a file an engine made, inside the transaction that also writes its output and ledger entry."""
    media, _is_new = _media_row(work=work, role=MediaRole.GENERATED, name=name, stored=stored, by=by, now=now)
    _ring(media)
    return media


@transaction.atomic
def retry_media(*, media: Media, by: User, now: datetime) -> Media:
    """Have a refused file looked at again.

    Raises:
        NotRefused: It is not refused.
    """
    require(can_edit_work(by, media.work))
    if media.state != MediaState.REFUSED:
        raise NotRefused(_("%(name)s was not refused; there is nothing to try again.") % {"name": media.name})
    _look_again(media, role=media.role, name=media.name)
    _ring(media)
    return media


def save_cut(*, work: Work, film: Media, timeline: Media | None, note: str, by: User, now: datetime) -> Cut:
    """Save a version of the film and return it, with what doesn't fit in the timeline as `notes`.

    Raises:
        WrongRole: The film is not a film of this work, or the timeline not one of its timelines.
        NotReady: One of them is still being prepared or was refused.
    """
    require(can_edit_work(by, work))
    _require_part(work, film, MediaRole.FILM)
    if timeline is not None:
        _require_part(work, timeline, MediaRole.TIMELINE)
    notes = timeline_notes(film=film, timeline=timeline) if timeline else []
    with transaction.atomic():
        Work.objects.select_for_update().get(pk=work.pk)
        cut = Cut.objects.create(
            work=work,
            version=(work.cuts.aggregate(last=Max("version"))["last"] or 0) + 1,
            film=film,
            timeline=timeline,
            note=note.strip(),
            notes=notes,
            created_by=by,
            created_at=now,
        )
        _log_cut(cut, by=by, now=now)
    return cut


@transaction.atomic
def hand_in(*, cut: Cut, by: User, now: datetime) -> Submission:
    """Freeze the cut as the makers' answer to the brief and return the submission with its receipt.

    Raises:
        AlreadyHandedIn: This cut was handed in before.
        NotReady: Its film is not ready.
        Refused: A gate of a room above (settings.HAND_IN_GATES) does not let the cut through.
    """
    work = (
        Work.objects.select_for_update(of=("self",))
        .select_related("brief__module__course", "crew")
        .get(pk=cut.work_id)
    )
    require(can_edit_work(by, work))
    _require_ready(cut.film)
    for gate in settings.HAND_IN_GATES:
        import_string(gate)(cut)
    if Submission.objects.filter(cut=cut).exists():
        raise AlreadyHandedIn(
            _("Version %(version)s has been handed in already. Save a new cut to hand in again.")
            % {"version": cut.version}
        )
    attempt = (work.submissions.aggregate(last=Max("attempt"))["last"] or 0) + 1
    return _submit(cut, work=work, attempt=attempt, by=by, now=now)


@transaction.atomic
def record_release(
    *, work: Work, person: str, kinds: Collection[str], purpose: str, signed_on: date, expires_on: date | None,
    sheet: Stored, sheet_name: str, by: User, now: datetime,
) -> Release:  # fmt: skip
    """Keep what a real person allows in this work, with the sheet they signed; it counts once a teacher approves.

    Raises:
        BadRelease: No name, nothing allowed, dates that can't be, or a sheet that is no PDF or picture.
    """
    require(can_edit_work(by, work))
    person, purpose = " ".join(person.split()), purpose.strip()
    _check_release(person=person, kinds=kinds, purpose=purpose, signed_on=signed_on, expires_on=expires_on, today=now.date())  # fmt: skip
    check_sheet(sheet.sha256, name=shown_name(sheet_name))
    release = Release.objects.create(
        work=work, person=person, kinds=[kind for kind in ReleaseKind.values if kind in kinds], purpose=purpose,
        document_sha256=sheet.sha256, document_name=shown_name(sheet_name), signed_on=signed_on,
        expires_on=expires_on, created_by=by, created_at=now,
    )  # fmt: skip
    _log_release("release.recorded", release, by=by, now=now)
    return release


def _check_release(
    *,
    person: str,
    kinds: Collection[str],
    purpose: str,
    signed_on: date,
    expires_on: date | None,
    today: date,
) -> None:
    if not person or not purpose:
        raise BadRelease(_("Write the person’s name and what they agreed to, as they signed it."))
    if not kinds or not set(kinds) <= set(ReleaseKind.values):
        raise BadRelease(_("Say what the person allows: face and body, voice, name, or several of them."))
    if signed_on > today:
        raise BadRelease(_("The day of signing lies in the future. Write the day on the sheet."))
    if expires_on is not None and expires_on < today:
        raise BadRelease(_("This release has expired already. Have it signed anew."))


@transaction.atomic
def approve_release(*, release: Release, by: User, now: datetime) -> Release:
    """Let jobs of the work cite the release from now on.

    Raises:
        NotWaiting: It was approved or revoked before.
    """
    require(can_approve_release(by, release))
    waiting = Release.objects.filter(pk=release.pk, approved_at=None, revoked_at=None)
    if not waiting.update(approved_by=by, approved_at=now):
        raise NotWaiting(_("This release doesn’t wait for approval any more. Load the page again."))
    release.refresh_from_db()
    _log_release("release.approved", release, by=by, now=now)
    return release


@transaction.atomic
def revoke_release(*, release: Release, by: User, now: datetime) -> Release:
    """Take a release back: jobs that cite it stop, and what was made with it can't be fetched any more.

    Rooms above do their part through settings.RELEASE_WATCHERS, in this transaction.

    Raises:
        NotWaiting: It was revoked before.
    """
    require(can_revoke_release(by, release))
    if not Release.objects.filter(pk=release.pk, revoked_at=None).update(revoked_by=by, revoked_at=now):
        raise NotWaiting(_("This release has been revoked already."))
    release.refresh_from_db()
    _log_release("release.revoked", release, by=by, now=now)
    for watcher in settings.RELEASE_WATCHERS:
        import_string(watcher)(release, now=now)
    return release


@transaction.atomic
def set_budgets(
    *,
    brief: Brief,
    gpu_seconds: int,
    gpu_seconds_person: int | None,
    gpu_seconds_all: int | None,
    money_limit: Decimal,
    by: User,
    now: datetime,
) -> Brief:
    """Say what works, people and all works of a brief may spend; what is spent or promised already stays so.

    A change is part of the AI policy and is logged with it.
    """
    brief = Brief.objects.select_for_update(of=("self",)).select_related("module__course").get(pk=brief.pk)
    require(can_set_budgets(by, brief))
    before = policy_facts(brief)
    brief.gpu_seconds, brief.gpu_seconds_person = gpu_seconds, gpu_seconds_person
    brief.gpu_seconds_all, brief.money_limit = gpu_seconds_all, money_limit
    brief.save(update_fields=BUDGETS)
    brief.refresh_from_db(fields=BUDGETS)
    if policy_facts(brief) != before:
        log_policy(brief, actor=by.pseudonym, now=now)
    return brief


def policy_facts(brief: Brief) -> dict[str, Any]:
    """Return the AI policy as JSON values; shares and money as text, because people argue about their last digit."""
    policy = model_to_dict(brief, fields=POLICY)
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in policy.items()}


def log_policy(brief: Brief, *, actor: str, now: datetime) -> None:
    ledger.append(
        kind="policy.set", subject=f"brief:{brief.uuid}", payload=policy_facts(brief), actor=actor, now=now
    )


def timeline_notes(*, film: Media, timeline: Media) -> list[dict[str, Any]]:
    """Return what doesn't fit between timeline and film, as problems kept in rows.

    A timeline that can't be read at the film's rate gives one note saying so: the film can still be measured.
    """
    facts = film.facts or {}
    try:
        found = run_limited(
            "assignments.backends.timelines:notes_against",
            store.path(timeline.sha256),
            name=timeline.name,
            film_fps=facts.get("fps"),
            film_duration=facts.get("duration"),
            seconds=TIMELINE_SECONDS,
            memory_mb=TIMELINE_MEMORY_MB,
        )
    except Problem as problem:
        return [{"template": problem.template, "params": problem.params}]
    return list(found)


def _media_row(
    *, work: Work, role: str, name: str, stored: Stored, by: User, now: datetime
) -> tuple[Media, bool]:
    return Media.objects.get_or_create(
        work=work,
        sha256=stored.sha256,
        defaults={
            "role": role,
            "name": shown_name(name),
            "size_bytes": stored.size_bytes,
            "created_by": by,
            "created_at": now,
        },
    )


def shown_name(name: str) -> str:
    """Return a person's file name fit for showing: no folders, no control signs, at most 255 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[-255:] or _("unnamed")


def _look_again(media: Media, *, role: str, name: str) -> None:
    media.role, media.name = role, shown_name(name)
    media.state, media.problem, media.attempts, media.lease_until = MediaState.RECEIVED, None, 0, None
    media.save(update_fields=["role", "name", "state", "problem", "attempts", "lease_until"])


def _ring(media: Media) -> None:
    def ring() -> None:  # not a partial: Django names the function when the broker is away
        tasks.prepare_media.delay(str(media.uuid))

    transaction.on_commit(ring, robust=True)


def _require_part(work: Work, media: Media, role: MediaRole) -> None:
    if media.work_id != work.pk or media.role != role:
        raise WrongRole(
            _("%(name)s is not a %(role)s of this work. Choose one from the list.")
            % {"name": media.name, "role": role.label}
        )
    _require_ready(media)


def _require_ready(media: Media) -> None:
    if media.state == MediaState.REFUSED:
        raise NotReady(
            _("%(name)s was refused and can't be used. Put a better file in its place.")
            % {"name": media.name}
        )
    if media.state != MediaState.READY:
        raise NotReady(
            _("%(name)s is still being prepared. Wait a moment and try again.") % {"name": media.name}
        )


def _submit(cut: Cut, *, work: Work, attempt: int, by: User, now: datetime) -> Submission:
    receipt = new_receipt()
    entry = ledger.append(
        kind="cut.handed_in",
        subject=f"cut:{cut.uuid}",
        payload={
            "work": str(work.uuid),
            "brief": str(work.brief.uuid),
            "film_sha256": cut.film.sha256,
            "timeline_sha256": cut.timeline.sha256 if cut.timeline else None,
            "attempt": attempt,
            "receipt": receipt,
        },
        actor=by.pseudonym,
        now=now,
    )
    return Submission.objects.create(
        work=work,
        cut=cut,
        attempt=attempt,
        receipt=receipt,
        ledger_index=entry.index,
        is_late=is_late(due_at=work.brief.due_at, handed_in_at=now),
        submitted_by=by,
        submitted_at=now,
    )


def new_receipt() -> str:
    """Return a receipt code such as `7KQ4-M2XR-9TBC` (about 59 bits)."""
    letters = "".join(secrets.choice(RECEIPT_LETTERS) for _place in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def _log_media(media: Media, *, by: User, now: datetime) -> None:
    ledger.append(
        kind="media.uploaded",
        subject=f"media:{media.uuid}",
        payload={
            "work": str(media.work.uuid),
            "role": media.role,
            "sha256": media.sha256,
            "bytes": media.size_bytes,
        },
        actor=by.pseudonym,
        now=now,
    )


def _log_cut(cut: Cut, *, by: User, now: datetime) -> None:
    ledger.append(
        kind="cut.saved",
        subject=f"cut:{cut.uuid}",
        payload={
            "work": str(cut.work.uuid),
            "version": cut.version,
            "film_sha256": cut.film.sha256,
            "timeline_sha256": cut.timeline.sha256 if cut.timeline else None,
        },
        actor=by.pseudonym,
        now=now,
    )


def _log_release(kind: str, release: Release, *, by: User, now: datetime) -> None:
    """The person stands in the ledger as a keyed hash: the school can find them there, nobody can guess them."""
    ledger.append(
        kind=kind,
        subject=f"release:{release.uuid}",
        payload={
            "work": str(release.work.uuid),
            "person": salted_hmac(
                "assignments.release.person", release.person, algorithm="sha256"
            ).hexdigest(),
            "kinds": release.kinds,
            "sheet_sha256": release.document_sha256,
            "signed_on": release.signed_on.isoformat(),
            "expires_on": release.expires_on.isoformat() if release.expires_on else None,
        },
        actor=by.pseudonym,
        now=now,
    )
