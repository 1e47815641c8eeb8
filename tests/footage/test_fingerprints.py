from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from footage.fingerprints import WHOLE, Rect, Reference, describe, grey, make_reference
from footage.problems import Problem
from tests.footage.drawing import panned, texture, write
from tests.footage.sounding import melody, write_sound


def same(one: Reference, other: Reference) -> bool:
    arrays = [(one.times, other.times), (one.greys, other.greys)]
    if one.sound and other.sound:
        arrays += [(one.sound.hashes, other.sound.hashes), (one.sound.loud, other.sound.loud)]
    facts = [
        (r.still, r.width, r.height, r.seconds, r.file_hash, r.stream_hash, r.sound is None)
        for r in (one, other)
    ]
    return facts[0] == facts[1] and all(np.array_equal(a, b) for a, b in arrays)


def test_a_film_is_kept_as_small_frames_twelve_times_a_second(tmp_path):
    found = make_reference(write(tmp_path / "take.mp4", panned(1, 50)))
    assert (found.still, found.greys.shape, found.seconds) == (False, (25, 36, 64), 2)
    assert found.times.tolist() == pytest.approx([0.08 * n for n in range(25)])


def test_a_still_is_kept_larger(tmp_path):
    path = tmp_path / "dream.png"
    Image.fromarray(texture(1)).save(path)
    found = make_reference(path)
    assert (found.still, found.greys.shape) == (True, (1, 72, 128))


@pytest.mark.parametrize("name", ["take.mp4", "voice.wav", "dream.png"])
def test_stored_bytes_give_the_same_fingerprint_back(tmp_path, name):
    path = tmp_path / name
    if name.endswith("mp4"):
        write(path, panned(1, 30))
    elif name.endswith("wav"):
        write_sound(path, melody(1))
    else:
        Image.fromarray(texture(1)).save(path)
    made = make_reference(path)
    assert same(Reference.from_bytes(made.to_bytes()), made)


def test_foreign_bytes_are_refused():
    with pytest.raises(ValueError, match="not a stored reference"):
        Reference.from_bytes(b"something else")


def test_a_remux_keeps_the_stream_hash_and_a_re_encode_does_not(tmp_path):
    first = write(tmp_path / "take.mp4", panned(1, 30))
    with av.open(str(first)) as source, av.open(str(tmp_path / "again.mov"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    one, other = make_reference(first), make_reference(tmp_path / "again.mov")
    coded = make_reference(write(tmp_path / "coded.mp4", panned(1, 30), crf=30))
    assert (one.file_hash == other.file_hash, one.stream_hash == other.stream_hash) == (False, True)
    assert one.stream_hash != coded.stream_hash


def test_a_file_without_picture_and_sound_is_refused(tmp_path):
    path = tmp_path / "notes.mp4"
    path.write_text("no film")
    with pytest.raises(Problem, match=r"notes\.mp4 holds no picture"):
        make_reference(path)


def test_a_sound_has_a_fingerprint_without_frames(tmp_path):
    found = make_reference(write_sound(tmp_path / "voice.wav", melody(1)))
    assert (len(found.greys), found.sound is not None, float(found.seconds)) == (
        0,
        True,
        pytest.approx(4, abs=0.1),
    )


def likeness(one: np.ndarray, other: np.ndarray, rect: Rect = WHOLE) -> float:
    greys = [grey(np.ascontiguousarray(picture[:, :, ::-1])) for picture in (one, other)]
    return float(describe(greys[0][None])[0] @ describe(greys[1][None], rect)[0])


def test_a_picture_is_like_itself_and_unlike_others():
    pictures = [texture(seed) for seed in range(6)]
    own = [likeness(picture, picture) for picture in pictures]
    others = [likeness(a, b) for n, a in enumerate(pictures) for b in pictures[:n]]
    assert min(own) == pytest.approx(1)
    assert max(others) < 0.5


def test_brightness_and_contrast_leave_the_descriptor_alone():
    picture = texture(1)
    graded = (picture.astype(float) * 0.7 + 20).astype(np.uint8)
    assert likeness(graded, picture) > 0.97


def test_a_mirrored_picture_is_found_in_the_mirrored_view():
    picture = texture(1)
    assert likeness(picture[:, ::-1], picture) < 0.5
    assert likeness(picture[:, ::-1], picture, Rect(0, 0, 1, 1, mirrored=True)) > 0.99


def test_a_crop_is_found_in_the_view_of_that_part():
    picture = texture(1)
    part = picture[27:243, 48:432]
    assert likeness(part, picture, Rect(0.1, 0.1, 0.9, 0.9)) > 0.95


def test_a_plain_picture_is_like_nothing():
    plain = np.full((270, 480, 3), 90, np.uint8)
    assert likeness(plain, texture(1)) == pytest.approx(0, abs=1e-3)


def test_lengths_are_exact(tmp_path):
    assert make_reference(write(tmp_path / "take.mp4", panned(1, 31))).seconds == Fraction(31, 25)
