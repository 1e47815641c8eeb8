from __future__ import annotations

import json

import pytest
from rest_framework.test import APIRequestFactory, force_authenticate

from ledger import api, notes, queries, services
from ledger.models import Entry
from tests.factories import NOW, make_user
from tests.ledger.test_services import add
from tests.ledger.test_verification import triggers_off

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def alice(client):
    """Somebody who has logged in; the log has no owners."""
    user = make_user("alice")
    client.force_login(user)
    return user


def signed(count: int) -> None:
    add(count)
    services.sign_tree_head(now=NOW)


def text_of(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_log_asks_for_a_log_in(client):
    assert client.get("/ledger/").url == "/log-in/?next=/ledger/"
    assert client.get("/ledger/entries/0/").status_code == 302


def test_an_empty_log_says_what_writes_the_first_entry(client, alice):
    assert "The first upload, generation or mark writes the first entry." in text_of(client, "/ledger/")


def test_the_log_shows_entries_and_the_latest_signature(client, alice):
    signed(2)
    text = text_of(client, "/ledger/")
    assert "The latest signature fits." in text
    assert all(entry.leaf in text for entry in Entry.objects.all())


def test_the_log_says_when_it_is_off(client, alice):
    signed(2)
    with triggers_off():
        services.TreeHead.objects.update(root="0" * 64)
    assert "The log is not what was signed." in text_of(client, "/ledger/")


def test_the_log_is_narrowed_to_one_subject(client, alice):
    signed(3)
    text = text_of(client, "/ledger/?subject=media:1")
    assert [entry.leaf in text for entry in Entry.objects.order_by("index")] == [False, True, False]


def test_no_payload_leaves_the_log(client, alice):
    services.append(kind="mark", subject="work:1", payload={"secret": "prompt of Bob"}, actor="x", now=NOW)
    services.sign_tree_head(now=NOW)
    salt = queries.Opening.objects.get().salt
    for url in ("/ledger/", "/ledger/entries/0/", "/ledger/entries/0/?format=json"):
        text = text_of(client, url)
        assert "prompt of Bob" not in text
        assert salt not in text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_log_costs_the_same_for_any_number_of_rows(client, alice, rows, django_assert_num_queries):
    for _ in range(rows):
        signed(1)
    with django_assert_num_queries(9):
        client.get("/ledger/")


def test_an_entry_is_proven_on_its_page(client, alice):
    signed(3)
    assert "Proven, computed just now." in text_of(client, "/ledger/entries/1/")


def test_an_entry_after_the_last_head_waits(client, alice):
    signed(1)
    add(1)
    assert "Not signed yet." in text_of(client, "/ledger/entries/1/")


def test_a_changed_entry_is_shown_as_changed(client, alice):
    signed(3)
    with triggers_off():
        Entry.objects.filter(index=1).update(body={**Entry.objects.get(index=1).body, "actor": "mallory"})
    assert "This entry was changed." in text_of(client, "/ledger/entries/1/")


def test_an_entry_that_is_not_there_is_not_found(client, alice):
    assert client.get("/ledger/entries/0/").status_code == 404


def test_the_proof_comes_as_a_file(client, alice):
    signed(2)
    response = client.get("/ledger/entries/1/?format=json")
    assert response.headers["Content-Disposition"] == 'attachment; filename="ledger-entry-1.json"'
    assert json.loads(response.content)["proof"]["size"] == 2


def test_a_stranger_fetches_the_checkpoint(client):
    signed(2)
    response = client.get("/ledger/checkpoint")
    checkpoint = notes.parse_checkpoint(notes.parse_note(response.content).text)
    assert (response.headers["Content-Type"], checkpoint.size) == ("text/plain; charset=utf-8", 2)


def test_there_is_no_checkpoint_before_the_first_signature(client):
    add(1)
    assert client.get("/ledger/checkpoint").status_code == 404


def call(viewset, user, action, **kwargs):
    request = APIRequestFactory().get("/")
    force_authenticate(request, user)
    return viewset.as_view({"get": action})(request, **kwargs)


def test_programs_read_entries_heads_and_proofs():
    user = make_user()
    signed(3)
    assert call(api.EntryViewSet, user, "list").data["count"] == 3
    assert call(api.TreeHeadViewSet, user, "retrieve", size=3).data["root"] == queries.latest_head().root
    proof = call(api.EntryViewSet, user, "proof", pk="1").data
    assert tuple(proof["hashes"]) == queries.proof_for(1).hashes


def test_programs_without_a_token_read_nothing():
    assert call(api.EntryViewSet, None, "list").status_code == 401


def test_there_is_no_proof_before_a_head_covers_the_entry():
    add(1)
    assert call(api.EntryViewSet, make_user(), "proof", pk="0").status_code == 404
