"""Who gets what at every address: a new address fails here until the table of the school lists it.

Everything that could leak is there when a stranger asks.
"""

from __future__ import annotations

import pytest

from tests.architecture.school import PEOPLE, SECRETS, addresses, make_school, table, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
FOR_EVERYBODY = {
    "accounts:language", "accounts:log_out", "accounts:token", "ui:gallery_upload", "ledger:witness_add_checkpoint",
    "api:job-candidates",
}  # fmt: skip
"""POST at these is about the person alone, keeps nothing, names its work in the body, or is let in by a signature."""


def get(client, url):
    """Return status and body; streams of other event loops are left unread."""
    response = client.get(url)
    if not response.streaming:
        return response.status_code, response.content.decode()
    return response.status_code, "" if response.is_async else b"".join(response.streaming_content).decode()


def test_every_address_is_in_the_table():
    assert set(table()) == {name for name, _arguments in addresses()}


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_the_table_says(client, person):
    school = make_school()
    if person:
        client.force_login(getattr(school, person))

    answers = {name: get(client, url_of(address, school))[0] for name, address in table().items()}

    assert answers == {name: address.answers[person] for name, address in table().items()}


@pytest.mark.parametrize("person", ["charlie", ""])
def test_no_page_tells_a_stranger_the_schools_words(client, person):
    school = make_school()
    if person:
        client.force_login(getattr(school, person))

    bodies = {name: get(client, url_of(address, school))[1] for name, address in table().items()}

    assert {
        name: found for name, body in bodies.items() if (found := [word for word in SECRETS if word in body])
    } == {}


def test_the_words_are_there_to_be_leaked(client):
    school = make_school()
    client.force_login(school.alice)

    bodies = "".join(get(client, url_of(address, school))[1] for address in table().values())

    assert [word for word in SECRETS if word not in bodies] == []


def test_a_stranger_changes_nothing(client):
    school = make_school()
    client.force_login(school.charlie)
    changing = [
        address
        for name, address in table().items()
        if 405 in address.answers.values() and name not in FOR_EVERYBODY
    ]

    answers = {address.name: client.post(url_of(address, school)).status_code for address in changing}

    expected = {address.name: 403 if address.answers["charlie"] == 403 else 404 for address in changing}
    assert answers == expected
