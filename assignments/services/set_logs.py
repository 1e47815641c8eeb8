"""Set logs: written by the makers, signed by one of them, countersigned by a teacher; each step in the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.choices import FILMED_ROLES, SetLogStanding
from assignments.models import Media, SetLog, Work
from assignments.permissions import can_countersign_set_log, can_edit_work
from assignments.workers import evidence_changed
from ledger import services as ledger
from ledger.canonical import canonical_sha256
from ui.errors import Refused, require

UNSIGNED: dict[str, Any] = {
    "signed_by": None, "signed_at": None, "countersigned_by": None, "countersigned_at": None,
}  # fmt: skip

LONGEST = {"place": 200, "people": 300, "device": 120, "scene": 40, "take": 40, "note": 500}
"""Letters that the columns of `SetLog` hold."""


class BadSetLog(Refused):
    """What was typed into a set log can't be; nothing is kept."""

    status_code = 400


class SetLogChanged(Refused):
    """The log is not any more what the person has read, or was signed by somebody else."""


@dataclass(frozen=True, slots=True)
class SetFacts:
    """What a crew noted: the day, and texts as they were typed."""

    shot_on: date
    place: str
    people: str
    device: str
    scene: str = ""
    take: str = ""
    note: str = ""


@transaction.atomic
def keep_set_log(*, work: Work, facts: SetFacts, media: Collection[Media], by: User, now: datetime) -> SetLog:
    """Keep what the crew noted about these files; it is evidence once both have signed.

    Raises:
        BadSetLog: A day to come, nothing written, no file, or one that is not of this work or not from a set.
    """
    require(can_edit_work(by, work))
    facts = _checked(facts, work=work, media=media, today=now.date())
    log = SetLog.objects.create(work=work, created_by=by, created_at=now, changed_at=now, **asdict(facts))
    log.media.set(media)
    _log("set_log.kept", log, by=by, now=now)
    return log


@transaction.atomic
def change_set_log(
    *, log: SetLog, facts: SetFacts, media: Collection[Media], revision: int, by: User, now: datetime
) -> SetLog:
    """Write the log anew, which takes its signatures away; nothing happens when nothing is different.

    Args:
        revision: The one that the person has read.

    Raises:
        BadSetLog: As for a new one.
        SetLogChanged: Somebody else changed it meanwhile.
    """
    require(can_edit_work(by, log.work))
    facts = _checked(facts, work=log.work, media=media, today=now.date())
    log = _locked(log)
    if _facts_of(log) == facts and set(log.media.all()) == set(media):
        return log
    counted = log.standing == SetLogStanding.COUNTERSIGNED
    mine = SetLog.objects.filter(pk=log.pk, revision=revision)
    if not mine.update(revision=F("revision") + 1, changed_at=now, **UNSIGNED, **asdict(facts)):
        raise _changed()
    log.media.set(media)
    log.refresh_from_db()
    _log("set_log.changed", log, by=by, now=now)
    if counted:
        evidence_changed(log.work, now=now)
    return log


@transaction.atomic
def sign_set_log(*, log: SetLog, revision: int, by: User, now: datetime) -> SetLog:
    """Sign as one of the makers what stands in this revision; signing twice is signing once.

    Raises:
        SetLogChanged: It was changed meanwhile, or another of the makers has signed it.
    """
    require(can_edit_work(by, log.work))
    waiting = SetLog.objects.filter(pk=log.pk, revision=revision, signed_at=None)
    if waiting.update(signed_by=by, signed_at=now):
        log.refresh_from_db()
        _log("set_log.signed", log, by=by, now=now)
        return log
    log.refresh_from_db()
    if (log.revision, log.signed_by_id) != (revision, by.pk):
        raise _changed()
    return log


@transaction.atomic
def countersign_set_log(*, log: SetLog, revision: int, by: User, now: datetime) -> SetLog:
    """Confirm as a teacher what a maker has signed; from now on it counts in the capture test.

    Raises:
        SetLogChanged: It was changed meanwhile, is not signed by a maker, or another teacher was first.
    """
    require(can_countersign_set_log(by, log))
    waiting = SetLog.objects.filter(
        pk=log.pk, revision=revision, signed_at__isnull=False, countersigned_at=None
    ).exclude(signed_by=by)
    if waiting.update(countersigned_by=by, countersigned_at=now):
        log.refresh_from_db()
        _log("set_log.countersigned", log, by=by, now=now)
        evidence_changed(log.work, now=now)
        return log
    log.refresh_from_db()
    if (log.revision, log.countersigned_by_id) != (revision, by.pk):
        raise _changed()
    return log


def _changed() -> SetLogChanged:
    return SetLogChanged(
        _("This entry of the set log was changed or signed meanwhile. Load the page and read it again.")
    )


def _locked(log: SetLog) -> SetLog:
    logs = SetLog.objects.select_for_update(of=("self",)).select_related(
        "work__brief__module__course", "work__crew"
    )
    return logs.get(pk=log.pk)


def _checked(facts: SetFacts, *, work: Work, media: Collection[Media], today: date) -> SetFacts:
    if facts.shot_on > today:
        raise BadSetLog(_("The day of shooting lies in the future. Write the day you shot on."))
    texts = {name: " ".join(value.split()) for name, value in asdict(facts).items() if name != "shot_on"}
    if not (texts["place"] and texts["people"] and texts["device"]):
        raise BadSetLog(_("Write where you shot, who was there and what you shot with."))
    for name, value in texts.items():
        if len(value) > LONGEST[name]:
            raise BadSetLog(_("“%(text)s…” is too long. Say it in fewer words.") % {"text": value[:40]})
    if not media:
        raise BadSetLog(_("Choose the files this entry is about."))
    for one in media:
        if one.work_id != work.pk or one.role not in FILMED_ROLES:
            raise BadSetLog(
                _("%(name)s is no rush, still or sound of this work. Choose files you brought from the set.")
                % {"name": one.name}
            )
    return SetFacts(shot_on=facts.shot_on, **texts)


def _facts_of(log: SetLog) -> SetFacts:
    return SetFacts(**{field.name: getattr(log, field.name) for field in fields(SetFacts)})


def content_sha256(log: SetLog) -> str:
    """SHA-256 over everything that is signed: the words, the files and the revision."""
    facts = {name: str(value) for name, value in asdict(_facts_of(log)).items()}
    files = sorted(log.media.values_list("sha256", flat=True))
    return canonical_sha256({**facts, "media": files, "revision": log.revision})


def _log(kind: str, log: SetLog, *, by: User, now: datetime) -> None:
    """Names and places stay out of the ledger: the hash alone holds the signers to their words."""
    ledger.append(
        kind=kind,
        subject=f"set_log:{log.uuid}",
        payload={
            "work": str(log.work.uuid),
            "revision": log.revision,
            "content_sha256": content_sha256(log),
        },
        actor=by.pseudonym,
        now=now,
    )
