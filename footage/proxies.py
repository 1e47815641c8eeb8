"""Light copies for the browser: proxies that play everywhere and seek fast, posters, filmstrips, waveforms.

Sources must have passed `footage.probe.probe`; rotation and pixel shape are made real, time counts from
the film's first frame. Each file is written beside its place and moved there when complete, so a
half-made one is never served.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from footage.probe import MediaFacts, open_media, probe
from footage.problems import Problem, gettext_noop
from footage.upright import picture_graph, pulled

Progress = Callable[[float], None]

PROXY_CRF, STILL_QUALITY, STRIP_QUALITY = 25, 82, 70
KEYFRAME_SECONDS = 1
DECODE_AHEAD_SECONDS = 2
FASTEST_PROXY_FPS = Fraction(60)
SOUND_RATE, SOUND_BITS = 48_000, 128_000
LONGEST_STILL_SIDE = 2048
WAVEFORM_RATE = 8000

_UNREADABLE = gettext_noop("%(name)s stops being readable after %(seconds)d seconds; export it again.")
_NO_SOUND = gettext_noop("%(name)s has no sound to draw.")


def make_proxy(src: Path, dst: Path, *, height: int = 540, progress: Progress | None = None) -> None:
    """Write a copy for the browser: H.264 and AAC in MP4, AAC in M4A, or a still as WebP or JPEG.

    Args:
        src: Any accepted film, sound or picture.
        dst: Where the proxy goes; replaced when it exists. Its suffix decides the form of a still.
        height: Most rows of a film's proxy; smaller films keep theirs. Stills keep up to 2048 pixels a side.
        progress: Called with the finished share, 0 to 1, about a hundred times.
    """
    facts = probe(src, name=None)
    with _complete(dst) as part:
        if facts.kind == "image":
            _write_still(_open_still(src), part, dst.suffix, side=LONGEST_STILL_SIDE)
        else:
            with _film(src, facts) as film:
                _transcode(film, part, facts, height, progress or _ignore)


def make_poster(src: Path, dst: Path, *, at: Fraction | None = None, height: int = 720) -> None:
    """Write the frame `at` a second (absent: a tenth into the film) as JPEG or WebP by `dst`'s suffix."""
    facts = probe(src)
    with _complete(dst) as part:
        if facts.kind == "image":
            _write_still(_open_still(src), part, dst.suffix, side=height * 2)
            return
        moment = facts.duration / 10 if at is None else at
        with _film(src, facts) as film:
            [image] = _pictures_at(film, facts, [moment], height=min(height, facts.height))
        _write_still(image, part, dst.suffix, side=LONGEST_STILL_SIDE)


def make_filmstrip(src: Path, dst: Path, *, tiles: int = 24, height: int = 72) -> None:
    """Write one JPEG of `tiles` frames side by side, each from the middle of its share of the film.

    Far tiles decode from the key frame before them, so hand in the proxy of a long film rather than the
    original.
    """
    from PIL import Image

    facts = probe(src)
    moments = [facts.duration * (2 * tile + 1) / (2 * tiles) for tile in range(tiles)]
    with _film(src, facts) as film:
        pictures = _pictures_at(film, facts, moments, height=height)
    strip = Image.new("RGB", (pictures[0].width * tiles, height))
    for tile, picture in enumerate(pictures):
        strip.paste(picture, (tile * picture.width, 0))
    with _complete(dst) as part:
        strip.save(part, "JPEG", quality=STRIP_QUALITY, optimize=True)


def make_waveform(
    src: Path, dst: Path, *, width: int = 1200, height: int = 120, colour: str = "#808080"
) -> None:
    """Write the sound's peaks as a PNG of one colour on a transparent ground, time from left to right."""
    import numpy as np
    from PIL import Image, ImageColor

    peaks = _peaks(src, width)
    rows = np.abs(np.arange(height) - (height - 1) / 2)[:, None]
    # At least the centre line, so that silence shows as silence and not as a missing picture.
    alpha = np.where(rows <= np.maximum(peaks * height / 2, 1)[None, :], 255, 0).astype(np.uint8)
    image = Image.new("RGB", (width, height), ImageColor.getrgb(colour))
    image.putalpha(Image.fromarray(alpha))
    with _complete(dst) as part:
        image.save(part, "PNG", optimize=True)


@contextmanager
def _complete(dst: Path) -> Iterator[Path]:
    """A path to write to, which becomes `dst` on success and is removed on failure."""
    dst.parent.mkdir(parents=True, exist_ok=True)
    part = dst.with_name(f".{dst.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(dst)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _film(src: Path, facts: MediaFacts) -> Iterator[Path]:
    """The source itself, or an animated picture turned into a film that the decoder reads."""
    if facts.mime != "image/webp":
        yield src
        return
    with TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        _film_of_animation(src, film)
        yield film


def _film_of_animation(src: Path, film: Path) -> None:
    import av
    from PIL import Image, ImageSequence

    with Image.open(src, formats=["WEBP"]) as animation, av.open(f"file:{film}", "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=25)
        stream.width, stream.height = (side // 2 * 2 or 2 for side in animation.size)
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "12", "preset": "ultrafast"}
        stream.codec_context.time_base = Fraction(1, 1000)
        now = 0
        for picture in ImageSequence.Iterator(animation):
            frame = av.VideoFrame.from_image(picture.convert("RGB"))
            frame.pts, frame.time_base = now, Fraction(1, 1000)
            target.mux(stream.encode(frame))
            now += picture.info.get("duration") or 40
        target.mux(stream.encode(None))


def _ignore(share: float) -> None:
    return None


# Stills


def _open_still(src: Path) -> Any:
    from PIL import Image, ImageOps

    return ImageOps.exif_transpose(Image.open(src, formats=["JPEG", "PNG", "WEBP", "TIFF"]))


def _write_still(image: Any, part: Path, suffix: str, *, side: int) -> None:
    """Save without metadata: proxies carry no place where a picture was taken."""
    image.thumbnail((side, side))
    if suffix.lower() == ".webp":
        shown = (
            image if image.mode in {"RGB", "RGBA"} else image.convert("RGBA" if _has_alpha(image) else "RGB")
        )
        shown.save(part, "WEBP", quality=STILL_QUALITY)
    else:
        image.convert("RGB").save(part, "JPEG", quality=STILL_QUALITY, optimize=True)


def _has_alpha(image: Any) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


# Films and sounds


def _transcode(src: Path, part: Path, facts: MediaFacts, height: int, progress: Progress) -> None:
    import av

    with (
        open_media(src) as source,
        av.open(f"file:{part}", "w", format="mp4", options={"movflags": "+faststart"}) as target,
    ):
        video = next(iter(source.streams.video), None) if facts.kind == "video" else None
        audio = next((stream for stream in source.streams.audio if stream.codec_context), None)
        writers = {}
        if video is not None:
            video.thread_type = "AUTO"
            writers[video.index] = _picture_writer(target, video, facts, height)
        if audio is not None:
            writers[audio.index] = _sound_writer(target)
        _pump(
            source, [stream for stream in (video, audio) if stream is not None], writers, facts, src, progress
        )
        for write in writers.values():
            write(None)


def _pump(
    source: Any,
    streams: list[Any],
    writers: dict[int, Callable[[Any], None]],
    facts: MediaFacts,
    src: Path,
    progress: Progress,
) -> None:
    """Decode packets in file order; every frame goes to its stream's writer, timed from the first one."""
    import av

    start = Fraction(streams[0].start_time or 0) * Fraction(streams[0].time_base)
    reached, broken = Fraction(0), 0
    for packet in source.demux(streams):
        try:
            frames = packet.decode()
        except (av.InvalidDataError, av.EOFError) as fault:
            broken += 1
            if broken > 100:
                raise Problem(_UNREADABLE, name=src.name, seconds=int(reached)) from fault
            continue
        for frame in frames:
            if not _count_from(frame, start):
                continue
            writers[packet.stream.index](frame)
            seconds = frame.pts * Fraction(frame.time_base)
            if facts.duration and seconds - reached > facts.duration / 100:
                reached = seconds
                progress(min(1.0, float(reached / facts.duration)))
    progress(1.0)


def _count_from(frame: Any, start: Fraction) -> bool:
    """Move a frame's time so that the film begins at 0; False when it has none or lies before."""
    if frame.pts is None:
        return False
    frame.pts -= round(start / Fraction(frame.time_base))
    return bool(frame.pts >= 0)


def _picture_writer(target: Any, video: Any, facts: MediaFacts, height: int) -> Callable[[Any], None]:
    rate = min(facts.fps or FASTEST_PROXY_FPS, FASTEST_PROXY_FPS)
    width, height = _even_size(facts, height)
    stream = target.add_stream("libx264", rate=rate.limit_denominator(60_000))
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.codec_context.time_base = Fraction(1, 90_000)
    stream.options = {
        "crf": str(PROXY_CRF),
        "preset": "veryfast",
        "g": str(max(1, round(rate * KEYFRAME_SECONDS))),
    }
    graph = picture_graph(video, facts, width=width, height=height, fastest=FASTEST_PROXY_FPS)
    last = [-1]

    def write(frame: Any) -> None:
        graph.push(frame)
        for shown in pulled(graph):
            shown.pict_type = 0
            shown.pts, shown.time_base = (
                round(shown.pts * Fraction(shown.time_base) * 90_000),
                Fraction(1, 90_000),
            )
            # Two frames at one moment would stop the muxer; broken recorders write them.
            if shown.pts > last[0]:
                last[0] = shown.pts
                target.mux(stream.encode(shown))
        if frame is None:
            target.mux(stream.encode(None))

    return write


def _even_size(facts: MediaFacts, height: int) -> tuple[int, int]:
    """Size of the proxy: the film's shape, both sides even as 4:2:0 wants."""
    rows = max(2, min(height, facts.height) // 2 * 2)
    return max(2, round(Fraction(facts.width * rows, facts.height) / 2) * 2), rows


def _sound_writer(target: Any) -> Callable[[Any], None]:
    import av

    stream = target.add_stream("aac", rate=SOUND_RATE, layout="stereo")
    stream.bit_rate = SOUND_BITS
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)

    def write(frame: Any) -> None:
        for heard in resampler.resample(frame):
            target.mux(stream.encode(heard))
        if frame is None:
            target.mux(stream.encode(None))

    return write


def _pictures_at(src: Path, facts: MediaFacts, moments: list[Fraction], *, height: int) -> list[Any]:
    """Upright pictures shown at rising moments (seconds from the first frame), `height` rows high."""
    width = max(1, round(facts.width * height / facts.height))
    with open_media(src) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        seconds = Fraction(stream.time_base)
        targets = [(stream.start_time or 0) + int(moment / seconds) for moment in moments]
        frames = _frames_at(container, stream, targets, patience=int(DECODE_AHEAD_SECONDS / seconds))
        return [_upright(frame, facts, width, height, src) for frame in frames]


def _frames_at(container: Any, stream: Any, targets: list[int], *, patience: int) -> Iterator[Any]:
    """The frame shown at each rising target, in units of the stream's time base.

    Decodes on to a target within `patience`, and jumps to the key frame before one further away.
    """
    frames: Iterator[Any] = iter(())
    shown = coming = None
    for target in targets:
        if shown is None or target - shown.pts > patience:
            container.seek(target, stream=stream)
            frames, coming = _timed_frames(container, stream), None
        while coming is None or coming.pts <= target:
            shown, coming = coming or shown, next(frames, None)
            if coming is None:
                break
        yield shown or coming


def _timed_frames(container: Any, stream: Any) -> Iterator[Any]:
    import av

    try:
        yield from (frame for frame in container.decode(stream) if frame.pts is not None)
    except av.FFmpegError:
        return


def _upright(frame: Any, facts: MediaFacts, width: int, height: int, src: Path) -> Any:
    from PIL import Image

    if frame is None:
        raise Problem(_UNREADABLE, name=src.name, seconds=0)
    turned = facts.rotation % 180 != 0
    size = (height, width) if turned else (width, height)
    image = frame.reformat(width=size[0], height=size[1], format="rgb24").to_image()
    turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return image.transpose(turns[facts.rotation]) if facts.rotation else image


def _peaks(src: Path, columns: int) -> Any:
    """Loudest sample of each of `columns` equal stretches of the first sound track, float array 0..1."""
    import av
    import numpy as np

    block = WAVEFORM_RATE // 100
    loudest: list[Any] = []
    rest = np.zeros(0, np.float32)
    with open_media(src) as container:
        if not container.streams.audio:
            raise Problem(_NO_SOUND, name=src.name)
        resampler = av.AudioResampler(format="flt", layout="mono", rate=WAVEFORM_RATE)
        for frame in container.decode(audio=0):
            parts = [np.abs(part.to_ndarray()[0]) for part in resampler.resample(frame)]
            samples = np.concatenate([rest, *parts])
            whole = len(samples) // block * block
            loudest.append(samples[:whole].reshape(-1, block).max(axis=1))
            rest = samples[whole:]
    blocks = np.concatenate(
        [*loudest, rest.max(keepdims=True) if len(rest) else rest, np.zeros(1, np.float32)]
    )
    edges = np.linspace(0, len(blocks) - 1, columns, endpoint=False).astype(int)
    return np.clip(np.maximum.reduceat(blocks, edges), 0, 1)
