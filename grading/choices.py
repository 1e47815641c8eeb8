"""Closed lists of the grading room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MarkerRole(models.TextChoices):
    """The two teachers of dual-teacher grading."""

    ACADEMIC = "academic", _("academic teacher")
    MENTOR = "mentor", _("industry mentor")


class ReportState(models.TextChoices):
    QUEUED = "queued", _("being written")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
