"""`manage.py engine`: what an administrator adds, sees and is told."""

from __future__ import annotations

import io
import json
import shutil

import pytest
import torch
from django.core.management import CommandError, call_command
from safetensors.torch import save_file

from generation.backends import keyring
from generation.models import Adapter, Engine
from generation.queries import folder_of
from tests import factories
from tests.generation import tiny_models
from tests.generation.remote_servers import KEY, ChatServer, served

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("engines")]


@pytest.fixture
def home(settings, tmp_path):
    settings.ENGINES_DIR = tmp_path / "engines"
    (tmp_path / "engines").mkdir()
    return settings.ENGINES_DIR


def engine(*arguments):
    said = io.StringIO()
    call_command("engine", *arguments, stdout=said)
    return said.getvalue().strip()


def test_a_folder_becomes_an_engine_with_what_the_catalogue_knows_of_it(home):
    tiny_models.build("z-image", home / "z-turbo")
    said = engine("add", "z-turbo")
    added = Engine.objects.get()
    tools = "text-to-image,image-to-image,inpaint,character-sheet,restore,colourise,remove-object"
    assert said == f"z-image-turbo  stable-diffusion  {tools}  0.001 GB  Apache-2.0"
    assert (added.slug, added.folder, added.title_zh) == ("z-image-turbo", "z-turbo", "Z-Image Turbo（造相）")
    assert added.options["steps"] == 9
    assert len(added.revision) == 64
    assert folder_of(added) == home / "z-turbo"


def test_a_folder_elsewhere_keeps_its_absolute_place_and_its_own_words(home, tmp_path):
    folder = tiny_models.build("sdxl", tmp_path / "elsewhere" / "my-xl")
    engine(
        "add", str(folder), "--slug", "our-xl", "--licence", "Our own", "--options", '{"width": 64, "height": 64}',
        "--conditions", '{"non_commercial": true}', "--tools", "text-to-image",
    )  # fmt: skip
    added = Engine.objects.get()
    assert (added.slug, added.licence, added.tools) == ("our-xl", "Our own", ["text-to-image"])
    assert (added.conditions, added.options) == ({"non_commercial": True}, {"width": 64, "height": 64})
    assert added.folder == str(folder)


def test_a_class_that_stands_for_several_licences_has_to_be_named(home):
    tiny_models.build("flux", home / "flux")
    with pytest.raises(CommandError, match="Nobody here knows the licence of flux"):
        engine("add", "flux")
    assert engine("add", "flux", "--licence", "Apache-2.0").startswith("flux  stable-diffusion")


@pytest.mark.parametrize(
    ("head", "licence", "conditions"),
    [
        ("license: apache-2.0", "Apache-2.0", {}),
        ("license: cc-by-nc-4.0\ntags: [art]", "CC-BY-NC-4.0", {"non_commercial": True}),
    ],
)
def test_a_licence_beyond_doubt_is_taken_from_the_model_card(home, head, licence, conditions):
    folder = tiny_models.build("flux", home / "flux")
    (folder / "README.md").write_text(f"---\n{head}\n---\n# Flux")
    engine("add", "flux")
    added = Engine.objects.get()
    assert (added.licence, added.conditions, added.title_en) == (licence, conditions, "Flux")


@pytest.mark.parametrize(
    "card",
    [
        "---\nlicense: other\n---\n",
        "# license: mit",
        "---\nlicense: [\n---\n",
        "---\n- mit\n---\n",
        "---\nlicense: mit",
    ],
)
def test_a_card_that_names_no_known_licence_leaves_the_question_to_a_person(home, card):
    folder = tiny_models.build("flux", home / "flux")
    (folder / "README.md").write_text(card)
    with pytest.raises(CommandError, match="Nobody here knows the licence of flux"):
        engine("add", "flux")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--options", '{"widht": 64}'], "perhaps “width” is meant"),
        (["--options", '{"scheduler": "os.system"}'], "the name of a diffusers scheduler class"),
        (["--conditions", '{"free": true}'], "“free” is no condition of a licence"),
        (["--slug", "Über engine"], "can’t be a short name"),
        (["--pipeline", "magic"], "There is no loader “magic”"),
        (["--tools", "telepathy"], "There is no tool “telepathy”"),
    ],
)
def test_what_can_not_be_used_is_told_and_nothing_is_written(home, given, said):
    tiny_models.build("z-image", home / "z-turbo")
    with pytest.raises(CommandError, match=said):
        engine("add", "z-turbo", *given)
    assert not Engine.objects.exists()


def test_a_folder_with_pickles_is_refused(home):
    folder = tiny_models.build("z-image", home / "z-turbo")
    (folder / "transformer" / "weights.ckpt").write_bytes(b"cos\nsystem\n")
    with pytest.raises(
        CommandError, match=r"transformer/weights\.ckpt in the engine’s folder holds pickled weights"
    ):
        engine("add", "z-turbo")


def test_a_place_that_is_neither_folder_nor_repository_is_told(home):
    with pytest.raises(CommandError, match="There is no folder nowhere, and it is no OWNER/NAME either"):
        engine("add", "nowhere")


def test_the_list_says_under_each_engine_what_stands_in_its_way(home, settings):
    settings.SCHOOL_TERRITORY = "DE"
    factories.make_engine(slug="a-free", licence="MIT")
    factories.make_engine(slug="b-bound", licence="Hunyuan", conditions={"territories_excluded": ["EU"]})
    assert engine("list").splitlines() == [
        "a-free  stable-diffusion  text-to-image,image-to-image  0 GB  MIT",
        "b-bound  stable-diffusion  text-to-image,image-to-image  0 GB  Hunyuan",
        "    Its licence excludes EU, and the school is in DE.",
    ]


def test_a_check_reads_the_folder_again(home):
    folder = tiny_models.build("z-image", home / "z-turbo")
    engine("add", "z-turbo")
    before = Engine.objects.get().revision
    (folder / "README.md").write_text("changed")
    engine("check", "z-image-turbo")
    assert Engine.objects.get().revision != before
    shutil.rmtree(folder)
    with pytest.raises(CommandError, match="There is no engine folder"):
        engine("check", "z-image-turbo")


def test_a_check_asks_a_remote_engine_whether_it_is_there(db):
    row = {
        "pipeline": "openai-chat",
        "tools": ["text-draft"],
        "options": {"model": "m-1", "pause_seconds": 0.01},
    }
    with served(ChatServer("whole")) as server:
        far = factories.make_engine(slug="far", url=server.url, sealed_secret=keyring.seal(KEY), **row)
        engine("check", "far")
    far.refresh_from_db()
    assert far.revision == "m-1"
    assert [asked["path"] for asked in server.asked] == ["/models"]
    with pytest.raises(CommandError, match="can’t be reached"):
        engine("check", "far")


def test_keys_are_sealed_again_with_the_first_secret(db, settings):
    settings.SECRETS_KEYS = ["an old secret of the school"]
    far = factories.make_engine(slug="far", sealed_secret=keyring.seal(KEY))
    settings.SECRETS_KEYS = ["a new secret of the school", "an old secret of the school"]
    assert engine("seal-again") == "1"
    settings.SECRETS_KEYS = ["a new secret of the school"]
    far.refresh_from_db()
    assert keyring.opened(far.sealed_secret) == KEY
    assert KEY not in far.sealed_secret
    settings.SECRETS_KEYS = ["another secret altogether"]
    with pytest.raises(
        CommandError, match="far: The engine’s key was sealed with a secret this server no longer has"
    ):
        engine("seal-again")


def test_a_lora_is_added_over_an_engine_with_its_fingerprint(home):
    tiny_models.build("sdxl", home / "xl")
    engine("add", "xl", "--slug", "xl")
    module = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
    pair = {f"{module}.lora_A.weight": torch.zeros(2, 8), f"{module}.lora_B.weight": torch.zeros(8, 2)}
    save_file(pair, home / "teahouse.safetensors")
    engine(
        "add-adapter", "xl", str(home / "teahouse.safetensors"), "--licence", "CC0-1.0", "--trigger", "old teahouse",
        "--title-zh", "老茶馆", "--weight", "0.6",
    )  # fmt: skip
    look = Adapter.objects.get()
    assert (look.slug, look.file, look.weight, look.title_en, look.title_zh) == (
        "teahouse", "teahouse.safetensors", 0.6, "Teahouse", "老茶馆",
    )  # fmt: skip
    assert len(look.sha256) == 64


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "Say under which licence"),
        (["--licence", "CC0-1.0", "--weight", "9"], "lies from -2 to 2"),
    ],
)
def test_an_adapter_without_licence_or_with_an_absurd_weight_is_refused(home, given, said):
    factories.make_engine(slug="xl")
    save_file({"lora_unet_a.lora_down.weight": torch.zeros(2, 8)}, home / "look.safetensors")
    with pytest.raises(CommandError, match=said):
        engine("add-adapter", "xl", str(home / "look.safetensors"), *given)
    assert not Adapter.objects.exists()


def test_the_catalogue_can_be_used_as_it_stands(db):
    from generation.backends.catalogue import catalogue
    from generation.choices import Pipeline
    from generation.domain.engine_options import check_options
    from generation.domain.licensing import read_conditions
    from generation.domain.tools import TOOLS

    slugs = [entry.slug for entry in catalogue()]
    assert len(slugs) == len(set(slugs)) > 15
    for entry in catalogue():
        read_conditions(entry.conditions)
        check_options(entry.options, tools=entry.tools)
        assert entry.pipeline in {*Pipeline.values, ""}, entry.slug
        assert set(entry.tools) <= set(TOOLS), entry.slug
        assert all((entry.title_en, entry.title_zh, entry.summary_en, entry.summary_zh, entry.licence)), (
            entry.slug
        )
        json.dumps(entry.options)
