"""Writes about a person's own account."""

from __future__ import annotations

from django.db import transaction
from rest_framework.authtoken.models import Token

from accounts.models import User


@transaction.atomic
def renew_token(*, by: User) -> str:
    """Make a new API token for the person, in place of the one before; shown once."""
    Token.objects.filter(user=by).delete()
    return str(Token.objects.create(user=by).key)


def revoke_token(*, by: User) -> None:
    """Take the person's API token back: programs that use it are locked out."""
    Token.objects.filter(user=by).delete()
