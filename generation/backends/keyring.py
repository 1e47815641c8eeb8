"""Keys of remote engines, encrypted at rest (Fernet: AES-128-CBC with HMAC-SHA256).

The first of `settings.SECRETS_KEYS` seals, every one of them opens: put a new key in front, run
`manage.py engine seal-again`, then take the old one away.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from footage.problems import Problem, gettext_noop

PURPOSE = b"dailies engine keys/1"
LOST = gettext_noop(
    "The engine’s key was sealed with a secret this server no longer has. An administrator has to type it again."
)


def seal(secret: str) -> str:
    """Return the secret encrypted; empty stays empty."""
    return _fernets().encrypt(secret.encode()).decode() if secret else ""


def opened(sealed: str) -> str:
    """Return the secret in plain.

    Raises:
        Problem: No key of this server opens it.
    """
    try:
        return _fernets().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as fault:
        raise Problem(LOST) from fault


def sealed_again(sealed: str) -> str:
    """Return it sealed with the first key.

    Raises:
        Problem: No key of this server opens it.
    """
    return seal(opened(sealed))


def _fernets() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in settings.SECRETS_KEYS])


def _derived(key: str) -> bytes:
    """Return a Fernet key drawn from a secret of any length (HKDF, RFC 5869)."""
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(key.encode()))
