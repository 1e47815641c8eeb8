"""Gates that read files: the word gate over texts, a classifier over pictures and films, an unreadable gate."""

from __future__ import annotations

import json

import av
import numpy as np
import pytest
from PIL import Image

from config.checks import gates_can_be_made
from generation.backends import gates
from generation.backends.gates.classifier import ClassifierGate
from generation.backends.gates.frames import frames_of
from generation.backends.gates.words import WordGate
from generation.domain.gates import (
    BadRules,
    Context,
    Level,
    Limit,
    Verdict,
    Words,
    judge_classes,
    limits_from,
    places_of,
)

IMAGE = Context("text-to-image", "image")
TEXT = Context("text-draft", "text")


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    """A tiny classifier with weights of a fixed seed: it prefers one class, whatever it is shown."""
    import torch
    from transformers import ViTConfig, ViTForImageClassification
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("classifier")
    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=32, patch_size=8,
        id2label={0: "calm", 1: "bare"}, label2id={"calm": 0, "bare": 1},
    )  # fmt: skip
    model = ViTForImageClassification(config)
    with torch.no_grad():
        model.classifier.bias.copy_(torch.tensor([0.0, 2.0]))
        model.classifier.weight.zero_()
    model.save_pretrained(folder)
    ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def gate_with(settings, folder, **limits):
    settings.GATE_CLASSIFIER_DIR = str(folder)
    (folder / "gate.json").write_text(json.dumps({"name": "tiny 1", "limits": limits}))
    return ClassifierGate()


def still(tmp_path, mode="RGB"):
    path = tmp_path / "still.png"
    Image.linear_gradient("L").convert(mode).save(path)
    return path


def film(tmp_path, frames=30):
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(frames):
            shade = np.full((48, 64, 3), 8 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        container.mux(stream.encode())
    return path


@pytest.mark.engine
def test_a_classifier_folder_judges_pictures_by_its_limits(settings, classifier, tmp_path):
    path = still(tmp_path)
    share = 1 / (1 + np.exp(-2))
    held = gate_with(settings, classifier, bare={"hold": share - 0.01}).check_output(path, "image", IMAGE)
    refused = gate_with(settings, classifier, bare={"hold": 0.1, "refuse": share - 0.01})
    passed = gate_with(settings, classifier, bare={"hold": share + 0.01})
    assert (held.level, held.gate, held.params) == (Level.HOLD, "tiny 1", {"label": "bare", "percent": 88})
    assert refused.check_output(path, "image", IMAGE).level == Level.REFUSE
    assert passed.check_output(path, "image", IMAGE).level == Level.ALLOW


@pytest.mark.engine
@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK"])
def test_pictures_of_any_mode_are_looked_at(settings, classifier, tmp_path, mode):
    path = tmp_path / ("still.tiff" if mode == "CMYK" else "still.png")
    Image.linear_gradient("L").convert("RGB").convert(mode).save(path)
    gate = gate_with(settings, classifier, bare={"hold": 0.5})
    assert gate.check_output(path, "image", IMAGE).level == Level.HOLD


@pytest.mark.engine
def test_a_classifier_looks_at_films_and_reads_no_words(settings, classifier, tmp_path):
    gate = gate_with(settings, classifier, bare={"hold": 0.5})
    assert gate.check_output(film(tmp_path), "video", Context("image-to-video", "video")).level == Level.HOLD
    assert gate.check_words(Words("a nude woman"), IMAGE).level == Level.ALLOW


@pytest.mark.engine
def test_a_file_the_classifier_cannot_read_is_held(settings, classifier, tmp_path):
    gate_with(settings, classifier, bare={"hold": 0.5})
    settings.SAFETY_GATES = ["generation.backends.gates.classifier.ClassifierGate"]
    gates._made.cache_clear()
    path = tmp_path / "broken.png"
    path.write_bytes(b"no picture")
    verdict = gates.check_output(path, "image", IMAGE)
    gates._made.cache_clear()
    assert (verdict.level, verdict.template) == (Level.HOLD, gates.BLIND)


def test_a_classifier_without_limits_is_refused(settings, tmp_path):
    with pytest.raises(BadRules, match="states no limits"):
        gate_with(settings, tmp_path)


@pytest.mark.parametrize("data", [{"a": {}}, {"a": {"hold": "much"}}, {"a": 3}])
def test_limits_that_cannot_be_read_are_refused(data):
    with pytest.raises(BadRules):
        limits_from(data)


def test_one_frame_suffices():
    calm, bare = {"bare": 0.1}, {"bare": 0.9}
    limits = {"bare": Limit(hold=0.5)}
    assert judge_classes([calm] * 11 + [bare], limits=limits, gate="g").params == {
        "label": "bare",
        "percent": 90,
    }
    assert judge_classes([calm] * 12, limits=limits, gate="g").level == Level.ALLOW
    assert judge_classes([], limits=limits, gate="g").level == Level.ALLOW


@pytest.mark.parametrize(
    ("count", "most", "places"),
    [(0, 12, ()), (1, 12, (0,)), (5, 12, (0, 1, 2, 3, 4)), (30, 4, (0, 10, 19, 29))],
)
def test_frames_are_spread_from_the_first_to_the_last(count, most, places):
    assert places_of(count, most=most) == places


def test_the_frames_of_a_film_are_whole_and_in_order(tmp_path):
    frames = list(frames_of(film(tmp_path), kind="video", most=4))
    shades = [round(np.asarray(frame).mean() / 8) for frame in frames]
    assert ([frame.size for frame in frames], [frame.mode for frame in frames]) == (
        [(64, 48)] * 4,
        ["RGB"] * 4,
    )
    assert shades == [0, 10, 19, 29]


def test_the_word_gate_reads_texts_and_sees_no_pictures(tmp_path):
    gate = WordGate()
    text = tmp_path / "draft.txt"
    text.write_text("She was raped.")
    assert gate.check_output(text, "text", TEXT).level == Level.HOLD
    assert gate.check_output(still(tmp_path), "image", IMAGE) == Verdict(Level.ALLOW, "words 1")


def test_what_is_shipped_sees_texts_only():
    assert gates.kinds_seen() == {"text"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"GATE_WORDS": "/nowhere/words.yaml"}, "FileNotFoundError"),
        ({"SAFETY_GATES": ["generation.backends.gates.words.NoGate"]}, "NoGate"),
        ({"SAFETY_GATES": ["generation.backends.gates.classifier.ClassifierGate"]}, "FileNotFoundError"),
    ],
)
def test_a_gate_that_cannot_be_made_is_told_at_the_start(settings, change, words):
    gates._made.cache_clear()
    for name, value in change.items():
        setattr(settings, name, value)
    [error] = gates_can_be_made(None)
    gates._made.cache_clear()
    assert (error.id, words in error.msg) == ("dailies.E002", True)


def test_the_gates_that_ship_can_be_made():
    assert gates_can_be_made(None) == []


def test_rules_that_are_no_yaml_are_told_at_the_start(settings, tmp_path):
    settings.GATE_WORDS = str(tmp_path / "words.yaml")
    (tmp_path / "words.yaml").write_text("rules: [")
    gates._made.cache_clear()
    [error] = gates_can_be_made(None)
    gates._made.cache_clear()
    assert "ParserError" in error.msg
