"""Watching a picture come out of noise, on one contact sheet.

For every step there is what the engine has in hand and, under the DDIM scheduler, what it expects the picture to be:
its prediction of the noiseless latents.
"""

from __future__ import annotations

from typing import Any

from PIL import Image

from footage.problems import Problem, gettext_noop
from generation.backends import devices

COLUMNS = 6


class Steps:
    """Collects what the loop has in hand, from the first noise to the last step, as pictures of one size."""

    def __init__(self, pipeline: Any, *, width: int, height: int, seed: int) -> None:
        """Draw the first noise, exactly as the pipeline would for this seed.

        Raises:
            Problem: The pipeline's latents are no picture, as those of packed transformers.
        """
        if not type(pipeline).__name__.startswith("StableDiffusionPipeline"):
            raise Problem(
                gettext_noop("This engine doesn’t let its steps be seen. Choose another one for the lab.")
            )
        self.pipeline, self.width, self.height = pipeline, width, height
        self.in_hand: list[Image.Image] = []
        self.expected: list[Image.Image] = []
        self.noise = self._first_noise(seed)
        self.latents = self.noise * pipeline.scheduler.init_noise_sigma
        self.in_hand.append(self._picture(self.latents))

    def _first_noise(self, seed: int) -> Any:
        from diffusers.utils.torch_utils import randn_tensor

        shrunk = self.pipeline.vae_scale_factor
        channels = self.pipeline.unet.config.in_channels
        return randn_tensor(
            (1, channels, self.height // shrunk, self.width // shrunk),
            generator=devices.generator(seed), device=self.pipeline.device, dtype=self.pipeline.text_encoder.dtype,
        )  # fmt: skip

    def keep(self, latents: Any, timestep: Any) -> None:
        """Keep what the step at this timestep led to, shape (1, channels, rows, columns)."""
        if type(self.pipeline.scheduler).__name__ == "DDIMScheduler":
            self.expected.append(self._picture(self._expected(latents, int(timestep))))
        self.latents = latents
        self.in_hand.append(self._picture(latents))

    def _expected(self, after: Any, timestep: int) -> Any:
        """Return the noiseless latents a DDIM step (eta 0) went towards, from the latents before and after it.

        Both are sqrt(a) · expected + sqrt(1 - a) · noise with the a of their timestep (Song et al. 2020, eq. 12): two
        equations with two unknowns.
        """
        scheduler = self.pipeline.scheduler
        before = timestep - scheduler.config.num_train_timesteps // scheduler.num_inference_steps
        signal = float(scheduler.alphas_cumprod[timestep])
        signal_after = float(
            scheduler.alphas_cumprod[before] if before >= 0 else scheduler.final_alpha_cumprod
        )
        noise, noise_after = (1 - signal) ** 0.5, (1 - signal_after) ** 0.5
        weight = noise * signal_after**0.5 - noise_after * signal**0.5
        return (noise * after - noise_after * self.latents) / weight

    def _picture(self, latents: Any) -> Image.Image:
        import torch

        with torch.no_grad():
            scaled = (latents / self.pipeline.vae.config.scaling_factor).to(self.pipeline.vae.dtype)
            decoded = self.pipeline.vae.decode(scaled, return_dict=False)[0]
            [picture] = self.pipeline.image_processor.postprocess(decoded, output_type="pil")
        return picture.convert("RGB")  # type: ignore[no-any-return]

    def sheet(self) -> Image.Image:
        """Return all pictures row by row, COLUMNS to a row: what was in hand, then, on new rows, what was expected.

        What is expected of the last picture is itself.
        """
        expected = [*self.expected, self.in_hand[-1]] if self.expected else []
        rows = -(-len(self.in_hand) // COLUMNS)
        sheet = Image.new("RGB", (COLUMNS * self.width, rows * self.height * (2 if expected else 1)))
        for top, pictures in ((0, self.in_hand), (rows, expected)):
            for number, picture in enumerate(pictures):
                place = (number % COLUMNS * self.width, (top + number // COLUMNS) * self.height)
                sheet.paste(picture, place)
        return sheet

    def facts(self) -> dict[str, int]:
        """Return how the sheet is divided, for whoever shows it."""
        return {
            "tiles": len(self.in_hand), "expected_tiles": len(self.in_hand) if self.expected else 0,
            "columns": COLUMNS, "tile_width": self.width, "tile_height": self.height,
        }  # fmt: skip
