"""The engines page, and the form of a remote engine whose key can be typed and never be read."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generation.backends import keyring
from generation.models import Adapter, Engine
from tests import factories
from tests.generation.remote_servers import KEY, ChatServer, served

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
NODES = {
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ""}},
    "3": {"class_type": "KSampler", "inputs": {"seed": 1}},
}
GIVEN = {
    "kind": "openai-chat", "slug": "far-writer", "title_en": "Far writer", "title_zh": "远方写手",
    "url": "https://models.example/v1/", "secret": KEY, "model": "m-1", "tools": ["text-draft"],
    "licence": "Terms of the provider", "money_per_unit": "0.000002", "priced_by": "unit",
}  # fmt: skip


@pytest.fixture
def ada(client):
    ada = factories.make_administrator("ada")
    client.force_login(ada)
    return ada


def text_of(client, name, *arguments):
    answer = client.get(reverse(f"generation:{name}", args=arguments))
    assert answer.status_code == 200
    return answer.content.decode()


def send(client, given=GIVEN, **changes):
    files = {name: changes.pop(name) for name in ("workflow",) if name in changes}
    return client.post(reverse("generation:engine_add"), {**given, **changes, **files})


def workflow(nodes=NODES):
    return SimpleUploadedFile("workflow_api.json", json.dumps(nodes).encode())


def test_the_page_tells_licence_conditions_and_the_reason(client, ada, settings):
    settings.SCHOOL_TERRITORY = "IT"
    engine = factories.make_engine(
        licence="Hunyuan licence",
        conditions={"territories_excluded": ["EU"], "needs_marking": True},
        memory_gb=41.5,
    )
    Adapter.objects.create(
        engine=engine, slug="fog", title_en="Fog", title_zh="雾", licence="CC0-1.0", person="Anna Lin"
    )
    text = text_of(client, "engine_list")
    for words in (
        "barred by licence",
        "not in EU · needs the AI label",
        "and the school is in IT",
        "41.5 GB",
        "draws Anna Lin",
    ):
        assert words in text


def test_what_could_be_added_is_offered_until_it_is_there(client, ada):
    assert "manage.py engine add Tongyi-MAI/Z-Image-Turbo" in text_of(client, "engine_list")
    factories.make_engine(slug="z-image-turbo")
    assert "manage.py engine add Tongyi-MAI/Z-Image-Turbo" not in text_of(client, "engine_list")


def test_a_remote_engine_is_added_and_its_key_is_never_read_again(client, ada):
    answer = send(client)
    assert answer.status_code == 302, answer.context["form"].errors
    engine = Engine.objects.get()
    assert (engine.slug, engine.pipeline, engine.url) == (
        "far-writer",
        "openai-chat",
        "https://models.example/v1/",
    )
    assert engine.options == {"model": "m-1", "priced_by": "unit"}
    assert (engine.money_per_unit, engine.revision, engine.folder) == (Decimal("0.000002"), "m-1", "")
    assert keyring.opened(engine.sealed_secret) == KEY
    pages = text_of(client, "engine_list") + text_of(client, "engine_edit", "far-writer")
    assert KEY not in pages
    assert engine.sealed_secret not in pages
    assert "models.example" in pages
    assert "0.000002 a step or token" in pages
    admin = client.get(reverse("admin:generation_engine_change", args=[engine.pk])).content.decode()
    assert "sealed_secret" not in admin
    api = client.get(reverse("api:engine-detail", args=["far-writer"])).content.decode()
    assert engine.sealed_secret not in api


def test_an_edit_keeps_the_key_unless_another_is_typed_or_it_is_forgotten(client, ada):
    send(client)
    address = reverse("generation:engine_edit", args=["far-writer"])
    for changes, key in (
        ({"title_en": "Writer"}, KEY),
        ({"secret": "sk-another"}, "sk-another"),
        ({"forget": "on"}, ""),
    ):
        answer = client.post(address, {**GIVEN, "secret": "", **changes})
        assert answer.status_code == 302, answer.context["form"].errors
        assert keyring.opened(Engine.objects.get().sealed_secret) == key


def test_a_wrong_form_keeps_everything_but_the_key(client, ada):
    answer = send(client, model="", url="https://anna:sesame@models.example")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Name the model" in text
    assert "Far writer" in text
    assert KEY not in text
    assert not Engine.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "ftp://models.example"}, "is no address"),
        ({"url": "http://models.example"}, "would get the key unencrypted"),
        ({"url": "https://anna:sesame@models.example"}, "its own field"),
        ({"url": "http://169.254.169.254/v1"}, "link-local"),
        ({"tools": ["text-to-image"]}, "can’t do “Text to image”"),
        ({"slug": "taken"}, "There is an engine of this short name already"),
        (
            {"kind": "openai-image", "tools": ["text-to-image"], "fields_named": "seed seed"},
            "write our name = its name",
        ),
        ({"kind": "comfyui", "tools": ["text-to-image"]}, "Choose the workflow"),
        (
            {
                "kind": "comfyui",
                "tools": ["text-to-image"],
                "workflow": workflow(),
                "names": "prompt = 60.text",
            },
            "no such input",
        ),
        (
            {"kind": "comfyui", "tools": ["text-to-image"], "workflow": workflow({"nodes": []}), "names": ""},
            "Export (API)",
        ),
    ],
)
def test_what_can_not_work_is_told(client, ada, changes, said):
    factories.make_engine(slug="taken")
    answer = send(client, **changes)
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("&#x27;", "'")
    assert Engine.objects.count() == 1


def test_a_workflow_is_read_with_its_named_inputs_and_kept_on_an_edit(client, ada):
    changes = {
        "kind": "comfyui",
        "tools": ["text-to-image"],
        "names": "prompt = 6.text\nseed = 3.seed",
        "model": "",
    }
    answer = send(client, **changes, workflow=workflow(), url="http://render-1:8188", secret="")
    assert answer.status_code == 302, answer.context["form"].errors
    engine = Engine.objects.get()
    assert engine.options["workflow"] == NODES
    assert engine.options["names"] == {"prompt": ["6.text"], "seed": ["3.seed"]}
    before = engine.revision
    assert len(before) == 64
    text = text_of(client, "engine_edit", "far-writer")
    assert "A workflow of 2 nodes is kept" in text
    assert "prompt = 6.text" in text
    given = {**GIVEN, **changes, "url": "http://render-1:8188", "secret": "", "names": "prompt = 6.text"}
    assert client.post(reverse("generation:engine_edit", args=["far-writer"]), given).status_code == 302
    engine.refresh_from_db()
    assert engine.options["workflow"] == NODES
    assert engine.revision != before


def test_a_remote_engine_is_asked_whether_it_is_there(client, ada):
    options = {"model": "m-1", "pause_seconds": 0.01}
    with served(ChatServer("whole", "401")) as server:
        factories.make_engine(
            slug="far",
            pipeline="openai-chat",
            url=server.url,
            sealed_secret=keyring.seal(KEY),
            options=options,
        )
        said = [
            client.post(reverse("generation:engine_check", args=["far"]), follow=True).content.decode()
            for _ in range(2)
        ]
    dead = client.post(reverse("generation:engine_check", args=["far"]), follow=True).content.decode()
    assert "Practice engine answers." in said[0]
    assert "doesn’t accept the school’s key" in said[1]
    assert "doesn’t answer" in dead
    assert KEY not in "".join([*said, dead])


@pytest.mark.parametrize("name", ["alice", "bob", "charlie"])
def test_only_administrators_add_and_change_engines(client, scene, name):
    factories.make_engine(slug="far", url="https://models.example")
    client.force_login(getattr(scene, name))
    for address in (reverse("generation:engine_add"), reverse("generation:engine_edit", args=["far"])):
        assert client.get(address).status_code == 403
        assert client.post(address, GIVEN).status_code == 403
    assert Engine.objects.count() == 1


def test_an_engine_in_the_house_has_no_form_of_a_remote_one(client, ada):
    factories.make_engine(slug="here")
    assert client.get(reverse("generation:engine_edit", args=["here"])).status_code == 404


def test_the_list_asks_the_database_as_often_for_one_engine_as_for_three(
    client, ada, django_assert_num_queries
):
    factories.make_engine()
    client.get(reverse("generation:engine_list"))
    with django_assert_num_queries(4):
        client.get(reverse("generation:engine_list"))
    for _number in range(2):
        factories.make_engine()
    with django_assert_num_queries(4):
        client.get(reverse("generation:engine_list"))


def test_the_administration_refuses_options_and_conditions_that_nothing_reads(client, ada):
    engine = factories.make_engine()
    address = reverse("admin:generation_engine_change", args=[engine.pk])
    given = {
        "slug": engine.slug, "title_en": "A", "title_zh": "甲", "pipeline": "stable-diffusion", "folder": "x",
        "position": 0, "licence": "MIT", "tools": '["text-to-image"]', "seconds_per_step": 1, "memory_gb": 0,
        "money_per_unit": 0, "options": '{"widht": 512}', "conditions": '{"free": true}',
    }  # fmt: skip
    said = client.post(address, given).content.decode()
    assert "perhaps “width” is meant" in said
    assert "“free” is no condition of a licence" in said
    fine = client.post(
        address, given | {"options": '{"width": 512}', "conditions": '{"non_commercial": true}'}
    )
    assert fine.status_code == 302


def test_programs_see_licences_and_looks_but_not_how_a_remote_engine_is_called(client, scene, settings):
    settings.SCHOOL_USE = "commercial"
    options = {"workflow": NODES, "names": {"prompt": ["6.text"]}, "body": {"user": "school-7"}, "width": 512}
    engine = factories.make_engine(options=options, conditions={"non_commercial": True})
    Adapter.objects.create(engine=engine, slug="fog", title_en="Fog", title_zh="雾", licence="CC0-1.0")
    client.force_login(scene.charlie)
    seen = client.get(reverse("api:engine-detail", args=[engine.slug])).json()
    assert (seen["options"], seen["looks"], seen["conditions"]) == (
        {"width": 512},
        ["fog"],
        {"non_commercial": True},
    )
    assert seen["barred"].startswith("Its licence allows no commercial use")
