"""Weights set by hand: blocks that pass their picture through, with a little random colour of their own.

A network of random weights draws flat grey noise. These engines are untrained too, but their skip paths are set so
that the picture survives the way down and up again: the autoencoder returns a soft copy, the denoiser smooths what
it is given and lets words, time and seed tint it. Two facts are used:

* `silu(a) - silu(-a) = a`, so a pair of channels (x, -x) passes the last non-linearity unchanged;
* a group of channels (x, -x, c, -c) with a large constant c has a known standard deviation, so that the group
  normalisation before the last convolution only divides by a constant.
"""

from __future__ import annotations

from typing import Any

CONSTANT = 3.0
GROUP = 4  # channels of a group: x, -x, c, -c
NORM = (CONSTANT**2 / 2) ** 0.5  # standard deviation of such a group for small x


def pass_through(module: Any, *, noise: float, detail: float = 0.0, words: float = 0.0) -> None:
    """Make every inner block of a diffusers network an identity plus `noise` times its random self.

    Args:
        detail: Share (0 to 1) that the way up takes from the finer copy kept on the way down.
        words: How much of the random attention to the words is let in.
    """
    from diffusers.models.downsampling import Downsample2D
    from diffusers.models.resnet import ResnetBlock2D
    from diffusers.models.upsampling import Upsample2D

    for block in module.modules():
        if isinstance(block, ResnetBlock2D):
            _quieten(block.conv2, noise)
            if block.conv_shortcut is not None:
                _blend(block.conv_shortcut, detail)
        elif isinstance(block, Downsample2D | Upsample2D):
            _smooth(block.conv)
        elif type(block).__name__ == "Transformer2DModel":
            _quieten(block.proj_out, words)
        elif type(block).__name__ == "Attention" and block.residual_connection:
            _quieten(block.to_out[0], 0.0)


def set_entrance(conv: Any, *, inputs: int) -> None:
    """Let each of the first `inputs` channels enter as one group (x, -x, c, -c)."""
    import torch

    with torch.no_grad():
        conv.weight.zero_()
        conv.bias.zero_()
        for index in range(conv.weight.shape[0] // GROUP):
            first = index * GROUP
            if index < inputs:
                conv.weight[first, index, 1, 1] = 1.0
                conv.weight[first + 1, index, 1, 1] = -1.0
            conv.bias[first + 2] = CONSTANT
            conv.bias[first + 3] = -CONSTANT


def set_exit(conv: Any, mix: list[list[float]], *, bias: list[float] | None = None) -> None:
    """Let output i be Σ mix[i][k] · x_k of the groups, after normalisation and SiLU."""
    import torch

    with torch.no_grad():
        conv.weight.zero_()
        conv.bias.zero_()
        for output, row in enumerate(mix):
            for group, share in enumerate(row):
                conv.weight[output, group * GROUP, 1, 1] = share * NORM
                conv.weight[output, group * GROUP + 1, 1, 1] = -share * NORM
        if bias is not None:
            conv.bias.copy_(torch.tensor(bias))


def inverse(mix: list[list[float]], *, extra: float) -> list[list[float]]:
    """Return the rows that undo a square mix, each with a weight for one more channel, which brightens."""
    import torch

    rows: list[list[float]] = torch.linalg.inv(torch.tensor(mix)).tolist()
    return [[*row, extra] for row in rows]


def quieten_motion(adapter: Any, *, share: float) -> None:
    """Let the random attention over time in only by `share`."""
    for name, layer in adapter.named_modules():
        if name.endswith("proj_out"):
            _quieten(layer, share)


def silence(layer: Any) -> None:
    """Let nothing through."""
    _quieten(layer, 0.0)


def lead_brightness(embedding: Any, *, dark: float) -> None:
    """Let a ControlNet's conditioning embedding hand on the guide's brightness, less `dark`, as the group (x, -x, 0, 0).

    Between its convolutions stands SiLU; as `silu(a) - silu(-a) = a`, each layer makes x anew from the pair before it.
    """
    import torch

    layers = [embedding.conv_in, *embedding.blocks, embedding.conv_out]
    with torch.no_grad():
        for number, layer in enumerate(layers):
            layer.weight.zero_()
            layer.bias.zero_()
            spread = torch.zeros(3, 3)
            if layer.stride == (1, 1):
                spread[1, 1] = 1.0
            else:
                spread += 1 / 9  # thin lines must not fall between the pixels that are kept
            for output, sign in ((0, 1.0), (1, -1.0)):
                if number == 0:
                    layer.weight[output] = sign * spread / 3
                    layer.bias[output] = -sign * dark
                else:
                    layer.weight[output, 0] = sign * spread
                    layer.weight[output, 1] = -sign * spread


def open_gate(layer: Any, *, gain: float) -> None:
    """Let a ControlNet's 1 × 1 exit hand on every channel, times `gain`."""
    import torch

    with torch.no_grad():
        layer.weight.copy_(gain * torch.eye(layer.weight.shape[0])[:, :, None, None])
        layer.bias.zero_()


def _quieten(layer: Any, noise: float) -> None:
    import torch

    with torch.no_grad():
        layer.weight.mul_(noise)
        if layer.bias is not None:
            layer.bias.mul_(noise)


def _blend(conv: Any, detail: float) -> None:
    """A shortcut from (coarse, fine) channels to (1 - detail) · coarse + detail · fine."""
    import torch

    with torch.no_grad():
        conv.weight.zero_()
        conv.bias.zero_()
        size = conv.weight.shape[0]
        for channel in range(size):
            conv.weight[channel, channel, 0, 0] = 1.0 - detail
            conv.weight[channel, channel + size, 0, 0] = detail


def _smooth(conv: Any) -> None:
    """Average the neighbours of each channel (a 1-2-1 kernel both ways)."""
    import torch

    line = torch.tensor([1.0, 2.0, 1.0]) / 4
    with torch.no_grad():
        conv.weight.zero_()
        conv.bias.zero_()
        for channel in range(conv.weight.shape[0]):
            conv.weight[channel, channel] = line[:, None] * line[None, :]
