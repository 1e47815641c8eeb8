"""A finished film's package, asked for by people; a worker writes it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Submission
from ethics import tasks
from ethics.models import Package
from ethics.permissions import can_package
from ethics.queries import standing_assessment
from ethics.queries.packaging import sources_of, standing_package
from ethics.services.wording import kept_words
from ui.errors import Refused, require

MOST_LETTERS = 1000


class NotMeasured(Refused):
    """A package tells what the film is made of; nobody has measured it yet."""


class NoReason(Refused):
    """Without its visible label a film leaves only for a reason."""

    status_code = 400


@transaction.atomic
def request_package(
    *, submission: Submission, is_plain: bool, plain_why: str, by: User, now: datetime
) -> Package:
    """Have a film that was handed in finished for leaving, and return its package; one that tells what stands is kept.

    Args:
        is_plain: Without the visible label. The labels inside the file stay (Measures for labelling, Article 9).
        plain_why: For whom, and that they know what they have to label themselves.

    Raises:
        NotMeasured, NoReason, TooLong
        Refused: A gate of downloads, such as a release that has lapsed.
    """
    require(can_package(by, submission))
    Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    assessment = standing_assessment(submission.cut)
    if assessment is None or assessment.document is None or assessment.ledger_index is None:
        raise NotMeasured(
            _("%(name)s has not been measured yet. Wait for the measure, then ask for the package again.")
            % {"name": submission.cut.film.name}
        )
    plain_why = kept_words(plain_why, most=MOST_LETTERS)
    if is_plain and not plain_why:
        raise NoReason(
            _(
                "Say for whom the film leaves without the visible label, and who will label it instead. It is kept."
            )
        )
    for media in sources_of(assessment).values():
        for gate in settings.DOWNLOAD_GATES:
            import_string(gate)(media)
    package = standing_package(submission, is_plain=is_plain)
    if package is None:
        package = Package.objects.create(
            submission=submission, assessment=assessment, is_plain=is_plain, plain_why=plain_why if is_plain else "",
            created_by=by, created_at=now,
        )  # fmt: skip
    # Not a partial: Django names a robust hook that failed by its __qualname__, and a partial has none.
    address = str(package.uuid)
    transaction.on_commit(lambda: tasks.write_package.delay(address), robust=True)
    return package
