"""Makers admit that a part of their cut is AI, and take that back while nothing is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Cut, Media, Submission
from assignments.permissions import can_edit_work
from ethics.choices import AdmittedPlane
from ethics.models import Admission
from ethics.queries.searched import SEARCHED_ROLES
from ethics.services import queue_assessment
from ethics.services.remeasuring import measure_anew
from ledger import services as ledger
from ledger.canonical import canonical_sha256
from ui.errors import Refused, require

MOST_TOOL, MOST_NOTE = 120, 300


class BadAdmission(Refused):
    """What was typed can't be admitted; nothing is kept."""

    status_code = 400


class NotWithdrawable(Refused):
    """It was taken back before, or stands under a cut that was handed in."""


@transaction.atomic
def admit_stretch(
    *, cut: Cut, plane: str, start: Fraction, end: Fraction, is_part: bool, tool: str, note: str, by: User, now: datetime
) -> Admission:  # fmt: skip
    """Admit that AI made a stretch of a plane; it counts at once, and the cut is measured again by itself.

    The same said twice, from two browsers perhaps, is said once.

    Args:
        start: Seconds into the film, exact.
        end: Seconds, where the stretch ends.
        is_part: Only a part of the picture or sound is AI.

    Raises:
        BadAdmission: No tool, no such plane, or a stretch that is none of this film.
    """
    require(can_edit_work(by, cut.work))
    tool, note = _words(tool, note)
    if plane not in AdmittedPlane.values:
        raise BadAdmission(_("Choose what is AI: the picture, the voices, the music or the effects."))
    end = min(end, _length(cut))
    if not 0 <= start < end:
        raise BadAdmission(
            _(
                "From %(start)s to %(end)s there is nothing of this film. Write where the stretch begins and where it ends."
            )
            % {"start": f"{float(start):g} s", "end": f"{float(end):g} s"}
        )
    where = {"plane": plane, "start": str(start), "end": str(end), "media": None}
    return _admitted(cut, where, is_part=is_part, tool=tool, note=note, by=by, now=now)


@transaction.atomic
def admit_medium(
    *, cut: Cut, media: Media, is_part: bool, tool: str, note: str, by: User, now: datetime
) -> Admission:
    """Admit that a file of the work, which nobody generated here, was made by AI; it counts wherever it is used.

    Raises:
        BadAdmission: No tool, or a file that is not of this work or no material of films.
    """
    require(can_edit_work(by, cut.work))
    tool, note = _words(tool, note)
    if media.work_id != cut.work_id or media.role not in SEARCHED_ROLES:
        raise BadAdmission(
            _("%(name)s is no material of this work. Choose a file from its bin.") % {"name": media.name}
        )
    where = {"media": media, "plane": "", "start": "", "end": ""}
    return _admitted(cut, where, is_part=is_part, tool=tool, note=note, by=by, now=now)


@transaction.atomic
def withdraw_admission(*, admission: Admission, by: User, now: datetime) -> Admission:
    """Take an admission back; the row stays, with who took it back and when.

    Raises:
        NotWithdrawable: It was taken back before, or a cut that it counted for has been handed in.
    """
    require(can_edit_work(by, admission.cut.work))
    if _is_handed_in(admission):
        raise NotWithdrawable(
            _(
                "The cut has been handed in with this admission; it stays. Your instructor can decide otherwise."
            )
        )
    standing = Admission.objects.filter(pk=admission.pk, withdrawn_at=None)
    if not standing.update(withdrawn_by=by, withdrawn_at=now):
        raise NotWithdrawable(_("This admission has been taken back already."))
    admission.refresh_from_db()
    _log("ai.admission_withdrawn", admission, by=by, now=now)
    _judge_again(admission, now=now)
    return admission


def _admitted(
    cut: Cut, where: Mapping[str, object], *, is_part: bool, tool: str, note: str, by: User, now: datetime
) -> Admission:
    """The row, new or the one that says the same already; the cut is locked, so that two browsers wait in line."""
    Cut.objects.select_for_update(of=("self",)).get(pk=cut.pk)
    said = {**where, "cut": cut, "is_part": is_part, "tool": tool, "withdrawn_at": None}
    same = Admission.objects.filter(**said).first()
    if same:
        return same
    admission = Admission(**said, note=note, created_by=by, created_at=now)
    admission.ledger_index = _log("ai.admitted", admission, by=by, now=now)
    admission.save(force_insert=True)
    _judge_again(admission, now=now)
    return admission


def _judge_again(admission: Admission, *, now: datetime) -> None:
    """Queue its cut and, as a medium counts for every cut of the work, the newest one."""
    queue_assessment(cut=admission.cut, now=now)
    if admission.media_id is not None:
        measure_anew(admission.cut.work, now=now)


def _words(tool: str, note: str) -> tuple[str, str]:
    tool, note = " ".join(tool.split()), " ".join(note.split())
    if not tool:
        raise BadAdmission(_("Write which tool or model made it, as you would tell a friend."))
    if len(tool) > MOST_TOOL or len(note) > MOST_NOTE:
        raise BadAdmission(
            _("“%(text)s…” is too long. Say it in fewer words.") % {"text": max(tool, note, key=len)[:40]}
        )
    return tool, note


def _length(cut: Cut) -> Fraction:
    """Seconds of the film; what is admitted beyond is cut off."""
    return Fraction((cut.film.facts or {}).get("duration") or 24 * 3600)


def _is_handed_in(admission: Admission) -> bool:
    """Whether its cut, or for a medium any cut of the work since, has been handed in."""
    handed_in = Submission.objects.filter(work=admission.cut.work_id)
    if admission.media_id is None:
        return handed_in.filter(cut=admission.cut_id).exists()
    return handed_in.filter(submitted_at__gte=admission.created_at).exists()


def _log(kind: str, admission: Admission, *, by: User, now: datetime) -> int:
    """What they typed stays out of the ledger: the hash alone holds them to their words."""
    words = canonical_sha256({"tool": admission.tool, "note": admission.note})
    entry = ledger.append(
        kind=kind,
        subject=f"admission:{admission.uuid}",
        payload={
            "cut": str(admission.cut.uuid),
            "media_sha256": admission.media.sha256 if admission.media else None,
            "plane": admission.plane,
            "start": admission.start,
            "end": admission.end,
            "is_part": admission.is_part,
            "words_sha256": words,
        },
        actor=by.pseudonym,
        now=now,
    )
    return int(entry.index)
