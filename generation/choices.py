"""Closed lists of the generation room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """Life of a generation job; moves are in generation.domain.states."""

    QUEUED = "queued", _("in the queue")
    RUNNING = "running", _("rendering")
    DONE = "done", _("ready")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class Pipeline(models.TextChoices):
    """How an engine folder is loaded: the class whose from_pretrained reads it."""

    STABLE_DIFFUSION = "stable-diffusion", _("Stable Diffusion family (diffusers)")
    ANIMATEDIFF = "animatediff", _("AnimateDiff video (diffusers)")
    WAN = "wan", _("Wan video (diffusers)")
    VITS = "vits", _("VITS voice (transformers)")
    ESPEAK = "espeak", _("eSpeak NG voice (program)")
    CAUSAL_LM = "causal-lm", _("Causal language model (transformers)")
    SCENE_WRITER = "scene-writer", _("Template writer (no language model)")
