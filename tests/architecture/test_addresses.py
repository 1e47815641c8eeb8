"""Every address says who may call it, and the check that watches this can fail."""

from __future__ import annotations

from django.http import HttpResponse

from accounts.access import administrators_only, anonymous_allowed, signed_in
from config.checks import every_address_is_guarded, says_who_may_call


def plain(request):
    return HttpResponse()


def test_every_address_is_guarded():
    assert every_address_is_guarded(None) == []


def test_a_view_without_declaration_is_found():
    assert not says_who_may_call(plain)


def test_each_declaration_counts():
    assert [
        says_who_may_call(guard(plain)) for guard in (anonymous_allowed, signed_in, administrators_only)
    ] == [True] * 3
