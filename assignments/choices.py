"""Closed lists of the assignments room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OverCap(models.TextChoices):
    """What happens when a film is over the cap."""

    WARN = "warn", _("warn")
    ASK = "ask", _("ask for a talk")
    BLOCK = "block", _("refuse to take it")
    SCALE = "scale", _("scale the mark")


class MediaRole(models.TextChoices):
    """What a file is to the work."""

    RUSH = "rush", _("rush")
    STILL = "still", _("still")
    SOUND = "sound", _("sound")
    GENERATED = "generated", _("generated")
    FILM = "film", _("film")
    TIMELINE = "timeline", _("timeline")
    TEXT = "text", _("text")


UPLOAD_ROLES = {MediaRole.RUSH, MediaRole.STILL, MediaRole.SOUND, MediaRole.FILM, MediaRole.TIMELINE}


class MediaState(models.TextChoices):
    """Life of a stored file: received, being looked at by a worker, ready, or refused with a sentence."""

    RECEIVED = "received", _("received")
    WORKING = "working", _("being prepared")
    READY = "ready", _("ready")
    REFUSED = "refused", _("refused")


class ReleaseKind(models.TextChoices):
    """What of a person may be made."""

    FACE = "face", _("face and body")
    VOICE = "voice", _("the voice")
    NAME = "name", _("the name")


class ReleaseStanding(models.TextChoices):
    """Whether a release holds today; decided in assignments.domain.releases."""

    WAITING = "waiting", _("waits for a teacher")
    STANDING = "standing", _("holds")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")


FILMED_ROLES = {MediaRole.RUSH, MediaRole.STILL, MediaRole.SOUND}
"""What a crew brings from the set, and a set log can cover."""


class SetLogStanding(models.TextChoices):
    """How far the signatures under a set log have come."""

    UNSIGNED = "unsigned", _("waits for a signature of the crew")
    SIGNED = "signed", _("waits for a teacher’s signature")
    COUNTERSIGNED = "countersigned", _("signed by both")
