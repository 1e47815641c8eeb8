"""What teachers decide where the measure leaves it open, and what a crew says against it.

Decisions and appeals are rows and ledger entries beside the assessment; the measured document never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Cut
from ethics.choices import AppealState, AssessmentState, Ruling
from ethics.domain.segments import exact
from ethics.models import Appeal, Assessment, Decision
from ethics.permissions import can_answer, can_appeal, can_decide
from ethics.queries import standing_assessment
from ethics.queries.deciding import Ground, decisions_on, grounds_for, segment_at
from ethics.services.wording import kept_words
from ledger import services as ledger
from ui.errors import Refused, require

MOST_LETTERS = 4000


class NoReason(Refused):
    """Whoever decides or appeals says why."""

    status_code = 400


class NoEvidence(Refused):
    """A decision for human or AI names what it rests on."""

    status_code = 400


class NothingOpen(Refused):
    """The stretch is proven, or lies across several segments."""


class Outdated(Refused):
    """Somebody else was first, or a newer measure stands."""


class AppealedBefore(Refused):
    """One appeal per assessment."""


class NotOpen(Refused):
    """The appeal was answered or taken back."""


class NothingChanged(Refused):
    """An appeal is answered with “changed” although nothing has."""


@transaction.atomic
def decide_segment(
    *, assessment: Assessment, plane: str, start: Fraction, end: Fraction, ruling: str, reason: str,
    grounds: Collection[str], seen: int, by: User, now: datetime,
) -> Decision:  # fmt: skip
    """Rule on a stretch that the measure leaves open, with a reason and the evidence it rests on.

    Args:
        start, end: Half-open, in exact seconds, inside one open segment.
        grounds: Keys of `queries.deciding.grounds_for`; not needed to leave a stretch open.
        seen: How many decisions on the film the person had before them.

    Raises:
        NoReason, NoEvidence, NothingOpen, Outdated
    """
    require(can_decide(by, assessment))
    _lock(assessment)
    if standing_assessment(assessment.cut) != assessment:
        raise Outdated(_("A newer measure of this cut stands. Open it and decide there."))
    if decisions_on(assessment.cut).count() != seen:
        raise Outdated(
            _("Somebody has decided something on this film meanwhile. Load the page and look again.")
        )
    return _decide(
        assessment, plane=plane, start=start, end=end, ruling=ruling, reason=reason, grounds=grounds, by=by, now=now
    )  # fmt: skip


@transaction.atomic
def appeal(
    *, assessment: Assessment, decision: Decision | None, words: str, by: User, now: datetime
) -> Appeal:
    """Have the verdict, or one decision, looked at by somebody else; once per assessment.

    Raises:
        NoReason, AppealedBefore
        NothingOpen: The decision is about another film.
        NotOpen: It is not measured yet.
    """
    require(can_appeal(by, assessment))
    _lock(assessment)
    if assessment.state != AssessmentState.DONE:
        raise NotOpen(_("This measure is not finished. Wait for it before you appeal."))
    if decision is not None and not decisions_on(assessment.cut).filter(pk=decision.pk).exists():
        raise NothingOpen(_("This decision is about another film."))
    if Appeal.objects.filter(assessment=assessment).exists():
        raise AppealedBefore(
            _(
                "This measure has been appealed already. Add evidence and have the film measured again instead."
            )
        )
    words = _said(words, _("Say in a few sentences what is wrong and how it can be seen."))
    entry = ledger.append(
        kind="assessment.appealed",
        subject=f"assessment:{assessment.uuid}",
        payload={
            "decision": str(decision.uuid) if decision else None,
            "document_sha256": assessment.document_sha256,
            "words_sha256": _digest(words),
        },
        actor=by.pseudonym,
        now=now,
    )
    return Appeal.objects.create(
        assessment=assessment, decision=decision, words=words, ledger_index=entry.index, opened_by=by, opened_at=now
    )  # fmt: skip


@transaction.atomic
def answer_appeal(
    *, appeal: Appeal, state: str, answer: str, by: User, now: datetime, ruling: str = "", grounds: Collection[str] = (),
) -> Appeal:  # fmt: skip
    """Answer somebody else's appeal: it stays, or it changes.

    An appealed decision changes by a new ruling on the same stretch; an appealed verdict by what has happened since, a
    decision or a newer measure.

    Raises:
        NoReason, NoEvidence, NotOpen, NothingChanged
    """
    require(can_answer(by, appeal))
    _lock(appeal.assessment)
    answer = _said(answer, _("Say in a few sentences why: the crew reads it."))
    if state not in {AppealState.UPHELD, AppealState.CHANGED}:
        raise NotOpen(_("Choose whether it stays as it was or changes."))
    if state == AppealState.CHANGED:
        _change(appeal, ruling=ruling, reason=answer, grounds=grounds, by=by, now=now)
    return _close(appeal, state=state, answer=answer, by=by, now=now)


@transaction.atomic
def withdraw_appeal(*, appeal: Appeal, by: User, now: datetime) -> Appeal:
    """Take an appeal back before it is answered. Raises NotOpen when it has been."""
    require(can_appeal(by, appeal.assessment))
    return _close(appeal, state=AppealState.WITHDRAWN, answer="", by=by, now=now)


def _lock(assessment: Assessment) -> None:
    Cut.objects.select_for_update(of=("self",)).get(pk=assessment.cut_id)


def _change(
    appeal: Appeal, *, ruling: str, reason: str, grounds: Collection[str], by: User, now: datetime
) -> None:
    old, assessment = appeal.decision, appeal.assessment
    if old is None:
        if not _has_changed_since(appeal):
            raise NothingChanged(
                _(
                    "Nothing has changed since the appeal. Decide a segment, or have the film measured again with the "
                    "new evidence, and then answer."
                )
            )
        return
    if ruling == old.ruling:
        raise NothingChanged(_("This is the decision that was appealed. Choose another, or let it stay."))
    _decide(
        assessment, plane=old.plane, start=Fraction(old.start), end=Fraction(old.end), ruling=ruling, reason=reason,
        grounds=grounds, by=by, now=now,
    )  # fmt: skip


def _has_changed_since(appeal: Appeal) -> bool:
    cut = appeal.assessment.cut
    newer = cut.assessments.filter(
        number__gt=appeal.assessment.number, state=AssessmentState.DONE, finished_at__gte=appeal.opened_at
    )
    return newer.exists() or decisions_on(cut).filter(created_at__gt=appeal.opened_at).exists()


def _decide(
    assessment: Assessment, *, plane: str, start: Fraction, end: Fraction, ruling: str, reason: str,
    grounds: Collection[str], by: User, now: datetime,
) -> Decision:  # fmt: skip
    if ruling not in Ruling.values:
        raise NoReason(_("Choose what this stretch is: made by people, made by AI, or left open."))
    reason = _said(reason, _("Say in a few sentences why: the crew reads it."))
    segment = segment_at(assessment, plane, exact(start), exact(end))
    if segment is None:
        raise NothingOpen(
            _(
                "There is nothing open to decide between these two moments: it is proven, or spans several segments."
            )
        )
    named = [ground for ground in grounds_for(assessment, segment) if ground.key in grounds]
    if ruling != Ruling.OPEN and not named:
        raise NoEvidence(
            _("Name what the decision rests on: at least one piece of evidence of grade 1 or more.")
        )
    return _write(
        assessment, plane=plane, start=start, end=end, ruling=ruling, reason=reason, named=named, by=by, now=now
    )  # fmt: skip


def _write(
    assessment: Assessment, *, plane: str, start: Fraction, end: Fraction, ruling: str, reason: str,
    named: Collection[Ground], by: User, now: datetime,
) -> Decision:  # fmt: skip
    first, last = _decimal(start), _decimal(end)
    evidence = [ground.to_json() for ground in named]
    entry = ledger.append(
        kind="assessment.overridden",
        subject=f"assessment:{assessment.uuid}",
        payload={
            "document_sha256": assessment.document_sha256, "plane": plane, "start": str(first), "end": str(last),
            "ruling": ruling, "reason_sha256": _digest(reason),
            "evidence": [{key: item[key] for key in ("kind", "grade", "source")} for item in evidence],
        },
        actor=by.pseudonym,
        now=now,
    )  # fmt: skip
    return Decision.objects.create(
        assessment=assessment, plane=plane, start=first, end=last, ruling=ruling, reason=reason, evidence=evidence,
        ledger_index=entry.index, created_by=by, created_at=now,
    )  # fmt: skip


def _close(appeal: Appeal, *, state: str, answer: str, by: User, now: datetime) -> Appeal:
    """Move an open appeal to its end by one guarded update, with its ledger entry."""
    entry = ledger.append(
        kind="appeal.withdrawn" if state == AppealState.WITHDRAWN else "appeal.answered",
        subject=f"assessment:{appeal.assessment.uuid}",
        payload={"appeal": str(appeal.uuid), "state": state, "answer_sha256": _digest(answer)},
        actor=by.pseudonym,
        now=now,
    )
    closed = Appeal.objects.filter(pk=appeal.pk, state=AppealState.OPEN).update(
        state=state, answer=answer, answered_by=by, answered_at=now, answer_index=entry.index
    )
    if not closed:
        raise NotOpen(_("This appeal was answered or taken back meanwhile. Load the page again."))
    appeal.refresh_from_db()
    return appeal


def _said(words: str, sentence: str) -> str:
    words = kept_words(words, most=MOST_LETTERS)
    if not words:
        raise NoReason(sentence)
    return words


def _decimal(seconds: Fraction) -> Decimal:
    """Seconds with the six decimals of the document."""
    return Decimal(round(seconds * 10**6)).scaleb(-6)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
