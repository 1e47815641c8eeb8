"""Words: tokenizer, and a text tower that first learns to say which attributes a caption names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from transformers import BertTokenizer, CLIPTextConfig, CLIPTextModel

from footage.painter.scene import KINDS, Scene, random_scene
from generation.backends.atelier.recipe import Recipe
from generation.backends.atelier.sitting import Sitting, Trainee, sit
from generation.backends.atelier.wording import said, vocabulary

END = 3
"""Id of [SEP]: from there on a causal tower has read the whole caption."""


def kept_vocabulary(work: Path) -> list[str]:
    """The tokens a run was begun with, so that a painter with more words doesn't shift their numbers."""
    path = work / "vocabulary.txt"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(vocabulary()), encoding="utf-8")
    return path.read_text(encoding="utf-8").split("\n")


def tokenizer_of(work: Path, *, recipe: Recipe) -> Any:
    """WordPiece over the caption vocabulary; Chinese by character."""
    words = {word: number for number, word in enumerate(kept_vocabulary(work))}
    return BertTokenizer(vocab=words, model_max_length=recipe.words)


def new_tower(recipe: Recipe, *, tokens: int) -> Any:
    """A small CLIP text tower."""
    config = CLIPTextConfig(
        vocab_size=tokens,
        hidden_size=recipe.text_width,
        intermediate_size=recipe.text_width * 4,
        projection_dim=recipe.text_width,
        num_hidden_layers=recipe.text_layers,
        num_attention_heads=4,
        max_position_embeddings=recipe.words,
        pad_token_id=0,
        bos_token_id=2,
        eos_token_id=END,
    )
    return CLIPTextModel(config)


def ids_of(tokenizer: Any, captions: list[str], *, recipe: Recipe, device: Any) -> Any:
    """Token ids, shape (captions, words)."""
    found = tokenizer(
        captions, padding="max_length", max_length=recipe.words, truncation=True, return_tensors="pt"
    )
    return found.input_ids.to(device)


def trainee(work: Path, *, recipe: Recipe) -> Trainee:
    """The tower together with the heads that question it."""
    torch.manual_seed(recipe.seed)
    heads = nn.ModuleDict({name: nn.Linear(recipe.text_width, len(kind)) for name, kind in KINDS.items()})
    module = nn.ModuleDict({"tower": new_tower(recipe, tokens=len(kept_vocabulary(work))), "heads": heads})
    return Trainee("text", work, module, rate=1e-3, decay=0.995)


def answers_of(scenes: list[Scene], device: Any) -> dict[str, Any]:
    """Index of each attribute's value, per attribute a tensor of shape (scenes,)."""
    return {
        name: torch.tensor([list(kind).index(getattr(scene, name)) for scene in scenes], device=device)
        for name, kind in KINDS.items()
    }


def loss_at_end(module: Any, ids: Any, answers: dict[str, Any]) -> Any:
    """Cross-entropy of all attributes at every position from [SEP] on."""
    hidden = module["tower"](ids).last_hidden_state
    read = (ids == END).cumsum(dim=1) > 0
    total = hidden.new_zeros(())
    for name, head in module["heads"].items():
        logits = head(hidden)[read]
        answer = answers[name][:, None].expand_as(read)[read]
        total = total + F.cross_entropy(logits.float(), answer)
    return total


def train_text(work: Path, *, recipe: Recipe, sitting: Sitting) -> None:
    """Teach the tower what the words mean."""
    learner = trainee(work, recipe=recipe).prepare(sitting.device)
    tokenizer = tokenizer_of(work, recipe=recipe)

    def loss_of(step: int) -> Any:
        rng = np.random.default_rng([recipe.seed, 11, step])
        scenes = [random_scene(rng) for _ in range(recipe.batch_text)]
        ids = ids_of(
            tokenizer, [said(scene, rng=rng) for scene in scenes], recipe=recipe, device=sitting.device
        )
        return loss_at_end(learner.module, ids, answers_of(scenes, sitting.device))

    def look(ema: Any) -> dict[str, float]:
        return understood(ema, tokenizer, recipe=recipe, device=sitting.device)

    sit(learner, sitting=sitting, batch=recipe.batch_text, loss_of=loss_of, look=look)


def understood(module: Any, tokenizer: Any, *, recipe: Recipe, device: Any) -> dict[str, float]:
    """Share of attributes read right from complete captions at the last position, 256 captions."""
    rng = np.random.default_rng([recipe.seed, 12])
    scenes = [random_scene(rng) for _ in range(256)]
    captions = [said(scene, rng=rng, drop=0.0) for scene in scenes]
    answers = answers_of(scenes, device)
    with torch.no_grad():
        ids = ids_of(tokenizer, captions, recipe=recipe, device=device)
        hidden = module["tower"](ids).last_hidden_state[:, -1]
        right = {name: head(hidden).argmax(-1) == answers[name] for name, head in module["heads"].items()}
    return {name: float(hits.float().mean()) for name, hits in right.items()}


def trained_tower(work: Path, *, recipe: Recipe, device: Any) -> Any:
    """The tower as far as it has come, frozen."""
    tower = trainee(work, recipe=recipe).prepare(device).ema["tower"]
    return tower.eval().requires_grad_(False)
