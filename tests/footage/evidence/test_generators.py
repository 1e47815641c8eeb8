from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from footage.evidence import Finding, read_evidence
from footage.evidence.generators import generator_findings
from footage.labels.model import Carried
from tests.footage.making import make_film

SAMPLER = {"class_type": "KSampler", "inputs": {"seed": 2**63 + 1, "model": ["1", 0]}}
LOADER = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd15.safetensors"}}
WORDS = {"class_type": "CLIPTextEncode", "inputs": {"text": "a lake", "clip": ["1", 1]}}
GRAPH = {"1": LOADER, "2": WORDS, "3": SAMPLER}
WORKFLOW = {
    "nodes": [
        {"type": "CheckpointLoaderSimple", "widgets_values": ["sd15.safetensors"]},
        {"type": "CLIPTextEncode", "widgets_values": ["a lake"]},
        {"type": "KSampler", "widgets_values": [7, "randomize", 20]},
        {"type": "LoraLoader", "mode": 4, "widgets_values": ["muted.safetensors"]},
    ]
}
WEBUI = (
    "a lake, dusk\nNegative prompt: text\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512, "
    'Model hash: abc, Model: sd15, Lora hashes: "x: 1, y: 2", VAE: vae.pt, Version: {version}'
)


def found(*texts: Carried) -> list[Finding]:
    return list(generator_findings(texts))


def png(**texts: str) -> list[Finding]:
    return found(*(Carried("PNG text", key, text) for key, text in texts.items()))


def shown(finding: Finding) -> tuple[str, str, list[str], list[int]]:
    details = finding.details
    return finding.says, details["software"], details["models"], details["seeds"]


COMFY = ("ai", "ComfyUI", ["sd15.safetensors"], [2**63 + 1])


@pytest.mark.parametrize(
    "texts",
    [
        [Carried("PNG text", "prompt", json.dumps(GRAPH))],
        [Carried("Exif", "Model", "prompt:" + json.dumps(GRAPH))],
        [Carried("Exif", "ImageDescription", "Prompt: " + json.dumps(GRAPH))],
        [Carried("MP4 metadata", "comment", json.dumps({"prompt": json.dumps(GRAPH), "workflow": "{}"}))],
        [Carried("MP4 metadata", "comment", json.dumps({"prompt": GRAPH, "workflow": WORKFLOW}))],
        [Carried("MKV metadata", "PROMPT", json.dumps(GRAPH))],
        [
            Carried("PNG text", "workflow", json.dumps(WORKFLOW)),
            Carried("PNG text", "prompt", json.dumps(GRAPH)),
        ],
    ],
)
def test_a_comfyui_graph_is_read_in_every_carrier(texts: list[Carried]) -> None:
    (finding,) = found(*texts)
    assert shown(finding) == COMFY
    assert finding.details["prompts"] == 1
    assert finding.note == "ComfyUI left its settings: it generated this with sd15.safetensors."


def test_the_editors_graph_alone_tells_the_same_without_what_was_switched_off() -> None:
    (finding,) = png(workflow=json.dumps(WORKFLOW))
    assert shown(finding) == ("ai", "ComfyUI", ["sd15.safetensors"], [7])
    assert (finding.details["parts"], finding.details["prompts"]) == ([], 1)


def test_graphs_are_found_in_real_files(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "workflow:" + json.dumps(WORKFLOW), "prompt:" + json.dumps(GRAPH)
    frames = [Image.new("RGB", (8, 8), (n, 0, 0)) for n in (0, 255)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], exif=exif)
    make_film(tmp_path / "b.mp4", tags={"prompt": json.dumps(GRAPH), "workflow": json.dumps(WORKFLOW)})
    make_film(tmp_path / "c.mkv", tags={"PROMPT": json.dumps(GRAPH)})
    for path in sorted(tmp_path.iterdir()):
        evidences = read_evidence(path)
        assert [shown(finding) for finding in evidences.of("generator")] == [COMFY], path.name
        assert evidences.of("camera") == ()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"class_type": "LoadImage", "inputs": {"image": "rush.png"}}, "ai"),
        ({"class_type": "LoadImageMask", "inputs": {"image": "rush.png"}}, "ai"),
    ],
)
def test_a_picture_that_went_in_is_named(more: Mapping[str, object], says: str) -> None:
    (finding,) = png(prompt=json.dumps(GRAPH | {"9": more}))
    assert (finding.says, finding.details["inputs"]) == (says, ["rush.png"])
    assert "What went in: rush.png." in finding.note


def test_inpainting_over_a_picture_is_mixed_and_a_graph_without_sampler_is_unknown() -> None:
    load = {"class_type": "LoadImage", "inputs": {"image": "rush.png"}}
    paint = {"class_type": "VAEEncodeForInpaint", "inputs": {}}
    scale = {"class_type": "ImageUpscaleWithModel", "inputs": {"upscale_model": ["2", 0]}}
    loader = {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "x4.pth"}}
    (inpainted,) = png(prompt=json.dumps(GRAPH | {"8": load, "9": paint}))
    (scaled,) = png(prompt=json.dumps({"1": load, "2": loader, "3": scale}))
    assert (inpainted.grade, inpainted.says) == (1, "mixed")
    assert (scaled.grade, scaled.says, scaled.details["parts"]) == (0, "unknown", ["x4.pth"])
    assert scaled.details["models"] == []


@pytest.mark.parametrize(
    ("version", "software"),
    [
        ("v1.10.1", "AUTOMATIC1111"),
        ("f2.0.1v1.10.1-previous-12", "Forge"),
        ("neo", "Forge"),
        ("Fooocus v2.5.5", "Fooocus"),
        ("abc, App: SD.Next", "SD.Next"),
    ],
)
def test_web_interfaces_are_told_apart_by_their_version(version: str, software: str) -> None:
    (finding,) = png(parameters=WEBUI.format(version=version))
    assert shown(finding) == ("ai", software, ["sd15"], [42])
    assert (finding.details["prompts"], finding.details["parts"]) == (2, ["vae.pt"])


@pytest.mark.parametrize("kind", ["jpg", "webp"])
@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le"])
def test_parameters_are_read_in_exif_comments(tmp_path: Path, kind: str, order: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + WEBUI.format(version="v1.10.1").encode(order)
    path = tmp_path / f"a.{kind}"
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    assert [shown(finding) for finding in read_evidence(path).of("generator")] == [
        ("ai", "AUTOMATIC1111", ["sd15"], [42])
    ]


def test_an_inpainted_picture_of_a_web_interface_is_mixed() -> None:
    (finding,) = png(parameters=WEBUI.format(version="v1") + ", Mask blur: 4, Denoising strength: 0.7")
    assert finding.says == "mixed"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (
            {
                "invokeai_metadata": json.dumps(
                    {
                        "generation_mode": "sdxl_txt2img",
                        "model": {"name": "xl"},
                        "seed": 5,
                        "app_version": "5",
                    }
                )
            },
            ("ai", "InvokeAI", ["xl"], [5]),
        ),
        (
            {
                "invokeai_metadata": json.dumps(
                    {"generation_mode": "flux_inpaint", "model": {"key": "k"}, "seed": 5}
                )
            },
            ("mixed", "InvokeAI", ["k"], [5]),
        ),
        (
            {"sd-metadata": json.dumps({"model_weights": "sd14", "image": {"seed": 6}}), "Dream": "a -S 6"},
            ("ai", "InvokeAI", ["sd14"], [6]),
        ),
        ({"Dream": "a lake -s 50 -S 1234 -W 512"}, ("ai", "InvokeAI", [], [1234])),
        (
            {
                "fooocus_scheme": "fooocus",
                "parameters": json.dumps({"base_model": "jug", "seed": "9", "prompt": "a"}),
            },
            ("ai", "Fooocus", ["jug"], [9]),
        ),
        (
            {"parameters": json.dumps({"sui_image_params": {"model": "flux", "seed": 3, "prompt": "a"}})},
            ("ai", "SwarmUI", ["flux"], [3]),
        ),
        (
            {
                "Software": "NovelAI",
                "Source": "NovelAI Diffusion V4",
                "Comment": json.dumps({"seed": 8, "prompt": "a"}),
            },
            ("ai", "NovelAI", ["NovelAI Diffusion V4"], [8]),
        ),
        ({"use_stable_diffusion_model": "sd15", "seed": "11"}, ("ai", "Easy Diffusion", ["sd15"], [11])),
        (
            {"Description": "a lake --v 6 Job ID: 0d0b2a5e-3f0c-4e8e-9a53-6a8f5c2f6a11"},
            ("ai", "Midjourney", [], []),
        ),
        ({"Software": "Adobe Firefly"}, ("ai", "Adobe Firefly", [], [])),
    ],
)
def test_each_dialect_is_understood(texts: dict[str, str], said: tuple[object, ...]) -> None:
    assert [shown(finding) for finding in png(**texts)] == [said]


def test_credit_lines_and_stream_signatures_name_their_generator() -> None:
    credit = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="Edited with Google AI"/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    assert [shown(f)[:2] for f in found(Carried("XMP", "", credit))] == [("mixed", "Google AI")]
    assert [shown(f)[:2] for f in found(Carried("H.264 user data", "", "kling-ai"))] == [("ai", "Kling")]


@pytest.mark.parametrize(
    "texts",
    [
        {"Title": "Midjourney", "Description": "A film about Midjourney and Kling"},
        {"comment": "Steps: 3, then left"},
        {"prompt": "a lake"},
        {"prompt": "[1, 2]"},
        {"workflow": json.dumps({"nodes": "none"})},
        {"parameters": json.dumps({"seed": 4})},
        {"prompt": "{" * 200_000},
    ],
)
def test_words_about_generators_are_no_record_of_one(texts: dict[str, str]) -> None:
    assert png(**texts) == []


KEYS = st.sampled_from(
    ["prompt", "workflow", "nodes", "class_type", "inputs", "type", "widgets_values", "seed", "model", "vae",
     "loras", "ckpt_name", "sui_image_params", "image", "text", "name", "version"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=30,
)
PLACES = st.sampled_from(
    ["prompt", "workflow", "parameters", "invokeai_metadata", "sd-metadata", "Comment", "Software", "Dream"]
)


@given(st.dictionaries(PLACES, JSON.map(json.dumps) | st.text(), max_size=4))
def test_whatever_stands_there_the_readers_stay_calm(texts: dict[str, str]) -> None:
    findings = found(*(Carried("PNG text", key, text) for key, text in texts.items()))
    assert all(json.loads(json.dumps(finding.to_json())) for finding in findings)


@given(JSON.filter(lambda value: isinstance(value, dict)))
def test_any_node_in_a_graph_is_survived(node: object) -> None:
    findings = png(prompt=json.dumps({"1": SAMPLER, "2": node, "3": {"class_type": "X", "inputs": node}}))
    assert [finding.details["software"] for finding in findings] == ["ComfyUI"]
