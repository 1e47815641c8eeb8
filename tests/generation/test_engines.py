"""The real pipelines, small: what they make, that a seed means the same again, and that a cancel ends them."""

from __future__ import annotations

import wave

import av
import numpy as np
import pytest
from PIL import Image

from footage.problems import Problem
from generation.backends import folders
from generation.backends.base import Cancelled, EngineSpec, Request
from generation.backends.loading import forget_engines, loaded_engine
from generation.backends.pictures import steps_before_strength
from generation.backends.practice.building import build_practice_engines
from generation.backends.video import moved_still
from generation.domain.tools import TOOLS, validate

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("engines")]
SKETCH = ("atelier-sketch", "stable-diffusion")
SMALL = {"width": 128, "height": 72, "fps": 8}


@pytest.fixture(scope="module")
def gradient(tmp_path_factory):
    path = tmp_path_factory.mktemp("source") / "gradient.png"
    Image.linear_gradient("L").convert("RGB").resize((256, 144)).save(path)
    return path


def make(engines_folder, folder, engine, tool, given, *, source=None, cancelled=lambda: False, options=SMALL):
    slug, pipeline = engine
    spec = EngineSpec(slug, pipeline, engines_folder / slug, "r", options)
    inputs, problems = validate(TOOLS[tool], given, has_source=source is not None)
    assert problems == ()
    steps = []
    produced = loaded_engine(spec).run(
        Request(tool, inputs, source),
        folder=folder,
        progress=lambda *step: steps.append(step),
        cancelled=cancelled,
    )
    return produced, steps


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"), dtype=float)


def test_building_again_builds_nothing(engines_folder):
    assert build_practice_engines(engines_folder) == []


def test_a_picture_is_distinct_by_seed_and_the_same_again(engines_folder, tmp_path):
    made = []
    for name, seed in (("a", 1), ("b", 2), ("c", 1)):
        (tmp_path / name).mkdir()
        given = {"place": "night market", "seed": seed, "steps": 4}
        produced, steps = make(engines_folder, tmp_path / name, SKETCH, "text-to-image", given)
        made.append(pixels(produced.path))
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert made[0].shape == (72, 128, 3)
    assert np.array_equal(made[0], made[2])
    assert np.abs(made[0] - made[1]).mean() > 10
    assert made[0].std() > 20, "flat pictures can't be traced"


def test_the_words_change_the_picture(engines_folder, tmp_path):
    one, _ = make(engines_folder, tmp_path, SKETCH, "text-to-image", {"place": "dawn", "seed": 1, "steps": 4})
    before = pixels(one.path)
    two, _ = make(
        engines_folder, tmp_path, SKETCH, "text-to-image", {"place": "雪中的古镇", "seed": 1, "steps": 4}
    )
    assert np.abs(before - pixels(two.path)).mean() > 2


def test_image_to_image_keeps_its_source_recognisable(engines_folder, tmp_path, gradient):
    given = {"strength": 0.3, "steps": 3, "seed": 1}
    produced, steps = make(engines_folder, tmp_path, SKETCH, "image-to-image", given, source=gradient)
    made = pixels(produced.path).mean(axis=2)
    source = pixels(gradient).mean(axis=2)[::2, ::2]
    assert np.corrcoef(made.ravel(), source.ravel())[0, 1] > 0.5
    assert steps[-1] == (3, 3)


def test_a_clip_begins_with_its_picture_and_moves(engines_folder, tmp_path, gradient):
    given = {"camera": "tilt-up", "seconds": 0.5, "steps": 2, "guidance": 1, "strength": 0.3, "seed": 1}
    engine = ("atelier-motion", "animatediff")
    produced, steps = make(engines_folder, tmp_path, engine, "image-to-video", given, source=gradient)
    with av.open(str(produced.path)) as film:
        stream = film.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24").astype(float) for frame in film.decode(stream)]
        assert (stream.codec_context.name, float(stream.average_rate)) == ("h264", 8.0)
    assert len(frames) == produced.machine["frames"] == 4
    assert steps[-1] == (2, 2)
    assert np.abs(frames[0] - frames[-1]).mean() > 2


def test_a_voice_line_is_sound_of_some_length_and_the_same_again(engines_folder, tmp_path):
    engine = ("practice-voice", "vits")
    takes = []
    for _take in range(2):
        produced, _ = make(
            engines_folder, tmp_path, engine, "voice", {"line": "Nobody speaks. 没有人说话。", "seed": 3}
        )
        with wave.open(str(produced.path)) as file:
            takes.append(np.frombuffer(file.readframes(file.getnframes()), "<i2"))
            assert file.getframerate() == 16_000
    assert np.array_equal(*takes)
    assert len(takes[0]) > 16_000
    assert takes[0].std() > 300


def test_a_voice_that_knows_no_letter_of_the_line_says_so(engines_folder, tmp_path):
    with pytest.raises(Problem, match="knows none of the letters"):
        make(engines_folder, tmp_path, ("practice-voice", "vits"), "voice", {"line": "Ω", "seed": 1})


def test_a_draft_is_words_of_both_languages(engines_folder, tmp_path):
    given = {"premise": "两个人在渡口等船", "length": 30, "seed": 1}
    produced, steps = make(engines_folder, tmp_path, ("practice-text", "causal-lm"), "text-draft", given)
    words = produced.path.read_text()
    assert "�" not in words
    assert len(words) > 30
    assert steps[-1] == (30, 30)


@pytest.mark.parametrize(
    ("engine", "tool", "given"),
    [
        (SKETCH, "text-to-image", {"place": "fog", "steps": 8, "seed": 1}),
        (("practice-text", "causal-lm"), "text-draft", {"premise": "fog", "length": 60, "seed": 1}),
    ],
)
def test_a_cancel_ends_an_engine_within_a_step(engines_folder, tmp_path, engine, tool, given):
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        make(engines_folder, tmp_path, engine, tool, given, cancelled=lambda: next(asked))
    assert list(tmp_path.iterdir()) == []


def test_any_other_model_folder_works_by_its_row(tmp_path):
    """A folder nobody here made: other sizes, random weights, a Wan pipeline that begins with a picture."""
    pytest.importorskip("ftfy", reason="Wan cleans its prompts with ftfy")
    folder = tmp_path / "wan"
    tiny_wan(folder)
    spec = EngineSpec("downloaded", "wan", folder, "r", {"width": 64, "height": 32, "fps": 8})
    source = tmp_path / "still.png"
    Image.linear_gradient("L").convert("RGB").save(source)
    inputs, _problems = validate(
        TOOLS["image-to-video"], {"seconds": 0.6, "steps": 2, "seed": 1}, has_source=True
    )
    produced = loaded_engine(spec).run(
        Request("image-to-video", inputs, source),
        folder=tmp_path,
        progress=lambda *_: None,
        cancelled=lambda: False,
    )
    assert (produced.machine["frames"], produced.machine["width"], produced.machine["pipeline"]) == (
        5, 64, "WanImageToVideoPipeline",
    )  # fmt: skip


def tiny_wan(folder):
    import torch
    from diffusers import (
        AutoencoderKLWan,
        FlowMatchEulerDiscreteScheduler,
        WanImageToVideoPipeline,
        WanTransformer3DModel,
    )
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast, UMT5Config, UMT5EncoderModel

    torch.manual_seed(0)
    vocabulary = [
        ("<pad>", 0.0),
        ("</s>", 0.0),
        ("<unk>", 0.0),
        *((f"<0x{byte:02X}>", -2.0) for byte in range(256)),
    ]
    core = Tokenizer(models.Unigram(vocabulary, unk_id=2, byte_fallback=True))
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )
    words = UMT5Config(vocab_size=len(vocabulary), d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    pipeline = WanImageToVideoPipeline(
        tokenizer=tokenizer,
        text_encoder=UMT5EncoderModel(words),
        vae=AutoencoderKLWan(
            base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        transformer=WanTransformer3DModel(
            patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=16, out_channels=16,
            text_dim=32, freq_dim=16, ffn_dim=32, num_layers=1, cross_attn_norm=True,
            qk_norm="rms_norm_across_heads", rope_max_seq_len=32,
        ),
        image_encoder=None, image_processor=None, expand_timesteps=True,
    )  # fmt: skip
    pipeline.save_pretrained(folder, safe_serialization=True)


def test_pickled_weights_are_refused_before_anything_is_loaded(tmp_path):
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "weights.bin").write_bytes(b"cos\nsystem\n")
    with pytest.raises(Problem, match=r"unet/weights\.bin in the engine’s folder holds pickled weights"):
        folders.check_folder(tmp_path)


def test_an_empty_folder_says_what_is_missing(tmp_path):
    with pytest.raises(Problem, match=r"holds no weights \(\*\.safetensors\)"):
        folders.check_folder(tmp_path)


def test_a_folder_of_another_kind_says_so(engines_folder):
    spec = EngineSpec("mixed-up", "stable-diffusion", engines_folder / "practice-voice", "r", {})
    with pytest.raises(Problem, match="mixed-up can’t be loaded as stable-diffusion"):
        loaded_engine(spec)


def test_an_engine_stays_in_memory_until_it_is_forgotten(engines_folder):
    spec = EngineSpec("practice-text", "causal-lm", engines_folder / "practice-text", "r", {})
    first = loaded_engine(spec)
    assert loaded_engine(spec) is first
    forget_engines()
    assert loaded_engine(spec) is not first


def test_the_revision_follows_the_folders_content(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(b"one")
    before = folders.folder_revision(tmp_path)
    (tmp_path / "a.safetensors").write_bytes(b"two")
    assert before != folders.folder_revision(tmp_path)


@pytest.mark.parametrize(("steps", "strength"), [(12, 0.5), (2, 0.1), (80, 0.37), (4, 1.0)])
def test_as_many_steps_are_taken_as_were_asked_for(steps, strength):
    assert int(steps_before_strength(steps, strength) * strength) == steps


@pytest.mark.parametrize(("move", "side"), [("pan-right", "right"), ("pan-left", "left")])
def test_a_pan_travels_over_the_still(move, side):
    still = Image.linear_gradient("L").rotate(90).resize((200, 100))  # bright towards one side
    frames = [
        np.asarray(frame, dtype=float)
        for frame in moved_still(still, move=move, count=3, width=100, height=50)
    ]
    drift = frames[-1].mean() - frames[0].mean()
    brighter_right = np.asarray(still)[:, -1].mean() > np.asarray(still)[:, 0].mean()
    assert (drift > 0) == (brighter_right == (side == "right"))


def test_an_engine_whose_options_were_changed_is_not_taken_from_memory(engines_folder):
    small, large = (
        EngineSpec("sketch", "stable-diffusion", engines_folder / "atelier-sketch", "r", {"width": width})
        for width in (64, 128)
    )
    assert loaded_engine(small).spec.options == {"width": 64}
    assert loaded_engine(large).spec.options == {"width": 128}
