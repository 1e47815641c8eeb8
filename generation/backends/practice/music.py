"""The practice music engine: a small Stable Audio of random weights over a byte-level tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SEED = 20_260_305
LATENTS, WORDS = 8, 32
RATE, HOP = 8_000, 4 * 8 * 8
LONGEST_SECONDS = 32
WORDS_WEIGHT = 100.0
"""Random attention to words is faint; with this its answer to them can be heard."""


def build_music(folder: Path) -> None:
    """Write a StableAudioPipeline (under 1 MB): noise coloured by words and seed, at 8 kHz in stereo."""
    import torch
    from diffusers import (
        AutoencoderOobleck,
        EDMDPMSolverMultistepScheduler,
        StableAudioDiTModel,
        StableAudioPipeline,
        StableAudioProjectionModel,
    )
    from transformers import T5Config, T5EncoderModel

    tokenizer = byte_tokenizer()
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        pipeline = StableAudioPipeline(
            tokenizer=tokenizer,
            text_encoder=T5EncoderModel(
                T5Config(vocab_size=len(tokenizer), d_model=WORDS, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
            ),
            vae=AutoencoderOobleck(
                encoder_hidden_size=8, downsampling_ratios=[4, 8, 8], channel_multiples=[1, 1, 1], decoder_channels=8,
                decoder_input_channels=LATENTS, audio_channels=2, sampling_rate=RATE,
            ),
            transformer=StableAudioDiTModel(
                sample_size=LONGEST_SECONDS * RATE // HOP, in_channels=LATENTS, out_channels=LATENTS, num_layers=2,
                attention_head_dim=8, num_attention_heads=4, num_key_value_attention_heads=2, time_proj_dim=16,
                cross_attention_dim=WORDS, cross_attention_input_dim=WORDS, global_states_input_dim=2 * WORDS,
            ),
            projection_model=StableAudioProjectionModel(
                text_encoder_dim=WORDS, conditioning_dim=WORDS, min_value=0, max_value=512
            ),
            scheduler=EDMDPMSolverMultistepScheduler(
                prediction_type="v_prediction", sigma_min=0.3, sigma_max=500, sigma_data=1.0, sigma_schedule="exponential"
            ),
        )  # fmt: skip
        for block in pipeline.transformer.transformer_blocks:
            block.attn2.to_out[0].weight.data.mul_(WORDS_WEIGHT)
    pipeline.save_pretrained(folder, safe_serialization=True)


def byte_tokenizer() -> Any:
    """Return a tokenizer in the manner of T5 that takes any UTF-8, byte by byte."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    entries = [
        ("<pad>", 0.0),
        ("</s>", 0.0),
        ("<unk>", 0.0),
        *((f"<0x{byte:02X}>", -2.0) for byte in range(256)),
    ]
    core = Tokenizer(models.Unigram(entries, unk_id=2, byte_fallback=True))
    return PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=128  # noqa: S106
    )  # fmt: skip
