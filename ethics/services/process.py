"""Records of the making where they arise: the script as it grows, the decision log, the teacher's rating of both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Work
from assignments.permissions import can_edit_work
from ethics.choices import LogOutcome
from ethics.domain.reflection import CRITERIA, MOST_MARKS
from ethics.domain.script import text_sha256
from ethics.models import LogNote, Rating, ScriptVersion
from ethics.permissions import can_rate
from ethics.queries.records import latest_notes, script_versions_of, standing_rating
from ethics.services.remeasuring import measure_anew
from ledger import services as ledger
from ui.errors import Refused, require

MOST_LETTERS = 400_000
"""Of a script: about 300 pages of English, 600 of Chinese."""


class BadScript(Refused):
    """A text that can't be kept as the script."""

    status_code = 400


class ScriptMovedOn(Refused):
    """Somebody else saved the script since this person opened it."""


class BadNote(Refused):
    """A line of the decision log that says nothing."""

    status_code = 400


class BadRating(Refused):
    """A rating that can't be."""

    status_code = 400


@transaction.atomic
def save_script(*, work: Work, text: str, by: User, now: datetime, seen: int | None = None) -> ScriptVersion:
    """Keep the script as its next version and return it; the standing one when nothing has changed.

    Args:
        seen: Number of the version the person began from, 0 for none; None from callers that overwrite knowingly.

    Raises:
        BadScript: There is no text, or too much.
        ScriptMovedOn: Somebody else has saved a version that the person hasn't seen.
    """
    require(can_edit_work(by, work))
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    _check_script(text)
    Work.objects.select_for_update().get(pk=work.pk)
    last = script_versions_of(work).first()
    number = last.number if last else 0
    if last and last.text == text:
        return last
    if seen is not None and script_versions_of(work).filter(number__gt=seen).exclude(saved_by=by).exists():
        raise ScriptMovedOn(
            _(
                "Version %(number)d was saved meanwhile. Copy what you wrote, open it again and put it in there."
            )
            % {"number": number}
        )
    entry = ledger.append(
        kind="script.saved",
        subject=f"work:{work.uuid}",
        payload={"number": number + 1, "sha256": text_sha256(text), "characters": len(text)},
        actor=by.pseudonym,
        now=now,
    )
    return ScriptVersion.objects.create(
        work=work, number=number + 1, text=text, ledger_index=entry.index, saved_by=by, saved_at=now
    )


def _check_script(text: str) -> None:
    if not text.strip():
        raise BadScript(_("There is no text to keep. Write a line first."))
    if len(text) > MOST_LETTERS:
        raise BadScript(
            _(
                "The script has %(count)d characters; at most %(most)d can be kept. Keep one work’s script alone."
            )
            % {"count": len(text), "most": MOST_LETTERS}
        )


@transaction.atomic
def write_note(
    *, work: Work, outcome: str, what: str, why: str, by: User, now: datetime, line: int | None = None
) -> LogNote:
    """Write a line of the decision log, or a corrected version of one, and return it.

    Args:
        line: The line to correct; a new one when None.

    Raises:
        BadNote: It doesn't say what, or why; or there is no such line.
    """
    require(can_edit_work(by, work))
    what, why = what.strip(), why.strip()
    if not what or not why or outcome not in LogOutcome.values:
        raise BadNote(_("Say what it was about, what became of it, and why."))
    Work.objects.select_for_update().get(pk=work.pk)
    notes = {note.line: note for note in latest_notes(work)}
    if line is not None and line not in notes:
        raise BadNote(_("The log has no line %(line)d. Write it as a new one.") % {"line": line})
    last = notes.get(line) if line else None
    if last and (last.outcome, last.what, last.why) == (outcome, what, why):
        return last
    place, version = (last.line, last.version + 1) if last else (max(notes, default=0) + 1, 1)
    entry = ledger.append(
        kind="decision.noted",
        subject=f"work:{work.uuid}",
        payload={
            "line": place,
            "version": version,
            "outcome": outcome,
            "sha256": text_sha256(f"{what}\n{why}"),
        },
        actor=by.pseudonym,
        now=now,
    )
    return LogNote.objects.create(
        work=work, line=place, version=version, outcome=outcome, what=what, why=why,
        ledger_index=entry.index, written_by=by, written_at=now,
    )  # fmt: skip


@transaction.atomic
def rate(*, work: Work, marks: Mapping[str, int], reason: str, by: User, now: datetime) -> Rating:
    """Rate the decision log and the talk, and have the newest cut's degree reckoned with it.

    Args:
        marks: 0 to 4 by criterion of domain.reflection; criteria left out are not judged.

    Raises:
        BadRating: No mark, one out of range, or no reason.
    """
    require(can_rate(by, work))
    reason, kept = reason.strip(), dict(sorted(marks.items()))
    if not kept or not reason:
        raise BadRating(_("Give at least one mark, and the reason for it."))
    if any(name not in CRITERIA or not 0 <= mark <= MOST_MARKS for name, mark in kept.items()):
        raise BadRating(_("Marks go from 0 to %(most)d.") % {"most": MOST_MARKS})
    Work.objects.select_for_update().get(pk=work.pk)
    last = standing_rating(work)
    if last and (last.marks, last.reason, last.rated_by_id) == (kept, reason, by.pk):
        return last
    number = last.number + 1 if last else 1
    entry = ledger.append(
        kind="reflection.rated",
        subject=f"work:{work.uuid}",
        payload={"number": number, "marks": kept, "reason_sha256": text_sha256(reason)},
        actor=by.pseudonym,
        now=now,
    )
    rating = Rating.objects.create(
        work=work,
        number=number,
        marks=kept,
        reason=reason,
        ledger_index=entry.index,
        rated_by=by,
        rated_at=now,
    )
    measure_anew(work, now=now)
    return rating
