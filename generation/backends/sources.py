"""The picture a tool begins with: a still, or the first frame of a film, cut to the engine's frame."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from footage.problems import Problem, gettext_noop


def first_picture(path: Path, *, width: int, height: int) -> Image.Image:
    """Return the picture as RGB of exactly width × height, cropped in the middle to keep its proportions.

    Raises:
        Problem: The file holds no picture.
    """
    picture = _still(path) or _first_frame(path)
    return ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)


def _still(path: Path) -> Image.Image | None:
    try:
        with Image.open(path) as picture:
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError):
        return None


def _first_frame(path: Path) -> Image.Image:
    import av

    try:
        with av.open(str(path)) as film:
            frame: Image.Image = next(film.decode(video=0)).to_image()
            return frame
    except (av.FFmpegError, IndexError, StopIteration) as fault:
        raise Problem(
            gettext_noop(
                "The source holds no picture that could be read. Choose a still or a clip that plays."
            )
        ) from fault
