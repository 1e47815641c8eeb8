from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse
from rest_framework.authtoken.models import Token

from accounts.forms import MOST_FAILURES
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
LOG_IN = "/log-in/"


@pytest.fixture(autouse=True)
def no_failures_yet():
    cache.clear()


@pytest.fixture
def alice():
    return make_user("alice")


def try_password(client, password, username="alice", **extra):
    return client.post(LOG_IN, {"username": username, "password": password}, **extra)


def test_a_person_logs_in_and_comes_home(client, alice):
    assert try_password(client, PASSWORD).url == "/"


def test_a_person_comes_back_to_the_page_they_wanted(client, alice):
    assert client.get("/preferences/").url == "/log-in/?next=/preferences/"
    answer = client.post(LOG_IN, {"username": "alice", "password": PASSWORD, "next": "/preferences/"})
    assert answer.url == "/preferences/"


def test_a_wrong_password_is_refused_and_the_name_stays_typed(client, alice):
    text = try_password(client, "wrong").content.decode()
    assert 'value="alice"' in text
    assert "field-error" in text or "message" in text


def test_too_many_wrong_passwords_close_the_door_even_for_the_right_one(client, alice):
    for _ in range(MOST_FAILURES):
        try_password(client, "wrong")
    answer = try_password(client, PASSWORD)
    assert answer.status_code == 200
    assert "Too many wrong passwords for this name." in answer.content.decode()


def test_the_door_stays_open_for_other_names_and_other_addresses(client, alice):
    make_user("bob")
    for _ in range(MOST_FAILURES):
        try_password(client, "wrong")
    assert try_password(client, PASSWORD, "bob").status_code == 302
    assert try_password(client, PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_right_password_forgets_the_wrong_ones(client, alice):
    for _ in range(MOST_FAILURES - 1):
        try_password(client, "wrong")
    try_password(client, PASSWORD)
    client.logout()
    try_password(client, "wrong")
    assert try_password(client, PASSWORD).status_code == 302


def test_the_language_is_kept_with_the_person_and_in_a_cookie(client, alice):
    client.force_login(alice)
    answer = client.post("/language/", {"language": "zh-hans", "next": "/courses/"})
    alice.refresh_from_db()
    assert (answer.url, alice.language) == ("/courses/", "zh-hans")
    assert client.cookies["dailies_language"].value == "zh-hans"


def test_a_stranger_switches_the_language_too(client):
    client.post("/language/", {"language": "zh-hans"})
    assert "登录" in client.get(LOG_IN).content.decode()


def test_the_language_switch_leads_to_no_other_site(client):
    assert client.post("/language/", {"language": "en", "next": "https://elsewhere.example/"}).url == "/"


def test_an_unknown_language_changes_nothing(client, alice):
    client.force_login(alice)
    client.post("/language/", {"language": "tlh"})
    alice.refresh_from_db()
    assert alice.language == ""


def test_preferences_are_kept(client, alice):
    client.force_login(alice)
    client.post("/preferences/", {"first_name": "Alice", "last_name": "Ng", "email": "", "language": "en"})
    alice.refresh_from_db()
    assert (str(alice), alice.language) == ("Alice Ng", "en")


def test_preferences_are_for_people_who_have_logged_in(client):
    assert client.get("/preferences/").status_code == 302
    assert client.post(reverse("accounts:token")).status_code == 302
    assert Token.objects.count() == 0


def test_a_new_token_is_shown_once(client, alice):
    client.force_login(alice)
    client.post("/preferences/token/", {"action": "renew"})
    key = Token.objects.get(user=alice).key
    assert key in client.get("/preferences/").content.decode()
    assert key not in client.get("/preferences/").content.decode()


def test_a_renewed_token_replaces_the_old_one(client, alice):
    client.force_login(alice)
    old = Token.objects.create(user=alice).key
    client.post("/preferences/token/", {"action": "renew"})
    assert Token.objects.get(user=alice).key != old


def test_a_token_is_taken_back(client, alice):
    Token.objects.create(user=alice)
    client.force_login(alice)
    client.post("/preferences/token/", {"action": "revoke"})
    assert Token.objects.count() == 0


def test_a_token_of_somebody_else_stays(client, alice):
    bob = make_user("bob")
    Token.objects.create(user=bob)
    client.force_login(alice)
    client.post("/preferences/token/", {"action": "revoke"})
    assert Token.objects.get().user == bob
