"""What a training run is made of: sizes, counts and seed. Pure data; no torch."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from footage.painter.scene import Scene
from footage.problems import Problem, gettext_noop

HELD_OUT_IN = 20
"""One attribute combination in so many is never trained on."""
COMBINED = ("shot", "place", "hour", "weather", "subject", "accent")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the weights besides the compute spent.

    Attributes:
        width, height: Pixels of a picture; multiples of 8.
        frames, held_out, clips: How many are painted to train on, of held-out combinations, and as moving takes.
        clip_frames: Frames of a moving take, at 8 per second.
        autoencoder: Channels per level of the autoencoder; four levels shrink a side eightfold.
        crop: Rows and columns of the parts the autoencoder learns from; without attention, parts teach the whole.
        unet: Channels per level of the denoiser.
        crossing: Which of these levels listen to the words.
        words: Tokens of a caption.
        batch: Samples per step of text, autoencoder, denoiser, control and motion.
    """

    name: str = "sitting"
    seed: int = 20261120
    width: int = 192
    height: int = 112
    frames: int = 16_000
    held_out: int = 512
    clips: int = 400
    clip_frames: int = 8
    autoencoder: tuple[int, ...] = (16, 32, 64, 96)
    crop: tuple[int, int] = (56, 96)
    unet: tuple[int, ...] = (64, 112, 144)
    crossing: tuple[bool, ...] = (False, True, True)
    text_width: int = 192
    text_layers: int = 3
    words: int = 40
    batch_text: int = 64
    batch_autoencoder: int = 6
    batch_unet: int = 16
    batch_control: int = 12
    batch_motion: int = 2

    @property
    def latent(self) -> tuple[int, int]:
        """Rows and columns of a latent picture."""
        return self.height // 8, self.width // 8

    def save(self, path: Path) -> None:
        """Write the recipe as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(),
        Recipe(
            name="studio",
            width=256,
            height=144,
            frames=100_000,
            clips=3_000,
            clip_frames=16,
            autoencoder=(32, 64, 96, 96),
            crop=(96, 96),
            batch_text=256,
            batch_autoencoder=64,
            batch_unet=256,
            batch_control=128,
            batch_motion=16,
        ),
        Recipe(
            name="class",
            width=96,
            height=56,
            frames=1_500,
            held_out=64,
            clips=32,
            crop=(56, 96),
            unet=(48, 96),
            crossing=(True, True),
        ),
        Recipe(
            name="tiny",
            width=64,
            height=32,
            frames=32,
            held_out=8,
            clips=2,
            clip_frames=4,
            autoencoder=(8, 8, 16, 16),
            crop=(16, 32),
            unet=(16, 32),
            crossing=(False, True),
            text_width=32,
            text_layers=1,
            batch_text=8,
            batch_autoencoder=2,
            batch_unet=4,
            batch_control=2,
            batch_motion=1,
        ),
    )
}


def recipe_named(name: str, *, seed: int | None = None) -> Recipe:
    """A known recipe.

    Raises:
        Problem: there is none of this name.
    """
    if name not in RECIPES:
        raise Problem(
            gettext_noop("There is no training size “%(name)s”. Choose one of: %(known)s."),
            name=name,
            known=", ".join(RECIPES),
        )
    return RECIPES[name] if seed is None else replace(RECIPES[name], seed=seed)


def recipe_of(work: Path, *, asked: Recipe) -> Recipe:
    """The recipe a working folder was begun with; begins it with the one asked for.

    Raises:
        Problem: the folder was begun with another recipe.
    """
    path = work / "recipe.json"
    if not path.exists():
        asked.save(path)
        return asked
    kept = json.loads(path.read_text())
    if kept != json.loads(json.dumps(asdict(asked))):
        raise Problem(
            gettext_noop(
                "“%(folder)s” holds a training run of size “%(kept)s” with other numbers than “%(asked)s”. "
                "Choose another --work-dir, or continue with its own size and seed."
            ),
            folder=str(work),
            kept=kept.get("name", "?"),
            asked=asked.name,
        )
    return asked


def is_held_out(scene: Scene) -> bool:
    """Whether the combination of what is seen is kept from training, by the hash of its words."""
    words = scene.words()
    digest = sha256("|".join(words[name] for name in COMBINED).encode()).digest()
    return int.from_bytes(digest[:4]) % HELD_OUT_IN == 0
