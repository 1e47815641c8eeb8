"""What is known of a media file, as values that travel through JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any, Literal

MediaKind = Literal["video", "image", "sound"]


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What the file says about the camera; attached facts, easily forged. `taken_at` is ISO 8601."""

    make: str | None = None
    model: str | None = None
    lens: str | None = None
    software: str | None = None
    taken_at: str | None = None


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """A usable file. Sizes are in pixels as displayed, so after rotation and with square pixels.

    Attributes:
        container: Short name of the container: mp4, mov, m4a, 3gp, mkv, webm, avi, mxf, ts, ps, wav, mp3,
            flac, ogg, aiff, aac, jpeg, png, webp or tiff.
        mime: Media type as sniffed; always one of this module's own list.
        duration: Exact seconds; 0 for a picture.
        fps: Frames per second, snapped to a standard rate where within 0.025 %; None without moving picture.
        rotation: Degrees clockwise that a player turns the stored picture: 0, 90, 180 or 270.
        sample_rate: Hz, 0 without sound.
        bytes: Size of the file.
        tags: Metadata as written, keys in lower case, values cut at 500 characters.
    """

    kind: MediaKind
    container: str
    mime: str
    duration: Fraction
    fps: Fraction | None
    width: int
    height: int
    rotation: int
    video_codec: str | None
    audio_codec: str | None
    has_audio: bool
    sample_rate: int
    channels: int
    bytes: int
    camera: CameraFacts | None
    tags: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """A JSON object; fractions become text such as "24000/1001"."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {
            "duration": str(self.duration),
            "fps": None if self.fps is None else str(self.fps),
            "camera": None if self.camera is None else asdict(self.camera),
            "tags": dict(self.tags),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MediaFacts:
        """The facts that `to_json` wrote."""
        return cls(
            **{
                **data,
                "duration": Fraction(data["duration"]),
                "fps": None if data["fps"] is None else Fraction(data["fps"]),
                "camera": None if data["camera"] is None else CameraFacts(**data["camera"]),
            }
        )
