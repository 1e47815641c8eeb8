from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ethics.backends.attested import SILENT
from ethics.backends.capture import CaptureTest
from ethics.backends.listening import Heard, sound_planes
from ethics.backends.segmenting import Material
from ethics.domain.share import share_of
from footage.fingerprints import Reference
from footage.landmarks import find_sounds, sound_mix, sound_print
from tests.footage.sounding import RATE, atmosphere, melody

PROVEN = CaptureTest(("handles", "takes"))


def halved(samples):
    return samples[::2].astype(np.float32)


def material(samples, kind: str, **facts) -> Material:
    reference = Reference(
        still=False,
        width=0,
        height=0,
        seconds=Fraction(0),
        file_hash=str(len(samples)),
        stream_hash="",
        times=np.zeros(0),
        greys=np.zeros((0, 36, 64), np.uint8),
        sound=sound_print(halved(samples)),
    )
    return Material(kind=kind, reference=reference, attested=SILENT, **facts)


def listened(mix, materials, planes):
    """The sound planes of a mix of which each source speaks for the planes said."""
    heard = sound_mix(halved(mix))
    runs = find_sounds(heard, {key: one.reference.sound for key, one in materials.items()})
    found = [Heard(run, planes[run.key], is_known=len(planes[run.key]) == 1) for run in runs]
    return sound_planes(heard.sound, found, materials)


def stretches(segments, least: float = 0.6):
    """State, whole seconds and sources of every stretch that lasts."""
    return [
        (str(part.state), round(part.start), round(part.end), [use.id for use in part.sources])
        for part in segments
        if part.seconds >= least
    ]


def level(samples) -> float:
    return float(np.sqrt((samples**2).mean()))


def at(decibels: float, samples):
    """Samples so many decibels above -20 dB of full scale."""
    return samples * 0.1 / level(samples) * 10 ** (decibels / 20)


def laid(*placed, seconds: float):
    """Sounds laid from a second on."""
    mix = np.zeros(round(seconds * RATE))
    for samples, start in placed:
        first = round(start * RATE)
        mix[first : first + len(samples)] += samples
    return mix


VOICE, MUSIC, TAKE = melody(2, seconds=6), melody(7, seconds=10), melody(4, seconds=8)


def test_music_under_a_generated_voice_leaves_the_voice_proven_and_counts_for_itself():
    materials = {"voice": material(VOICE, "generated"), "bed": material(MUSIC, "footage", capture=PROVEN)}
    mix = laid((at(0, VOICE), 2), (at(-6, MUSIC), 0), seconds=11)
    planes = listened(mix, materials, {"voice": ("voice",), "bed": ("music",)})
    assert stretches(planes["voice"]) == [
        ("N", 0, 2, []),
        ("A", 2, 8, ["voice"]),
        ("N", 8, 10, []),
        ("N", 10, 11, []),
    ]
    assert ("H", 0, 10, ["bed"]) in stretches(planes["music"])
    assert share_of(planes["voice"]).share.low == 1
    assert "effects" not in planes


def test_silence_is_neutral():
    planes = listened(
        laid((at(0, VOICE), 3), seconds=12), {"voice": material(VOICE, "generated")}, {"voice": ("voice",)}
    )
    assert [part.why for part in planes["voice"] if part.state == "N" and part.seconds > 1] == [
        "silence",
        "silence",
    ]


def test_sound_nobody_knows_is_unknown_in_every_plane():
    planes = listened(at(0, melody(30)), {"voice": material(VOICE, "generated")}, {"voice": ("voice",)})
    assert {name: stretches(parts) for name, parts in planes.items()} == {
        name: [("U", 0, 4, [])] for name in ("voice", "music", "effects")
    }


@pytest.mark.parametrize(("decibels", "fraction"), [(0, 0.5), (6, 0.8), (-6, 0.2)])
def test_two_voices_at_once_share_the_plane_by_their_energy(decibels, fraction):
    person = melody(11, seconds=6)
    materials = {"dub": material(VOICE, "generated"), "person": material(person, "rush")}
    mix = laid((at(decibels, VOICE), 0), (at(0, person), 0), seconds=6)
    planes = listened(mix, materials, {"dub": ("voice",), "person": ("voice",)})
    (part,) = [part for part in planes["voice"] if part.seconds > 3]
    assert str(part.state) == "M"
    assert part.alpha.low <= fraction <= part.alpha.high
    assert part.alpha.width <= Fraction(1, 4)


def test_a_generated_voice_over_a_takes_own_sound_may_be_all_of_the_voice():
    materials = {"dub": material(VOICE, "generated"), "take": material(TAKE, "rush")}
    mix = laid((at(0, VOICE), 1), (at(-6, TAKE), 0), seconds=8)
    planes = listened(mix, materials, {"dub": ("voice",), "take": ("voice", "effects")})
    (part,) = [part for part in planes["voice"] if part.state == "M" and part.seconds > 3]
    assert part.alpha.high == 1
    assert part.alpha.low <= Fraction(8, 10) <= part.alpha.low + Fraction(2, 10)
    assert share_of(planes["effects"]).share.high == 0


def test_something_unknown_under_a_persons_voice_opens_it_by_its_energy():
    materials = {"person": material(VOICE, "rush")}
    mix = laid((at(0, VOICE), 0), (at(-3, melody(21, seconds=6)), 0), seconds=6)
    planes = listened(mix, materials, {"person": ("voice",)})
    (part,) = [part for part in planes["voice"] if part.seconds > 3]
    assert (str(part.state), part.why, part.alpha.low) == ("U", "partly", 0)
    assert Fraction(1, 3) <= part.alpha.high <= Fraction(13, 20)
    assert sum(part.seconds for part in planes["music"] if part.why == "unmatched") >= 5


def test_a_little_noise_over_a_voice_changes_nothing():
    mix = laid((at(0, VOICE), 0), seconds=6) + atmosphere(5, 6, level=0.01)
    planes = listened(mix, {"person": material(VOICE, "rush")}, {"person": ("voice",)})
    assert stretches(planes["voice"]) == [("H", 0, 6, ["person"])]
    assert list(planes) == ["voice"]


def test_a_recording_that_is_a_generated_voice_is_a_conflict():
    recorded = VOICE * 0.7 + atmosphere(8, 6, level=0.002)
    materials = {
        "dub": material(VOICE, "generated"),
        "recorded": material(recorded, "footage", capture=PROVEN),
    }
    planes = listened(at(0, VOICE), materials, {"dub": ("voice",), "recorded": ("voice", "effects")})
    assert stretches(planes["voice"]) == [("X", 0, 6, ["dub"])]
    assert share_of(planes["voice"]).share.low == 1


def test_a_generated_voice_made_from_the_recording_is_no_conflict():
    materials = {
        "dub": material(VOICE, "generated", made_from=("recorded",)),
        "recorded": material(VOICE, "footage", capture=PROVEN),
    }
    planes = listened(at(0, VOICE), materials, {"dub": ("voice",), "recorded": ("voice", "effects")})
    assert stretches(planes["voice"]) == [("A", 0, 6, ["dub"])]


def test_what_another_crew_also_has_stays_proven_by_the_own_recording():
    materials = {"own": material(VOICE, "rush"), "theirs": material(VOICE * 0.5, "other")}
    planes = listened(at(0, VOICE), materials, {"own": ("voice",), "theirs": ("voice", "music", "effects")})
    assert stretches(planes["voice"]) == [("H", 0, 6, ["own"])]


def test_a_recording_that_proves_nothing_leaves_its_sound_open():
    materials = {"loose": material(VOICE, "footage", capture=CaptureTest(()))}
    planes = listened(at(0, VOICE), materials, {"loose": ("voice", "effects")})
    (part,) = [part for part in planes["voice"] if part.seconds > 3]
    assert (str(part.state), part.why) == ("U", "attached")


def test_a_voice_played_faster_keeps_its_place_in_the_source():
    faster = np.interp(np.arange(len(VOICE) / 1.04) * 1.04, np.arange(len(VOICE)), VOICE)
    planes = listened(
        laid((at(0, faster), 1), seconds=7), {"person": material(VOICE, "rush")}, {"person": ("voice",)}
    )
    known = [part for part in planes["voice"] if part.sources]
    assert sum(part.seconds for part in known) == pytest.approx(6 / 1.04, abs=0.4)
    assert [use.source_start for use in known[0].sources] == pytest.approx([0], abs=0.2)
    (use,) = known[0].sources
    assert float(use.speed) == pytest.approx(1.04, abs=0.011)
    assert share_of(planes["voice"]).share.high <= Fraction(3, 10)


def test_a_mix_without_sources_is_read():
    assert stretches(listened(at(0, VOICE), {}, {})["voice"]) == [("U", 0, 6, [])]
