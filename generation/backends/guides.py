"""Guide pictures for ControlNet: lines, depth, a drawing, made with OpenCV from a picture of the crew.

Guides are RGB pictures as published ControlNets read them: lines and skeletons white on black, depth white where near.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

THRESHOLDS = {"few": (120, 240), "normal": (80, 160), "many": (30, 90)}
"""Canny's lower and upper threshold by how many lines are wanted."""
HAZE_SHARE = 0.4


def edges(picture: Image.Image, *, lines: str) -> Image.Image:
    """Return the contours (Canny 1986) after a slight blur; `lines` is a key of THRESHOLDS."""
    grey = cv2.GaussianBlur(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2GRAY), (3, 3), 0)
    low, high = THRESHOLDS[lines]
    return _as_guide(cv2.Canny(grey, low, high))


def line_drawing(picture: Image.Image) -> Image.Image:
    """Return a photographed or scanned drawing as clean white lines on black, whether it was dark on light or not.

    Each place is compared with its surroundings, so that shadows on the paper go away; specks are dropped.
    """
    grey = cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2GRAY)
    if np.median(grey) < 128:
        grey = 255 - grey
    size = 2 * max(5, round(0.03 * max(grey.shape))) + 1
    ink = cv2.adaptiveThreshold(
        cv2.GaussianBlur(grey, (3, 3), 0), 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY_INV, size, 8
    )
    count, labels, stats, _centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    least = max(6, round(0.0001 * ink.size))
    kept = [label for label in range(1, count) if stats[label, cv2.CC_STAT_AREA] >= least]
    return _as_guide(np.where(np.isin(labels, kept), 255, 0).astype(np.uint8))


def estimated_depth(picture: Image.Image) -> Image.Image:
    """Return a rough depth from two cues a painter uses: low in the picture is near, haze is far.

    Haze is told by the dark channel (He, Sun, Tang 2009): the darkest colour around a place. This is no measurement and no
    trained estimate; it says so in the facts of the output.
    """
    pixels = np.asarray(picture, dtype=np.float32) / 255
    height, width = pixels.shape[:2]
    size = 2 * max(2, round(0.02 * max(height, width))) + 1
    dark = cv2.erode(pixels.min(axis=2), np.ones((size, size), np.uint8))
    clear = 1 - dark / max(float(dark.max()), 1e-6)
    low = np.repeat(np.linspace(0, 1, height, dtype=np.float32)[:, None], width, axis=1)
    depth = cv2.GaussianBlur((1 - HAZE_SHARE) * low + HAZE_SHARE * clear, (size, size), 0)
    return _as_guide(_stretched(depth))


def modelled_depth(picture: Image.Image, folder: Path, *, device: str) -> Image.Image:
    """Return the depth that a trained model in `folder` (transformers, depth estimation) sees."""
    from transformers import pipeline

    model: Any = pipeline(
        "depth-estimation", model=str(folder), device=device, model_kwargs={"use_safetensors": True}
    )
    found = np.asarray(model(picture)["predicted_depth"].squeeze().float().cpu(), dtype=np.float32)
    return _as_guide(_stretched(cv2.resize(found, picture.size, interpolation=cv2.INTER_CUBIC)))


def _stretched(depth: NDArray[np.float32]) -> NDArray[np.uint8]:
    low, high = float(depth.min()), float(depth.max())
    scaled: NDArray[np.uint8] = ((depth - low) * (255 / max(high - low, 1e-6))).round().astype(np.uint8)
    return scaled


def _as_guide(values: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(values).convert("RGB")
