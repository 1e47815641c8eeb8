"""Practice engines for pictures and clips: Stable Diffusion and AnimateDiff with hand-set weights."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generation.backends.practice import hand_set

CHANNELS = 16
LATENTS = 4
LEVELS = 4
SEED = 20_260_301
CALIBRATION = (
    "night market",
    "dawn over the river",
    "an old man in the rain",
    "雪中的古镇",
    "close-up",
    "noon, sea",
)
GAIN = 1.6
BRIGHTNESS = (0.48, 0.96, 0.16)
COLOURS = ((1.12, -1.12, 0.0), (-0.56, -0.56, 1.12))
"""The three latents that a picture fills: its brightness and two colour differences, of about unit variance."""


def build_sketch(folder: Path) -> None:
    """Write a StableDiffusionPipeline (about 1 MB) that answers words and seed with soft, distinct colour fields."""
    import torch
    from diffusers import StableDiffusionPipeline

    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        tokenizer, tower = words()
        pipeline = StableDiffusionPipeline(
            vae=autoencoder(), text_encoder=tower, tokenizer=tokenizer, unet=_denoiser(), scheduler=scheduler(),
            safety_checker=None, feature_extractor=None, requires_safety_checker=False,
        )  # fmt: skip
        _centre(pipeline)
    pipeline.save_pretrained(folder, safe_serialization=True)


def build_motion(folder: Path, *, sketch: Path) -> None:
    """Write an AnimateDiffVideoToVideoPipeline over the sketch engine, with a motion adapter that adds a little drift."""
    import torch
    from diffusers import AnimateDiffVideoToVideoPipeline, MotionAdapter, StableDiffusionPipeline

    base = StableDiffusionPipeline.from_pretrained(sketch, local_files_only=True, use_safetensors=True)
    with torch.random.fork_rng():
        torch.manual_seed(SEED + 1)
        adapter = MotionAdapter(
            block_out_channels=(CHANNELS,) * LEVELS, motion_layers_per_block=1, motion_num_attention_heads=4,
            motion_norm_num_groups=CHANNELS // hand_set.GROUP, motion_max_seq_length=32,
        )  # fmt: skip
        hand_set.quieten_motion(adapter, share=0.05)
    pipeline = AnimateDiffVideoToVideoPipeline(
        vae=base.vae, text_encoder=base.text_encoder, tokenizer=base.tokenizer, unet=base.unet,
        motion_adapter=adapter, scheduler=base.scheduler,
    )  # fmt: skip
    pipeline.save_pretrained(folder, safe_serialization=True)


def words(*, hidden: int = CHANNELS) -> tuple[Any, Any]:
    """Return a byte-level CLIP tokenizer, which takes any UTF-8, and a small random text tower."""
    from tokenizers import pre_tokenizers
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    entries = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    with TemporaryDirectory() as place:
        vocabulary, merges = Path(place) / "vocab.json", Path(place) / "merges.txt"
        vocabulary.write_text(json.dumps({entry: index for index, entry in enumerate(entries)}))
        merges.write_text("#version: 0.2\n")
        tokenizer = CLIPTokenizer(str(vocabulary), str(merges), model_max_length=77)
    size = len(entries)
    tower = CLIPTextConfig(
        vocab_size=size, hidden_size=hidden, intermediate_size=2 * hidden, num_hidden_layers=2,
        num_attention_heads=4, bos_token_id=size - 2, eos_token_id=size - 1, pad_token_id=size - 1,
    )  # fmt: skip
    return tokenizer, CLIPTextModel(tower)


def autoencoder(*, scaling: float = 1.0, has_quant: bool = False) -> Any:
    from diffusers import AutoencoderKL

    network = AutoencoderKL(
        block_out_channels=(CHANNELS,) * 3, layers_per_block=1, latent_channels=LATENTS,
        down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
        norm_num_groups=CHANNELS // hand_set.GROUP, sample_size=256, scaling_factor=scaling,
        use_quant_conv=has_quant, use_post_quant_conv=has_quant,
    )  # fmt: skip
    for layer in (network.quant_conv, network.post_quant_conv) if has_quant else ():
        hand_set.open_gate(layer, gain=1.0)
    for half in (network.encoder, network.decoder):
        hand_set.pass_through(half, noise=0.0)
    hand_set.set_entrance(network.encoder.conv_in, inputs=3)
    to_latents = [list(BRIGHTNESS), *(list(row) for row in COLOURS)]
    means = [*to_latents, [0.0] * 3]
    no_variance = [0.0] * LATENTS + [-20.0] * LATENTS
    hand_set.set_exit(network.encoder.conv_out, means + [[0.0] * 3] * LATENTS, bias=no_variance)
    hand_set.set_entrance(network.decoder.conv_in, inputs=LATENTS)
    hand_set.set_exit(network.decoder.conv_out, hand_set.inverse(to_latents, extra=0.12))
    return network


def _denoiser() -> Any:
    from diffusers import UNet2DConditionModel

    network = UNet2DConditionModel(
        sample_size=64, in_channels=LATENTS, out_channels=LATENTS, block_out_channels=(CHANNELS,) * LEVELS,
        layers_per_block=1, cross_attention_dim=CHANNELS, attention_head_dim=4,
        norm_num_groups=CHANNELS // hand_set.GROUP,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    hand_set.pass_through(network, noise=0.0, detail=0.2, words=0.25)
    hand_set.set_entrance(network.conv_in, inputs=LATENTS)
    gains = (GAIN, 0.7 * GAIN, 0.7 * GAIN, 0.3 * GAIN)
    mix = [[gain if row == column else 0.0 for column in range(LATENTS)] for row, gain in enumerate(gains)]
    hand_set.set_exit(network.conv_out, mix)
    return network


def scheduler() -> Any:
    from diffusers import DDIMScheduler

    return DDIMScheduler(
        prediction_type="sample", beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012,
        clip_sample=False, set_alpha_to_one=False, steps_offset=1, timestep_spacing="trailing",
    )  # fmt: skip


def _centre(pipeline: Any) -> None:
    """Take off what the random attention adds to every picture alike, so that words tint in all directions."""
    import torch

    ids = pipeline.tokenizer(
        list(CALIBRATION), padding="max_length", max_length=77, truncation=True, return_tensors="pt"
    ).input_ids
    with torch.no_grad():
        words = pipeline.text_encoder(ids)[0]
        noise = torch.randn(len(CALIBRATION), LATENTS, 36, 64)
        answer = pipeline.unet(noise, 500, words).sample
        pipeline.unet.conv_out.bias.sub_(answer.mean(dim=(0, 2, 3)))
