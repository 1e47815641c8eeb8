"""The web process. Bodies of uploads reach the store as they arrive, without a temporary copy."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from assignments.backends.bodies import StreamingASGIHandler  # noqa: E402  # needs the rooms loaded

application = StreamingASGIHandler()
