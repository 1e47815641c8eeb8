from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from ethics.backends.tracer import Source, build_assessment, trace_film
from ethics.domain.assessment import canonical_bytes
from ethics.domain.composites import Composite
from ethics.domain.intervention import GenerationFacts
from footage.fingerprints import Rect, Reference, make_reference
from footage.hashes import sha256_file
from footage.problems import Problem
from tests.footage.drawing import held, panned, plain, texture, write
from tests.footage.sounding import RATE, melody, write_sound
from tests.footage.trace.test_insets import laid_in
from tests.footage.trace.test_layers import blended


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Takes 1 to 3, a generated clip and a generated still."""
    folder = tmp_path_factory.mktemp("material")
    for seed in (1, 2, 3, 5):
        write(folder / f"take-{seed}.mp4", panned(seed, 150))
    write(folder / "copy-of-5.mp4", panned(5, 150), crf=30)
    Image.fromarray(texture(11)).save(folder / "dream.png")
    return folder


def source(folder, name: str, kind: str, **facts) -> Source:
    return Source(id=name, path=folder / name, kind=kind, reference=make_reference(folder / name), **facts)


@pytest.fixture(scope="module")
def sources(folder):
    rushes = [source(folder, f"take-{seed}.mp4", "rush") for seed in (1, 2)]
    return [*rushes, source(folder, "take-5.mp4", "generated"), source(folder, "dream.png", "generated")]


def segments_of(assessment) -> list[dict]:
    return assessment["planes"]["picture"]["segments"]


def picture(assessment) -> list[tuple]:
    return [
        (part["start"], part["end"], part["state"], part["why"], [use["id"] for use in part["sources"]])
        for part in assessment["planes"]["picture"]["segments"]
    ]


def test_a_hybrid_film_is_measured_to_the_frame(tmp_path, sources):
    parts = [*panned(1, 50), *panned(5, 50, first=20), *held(texture(11), 25), *panned(2, 75), *panned(9, 25)]
    film = write(tmp_path / "film.mp4", [*plain((0, 0, 0), 25), *parts])
    found = build_assessment(trace_film(film, sources))
    assert picture(found) == [
        (0, 1, "N", "black", []),
        (1, 3, "H", "", ["take-1.mp4"]),
        (3, 5, "A", "", ["take-5.mp4"]),
        (5, 6, "A", "", ["dream.png"]),
        (6, 9, "H", "", ["take-2.mp4"]),
        (9, 10, "U", "unmatched", []),
    ]
    assert found["planes"]["picture"]["share"] == [0.333333, 0.444444]
    assert found["verdict"] == {
        "plane": "picture",
        "cap": 0.4,
        "result": "open",
        "enough": 1,
        "todo": [{"start": 9, "end": 10, "why": "unknown", "worth": 0.111111}],
    }
    assert found["film"]["cuts"] == [1, 3, 5, 6, 9]


def test_all_people_is_none_and_the_whole_picture_term(tmp_path, sources):
    film = write(tmp_path / "film.mp4", [*panned(1, 60), *panned(2, 60)])
    found = build_assessment(trace_film(film, sources))
    assert found["planes"]["picture"]["share"] == [0, 0]
    assert found["hcid"]["terms"]["P"]["value"] == [1, 1]


def test_untouched_ai_is_all_and_nothing_of_the_picture_term(tmp_path, sources):
    film = write(tmp_path / "film.mp4", [*panned(5, 60), *held(texture(11), 60)])
    found = build_assessment(trace_film(film, sources))
    assert found["planes"]["picture"]["share"] == [1, 1]
    assert found["hcid"]["terms"]["P"]["value"] == [0, 0]
    assert found["verdict"]["result"] == "over"


def test_the_work_around_a_generated_asset_counts_for_people(tmp_path, folder):
    facts = GenerationFacts(control=1, iterations=4, candidates=15)
    film = write(tmp_path / "film.mp4", panned(5, 60))
    found = build_assessment(trace_film(film, [source(folder, "take-5.mp4", "generated", process=facts)]))
    (part,) = found["hcid"]["terms"]["P"]["sources"]
    assert part["factors"] == {
        "alteration": 0,
        "control": 1,
        "direction": 0,
        "iteration": 0.5,
        "selection": 0.978602,
    }
    assert part["score"] == [0.674267, 0.674267]


def test_a_rush_that_is_a_generated_clip_is_a_conflict(tmp_path, folder):
    film = write(tmp_path / "film.mp4", panned(5, 60, first=10), crf=26)
    laundered = [source(folder, "copy-of-5.mp4", "rush"), source(folder, "take-5.mp4", "generated")]
    found = build_assessment(trace_film(film, laundered))
    assert [part[2] for part in picture(found)] == ["X"]
    assert found["planes"]["picture"]["share"] == [1, 1]
    assert [item["why"] for item in found["verdict"]["todo"]] == ["conflict"]


def test_an_asset_made_from_the_rush_itself_is_no_conflict(tmp_path, folder):
    film = write(tmp_path / "film.mp4", panned(5, 60, first=10), crf=26)
    made = GenerationFacts(control=1, made_from=("take-5.mp4",))
    pair = [source(folder, "take-5.mp4", "rush"), source(folder, "copy-of-5.mp4", "generated", process=made)]
    assert picture(build_assessment(trace_film(film, pair))) == [(0, 2.4, "H", "", ["take-5.mp4"])]


def test_others_material_proves_nothing_for_this_crew(tmp_path, folder):
    film = write(tmp_path / "film.mp4", panned(3, 60))
    found = build_assessment(trace_film(film, [source(folder, "take-3.mp4", "other")]))
    assert picture(found) == [(0, 2.4, "U", "other", ["take-3.mp4"])]


def test_a_held_frame_of_a_take_is_neutral_and_a_held_generated_picture_is_not(tmp_path, sources):
    film = write(tmp_path / "film.mp4", [*held(panned(1, 30)[20], 75), *held(texture(11), 75)])
    found = build_assessment(trace_film(film, sources))
    assert [part[2:4] for part in picture(found)] == [("N", "held"), ("A", "")]


def test_a_take_shown_again_counts_once(tmp_path, sources):
    film = write(tmp_path / "film.mp4", [*panned(1, 75), *panned(5, 50), *panned(1, 50, first=20)])
    found = build_assessment(trace_film(film, sources))
    assert [part[2:4] for part in picture(found)] == [("H", ""), ("A", ""), ("N", "repeat")]
    assert found["planes"]["picture"]["share"] == [0.4, 0.4]


@pytest.mark.parametrize(("inset", "state"), [("take-5.mp4", "M"), ("take-2.mp4", "H")])
def test_a_picture_in_the_picture_counts_by_its_area(tmp_path, sources, inset, state):
    laid = panned(int(inset[5]), 75, first=30)
    pictures = [
        laid_in(*pair, Rect(0.45, 0.45, 0.95, 0.95)) for pair in zip(panned(1, 75), laid, strict=True)
    ]
    found = build_assessment(trace_film(write(tmp_path / "film.mp4", pictures), sources))
    (part,) = found["planes"]["picture"]["segments"]
    assert (part["state"], [use["id"] for use in part["sources"]]) == (state, ["take-1.mp4", inset])
    assert part["alpha"] == (pytest.approx([0.25, 0.25], abs=0.05) if state == "M" else [0, 0])


def test_a_generated_picture_in_a_generated_picture_is_generated_whole(tmp_path, sources):
    box, still = Rect(0.45, 0.45, 0.95, 0.95), held(texture(11), 75)
    pictures = [laid_in(*pair, box) for pair in zip(still, panned(5, 75, first=30), strict=True)]
    found = build_assessment(trace_film(write(tmp_path / "film.mp4", pictures), sources))
    assert found["planes"]["picture"]["share"] == [1, 1]


def test_a_looped_generated_clip_counts_once(tmp_path, sources):
    loop = panned(5, 50, first=20)
    film = write(tmp_path / "film.mp4", [*panned(1, 50), *loop, *loop, *loop, *panned(2, 50)])
    found = build_assessment(trace_film(film, sources))
    assert [(part["start"], part["end"], part["state"], part["why"]) for part in segments_of(found)] == [
        (0, 2, "H", ""),
        (2, 4, "A", ""),
        (4, 6, "N", "repeat"),
        (6, 8, "N", "repeat"),
        (8, 10, "H", ""),
    ]
    assert found["planes"]["picture"]["share"] == [0.333333, 0.333333]


@pytest.mark.parametrize(("plate", "share"), [("take-5.mp4", [0.57, 0.67]), ("take-2.mp4", [0, 0])])
def test_a_composite_of_the_platform_counts_by_its_plate(tmp_path, folder, sources, plate, share):
    subject, behind = folder / "take-1.mp4", folder / plate
    made = write(tmp_path / "keyed.mp4", blended(panned(1, 75), panned(int(plate[5]), 75), 0.62))
    composite = Composite(sha256_file(behind), sha256_file(subject), Fraction(62, 100))
    put_together = replace(source(tmp_path, made.name, "generated"), composite=composite)
    film = write(tmp_path / "film.mp4", blended(panned(1, 75), panned(int(plate[5]), 75), 0.62), crf=28)
    found = build_assessment(trace_film(film, [*sources, put_together]))
    (part,) = segments_of(found)
    assert (part["state"], part["alpha"], part["sources"][0]["id"]) == (
        "M" if share[1] else "H",
        share,
        "keyed.mp4",
    )


@pytest.mark.parametrize(("opacity", "over_rush"), [(0.25, True), (0.4, False)])
def test_a_blend_counts_by_its_opacity(tmp_path, sources, opacity, over_rush):
    rush, generated = panned(1, 75), panned(5, 75, first=30)
    ground, layer = (rush, generated) if over_rush else (generated, rush)
    film = write(tmp_path / "film.mp4", blended(ground, layer, opacity))
    found = build_assessment(trace_film(film, sources))
    (part,) = found["planes"]["picture"]["segments"]
    low, high = part["alpha"]
    share = opacity if over_rush else 1 - opacity
    assert (part["state"], low <= share <= high, high - low <= 0.1) == ("M", True, True)


def test_a_blend_of_rushes_is_human_and_of_generated_pictures_generated(tmp_path, sources):
    rushes = write(tmp_path / "rushes.mp4", blended(panned(1, 50), panned(2, 50, first=30), 0.4))
    dreams = write(tmp_path / "dreams.mp4", blended(panned(5, 50), held(texture(11), 50), 0.4))
    shares = [
        build_assessment(trace_film(film, sources))["planes"]["picture"]["share"] for film in (rushes, dreams)
    ]
    assert shares == [[0, 0], [1, 1]]


def test_a_conflict_stays_one_under_an_inset(tmp_path, folder):
    box = Rect(0.45, 0.45, 0.95, 0.95)
    pictures = [laid_in(*pair, box) for pair in zip(panned(5, 75), panned(2, 75, first=30), strict=True)]
    laundered = [source(folder, "copy-of-5.mp4", "rush"), source(folder, "take-5.mp4", "generated")]
    given = [*laundered, source(folder, "take-2.mp4", "rush")]
    found = build_assessment(trace_film(write(tmp_path / "film.mp4", pictures), given))
    assert [part[2] for part in picture(found)] == ["X"]


def test_something_unknown_over_a_take_leaves_its_area_open(tmp_path, sources):
    pictures = [
        laid_in(*pair, Rect(0.45, 0.45, 0.95, 0.95))
        for pair in zip(panned(1, 75), panned(9, 75), strict=True)
    ]
    found = build_assessment(trace_film(write(tmp_path / "film.mp4", pictures), sources))
    (part,) = found["planes"]["picture"]["segments"]
    assert (part["state"], part["why"]) == ("U", "partly")
    assert part["alpha"][0] == 0
    assert 0.22 < part["alpha"][1] < 0.4


def test_stored_fingerprints_give_the_same_bytes(tmp_path, sources):
    film = write(tmp_path / "film.mp4", [*panned(1, 50), *panned(5, 50)])
    stored = [replace(one, reference=Reference.from_bytes(one.reference.to_bytes())) for one in sources]
    fresh = [replace(one, reference=None) for one in sources]
    documents = [canonical_bytes(build_assessment(trace_film(film, given))) for given in (stored, fresh)]
    assert documents[0] == documents[1]


def test_a_film_that_is_a_generated_file_says_so(folder, sources):
    found = build_assessment(trace_film(folder / "take-5.mp4", sources))
    (part,) = found["planes"]["picture"]["segments"]
    assert [evidence["kind"] for evidence in part["sources"][0]["evidence"]] == [
        "frame-match",
        "file-hash",
        "stream-match",
    ]


def test_a_generated_voice_is_found_in_the_mix(tmp_path, sources):
    write_sound(tmp_path / "voice.wav", melody(2))
    mix = np.zeros(10 * RATE)
    mix[3 * RATE : 7 * RATE] = melody(2)
    film = with_sound(write(tmp_path / "silent.mp4", panned(1, 150) + panned(2, 100)), mix, tmp_path)
    found = build_assessment(trace_film(film, [*sources, source(tmp_path, "voice.wav", "generated")]))
    voice = found["planes"]["voice"]
    assert voice["share"] == [1, 1]
    spoken = [part for part in voice["segments"] if part["state"] == "A"]
    assert [use["id"] for use in spoken[0]["sources"]] == ["voice.wav"]
    assert [spoken[0]["start"], spoken[-1]["end"]] == pytest.approx([3, 7], abs=0.2)
    assert found["planes"]["picture"]["share"] == [0, 0]


def with_sound(film, samples, folder):
    """The film with a sound track of samples at 16 kHz."""
    sound = write_sound(folder / "mix.wav", samples)
    target = folder / "film.mov"
    with av.open(str(film)) as one, av.open(str(sound)) as two, av.open(str(target), "w") as out:
        streams = [
            out.add_stream_from_template(one.streams.video[0]),
            out.add_stream_from_template(two.streams.audio[0]),
        ]
        for container, stream in zip((one, two), streams, strict=True):
            for packet in container.demux(container.streams[0]):
                if packet.dts is not None:
                    packet.stream = stream
                    out.mux(packet)
    return target


def test_a_silent_film_has_no_voice_plane(tmp_path, sources):
    film = write(tmp_path / "film.mp4", panned(1, 30))
    assert list(build_assessment(trace_film(film, sources))["planes"]) == ["picture"]


def test_without_sources_everything_is_unknown(tmp_path):
    found = build_assessment(trace_film(write(tmp_path / "film.mp4", panned(1, 30)), []))
    assert found["planes"]["picture"]["share"] == [0, 1]
    assert found["hcid"]["terms"]["P"]["value"] == [0, 1]


def test_progress_runs_from_nothing_to_one(tmp_path, sources):
    told: list[float] = []
    trace_film(write(tmp_path / "film.mp4", panned(1, 30)), sources, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_two_sources_may_not_share_an_id(folder, sources):
    with pytest.raises(ValueError, match="share an id"):
        trace_film(folder / "take-1.mp4", [sources[0], sources[0]])


def test_a_source_that_is_no_film_is_said_by_name(tmp_path, folder):
    path = tmp_path / "notes.mp4"
    path.write_text("no film")
    with pytest.raises(Problem, match=r"notes\.mp4"):
        trace_film(folder / "take-1.mp4", [Source("notes", path, "rush")])


def test_the_shooting_ratio_counts_only_what_the_crew_had_at_hand(tmp_path, folder, sources):
    film = write(tmp_path / "film.mp4", panned(1, 60))
    foreign = source(folder, "take-3.mp4", "generated", own=False)
    with_foreign = build_assessment(trace_film(film, [*sources, foreign]))
    assert with_foreign["hcid"] == build_assessment(trace_film(film, sources))["hcid"]
    assert with_foreign["hcid"]["terms"]["E"]["parts"]["shooting_ratio"][0] == pytest.approx(
        1 - Fraction(60, 25) / 18, abs=1e-6
    )
