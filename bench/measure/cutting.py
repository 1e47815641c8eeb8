"""From an edit to files: takes painted once, then one FFmpeg graph per film."""

from __future__ import annotations

import os
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from bench.measure.films import FPS, HEIGHT, WIDTH, Edit, Layer, Shot, Take
from bench.measure.mattes import matte_of
from footage.painter.frames import paint_take
from footage.painter.scene import Scene, random_scene

FFMPEG = (
    "ffmpeg",
    "-hide_banner",
    "-v",
    "error",
    "-nostdin",
    "-y",
    "-threads",
    "1",
    "-filter_complex_threads",
    "1",
)
GREEN = (60, 190, 70)
COUNTED = f"setpts=N/{FPS}/TB"
"""Frames by their number: shots joined by their times lost a frame where those were rounded."""


def corpus_file(corpus: Path | None, take: Take) -> Path:
    """Where a real clip lies.

    Raises:
        FileNotFoundError: there is no corpus, though the film was drawn with it.
    """
    if corpus is None:
        raise FileNotFoundError(take.file)
    return corpus / take.file


def take_file(folder: Path, take: Take, *, corpus: Path | None) -> Path:
    """The file of a take; painted when it isn't there yet."""
    if take.file:
        return corpus_file(corpus, take)
    path = folder / f"{take.seed}{'-green' if take.green else ''}.mp4"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.mp4")
        paint(draft, take)
        draft.replace(path)
    return path


def scene_of(take: Take) -> Scene:
    """What a take shows."""
    return random_scene(np.random.default_rng(take.seed))


def paint(path: Path, take: Take, *, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Paint the scene of a seed, without sound: the picture alone is judged here."""
    scene = scene_of(take)
    pictures = paint_take(
        scene,
        seed=take.seed,
        seconds=Fraction(take.frames, FPS),
        fps=Fraction(FPS),
        width=width,
        height=height,
    )
    mattes = matte_of(take.seed, frames=take.frames) if take.green else None
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=FPS, options={"crf": "20", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.thread_count = 1
        for picture in pictures:
            shown = _before_green(picture, next(mattes)) if mattes else picture
            film.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        film.mux(stream.encode(None))


def _before_green(picture: np.ndarray, matte: np.ndarray) -> np.ndarray:
    part = cv2.merge([matte] * 3).astype(np.float32) / 255
    return np.asarray(part * picture + (1 - part) * np.array(GREEN, np.float32), np.uint8)


def matte_file(folder: Path, seed: int, *, frames: int) -> Path:
    """The silhouette of a seed as a lossless grey film."""
    path = folder / f"{seed}-matte-{frames}.mkv"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.mkv")
        with av.open(str(draft), "w") as film:
            stream = film.add_stream("ffv1", rate=FPS)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "gray"
            for matte in matte_of(seed, frames=frames):
                film.mux(stream.encode(av.VideoFrame.from_ndarray(matte, format="gray")))
            film.mux(stream.encode(None))
        draft.replace(path)
    return path


def cut(target: Path, edit: Edit, *, folder: Path, corpus: Path | None) -> None:
    """Write the film of an edit. Takes lie or are painted in `folder`.

    Raises:
        subprocess.CalledProcessError: when FFmpeg can't.
    """
    graph = _Graph(folder, corpus)
    shots = [graph.shot(shot) for shot in edit.shots]
    graph.chains.append(
        "".join(f"[{name}]" for name in shots) + f"concat=n={len(shots)},{COUNTED},{_looks(edit)}[film]"
    )
    plain = target.with_suffix(".cut.mp4") if edit.again or edit.stripped else target
    command = [*FFMPEG, *graph.inputs, "-filter_complex", ";".join(graph.chains), "-map", "[film]"]
    subprocess.run([*command, *_coded(edit.crf), str(plain)], check=True)
    if plain != target:
        after = _coded(edit.again) if edit.again else ["-c", "copy", "-map_metadata", "-1", "-f", "matroska"]
        subprocess.run([*FFMPEG, "-i", str(plain), "-an", *after, str(target)], check=True)
        plain.unlink()


def _looks(edit: Edit) -> str:
    return ",".join([*edit.looks, "format=yuv420p"])


def _coded(crf: int) -> list[str]:
    return ["-r", str(FPS), "-c:v", "libx264", "-preset", "superfast", "-crf", str(crf), "-threads", "1"]


class _Graph:
    """Inputs and filter chains of one film."""

    def __init__(self, folder: Path, corpus: Path | None) -> None:
        self.folder, self.corpus = folder, corpus
        self.inputs: list[str] = []
        self.chains: list[str] = []
        self.count = 0
        self.names = 0

    def shot(self, shot: Shot) -> str:
        """Chains of a shot; the name of what comes out."""
        if not shot.layers:
            return self._chain("", _plain(shot))
        shown = self._layer(shot, shot.layers[0])
        for layer in shot.layers[1:]:
            above = self._layer(shot, layer)
            shown = self._laid(layer, shown, above)
        return self._chain(f"[{shown}]", f"setsar=1,format=yuv420p,{_timed(shot.frames)}")

    def _layer(self, shot: Shot, layer: Layer) -> str:
        path = take_file(self.folder, layer.take, corpus=self.corpus)
        looks = [_span(shot, layer), _placed(layer, ground=layer is shot.layers[0])]
        shown = self._chain(f"[{self._input(path)}:v:0]", ",".join(looks))
        if layer.matte is None:
            return shown
        path = matte_file(self.folder, layer.matte, frames=layer.take.frames)
        matte = self._chain(f"[{self._input(path)}:v:0]", f"{_span(shot, layer)},format=gray")
        return self._chain(f"[{shown}][{matte}]", "alphamerge")

    def _laid(self, layer: Layer, below: str, above: str) -> str:
        if layer.opacity < 1:
            return self._chain(
                f"[{above}][{below}]", f"blend=all_mode=normal:all_opacity={float(layer.opacity)}"
            )
        left, top = (layer.box.left, layer.box.top) if layer.box else (0, 0)
        return self._chain(f"[{below}][{above}]", f"overlay={round(left * WIDTH)}:{round(top * HEIGHT)}")

    def _input(self, path: Path) -> int:
        self.inputs += ["-i", str(path)]
        self.count += 1
        return self.count - 1

    def _chain(self, inputs: str, filters: str) -> str:
        self.names += 1
        name = f"n{self.names}"
        self.chains.append(f"{inputs}{filters}[{name}]")
        return name


def _span(shot: Shot, layer: Layer) -> str:
    """The frames of a take that a shot shows, in its own time."""
    last = layer.first + shot.source_frames
    filters = [f"fps={FPS}", f"trim=start_frame={layer.first}:end_frame={last}"]
    if shot.backwards:
        filters.append("reverse")
    filters += [f"setpts=(PTS-STARTPTS)*{shot.speed.denominator}/{shot.speed.numerator}", _timed(shot.frames)]
    return ",".join(filters)


def _timed(frames: int) -> str:
    """Exactly so many frames, the last one held where some are missing."""
    return f"fps={FPS},tpad=stop_mode=clone:stop={frames},trim=end_frame={frames},{COUNTED}"


def _placed(layer: Layer, *, ground: bool) -> str:
    """Filling its box; a ground with a box stands on black."""
    if layer.box is None:
        return _filling(WIDTH, HEIGHT)
    box = layer.box
    filled = _filling(round(box.width * WIDTH), round(box.height * HEIGHT))
    corner = f"{round(box.left * WIDTH)}:{round(box.top * HEIGHT)}"
    return f"{filled},pad={WIDTH}:{HEIGHT}:{corner}" if ground else filled


def _filling(width: int, height: int) -> str:
    size = f"{width}:{height}"
    return f"scale={size}:force_original_aspect_ratio=increase,crop={size},setsar=1,format=yuv444p"


def _plain(shot: Shot) -> str:
    ground = "0x203040" if shot.words else "black"
    words = (
        f",drawtext=text='{shot.words}':fontcolor=white:fontsize=h/12:x=(w-tw)/2:y=(h-th)/2"
        if shot.words
        else ""
    )
    return f"color={ground}:s={WIDTH}x{HEIGHT}:r={FPS},format=yuv420p{words},{_timed(shot.frames)}"
