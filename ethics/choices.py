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


class Ruling(models.TextChoices):
    """What a person takes a stretch to be; ethics.domain.deciding computes with it."""

    HUMAN = "human", _("made by people")
    AI = "ai", _("made by AI")
    OPEN = "open", _("left open")


class Made(models.TextChoices):
    """Who a crew says made a part; ethics.domain.declaring compares it."""

    AI = "ai", _("made by AI")
    MIXED = "mixed", _("AI over or beside own footage")
    HUMAN = "human", _("made by people")


class AppealState(models.TextChoices):
    """Life of an appeal: open until somebody else answers it or the crew takes it back."""

    OPEN = "open", _("waits for an answer")
    UPHELD = "upheld", _("upheld: it stays as it was")
    CHANGED = "changed", _("changed")
    WITHDRAWN = "withdrawn", _("taken back")


class PackageState(models.TextChoices):
    """Life of a film's package: asked for, signed and logged, ready once the log's signed root covers it."""

    QUEUED = "queued", _("waiting to be packed")
    SIGNED = "signed", _("signed and logged, waiting for the log’s signed root")
    READY = "ready", _("ready")
    FAILED = "failed", _("could not be packed")


class AdmittedPlane(models.TextChoices):
    """What of a stretch makers may admit; the script says by itself what was drafted."""

    PICTURE = "picture", _("picture")
    VOICE = "voice", _("voice")
    MUSIC = "music", _("music")
    EFFECTS = "effects", _("effects")


class LogOutcome(models.TextChoices):
    """What became of a thing in the decision log."""

    KEPT = "kept", _("kept")
    REJECTED = "rejected", _("rejected")
    CHANGED = "changed", _("changed")


class Criterion(models.TextChoices):
    """What a teacher looks at in the decision log and the talk; ethics.domain.reflection reckons with it."""

    REASONS = "reasons", _("gives reasons for what stayed and what went")
    ALTERNATIVES = "alternatives", _("names what else was tried")
    LIMITS = "limits", _("knows what the tools could not do")
    TALK = "talk", _("stands by it in the talk")
