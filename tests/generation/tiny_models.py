"""Model folders as a school downloads them, with random weights of a few hundred kilobytes: real classes, real files."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

VAE = {
    "block_out_channels": (8, 8),
    "layers_per_block": 1,
    "down_block_types": ("DownEncoderBlock2D",) * 2,
    "up_block_types": ("UpDecoderBlock2D",) * 2,
    "norm_num_groups": 4,
    "sample_size": 32,
}
CHAT = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def clip_tokenizer() -> Any:
    from tokenizers import pre_tokenizers
    from transformers import CLIPTokenizer

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    entries = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    with TemporaryDirectory() as place:
        vocabulary, merges = Path(place) / "vocab.json", Path(place) / "merges.txt"
        vocabulary.write_text(json.dumps({entry: index for index, entry in enumerate(entries)}))
        merges.write_text("#version: 0.2\n")
        return CLIPTokenizer(str(vocabulary), str(merges), model_max_length=77)


def clip_tower(*, projected: bool = False) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=514, hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
        projection_dim=32, bos_token_id=512, eos_token_id=513, pad_token_id=513,
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config)


def byte_tokenizer() -> Any:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    vocabulary = [
        ("<pad>", 0.0),
        ("</s>", 0.0),
        ("<unk>", 0.0),
        *((f"<0x{byte:02X}>", -2.0) for byte in range(256)),
    ]
    core = Tokenizer(models.Unigram(vocabulary, unk_id=2, byte_fallback=True))
    return PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", chat_template=CHAT,
        model_max_length=64,
    )  # fmt: skip


def t5_tower(*, width: int = 32) -> Any:
    from transformers import T5Config, T5EncoderModel

    return T5EncoderModel(T5Config(vocab_size=259, d_model=width, d_kv=8, d_ff=32, num_layers=1, num_heads=2))


def qwen_tower(*, layers: int = 2) -> Any:
    from transformers import Qwen3Config, Qwen3Model

    return Qwen3Model(
        Qwen3Config(
            vocab_size=259, hidden_size=32, intermediate_size=32, num_hidden_layers=layers, num_attention_heads=4,
            num_key_value_heads=2, head_dim=8, max_position_embeddings=512,
        )
    )  # fmt: skip


def tiny_flux(folder: Path) -> None:
    """A FluxPipeline."""
    from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel

    FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=AutoencoderKL(**VAE, latent_channels=1, shift_factor=0.0, scaling_factor=1.0, use_quant_conv=False, use_post_quant_conv=False),
        text_encoder=clip_tower(), tokenizer=clip_tokenizer(), text_encoder_2=t5_tower(), tokenizer_2=byte_tokenizer(),
        transformer=FluxTransformer2DModel(
            patch_size=1, in_channels=4, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=32, pooled_projection_dim=32, axes_dims_rope=[4, 4, 8],
        ),
    ).save_pretrained(folder)  # fmt: skip


def tiny_sd3(folder: Path) -> None:
    """A StableDiffusion3Pipeline."""
    from diffusers import (
        AutoencoderKL,
        FlowMatchEulerDiscreteScheduler,
        SD3Transformer2DModel,
        StableDiffusion3Pipeline,
    )

    StableDiffusion3Pipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=AutoencoderKL(**VAE, latent_channels=4, shift_factor=0.0, scaling_factor=1.0, use_quant_conv=False, use_post_quant_conv=False),
        text_encoder=clip_tower(projected=True), tokenizer=clip_tokenizer(),
        text_encoder_2=clip_tower(projected=True), tokenizer_2=clip_tokenizer(),
        text_encoder_3=t5_tower(width=64), tokenizer_3=byte_tokenizer(),
        transformer=SD3Transformer2DModel(
            sample_size=16, patch_size=1, in_channels=4, num_layers=1, attention_head_dim=8, num_attention_heads=4,
            caption_projection_dim=32, joint_attention_dim=64, pooled_projection_dim=64, out_channels=4,
        ),
    ).save_pretrained(folder)  # fmt: skip


def tiny_sdxl(folder: Path) -> None:
    """A StableDiffusionXLPipeline."""
    from diffusers import (
        AutoencoderKL,
        EulerDiscreteScheduler,
        StableDiffusionXLPipeline,
        UNet2DConditionModel,
    )

    StableDiffusionXLPipeline(
        vae=AutoencoderKL(**VAE, latent_channels=4),
        text_encoder=clip_tower(), tokenizer=clip_tokenizer(),
        text_encoder_2=clip_tower(projected=True), tokenizer_2=clip_tokenizer(),
        unet=UNet2DConditionModel(
            block_out_channels=(8, 8), layers_per_block=1, sample_size=16, in_channels=4, out_channels=4,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            attention_head_dim=(2, 4), transformer_layers_per_block=(1, 1), cross_attention_dim=64, norm_num_groups=4,
            addition_embed_type="text_time", addition_time_embed_dim=8, projection_class_embeddings_input_dim=80,
            use_linear_projection=True,
        ),
        scheduler=EulerDiscreteScheduler(),
    ).save_pretrained(folder)  # fmt: skip


def tiny_z_image(folder: Path) -> None:
    """A ZImagePipeline: its denoiser takes lists of latents and captions."""
    from diffusers import (
        AutoencoderKL,
        FlowMatchEulerDiscreteScheduler,
        ZImagePipeline,
        ZImageTransformer2DModel,
    )

    ZImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=AutoencoderKL(**VAE, latent_channels=16, shift_factor=0.0, scaling_factor=1.0, use_quant_conv=False, use_post_quant_conv=False),
        text_encoder=qwen_tower(), tokenizer=byte_tokenizer(),
        transformer=ZImageTransformer2DModel(
            in_channels=16, dim=32, n_layers=1, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=32,
            axes_dims=[4, 6, 6], axes_lens=[600, 32, 32],
        ),
    ).save_pretrained(folder)  # fmt: skip


def tiny_flux2_klein(folder: Path) -> None:
    """A Flux2KleinPipeline: one class draws from words and edits pictures, and takes no negative prompt."""
    from diffusers import (
        AutoencoderKLFlux2,
        FlowMatchEulerDiscreteScheduler,
        Flux2KleinPipeline,
        Flux2Transformer2DModel,
    )
    from transformers import Qwen3ForCausalLM

    tower = Qwen3ForCausalLM(qwen_tower(layers=28).config)  # words are read from layers 9, 18 and 27
    Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=AutoencoderKLFlux2(**VAE, latent_channels=4),
        text_encoder=tower, tokenizer=byte_tokenizer(),
        transformer=Flux2Transformer2DModel(
            in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=96, axes_dims_rope=(4, 4, 4, 4), timestep_guidance_channels=8, guidance_embeds=False,
        ),
        is_distilled=True,
    ).save_pretrained(folder)  # fmt: skip


def tiny_qwen_image(folder: Path) -> None:
    """A QwenImagePipeline: it calls guidance by words true_cfg_scale, and its decoder is one of films."""
    from diffusers import (
        AutoencoderKLQwenImage,
        FlowMatchEulerDiscreteScheduler,
        QwenImagePipeline,
        QwenImageTransformer2DModel,
    )
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    words = {**sizes, "num_key_value_heads": 2, "vocab_size": 259, "max_position_embeddings": 1024,
             "rope_scaling": {"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"}}  # fmt: skip
    eyes = {"depth": 2, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16}
    tower = Qwen2_5_VLForConditionalGeneration(
        Qwen2_5_VLConfig(
            text_config=words,
            vision_config=eyes,
            vision_end_token_id=2,
            vision_start_token_id=2,
            vision_token_id=2,
        )
    )
    QwenImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=AutoencoderKLQwenImage(
            base_dim=12, z_dim=4, dim_mult=[1, 2, 4], num_res_blocks=1, temperal_downsample=[False, True],
            latents_mean=[0.0] * 4, latents_std=[1.0] * 4,
        ),
        text_encoder=tower, tokenizer=byte_tokenizer(),
        transformer=QwenImageTransformer2DModel(
            patch_size=2, in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=16, guidance_embeds=False, axes_dims_rope=(8, 4, 4),
        ),
    ).save_pretrained(folder)  # fmt: skip


MODELS = {
    "qwen-image": tiny_qwen_image,
    "flux": tiny_flux,
    "sd3": tiny_sd3,
    "sdxl": tiny_sdxl,
    "z-image": tiny_z_image,
    "flux2-klein": tiny_flux2_klein,
}


def build(name: str, folder: Path) -> Path:
    """Write one of MODELS with the same random weights each time."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        MODELS[name](folder)
    return folder
