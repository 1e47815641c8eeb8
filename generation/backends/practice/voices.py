"""The practice voice: a small VITS of random weights that takes English and Chinese letters."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

SEED = 20_260_303
PUNCTUATION = " .,;:!?'\"-—…，。；：！？、“”‘’《》（）()"
LOUDNESS = 0.02


def build_voice(folder: Path) -> None:
    """Write VitsModel and VitsTokenizer (about 3 MB, most of it the table of Chinese characters)."""
    import torch
    from transformers import VitsConfig, VitsModel, VitsTokenizer

    letters = [
        "<pad>",
        "<unk>",
        *PUNCTUATION,
        *"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    ]
    letters += [chr(code) for code in range(0x4E00, 0xA000)]
    with TemporaryDirectory() as place:
        path = Path(place) / "vocab.json"
        path.write_text(json.dumps({letter: index for index, letter in enumerate(letters)}))
        tokenizer = VitsTokenizer(str(path), add_blank=True, normalize=False, phonemize=False)
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        model = VitsModel(
            VitsConfig(
                vocab_size=len(letters), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, ffn_dim=64,
                flow_size=32, spectrogram_bins=65, prior_encoder_num_flows=2, prior_encoder_num_wavenet_layers=2,
                posterior_encoder_num_wavenet_layers=2, upsample_initial_channel=64, upsample_rates=[8, 8, 2, 2],
                upsample_kernel_sizes=[16, 16, 4, 4], resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3]],
                use_stochastic_duration_prediction=False, sampling_rate=16_000, duration_predictor_filter_channels=32,
                speaking_rate=0.16,
            )
        ).eval()  # fmt: skip
        with torch.no_grad():
            last = model.decoder.conv_post.weight  # (1, channels, 7)
            tap = torch.arange(last.shape[2]) - last.shape[2] // 2
            band = torch.sin(2 * torch.pi * tap / last.shape[2]) * torch.cos(
                torch.pi * tap / (last.shape[2] + 1)
            )
            last.copy_(LOUDNESS * last.mean(dim=2, keepdim=True).sign() * band)  # odd: neither hum nor hiss
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
