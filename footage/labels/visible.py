"""The label that people see: words on the opening seconds of a film (GB 45438-2025, 5.4).

`marks/` holds the words as masks, drawn once from Noto Sans SC (SIL Open Font Licence), so that no font has to be
installed where films are labelled.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from footage.probe import MediaFacts, open_media, probe
from footage.problems import Problem, gettext_noop
from footage.upright import picture_graph, pulled

Mark = Literal["is", "may", "suspected"]
Progress = Callable[[float], None]
Mask = npt.NDArray[np.float32]

SHOWN_SECONDS = Fraction(3)
"""The standard asks for at least 2 s at normal speed."""
MASK_SHARE = 0.115
"""Height of both lines as a share of the shortest side; the Chinese glyphs are 87/179 of it, 5.6 % (5 % are asked for)."""
MARGIN_SHARE = 0.04
WHITE, BLACK, GROUND = 235.0, 16.0, 0.6
CRF, TICKS = 15, 90_000
COPIED_SOUND = frozenset({"aac", "mp3", "ac3", "eac3", "alac"})
SOUND_RATE, SOUND_BITS = 48_000, 256_000
MOST_BROKEN = 100
_UNREADABLE = gettext_noop("%(name)s stops being readable after %(seconds)d seconds; export it again.")


def mark_film(src: Path, dst: Path, *, mark: Mark | None, progress: Progress | None = None) -> None:
    """Write the film as MP4 (H.264, 8 bit), upright, with the words low on the picture of its first three seconds.

    Sound that MP4 can hold is copied, other sound becomes AAC. Times stay those of the film.

    Args:
        src: A film that `footage.probe.probe` accepts.
        dst: Replaced when it exists.
        mark: "is", "may" or "suspected" (GB 45438-2025: is, may be, is suspected to be AI-generated); None writes no words.
        progress: Called with the finished share, 0 to 1.

    Raises:
        Problem: when the film holds no picture or stops being readable.
    """
    facts = probe(src)
    if facts.kind != "video":
        raise Problem(
            gettext_noop("%(name)s holds no moving picture, so no label can be shown in it."), name=src.name
        )
    part = dst.with_name(f".{dst.name}.{os.getpid()}.part")
    try:
        _write(src, part, facts, mark, progress or (lambda share: None))
        part.replace(dst)
    finally:
        part.unlink(missing_ok=True)


def _write(src: Path, part: Path, facts: MediaFacts, mark: Mark | None, progress: Progress) -> None:
    import av

    options = {"movflags": "+faststart"}
    with open_media(src) as source, av.open(f"file:{part}", "w", format="mp4", options=options) as target:
        video = source.streams.video[0]
        video.thread_type = "AUTO"
        audio = next((stream for stream in source.streams.audio if stream.codec_context), None)
        picture = _Picture(target, video, facts, mark)
        sound = _sound_of(target, audio) if audio is not None else None
        start = Fraction(video.start_time or 0) * Fraction(video.time_base)
        _pump(source, [one for one in (video, audio) if one is not None], picture, sound, start, facts, src, progress)  # fmt: skip
        picture.close()
        if sound is not None:
            sound.close()


def _pump(
    source: Any, streams: list[Any], picture: _Picture, sound: _Copied | _Coded | None, start: Fraction,
    facts: MediaFacts, src: Path, progress: Progress,
) -> None:  # fmt: skip
    import av

    reached, broken = Fraction(0), 0
    for packet in source.demux(streams):
        try:
            if packet.stream.type == "audio" and sound is not None:
                sound.take(packet, start)
                continue
            for frame in packet.decode():
                reached = picture.take(frame, start) or reached
        except (av.InvalidDataError, av.EOFError) as fault:
            broken += 1
            if broken > MOST_BROKEN:
                raise Problem(_UNREADABLE, name=src.name, seconds=int(reached)) from fault
        if facts.duration:
            progress(min(1.0, float(reached / facts.duration)))


class _Picture:
    """Turns frames upright, lays the words over the first seconds and encodes."""

    def __init__(self, target: Any, video: Any, facts: MediaFacts, mark: Mark | None) -> None:
        self.target, self.last = target, -1
        width, height = facts.width // 2 * 2 or 2, facts.height // 2 * 2 or 2
        self.graph = picture_graph(video, facts, width=width, height=height)
        rate = (facts.fps or Fraction(25)).limit_denominator(60_000)
        self.stream = target.add_stream("libx264", rate=rate)
        self.stream.width, self.stream.height, self.stream.pix_fmt = width, height, "yuv420p"
        self.stream.codec_context.time_base = Fraction(1, TICKS)
        self.stream.options = {"crf": str(CRF), "preset": "veryfast"}
        self.mask = _mask(mark, width, height) if mark else None

    def take(self, frame: Any, start: Fraction) -> Fraction | None:
        """Encode a frame; return its second of the film, None for one that is not shown."""
        if frame.pts is None:
            return None
        frame.pts -= round(start / Fraction(frame.time_base))
        if frame.pts < 0:
            return None
        self.graph.push(frame)
        seconds = None
        for shown in pulled(self.graph):
            seconds = shown.pts * Fraction(shown.time_base)
            self._encode(shown, seconds)
        return seconds

    def _encode(self, frame: Any, seconds: Fraction) -> None:
        ticks = round(seconds * TICKS)
        if ticks <= self.last:
            return
        self.last = ticks
        if self.mask is not None and seconds < SHOWN_SECONDS:
            frame = _worded(frame, self.mask)
        frame.pict_type, frame.pts, frame.time_base = 0, ticks, Fraction(1, TICKS)
        self.target.mux(self.stream.encode(frame))

    def close(self) -> None:
        self.graph.push(None)
        for shown in pulled(self.graph):
            self._encode(shown, shown.pts * Fraction(shown.time_base))
        self.target.mux(self.stream.encode(None))


def _sound_of(target: Any, audio: Any) -> _Copied | _Coded:
    return (_Copied if audio.codec_context.name in COPIED_SOUND else _Coded)(target, audio)


class _Copied:
    """Takes the packets of a sound track over as they are."""

    def __init__(self, target: Any, audio: Any) -> None:
        self.target, self.stream = target, target.add_stream_from_template(audio)

    def take(self, packet: Any, start: Fraction) -> None:
        if packet.dts is None:
            return
        shift = round(start / Fraction(packet.time_base))
        packet.dts -= shift
        packet.pts = None if packet.pts is None else packet.pts - shift
        packet.stream = self.stream
        self.target.mux(packet)

    def close(self) -> None:
        """Nothing is held back."""


class _Coded:
    """Decodes a sound track and writes it as AAC, from the film's first frame on."""

    def __init__(self, target: Any, audio: Any) -> None:
        import av

        self.target = target
        self.stream = target.add_stream("aac", rate=SOUND_RATE, layout="stereo")
        self.stream.bit_rate = SOUND_BITS
        self.resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)

    def take(self, packet: Any, start: Fraction) -> None:
        for frame in packet.decode():
            if frame.pts is not None:
                frame.pts -= round(start / Fraction(frame.time_base))
                self._encode(frame)

    def _encode(self, frame: Any) -> None:
        for heard in self.resampler.resample(frame):
            self.target.mux(self.stream.encode(heard))

    def close(self) -> None:
        self._encode(None)
        self.target.mux(self.stream.encode(None))


def _worded(frame: Any, mask: Mask) -> Any:
    """The frame with white words on a darkened ground, in luma alone where the ground lies; chroma is left quieter there.

    Args:
        mask: float32 (rows, columns) of the whole picture: -1 where it stays, else 0 (ground) to 1 (word).
    """
    import av

    planes = frame.to_ndarray(format="yuv420p").astype(np.float32)
    height = mask.shape[0]
    luma = planes[:height]
    inside, words = mask >= 0, np.clip(mask, 0, 1)
    ground = luma * (1 - GROUND) + BLACK * GROUND
    planes[:height] = np.where(inside, ground * (1 - words) + WHITE * words, luma)
    shown = av.VideoFrame.from_ndarray(planes.round().astype(np.uint8), format="yuv420p")
    shown.colorspace, shown.color_range = frame.colorspace, frame.color_range
    return shown


def _mask(mark: Mark, width: int, height: int) -> Mask:
    import cv2

    words = _words(mark)
    rows = min(height, max(8, round(MASK_SHARE * min(width, height))))
    columns = min(width, round(words.shape[1] * rows / words.shape[0]))
    scaled = cv2.resize(words, (columns, rows), interpolation=cv2.INTER_AREA)
    margin = round(MARGIN_SHARE * min(width, height))
    mask: Mask = np.full((height, width), -1.0, np.float32)
    edge = max(1, margin // 3)
    top, left = max(0, height - rows - margin), min(margin, width - columns)
    mask[max(0, top - edge) : top + rows + edge, max(0, left - edge) : left + columns + edge] = 0
    mask[top : top + rows, left : left + columns] = scaled
    return mask


@cache
def _words(mark: Mark) -> Mask:
    import cv2

    drawn = cv2.imread(str(Path(__file__).with_name("marks") / f"{mark}.png"), cv2.IMREAD_GRAYSCALE)
    if drawn is None:
        raise FileNotFoundError(mark)
    words: Mask = drawn.astype(np.float32) / 255
    return words
