"""A crew says which parts of its cut AI made. Admitting counts; claiming human proves nothing (MEASURE §2)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Cut
from ethics.domain.declaring import Made, Part, merged_parts
from ethics.models import Admission, Declaration
from ethics.permissions import can_declare
from ethics.queries.declaring import latest_declaration, parts_of
from ethics.services.admitting import admit_stretch, withdraw_admission
from ethics.services.wording import kept_words
from ledger import services as ledger
from ledger.canonical import canonical_json
from ui.errors import Refused, require

MOST_LETTERS = 2000


class BadPart(Refused):
    """A part that can't be: outside the film, or AI without a word on which."""

    status_code = 400


@transaction.atomic
def declare(*, cut: Cut, parts: Sequence[Part], words: str, by: User, now: datetime) -> Declaration:
    """Keep what the crew says of a cut; everything that no part names is declared made by people.

    What is declared AI is admitted, so that it counts at once; what an earlier declaration admitted and this one
    doesn't is taken back. Saying the same again returns the standing declaration.

    Raises:
        BadPart: With the part.
        TooLong: More words than are kept.
        NotWithdrawable: A cut that was handed in with an admission can't be declared human afterwards.
    """
    require(can_declare(by, cut))
    Cut.objects.select_for_update(of=("self",)).get(pk=cut.pk)
    duration = Fraction((cut.film.facts or {}).get("duration", 0))
    for part in parts:
        _check(part, duration)
    said = merged_parts([part for part in parts if part.made is not Made.HUMAN])
    told = [_json(part) for part in said]
    words, last = kept_words(words, most=MOST_LETTERS), latest_declaration(cut)
    if last and (last.parts, last.words) == (told, words):
        return last
    _admit(cut, before=parts_of(last) if last else [], after=said, by=by, now=now)
    number = last.number + 1 if last else 1
    entry = ledger.append(
        kind="declaration.made",
        subject=f"cut:{cut.uuid}",
        payload={
            "number": number, "film_sha256": cut.film.sha256,
            "parts": [{key: one[key] for key in ("start", "end", "made")} for one in told],
            "words_sha256": hashlib.sha256(canonical_json({"parts": told, "words": words})).hexdigest(),
        },
        actor=by.pseudonym,
        now=now,
    )  # fmt: skip
    return Declaration.objects.create(
        cut=cut,
        number=number,
        parts=told,
        words=words,
        ledger_index=entry.index,
        created_by=by,
        created_at=now,
    )


def _admit(cut: Cut, *, before: Sequence[Part], after: Sequence[Part], by: User, now: datetime) -> None:
    """Make the admissions of a cut's picture those of its declaration; others stay as they are."""
    for part in before:
        if part not in after:
            for admission in _admissions_of(cut, part):
                withdraw_admission(admission=admission, by=by, now=now)
    for part in after:
        admit_stretch(
            cut=cut, plane="picture", start=part.start, end=part.end, is_part=part.made is Made.MIXED,
            tool=part.tool, note=part.words, by=by, now=now,
        )  # fmt: skip


def _admissions_of(cut: Cut, part: Part) -> list[Admission]:
    stretch = {"start": str(part.start), "tool": " ".join(part.tool.split())}
    standing = Admission.objects.filter(cut=cut, plane="picture", withdrawn_at=None, **stretch)
    return list(standing.filter(is_part=part.made is Made.MIXED))


def _check(part: Part, duration: Fraction) -> None:
    if not 0 <= part.start < part.end or (duration and part.end > duration + 1):
        raise BadPart(
            _("From %(start)s s to %(end)s s is no part of this film. Look at the times.")
            % {"start": f"{float(part.start):.2f}", "end": f"{float(part.end):.2f}"}
        )
    if part.made is not Made.HUMAN and not part.tool.strip():
        raise BadPart(
            _("Name the tool or model that made the part from %(start)s s to %(end)s s.")
            % {"start": f"{float(part.start):.2f}", "end": f"{float(part.end):.2f}"}
        )


def _json(part: Part) -> dict[str, Any]:
    return {
        "start": str(part.start), "end": str(part.end), "made": str(part.made), "tool": part.tool.strip(),
        "words": part.words.strip(),
    }  # fmt: skip
