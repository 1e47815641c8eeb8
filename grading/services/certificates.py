"""A film's certificate, to be checked anywhere without the platform."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Submission
from ethics.domain.assessment import canonical_bytes
from ethics.queries import standing_assessment
from grading.permissions import can_ask_report
from grading.services.reports import NotMeasured
from ledger import services as ledger
from ui.errors import Refused, require


class NotCertified(Refused):
    """The log can't prove the film now."""


def write_certificate(*, submission: Submission, by: User) -> bytes:
    """Return the certificate of a submission with its standing assessment, as a zip archive.

    Raises:
        NotMeasured, NotCertified
    """
    require(can_ask_report(by, submission))
    assessment, film = standing_assessment(submission.cut), submission.cut.film
    if assessment is None or assessment.document is None or assessment.ledger_index is None:
        raise NotMeasured(
            _("%(name)s has not been measured yet. Wait for the measure, then ask for the certificate again.")
            % {"name": film.name}
        )
    try:
        return ledger.certify(
            film_name=film.name,
            film_sha256=film.sha256,
            assessment=canonical_bytes(assessment.document),
            indices=[submission.ledger_index, assessment.ledger_index],
        )
    except ledger.NotCertifiable as fault:
        raise NotCertified(str(fault)) from fault
