"""What a model folder is, told without loading it; and folders, files and hubs that can't be trusted."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import save_file

from footage.problems import Problem
from generation.backends import adapter_files, fetching, folders, weights
from generation.backends.recognising import recognise
from tests.generation import tiny_models
from tests.generation.remote_servers import HubServer, served

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("engines")]
ROOT = Path(__file__).resolve().parents[2]
SHIPPED = yaml.safe_load((ROOT / "fixtures" / "engines.yaml").read_text(encoding="utf-8"))
EDITS = ("text-to-image", "image-to-image", "character-sheet", "restore", "colourise")
ALL = (
    "text-to-image",
    "image-to-image",
    "inpaint",
    "character-sheet",
    "restore",
    "colourise",
    "remove-object",
)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folders of tiny models by name, each built once."""
    home = tmp_path_factory.mktemp("models")
    return lambda name: home / name if (home / name).exists() else tiny_models.build(name, home / name)


@pytest.fixture
def sdxl(models, tmp_path):
    """A folder that a test may spoil."""
    return shutil.copytree(models("sdxl"), tmp_path / "sdxl")


@pytest.mark.parametrize(
    ("name", "saved_as", "tools"),
    [
        ("sdxl", "StableDiffusionXLPipeline", ALL),
        ("sd3", "StableDiffusion3Pipeline", ALL),
        ("flux", "FluxPipeline", ALL),
        ("z-image", "ZImagePipeline", ALL),
        ("flux2-klein", "Flux2KleinPipeline", EDITS),
        ("qwen-image", "QwenImagePipeline", ALL),
    ],
)
def test_a_pipeline_is_recognised_with_the_tools_it_serves(models, name, saved_as, tools):
    found = recognise(models(name))
    assert (found.name, found.pipeline, found.tools) == (saved_as, "stable-diffusion", tools)


def test_models_of_transformers_are_recognised(engines_folder):
    text, voice = recognise(engines_folder / "practice-text"), recognise(engines_folder / "practice-voice")
    assert (text.pipeline, text.tools) == ("causal-lm", ("text-draft", "shot-list", "dialogue-polish"))
    assert (voice.pipeline, voice.tools) == ("vits", ("voice", "dub"))


@pytest.mark.parametrize(
    ("slug", "pipeline"),
    [
        ("practice-guide", "controlnet"),
        ("practice-upscaler", "upscaler"),
        ("atelier-motion", "animatediff"),
        ("practice-music", "music"),
    ],
)
def test_what_ships_is_recognised_as_its_row_says(engines_folder, slug, pipeline):
    row = next(row for row in SHIPPED if row["slug"] == slug)
    found = recognise(engines_folder / slug)
    assert (found.pipeline, list(found.tools)) == (pipeline, row["tools"])
    assert row["pipeline"] == pipeline


def test_memory_is_reckoned_from_the_headers_in_the_dtype_it_loads_with(tmp_path):
    save_file({"a": torch.zeros(1000, 1000)}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["QwenForCausalLM"]}))
    assert recognise(tmp_path).memory_gb == 0.002
    assert recognise(tmp_path, dtype="float32").memory_gb == 0.004


def test_the_same_weights_in_another_variant_are_not_counted_twice(sdxl):
    before = recognise(sdxl).memory_gb
    unet = sdxl / "unet" / "diffusion_pytorch_model.safetensors"
    shutil.copy(unet, unet.with_name("diffusion_pytorch_model.fp16.safetensors"))
    assert recognise(sdxl).memory_gb == before


def test_a_missing_part_is_named(sdxl):
    shutil.rmtree(sdxl / "text_encoder_2")
    with pytest.raises(Problem, match="sdxl lacks its part text_encoder_2"):
        recognise(sdxl)


def test_a_part_without_weights_is_named(sdxl):
    (sdxl / "vae" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(Problem, match=r"lacks its part vae/\*\.safetensors"):
        recognise(sdxl)


def test_a_missing_shard_is_named(sdxl):
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (sdxl / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(Problem, match="lacks its part unet/model-00001-of-00002"):
        recognise(sdxl)


def test_weights_that_exist_as_a_variant_only_are_told_how_to_be_renamed(sdxl):
    unet = sdxl / "unet" / "diffusion_pytorch_model.safetensors"
    unet.rename(unet.with_name("diffusion_pytorch_model.fp16.safetensors"))
    with pytest.raises(
        Problem, match=r"variant “fp16”\. Rename them to diffusion_pytorch_model\.safetensors"
    ):
        recognise(sdxl)


def test_a_file_that_was_cut_off_is_told_before_anything_is_loaded(sdxl):
    unet = sdxl / "unet" / "diffusion_pytorch_model.safetensors"
    whole = unet.read_bytes()
    unet.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Problem, match=f"not whole: it has {len(whole) // 2} bytes of {len(whole)}"):
        folders.check_folder(sdxl)


@pytest.mark.parametrize(
    "content",
    [b"", b"\x80\x04cos\nsystem", struct.pack("<Q", 2**60) + b"{}", struct.pack("<Q", 2) + b"[]",
     struct.pack("<Q", 4) + b"oops", struct.pack("<Q", 8) + b'{"a": 1}'],
)  # fmt: skip
def test_what_is_no_safetensors_file_is_refused_whatever_it_is_called(tmp_path, content):
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(Problem, match="no safetensors file"):
        weights.read_header(tmp_path / "model.safetensors")


def test_a_folder_with_a_pickle_is_refused(sdxl):
    (sdxl / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"cos\nsystem\n")
    with pytest.raises(Problem, match="pickled weights"):
        recognise(sdxl)


@pytest.mark.parametrize(
    "changes",
    [{"_class_name": ["pipeline", "MyPipeline"]}, {"unet": ["my_unet", "MyUNet"]}],
)
def test_a_folder_that_brings_its_own_program_is_refused(sdxl, changes):
    index = json.loads((sdxl / "model_index.json").read_text())
    (sdxl / "model_index.json").write_text(json.dumps(index | changes))
    with pytest.raises(Problem, match="brings a program of its own"):
        recognise(sdxl)


def test_a_transformers_model_that_brings_its_own_program_is_refused(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "model.safetensors")
    config = {"architectures": ["OddForCausalLM"], "auto_map": {"AutoModelForCausalLM": "odd.OddForCausalLM"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(Problem, match="brings a program of its own"):
        recognise(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "model_index.json",
            {"_class_name": "FilmOfTomorrowPipeline"},
            "is a FilmOfTomorrowPipeline, which Dailies has no loader",
        ),
        ("other.json", {}, "neither model_index.json nor config.json"),
        ("config.json", {"architectures": ["BertModel"]}, "is a BertModel"),
    ],
)
def test_what_nobody_knows_is_called_by_its_name(tmp_path, name, content, said):
    save_file({"a": torch.zeros(1)}, tmp_path / "model.safetensors")
    (tmp_path / name).write_text(json.dumps(content))
    with pytest.raises(Problem, match=said):
        recognise(tmp_path)


# ---------------------------------------------------------------- adapters
def lora(path, module, *, rank=2, shape=(8, 8)):
    out, inner = shape
    pair = {
        f"{module}.lora_A.weight": torch.zeros(rank, inner),
        f"{module}.lora_B.weight": torch.zeros(out, rank),
    }
    save_file(pair, path)
    return path


ATTENTION = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"


def test_a_lora_for_this_engine_is_taken(models, tmp_path):
    adapter_files.check_adapter(lora(tmp_path / "look.safetensors", ATTENTION), over=models("sdxl"))


@pytest.mark.parametrize(
    ("module", "shape", "said"),
    [
        (ATTENTION, (16, 8), "to_q is 8 × 8 here and 16 × 8 there"),
        ("unet.down_blocks.9.attn.to_q", (8, 8), "this one has no unet.down_blocks.9.attn.to_q"),
    ],
)
def test_a_lora_for_another_engine_is_told_where_it_differs(models, tmp_path, module, shape, said):
    with pytest.raises(Problem, match=said):
        adapter_files.check_adapter(
            lora(tmp_path / "look.safetensors", module, shape=shape), over=models("sdxl")
        )


def test_a_corrupt_lora_is_refused(models, tmp_path):
    file = lora(tmp_path / "look.safetensors", ATTENTION)
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(Problem, match=r"look\.safetensors is not whole"):
        adapter_files.check_adapter(file, over=models("sdxl"))


def test_an_entire_model_is_no_lora(models, tmp_path):
    whole = models("sdxl") / "unet" / "diffusion_pytorch_model.safetensors"
    with pytest.raises(Problem, match="holds no LoRA weights"):
        adapter_files.check_adapter(whole, over=models("sdxl"))


def test_a_pickled_lora_and_one_that_is_not_there_are_refused(models, tmp_path):
    (tmp_path / "look.pt").write_bytes(b"cos\nsystem\n")
    with pytest.raises(Problem, match="pickled weights"):
        adapter_files.check_adapter(tmp_path / "look.pt", over=models("sdxl"))
    with pytest.raises(Problem, match="There is no file"):
        adapter_files.check_adapter(tmp_path / "away.safetensors", over=models("sdxl"))


# ---------------------------------------------------------------- fetching
@pytest.fixture
def online(monkeypatch):
    """Where engines run the hub's library is told to stay offline; an administrator's command isn't."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)


def test_of_a_repository_only_the_model_itself_is_wanted():
    names = [
        "model_index.json", "README.md", ".gitattributes", "sd_xl.safetensors", "unet/config.json", "unet/run.py",
        "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors",
        "unet/diffusion_pytorch_model.bin", "tokenizer/merges.txt", "onnx/unet/model.onnx", "assets/demo.png",
        "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
    ]  # fmt: skip
    assert fetching.wanted_files(names) == [
        "README.md", "model_index.json", "tokenizer/merges.txt", "unet/config.json",
        "unet/diffusion_pytorch_model-00001-of-00002.safetensors", "unet/diffusion_pytorch_model.safetensors",
    ]  # fmt: skip
    assert fetching.wanted_files(["config.json", "model.safetensors", "pytorch_model.bin"]) == [
        "config.json", "model.safetensors",
    ]  # fmt: skip


def test_a_model_is_fetched_pinned_to_a_commit_and_without_programs(online, models, tmp_path):
    hub = HubServer(models("sdxl"), extra={"unet/run.py": b"import os", "unet/old.bin": b"cos\nsystem\n"})
    with served(hub) as server:
        fetched = fetching.fetch("studio/tiny-xl", to=tmp_path / "tiny-xl", endpoint=server.url)
    assert fetched == fetching.Fetched(tmp_path / "tiny-xl", hub.COMMIT)
    assert recognise(fetched.folder).name == "StableDiffusionXLPipeline"
    assert not list(tmp_path.rglob("*.py")) + list(tmp_path.rglob("*.bin")) + list(tmp_path.rglob(".cache"))
    assert {asked["path"].split("/")[4] for asked in hub.asked if "resolve" in asked["path"]} == {hub.COMMIT}


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("absent", "The hub has no studio/tiny-xl at “main”"),
        ("gated", "asks for its terms to be accepted"),
        ("forbidden", "HTTP 403"),
        ("pickles-only", "offers no safetensors"),
    ],
)
def test_a_hub_that_does_not_hand_it_out_is_told_with_the_reason(online, models, tmp_path, mood, said):
    with served(HubServer(models("sdxl"), mood=mood)) as server, pytest.raises(Problem, match=said):
        fetching.fetch("studio/tiny-xl", to=tmp_path / "tiny-xl", endpoint=server.url)
    assert not (tmp_path / "tiny-xl").exists()


def test_without_a_network_the_way_out_is_told(online, tmp_path):
    with pytest.raises(Problem, match="can’t be reached from here"):
        fetching.fetch("studio/never-fetched", to=tmp_path / "x", endpoint="http://127.0.0.1:9")
