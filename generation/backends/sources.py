"""The pictures a tool works from: stills of any mode, or the first frame of a film, as plain RGB or as a mask."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from footage.problems import Problem, gettext_noop
from generation.domain.tools import MOST_SIDE

PAPER = (255, 255, 255)


def first_picture(path: Path, *, width: int, height: int) -> Image.Image:
    """Return the picture as RGB of exactly width × height, cropped in the middle to keep its proportions.

    Raises:
        Problem: The file holds no picture, or one too large.
    """
    return ImageOps.fit(whole_picture(path), (width, height), Image.Resampling.LANCZOS)


def whole_picture(path: Path) -> Image.Image:
    """Return the picture as RGB in its own size, turned as its camera says. What is transparent becomes white.

    Raises:
        Problem: The file holds no picture, or one too large.
    """
    still = _still(path)
    return _as_rgb(still) if still else _first_frame(path)


def mask(path: Path, *, size: tuple[int, int]) -> Image.Image:
    """Return a mask (mode L, 255 is drawn anew) stretched to `size`. What is transparent stays as it is.

    Raises:
        Problem: The file holds no picture, one too large, or a mask that is black all over.
    """
    still = _still(path)
    picture = _as_rgb(still, paper=(0, 0, 0)) if still else _first_frame(path)
    found = picture.convert("L").resize(size, Image.Resampling.BILINEAR)
    found = found.point([0] * 128 + [255] * 128)
    if found.getbbox() is None:
        raise Problem(
            gettext_noop("The mask is black all over, so nothing would be drawn anew. Paint the place white.")
        )
    return found


def _still(path: Path) -> Image.Image | None:
    try:
        with Image.open(path) as picture:
            _check_size(picture.size)
            return ImageOps.exif_transpose(picture).copy()
    except Image.DecompressionBombError as fault:
        raise _too_large() from fault
    except (UnidentifiedImageError, OSError, SyntaxError):
        return None


def _check_size(size: tuple[int, int]) -> None:
    if max(size) > MOST_SIDE:
        raise _too_large()


def _too_large() -> Problem:
    return Problem(
        gettext_noop("The picture is too large: at most %(side)d pixels a side. Upload a smaller version."),
        side=MOST_SIDE,
    )


def _as_rgb(picture: Image.Image, *, paper: tuple[int, int, int] = PAPER) -> Image.Image:
    """Return RGB: palettes and CMYK converted, 16 bits brought down to 8, transparency laid on paper."""
    if picture.mode.startswith(("I", "F")):
        return _eight_bits(picture).convert("RGB")
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        sheet = Image.new("RGBA", picture.size, (*paper, 255))
        return Image.alpha_composite(sheet, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(picture, dtype=np.float64), posinf=0, neginf=0)
    most = 65535.0 if picture.mode.startswith("I") and values.max() > 255 else max(float(values.max()), 1.0)
    scaled = np.clip(values * (255.0 / most if most > 1 else 255.0), 0, 255)
    return Image.fromarray(scaled.round().astype(np.uint8))


def _first_frame(path: Path) -> Image.Image:
    import av

    try:
        with av.open(str(path)) as film:
            frame: Image.Image = next(film.decode(video=0)).to_image()
    except (av.FFmpegError, IndexError, StopIteration) as fault:
        raise Problem(
            gettext_noop(
                "The source holds no picture that could be read. Choose a still or a clip that plays."
            )
        ) from fault
    _check_size(frame.size)
    return frame
