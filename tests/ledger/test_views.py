from __future__ import annotations

import json

import pytest
from rest_framework.test import APIRequestFactory, force_authenticate

from ledger import api, merkle, notes, queries, services
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


def call(viewset, user, action, query=None, **kwargs):
    request = APIRequestFactory().get("/", query)
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


# ---------------------------------------------------------------- consistency
def test_the_page_proves_that_nothing_was_rewritten(client, alice):
    signed(3)
    signed(4)
    text = text_of(client, "/ledger/consistency/")
    assert "The first 3 of 7 entries are those that the earlier root stands for." in text
    assert queries.TreeHead.objects.get(size=3).root in text


def test_the_page_proves_from_sizes_that_were_never_signed(client, alice):
    signed(7)
    text = text_of(client, "/ledger/consistency/?old=5&new=7")
    assert "Proven, computed just now." in text
    assert "earlier root, signed" not in text


def test_a_rewritten_head_is_shown_as_no_continuation(client, alice):
    signed(3)
    signed(4)
    with triggers_off():
        queries.TreeHead.objects.filter(size=3).update(root="0" * 64)
    assert "The proof does not hold." in text_of(client, "/ledger/consistency/")


@pytest.mark.parametrize(
    "query", ["old=0", "old=8", "old=x", "new=6", "new=-1", "old=1&new=" + "9" * 30, "old=٣"]
)
def test_sizes_that_are_none_have_no_proof(client, alice, query):
    signed(7)
    assert client.get(f"/ledger/consistency/?{query}").status_code == 404


def test_the_consistency_proof_leads_from_root_to_root(client, alice):
    signed(3)
    signed(4)
    proof = client.get("/ledger/consistency/?format=json").json()
    assert merkle.verify_consistency(
        old_size=3, new_size=7, old_root=bytes.fromhex(queries.TreeHead.objects.get(size=3).root),
        new_root=bytes.fromhex(queries.TreeHead.objects.get(size=7).root),
        proof=[bytes.fromhex(node) for node in proof["hashes"]],
    )  # fmt: skip


def test_programs_read_consistency_proofs():
    user = make_user()
    signed(3)
    signed(4)
    head = queries.latest_head()
    found = call(api.TreeHeadViewSet, user, "consistency", query={"old": "3"}, size=7)
    assert tuple(found.data["hashes"]) == queries.consistency_for(old_size=3, head=head).hashes
    for old in ("0", "8", "", "x", "9" * 40):
        assert call(api.TreeHeadViewSet, user, "consistency", query={"old": old}, size=7).status_code == 404


# ---------------------------------------------------------------- static files
def test_a_stranger_fetches_tiles_and_proves_an_entry_from_them(client):
    signed(5)
    leaves = client.get("/ledger/tile/0/000.p/5").content
    bundle = client.get("/ledger/tile/entries/000.p/5")
    first = bundle.content[2 : 2 + int.from_bytes(bundle.content[:2])]
    note = notes.parse_note(client.get("/ledger/checkpoint").content)
    hashes = [leaves[at : at + 32] for at in range(0, 160, 32)]
    assert merkle.leaf_hash(first) == hashes[0]
    assert merkle.tree_root(hashes) == notes.parse_checkpoint(note.text).root
    assert bundle.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert bundle.headers["Content-Type"] == "application/octet-stream"


def test_what_is_not_signed_yet_is_not_published(client):
    signed(5)
    add(3)
    addresses = [
        "0/000.p/8",
        "0/000.p/6",
        "entries/000.p/6",
        "0/000",
        "1/000.p/1",
        "0/000.p/0",
        "0/0",
        "64/000",
    ]
    assert {client.get(f"/ledger/tile/{address}").status_code for address in addresses} == {404}


def test_a_narrower_tile_of_an_earlier_head_is_still_served(client):
    signed(3)
    before = client.get("/ledger/tile/0/000.p/3").content
    signed(4)
    assert client.get("/ledger/tile/0/000.p/3").content == before


def test_a_stranger_fetches_the_policy_and_the_program(client):
    assert client.get("/ledger/policy").content == queries.policy_text()
    assert client.get("/ledger/verify_certificate.py").content.startswith(b'"""Check the certificate')


def test_before_the_first_signature_the_page_says_so(client, alice):
    assert "Nothing is signed yet." in text_of(client, "/ledger/consistency/")
    assert client.get("/ledger/consistency/?old=1&new=2").status_code == 404
