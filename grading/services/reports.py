"""Film reports asked for by people; a worker writes them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Submission
from ethics.queries import standing_assessment
from grading import tasks
from grading.choices import ReportState
from grading.models import Report
from grading.permissions import can_ask_report
from ui.errors import Refused, require


class NotMeasured(Refused):
    """A report tells what the film is made of; nobody has measured it yet."""


class UnknownLanguage(Refused):
    """A language the platform doesn't speak."""


@transaction.atomic
def request_report(*, submission: Submission, language: str, by: User, now: datetime) -> Report:
    """Have the film's report written in a language and return its row; one that is being written is returned.

    Raises:
        UnknownLanguage, NotMeasured
    """
    require(can_ask_report(by, submission))
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguage(
            _("There is no report in “%(language)s”. Choose English or Simplified Chinese.")
            % {"language": language}
        )
    if standing_assessment(submission.cut) is None:
        raise NotMeasured(
            _("%(name)s has not been measured yet. Wait for the measure, then ask for the report again.")
            % {"name": submission.cut.film.name}
        )
    waiting = Report.objects.filter(submission=submission, language=language, state=ReportState.QUEUED)
    report = waiting.order_by("-pk").first()
    if report is None:
        report = Report.objects.create(
            submission=submission, language=language, created_by=by, created_at=now
        )
    # Not a partial: Django names a robust hook that failed by its __qualname__, and a partial has none.
    address = str(report.uuid)
    transaction.on_commit(lambda: tasks.write_report.delay(address), robust=True)
    return report
