"""Closed lists of the ethics room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AssessmentState(models.TextChoices):
    QUEUED = "queued", _("waiting to be traced")
    RUNNING = "running", _("being traced")
    DONE = "done", _("traced")
    FAILED = "failed", _("could not be traced")


class Result(models.TextChoices):
    """The share against the cap."""

    WITHIN = "within", _("within the cap")
    OPEN = "open", _("open: proof is missing")
    OVER = "over", _("over the cap")
