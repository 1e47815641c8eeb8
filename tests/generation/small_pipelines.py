"""Real pipeline classes with a few thousand random weights, asked by embeddings instead of words."""

from __future__ import annotations

from typing import Any

WIDTH = 16


def seeded(make: Any) -> Any:
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(5)
        return make().eval()


def words(seed: int, *shape: int) -> Any:
    import torch

    return torch.randn(shape, generator=torch.Generator().manual_seed(1000 + seed))


def autoencoder() -> Any:
    from diffusers import AutoencoderKL

    return seeded(
        lambda: AutoencoderKL(
            block_out_channels=(WIDTH, WIDTH), layers_per_block=1, latent_channels=4, norm_num_groups=4,
            down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        )
    )  # fmt: skip


def caller(pipeline: Any, *, seed: int, steps: int, given: dict[str, Any]) -> Any:
    """A job that returns its last latents."""
    from generation.backends import gate

    def run() -> Any:
        import torch

        own = gate.session(pipeline)
        made = own(
            num_inference_steps=steps, generator=torch.Generator().manual_seed(seed), output_type="latent", **given
        )  # fmt: skip
        return made.frames if hasattr(made, "frames") else made.images

    return run


def sdxl() -> tuple[Any, Any]:
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel

    unet = seeded(
        lambda: UNet2DConditionModel(
            block_out_channels=(WIDTH, 2 * WIDTH), layers_per_block=1, sample_size=16, norm_num_groups=4,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
            addition_time_embed_dim=8, transformer_layers_per_block=(1, 2), cross_attention_dim=WIDTH,
            projection_class_embeddings_input_dim=6 * 8 + WIDTH,
        )
    )  # fmt: skip
    pipeline = StableDiffusionXLPipeline(
        vae=autoencoder(), text_encoder=None, text_encoder_2=None, tokenizer=None, tokenizer_2=None, unet=unet,
        scheduler=EulerDiscreteScheduler(beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1),
    )  # fmt: skip

    def run_of(pipeline: Any, *, seed: int, steps: int) -> Any:
        given = {
            "prompt_embeds": words(seed, 1, 7, WIDTH), "pooled_prompt_embeds": words(seed, 1, WIDTH),
            "negative_prompt_embeds": words(99, 1, 7, WIDTH), "negative_pooled_prompt_embeds": words(99, 1, WIDTH),
            "width": 32, "height": 32, "guidance_scale": 4.0 + seed,
        }  # fmt: skip
        return caller(pipeline, seed=seed, steps=steps, given=given)

    return quiet(pipeline), run_of


def flux() -> tuple[Any, Any]:
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel

    transformer = seeded(
        lambda: FluxTransformer2DModel(
            patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=WIDTH, pooled_projection_dim=WIDTH, axes_dims_rope=(4, 4, 8),
            guidance_embeds=True,
        )
    )  # fmt: skip
    pipeline = FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(), vae=autoencoder(), text_encoder=None, tokenizer=None,
        text_encoder_2=None, tokenizer_2=None, transformer=transformer,
    )  # fmt: skip

    def run_of(pipeline: Any, *, seed: int, steps: int) -> Any:
        given = {
            "prompt_embeds": words(seed, 1, 7, WIDTH), "pooled_prompt_embeds": words(seed, 1, WIDTH),
            "width": 32, "height": 32, "guidance_scale": 2.0 + seed,
        }  # fmt: skip
        return caller(pipeline, seed=seed, steps=steps, given=given)

    return quiet(pipeline), run_of


def sd3() -> tuple[Any, Any]:
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline

    transformer = seeded(
        lambda: SD3Transformer2DModel(
            sample_size=16, patch_size=1, in_channels=4, num_layers=1, attention_head_dim=8, num_attention_heads=4,
            joint_attention_dim=WIDTH, caption_projection_dim=32, pooled_projection_dim=WIDTH, out_channels=4,
        )
    )  # fmt: skip
    pipeline = StableDiffusion3Pipeline(
        transformer=transformer, scheduler=FlowMatchEulerDiscreteScheduler(), vae=autoencoder(), text_encoder=None,
        tokenizer=None, text_encoder_2=None, tokenizer_2=None, text_encoder_3=None, tokenizer_3=None,
    )  # fmt: skip

    def run_of(pipeline: Any, *, seed: int, steps: int) -> Any:
        given = {
            "prompt_embeds": words(seed, 1, 7, WIDTH), "pooled_prompt_embeds": words(seed, 1, WIDTH),
            "negative_prompt_embeds": words(99, 1, 7, WIDTH), "negative_pooled_prompt_embeds": words(99, 1, WIDTH),
            "width": 32, "height": 32, "guidance_scale": 2.0 + seed,
        }  # fmt: skip
        return caller(pipeline, seed=seed, steps=steps, given=given)

    return quiet(pipeline), run_of


def wan() -> tuple[Any, Any]:
    from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel

    vae = seeded(
        lambda: AutoencoderKLWan(base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True])
    )  # fmt: skip
    transformer = seeded(
        lambda: WanTransformer3DModel(
            patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=16, out_channels=16,
            text_dim=WIDTH, freq_dim=32, ffn_dim=32, num_layers=2, cross_attn_norm=True, qk_norm="rms_norm_across_heads",
            rope_max_seq_len=32,
        )
    )  # fmt: skip
    solver = UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0)
    pipeline = WanPipeline(
        transformer=transformer, vae=vae, scheduler=solver, text_encoder=None, tokenizer=None
    )

    def run_of(pipeline: Any, *, seed: int, steps: int) -> Any:
        given = {
            "prompt_embeds": words(seed, 1, 7, WIDTH), "negative_prompt_embeds": words(99, 1, 7, WIDTH),
            "width": 16, "height": 16, "num_frames": 5, "guidance_scale": 3.0 + seed,
        }  # fmt: skip
        return caller(pipeline, seed=seed, steps=steps, given=given)

    return quiet(pipeline), run_of


def quiet(pipeline: Any) -> Any:
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


FAMILIES = {"sdxl": sdxl, "flux": flux, "sd3": sd3, "wan": wan}
