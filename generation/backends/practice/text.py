"""The practice text engine: a small Llama of random weights over a byte-level tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.backends.practice.words import CHAT_TEMPLATE, PAGE

SEED = 20_260_304
SPECIAL = ("<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|pad|>")
ENTRIES = 2000


def build_text(folder: Path) -> None:
    """Write LlamaForCausalLM (under 1 MB) and its tokenizer with a chat template.

    Any UTF-8 goes in. Out come only whole words of the page (pieces of characters are suppressed), in random order.
    """
    import torch
    from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

    tokenizer = _tokenizer()
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        model = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=len(tokenizer), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
                num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=4096,
                bos_token_id=None, eos_token_id=None, pad_token_id=tokenizer.pad_token_id,
            )
        )  # fmt: skip
    model.generation_config = GenerationConfig(
        do_sample=True, pad_token_id=tokenizer.pad_token_id, suppress_tokens=_not_words(tokenizer)
    )
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=ENTRIES, initial_alphabet=alphabet, special_tokens=list(SPECIAL), show_progress=False
    )
    core.train_from_iterator(_chunks(PAGE), trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, pad_token="<|pad|>")  # noqa: S106  # not a password
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def _chunks(page: str) -> list[str]:
    return [piece for piece in page.replace("，", "\n，").replace("。", "。\n").splitlines() if piece]


def _not_words(tokenizer: Any) -> list[int]:
    """Return the tokens that are special, or anything but a whole word of the page, Chinese characters or a stop."""
    words = {word.strip(".,") for word in PAGE.split()} | {".", ","}
    texts = [tokenizer.decode([index]) for index in range(len(tokenizer))]
    return [index for index, text in enumerate(texts) if not _is_wanted(text, words)]


def _is_wanted(text: str, words: set[str]) -> bool:
    if text in SPECIAL or "�" in text:
        return False
    if text.isascii():
        return text in {".", ","} or (text.startswith(" ") and text.strip() in words)
    return text.strip() != ""
