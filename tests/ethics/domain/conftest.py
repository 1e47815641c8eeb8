"""Properties are drawn the same on every machine, and a slow machine fails none of them."""

from hypothesis import settings

settings.register_profile("ethics", deadline=None, derandomize=True)
settings.load_profile("ethics")
