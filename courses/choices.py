"""Closed lists of the courses room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in a course."""

    STUDENT = "student", _("student")
    INSTRUCTOR = "instructor", _("instructor")
    MENTOR = "mentor", _("industry mentor")


class LessonKind(models.TextChoices):
    LESSON = "lesson", _("lesson")
    ETHICS = "ethics", _("ethics lesson")


class FilmRole(models.TextChoices):
    """Credited roles in a crew."""

    DIRECTOR = "director", _("director")
    PRODUCER = "producer", _("producer")
    WRITER = "writer", _("writer")
    CAMERA = "camera", _("cinematographer")
    SOUND = "sound", _("sound recordist")
    EDITOR = "editor", _("editor")
    DESIGN = "design", _("production designer")
    AI_ARTIST = "ai_artist", _("AI artist")


# What a module's ethics lesson opens, in words; generation's tools name their modules.
UNLOCKED_TOOLS = {
    "text": _("the writing tools: draft, shot list, dialogue"),
    "image": _("the picture tools: from words, from a picture, from a guide, retouching"),
    "character": _("character sheet and character in a shot"),
    "video": _("the clip tools: from words, from pictures, frames between, chroma key"),
    "audio": _("voice, dub, music and effects"),
}
