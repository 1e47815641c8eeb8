"""Closed lists of the generation room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """Life of a generation job; moves are in generation.domain.states."""

    HELD = "held", _("held for a teacher")
    QUEUED = "queued", _("in the queue")
    RUNNING = "running", _("rendering")
    DONE = "done", _("ready")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class Pipeline(models.TextChoices):
    """How an engine folder is loaded: the class whose from_pretrained reads it."""

    STABLE_DIFFUSION = "stable-diffusion", _("Stable Diffusion family (diffusers)")
    CONTROLNET = "controlnet", _("Stable Diffusion with ControlNet (diffusers)")
    UPSCALER = "upscaler", _("Stable Diffusion upscaler (diffusers)")
    IP_ADAPTER = "ip-adapter", _("Stable Diffusion with IP-Adapter (diffusers)")
    ANIMATEDIFF = "animatediff", _("AnimateDiff video (diffusers)")
    WAN = "wan", _("Wan video (diffusers)")
    ANIMATEDIFF_TEXT = "animatediff-text", _("AnimateDiff video from words (diffusers)")
    WAN_TEXT = "wan-text", _("Wan video from words (diffusers)")
    WAN_FRAMES = "wan-frames", _("Wan video from first to last frame (diffusers)")
    VITS = "vits", _("VITS voice (transformers)")
    MUSIC = "music", _("Stable Audio or ACE-Step music (diffusers)")
    ESPEAK = "espeak", _("eSpeak NG voice (program)")
    CAUSAL_LM = "causal-lm", _("Causal language model (transformers)")
    SCRIPT_READER = "script-reader", _("Script reader (no language model)")
    OPTICAL_FLOW = "optical-flow", _("Optical flow (program)")
    CHROMA_KEY = "chroma-key", _("Chroma key (program)")
    COMPOSER = "composer", _("Composer by rules (program)")
    EFFECTS = "effects", _("Sound effects by synthesis (program)")
    SCENE_WRITER = "scene-writer", _("Template writer (no language model)")
    OPENAI_CHAT = "openai-chat", _("Remote language model (OpenAI-compatible chat)")
    OPENAI_IMAGE = "openai-image", _("Remote picture engine (OpenAI-compatible images)")
    COMFYUI = "comfyui", _("ComfyUI workflow (a server of the school)")


class Wish(models.TextChoices):
    """What an administrator wants of a GPU worker."""

    WORK = "work", _("work")
    PAUSE = "pause", _("pause")
    DRAIN = "drain", _("finish and stop taking jobs")


class MediaUse(models.TextChoices):
    """What a job uses a medium of the work for, besides the picture or film it begins with."""

    MASK = "mask", _("mask")
    CONTROL = "control", _("guide picture")
    REFERENCE = "reference", _("reference picture")
    PLATE = "plate", _("background plate")
    LAST_FRAME = "last-frame", _("last frame")
    SOUND = "sound", _("sound to follow")


class GateStage(models.TextChoices):
    PROMPT = "prompt", _("words")
    OUTPUT = "output", _("picture, film or sound")


class GateDecision(models.TextChoices):
    OPEN = "open", _("waits for a teacher")
    ALLOWED = "allowed", _("allowed")
    REFUSED = "refused", _("refused")
