"""Drafts by a causal language model with its chat template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.backends import devices, scripts, writing
from generation.backends.base import Asked, Cancelled, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import stop_if

TASKS = {
    "logline": "Write one logline of at most two sentences for a short film.",
    "scene": "Write a short scene in screenplay form.",
    "breakdown": "Break the scene down into a numbered list of shots with size, lens, light and action.",
    "dialogue": "Write the dialogue of the scene, each line with the name of who speaks.",
}


def chat_of(request: Request) -> list[dict[str, str]]:
    """Return the request as messages of a chat, for local and remote language models alike."""
    if request.tool in {scripts.SHOT_LIST, scripts.POLISH}:
        return scripts.chat_of(request)
    return [
        {"role": "system", "content": TASKS.get(request.inputs["task"], TASKS["scene"])},
        {"role": "user", "content": request.inputs["premise"]},
    ]


def written(request: Request, words: str, folder: Path, *, engine: str) -> tuple[Path, dict[str, Any]]:
    """Write what a language model answered; return the file and what the recipe keeps of it.

    Raises:
        Problem: The answer isn't what the tool asked for.
    """
    if request.tool in {scripts.SHOT_LIST, scripts.POLISH}:
        return scripts.answered(request, words, folder, engine=engine)
    return writing.write_text(words, folder), {}


class TextEngine:
    """A loaded language model."""

    def __init__(self, spec: EngineSpec, model: Any, tokenizer: Any) -> None:
        self.spec = spec
        self.model = model
        self.tokenizer = tokenizer

    @classmethod
    def load(cls, spec: EngineSpec) -> TextEngine:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        model = AutoModelForCausalLM.from_pretrained(
            spec.folder, local_files_only=True, use_safetensors=True, dtype=devices.dtype_of(spec)
        )
        tokenizer = AutoTokenizer.from_pretrained(spec.folder, local_files_only=True)
        return cls(spec, model.to(devices.device_name()).eval(), tokenizer)

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        import torch

        stop_if(cancelled)
        length = int(request.inputs["length"])
        asked = self.tokenizer.apply_chat_template(
            chat_of(request), add_generation_prompt=True, return_tensors="pt", return_dict=True
        ).to(self.model.device)
        with devices.machine_failures(), torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(int(request.inputs["seed"]))  # sampling draws from the global random source
            made = self.model.generate(
                **asked, max_new_tokens=length, do_sample=True, temperature=float(self.spec.options.get("temperature", 0.8)),
                stopping_criteria=[_Watch(asked["input_ids"].shape[1], length, progress, cancelled)],
            )  # fmt: skip
        stop_if(cancelled)
        words = self.tokenizer.decode(made[0, asked["input_ids"].shape[1] :], skip_special_tokens=True)
        path, found = written(request, words, folder, engine=self.spec.slug)
        facts = devices.machine_facts(
            self.spec, tokens=int(made.shape[1]), pipeline=type(self.model).__name__, **found
        )
        return Produced(path, "text", facts)


class _Watch:
    """A stopping criterion of `generate` that never stops it, but reports each token and raises when asked to end."""

    def __init__(self, begin: int, length: int, progress: Progress, cancelled: Asked) -> None:
        self.begin, self.length, self.progress, self.cancelled = begin, length, progress, cancelled

    def __call__(self, ids: Any, scores: Any, **kwargs: Any) -> Any:
        import torch

        self.progress(min(self.length, ids.shape[1] - self.begin), self.length)
        if self.cancelled():
            raise Cancelled
        return torch.zeros(ids.shape[0], dtype=torch.bool, device=ids.device)
