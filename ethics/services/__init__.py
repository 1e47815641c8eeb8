"""What people ask of the measure."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.choices import MediaState
from assignments.models import Cut
from ethics import tasks
from ethics.choices import AssessmentState
from ethics.models import Assessment
from ethics.permissions import can_measure
from ethics.queries import PENDING, inputs_hash, latest_assessment, materials_of
from ethics.queries.deciding import blocks_hand_in
from ethics.queries.planes import voice_blocks_hand_in
from ethics.queries.records import records_of
from ui.errors import Refused, require


class FilmNotReady(Refused):
    """The film is still being prepared, or was refused."""


class OverTheCap(Refused):
    """The brief refuses films that are proven to be over the cap."""


@transaction.atomic
def request_assessment(*, cut: Cut, by: User, now: datetime) -> Assessment:
    """Have a cut measured and return its assessment; the standing one when nothing has changed since.

    Raises:
        FilmNotReady: There is no film to measure yet.
    """
    require(can_measure(by, cut))
    if cut.film.state != MediaState.READY:
        raise FilmNotReady(
            _("%(name)s is not ready to be measured. Wait until it is prepared.") % {"name": cut.film.name}
        )
    return queue_assessment(cut=cut, now=now)


@transaction.atomic
def queue_assessment(*, cut: Cut, now: datetime) -> Assessment:
    """Put a cut in line unless it stands there, or its last assessment is of the same inputs."""
    Cut.objects.select_for_update(of=("self",)).get(pk=cut.pk)
    last = latest_assessment(cut)
    if last and (last.state in PENDING or _is_current(last, cut)):
        return last
    number = (cut.assessments.aggregate(last=Max("number"))["last"] or 0) + 1
    assessment = Assessment.objects.create(cut=cut, number=number, created_at=now)
    _ring(assessment)
    return assessment


def _ring(assessment: Assessment) -> None:
    def ring() -> None:
        tasks.measure_cut.delay(str(assessment.uuid))

    transaction.on_commit(
        ring, robust=True
    )  # a partial has no name for Django to log when the broker is away


def refuse_over_cap(cut: Cut) -> None:
    """Gate of handing in: stop a film that is proven to be over the cap where the brief takes none.

    Raises:
        OverTheCap: With what to do.
    """
    if blocks_hand_in(cut):
        raise OverTheCap(
            _(
                "This cut is over the cap of %(cap)d %%, and this brief takes no film over it. "
                "Replace generated shots with your own, save the new cut and hand that in."
            )
            % {"cap": round(100 * cut.work.brief.picture_cap)}
        )
    if voice_blocks_hand_in(cut):
        raise OverTheCap(
            _(
                "More of the voices in this cut is generated than the %(cap)d %% this brief allows. "
                "Have people speak some of them, save the new cut and hand that in."
            )
            % {"cap": round(100 * (cut.work.brief.voice_cap or 0))}
        )


def _is_current(assessment: Assessment, cut: Cut) -> bool:
    return assessment.state == AssessmentState.DONE and assessment.inputs_sha256 == inputs_hash(
        cut, materials_of(cut), records_of(cut)
    )
