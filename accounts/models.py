"""People. The custom user stands from the first migration."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_pseudonym() -> str:
    return uuid.uuid4().hex


class User(AbstractUser):
    """A person of the school.

    `pseudonym` stands for the person in the ledger: the ledger never holds a name.
    `is_staff` makes an administrator, who audits AI shares over all courses.
    """

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    pseudonym = models.CharField(max_length=32, unique=True, default=new_pseudonym, editable=False)

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_administrator(self) -> bool:
        return self.is_staff
