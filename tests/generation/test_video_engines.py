"""Clips from words and from frame to frame, through the real pipelines with small random weights."""

from __future__ import annotations

import av
import numpy as np
import pytest
from PIL import Image

from footage.problems import Problem
from generation.backends.base import Cancelled, EngineSpec, Request
from generation.backends.loading import forget_engines, loaded_engine
from generation.domain.tools import TOOLS, Material, validate

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("engines")]
FRAME = Material("frame", "image", 64, 32)
SMALL = {"width": 64, "height": 32, "fps": 8}


def make(
    folder, tmp_path, pipeline, tool, given, *, source=None, last=None, options=SMALL, cancelled=lambda: False
):
    media = {"last-frame": [FRAME]} if last else {}
    inputs, problems = validate(
        TOOLS[tool], {"place": "fog", "seed": 1, **given}, has_source=source is not None, media=media
    )
    assert problems == ()
    out = tmp_path / f"made-{len(list(tmp_path.iterdir()))}"
    out.mkdir()
    steps = []
    engine = loaded_engine(EngineSpec("downloaded", pipeline, folder, str(folder), options))
    produced = engine.run(
        Request(tool, inputs, source, media={"last-frame": (last,)} if last else {}), folder=out,
        progress=lambda *step: steps.append(step), cancelled=cancelled,
    )  # fmt: skip
    return produced, steps


def frames_of(path):
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24").astype(float) for frame in film.decode(video=0)]


def still(path, value):
    Image.new("RGB", (64, 32), value).save(path)
    return path


@pytest.fixture(scope="module")
def wan_words(tmp_path_factory):
    from diffusers import WanPipeline

    folder = tmp_path_factory.mktemp("wan") / "words"
    WanPipeline(**wan_parts(in_channels=16)).save_pretrained(folder, safe_serialization=True)
    return folder


@pytest.fixture(scope="module")
def wan_frames(tmp_path_factory):
    """In the manner of Wan 2.2 A14B: the frames go in beside the noise, 16 + 20 channels, no image encoder."""
    import torch
    from diffusers import WanImageToVideoPipeline

    folder = tmp_path_factory.mktemp("wan") / "frames"
    parts = wan_parts(in_channels=36) | {"image_encoder": None, "image_processor": None}
    with torch.no_grad():
        parts["transformer"].patch_embedding.weight[:, 16:] *= 50  # random weights hardly look at the frames
    WanImageToVideoPipeline(**parts).save_pretrained(folder, safe_serialization=True)
    return folder


def wan_parts(*, in_channels):
    pytest.importorskip("ftfy", reason="Wan cleans its prompts with ftfy")
    import torch
    from diffusers import AutoencoderKLWan, FlowMatchEulerDiscreteScheduler, WanTransformer3DModel
    from transformers import UMT5Config, UMT5EncoderModel

    from generation.backends.practice.music import byte_tokenizer

    torch.manual_seed(0)
    tokenizer = byte_tokenizer()
    words = UMT5Config(vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    return {
        "tokenizer": tokenizer,
        "text_encoder": UMT5EncoderModel(words),
        "vae": AutoencoderKLWan(
            base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
        ),
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=3.0),
        "transformer": WanTransformer3DModel(
            patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=in_channels, out_channels=16,
            text_dim=32, freq_dim=16, ffn_dim=32, num_layers=1, cross_attn_norm=True,
            qk_norm="rms_norm_across_heads", rope_max_seq_len=32,
        ),
    }  # fmt: skip


# ---------------------------------------------------------------- from words
def test_animatediff_makes_a_clip_from_words_with_the_parts_of_the_motion_engine(engines_folder, tmp_path):
    given = {"seconds": 0.5, "steps": 2, "guidance": 1.5}
    folder = engines_folder / "atelier-motion"
    made = [
        make(folder, tmp_path, "animatediff-text", "text-to-video", {**given, "seed": seed})
        for seed in (1, 2, 1)
    ]
    first, other, again = (frames_of(produced.path) for produced, _steps in made)
    assert (len(first), made[0][1][-1], made[0][0].machine["pipeline"]) == (4, (2, 2), "AnimateDiffPipeline")
    assert np.array_equal(first, again)
    assert np.abs(np.array(first) - other).mean() > 5


def test_wan_makes_a_clip_from_words_of_a_length_it_can_decode(wan_words, tmp_path):
    produced, steps = make(wan_words, tmp_path, "wan-text", "text-to-video", {"seconds": 0.9, "steps": 2})
    assert (len(frames_of(produced.path)), produced.machine["pipeline"], steps[-1]) == (
        9,
        "WanPipeline",
        (2, 2),
    )


def test_a_cancel_ends_a_clip_within_a_step(wan_words, tmp_path):
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        make(wan_words, tmp_path, "wan-text", "text-to-video", {"steps": 6}, cancelled=lambda: next(asked))


# ---------------------------------------------------------------- frame to frame
def test_wan_is_given_both_frames(wan_frames, tmp_path):
    dark, light = still(tmp_path / "dark.png", (10, 10, 10)), still(tmp_path / "light.png", (240, 240, 240))
    given = {"seconds": 0.6, "steps": 2}
    one, _steps = make(wan_frames, tmp_path, "wan-frames", "frame-to-frame", given, source=dark, last=light)
    other, _steps = make(wan_frames, tmp_path, "wan-frames", "frame-to-frame", given, source=dark, last=dark)
    first, second = frames_of(one.path), frames_of(other.path)
    assert (len(first), one.machine["pipeline"]) == (5, "WanImageToVideoPipeline")
    assert np.abs(first[-1] - second[-1]).max() > 0, "the last frame has to matter"


def test_a_last_frame_is_asked_for():
    _request, [problem] = validate(TOOLS["frame-to-frame"], {}, has_source=True)
    assert (problem.slug, problem.sentence) == ("media-last-frame", "Choose the picture to end with.")


def test_a_wan_that_knows_no_last_frame_is_told_when_it_is_loaded(tmp_path):
    from diffusers import WanImageToVideoPipeline

    parts = wan_parts(in_channels=16) | {
        "image_encoder": None,
        "image_processor": None,
        "expand_timesteps": True,
    }
    WanImageToVideoPipeline(**parts).save_pretrained(tmp_path / "ti2v", safe_serialization=True)
    forget_engines()
    with pytest.raises(Problem, match="knows a first frame only"):
        make(tmp_path / "ti2v", tmp_path, "wan-frames", "frame-to-frame", {}, source=tmp_path, last=tmp_path)
