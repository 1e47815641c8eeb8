from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footage.problems import Problem
from footage.timelines import Clip, Timeline, check_against_film, read_timeline, write_otio
from tests.footage.walking import walk_limited

EDL = """TITLE: The long way home
FCM: NON-DROP FRAME

001  A001     V     C        01:00:10:00 01:00:14:00 01:00:00:00 01:00:04:00
* FROM CLIP NAME:  A001C002.mov
002  GEN7     V     C        00:00:00:00 00:00:02:12 01:00:04:00 01:00:06:12
* FROM CLIP NAME:  gen-7.mp4
003  A002     AA    C        00:00:01:00 00:00:03:00 01:00:01:00 01:00:03:00
* FROM CLIP NAME:  wind.wav
"""


def written(tmp_path: Path, text: str, name: str = "cut.edl") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(Problem) as caught:
        read_timeline(path, **options)
    return str(caught.value)


def second(value: float, rate: float = 24) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(value * rate, rate)


def span(start: float, duration: float) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(second(start), second(duration))


def clip(name: str, start: float, duration: float) -> otio.schema.Clip:
    media = otio.schema.ExternalReference(f"file:///Volumes/Film/{name}", span(0, 100))
    return otio.schema.Clip(name, media, span(start, duration))


def saved(tmp_path: Path, *tracks: otio.schema.Track) -> Path:
    timeline = otio.schema.Timeline("Cut 3")
    timeline.tracks.extend(tracks)
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(timeline, str(path), "otio_json")
    return path


def test_an_edl_is_read_at_the_films_rate(tmp_path: Path) -> None:
    timeline = read_timeline(written(tmp_path, EDL), film_fps=Fraction(25))
    picture = [clip for clip in timeline.clips if clip.kind == "video"]
    assert (timeline.name, timeline.kind, timeline.fps) == ("The long way home", "edl", 25)
    assert timeline.duration == Fraction(6) + Fraction(12, 25)
    assert [(c.name, c.source, c.start, c.duration) for c in picture] == [
        ("A001C002.mov", "A001", 0, 4),
        ("gen-7.mp4", "GEN7", 4, Fraction(62, 25)),
    ]
    assert (picture[0].source_start, picture[0].source_is_timecode) == (3610, True)
    assert timeline.notes == ()


def test_tracks_of_an_edl_stay_in_step(tmp_path: Path) -> None:
    timeline = read_timeline(written(tmp_path, EDL), film_fps=Fraction(25))
    sound = [(c.track, c.start, c.duration) for c in timeline.clips if c.kind == "audio"]
    assert sound == [(1, 1, 2), (2, 1, 2)]


def test_an_edl_without_a_film_says_which_rate_was_taken(tmp_path: Path) -> None:
    timeline = read_timeline(written(tmp_path, EDL))
    assert timeline.fps == 24
    assert [str(note) for note in timeline.notes] == [
        "cut.edl doesn't say its rate; it was read at 24 frames a second."
    ]


def test_an_edl_at_another_rate_than_the_film_is_read_and_both_are_named(tmp_path: Path) -> None:
    path = written(
        tmp_path, EDL.replace("00:00:02:12 01:00:04:00 01:00:06:12", "00:00:02:24 01:00:04:00 01:00:06:24")
    )
    timeline = read_timeline(path, film_fps=Fraction(24))
    assert timeline.fps == 25
    assert [str(note) for note in timeline.notes] == [
        "cut.edl can't be at the film's 24 frames a second (line 6, 00:00:02:24), so it was read at 25."
    ]
    said = [
        str(problem)
        for problem in check_against_film(timeline, film_duration=timeline.duration, film_fps=Fraction(24))
    ]
    assert said == [
        "The timeline The long way home counts 25 frames a second, the film runs at 24. "
        "Export both at one rate."
    ]


def test_an_edl_at_an_impossible_rate_names_line_timecode_and_rates(tmp_path: Path) -> None:
    path = written(tmp_path, EDL.replace("01:00:14:00", "01:00:14:72"))
    assert refusal(path, film_fps=Fraction(25)) == (
        "cut.edl, line 4: timecode 01:00:14:72 exists at none of the rates tried "
        "(25, 24, 30, 29.97, 50, 60 frames a second). Export the EDL at the film's rate."
    )


def test_an_edl_that_fits_no_rate_says_what_was_wrong(tmp_path: Path) -> None:
    path = written(tmp_path, EDL.replace("001  A001     V     C   ", "001  A001     V     K   "))
    assert "cut.edl can't be read as an EDL at any of these rates: 24, 25" in refusal(path)
    assert "First trouble, at line 4: incorrect edit type K in form statement" in refusal(path)


def test_an_edl_that_fails_on_a_clip_names_the_line_of_the_clip(tmp_path: Path) -> None:
    opening = "001  A001     V     C        01:00:10:00 01:00:14:00"
    fade_in = (
        "001  BL       V     C        00:00:00:00 00:00:00:00 01:00:00:00 01:00:00:00\n"
        "001  A001     V     D    012 01:00:10:00 01:00:14:05"
    )
    assert refusal(written(tmp_path, EDL.replace(opening, fade_in))).endswith(
        "First trouble, at line 6: Source and record duration don't match: 101 frames != 96 frames "
        "for clip A001C002.mov. Export it again, or as OTIO."
    )


def test_old_line_ends_and_chinese_encodings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    path.write_bytes(EDL.replace("The long way home", "回家的路").replace("\n", "\r").encode("gb18030"))
    timeline = read_timeline(path, film_fps=Fraction(25))
    assert (timeline.name, len(timeline.clips)) == ("回家的路", 4)


def test_a_dissolve_in_an_edl_overlaps_the_clip_before(tmp_path: Path) -> None:
    text = """TITLE: d
001  A V C     00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00
002  A V C     00:00:01:00 00:00:01:00 00:00:01:00 00:00:01:00
002  B V D 012 00:00:05:00 00:00:07:00 00:00:01:00 00:00:03:00
* FROM CLIP NAME: a
* TO CLIP NAME: b
"""
    timeline = read_timeline(written(tmp_path, text), film_fps=Fraction(24))
    assert [(c.start, c.duration, c.transition_in, c.transition_out) for c in timeline.clips] == [
        (0, 1, 0, Fraction(1, 2)),
        (1, 2, 0, 0),
    ]


def test_an_otio_cut_becomes_a_flat_list(tmp_path: Path) -> None:
    picture = otio.schema.Track(
        "V1", [clip("a 1.mov", 5, 2), otio.schema.Gap(duration=second(1)), clip("b.mov", 0, 3)]
    )
    sound = otio.schema.Track("A1", [clip("a%201.wav", 1, 6)], kind=otio.schema.TrackKind.Audio)
    timeline = read_timeline(saved(tmp_path, picture, sound))
    assert (timeline.name, timeline.fps, timeline.duration) == ("Cut 3", 24, 6)
    assert [(c.kind, c.track, c.source, c.source_start, c.start, c.duration) for c in timeline.clips] == [
        ("audio", 1, "a 1.wav", 1, 0, 6),
        ("video", 1, "a 1.mov", 5, 0, 2),
        ("video", 1, "b.mov", 0, 3, 3),
    ]


def test_sources_begin_where_their_media_begin(tmp_path: Path) -> None:
    item = clip("a.mov", 3602, 2)
    item.media_reference.available_range = span(3600, 10)
    [read] = read_timeline(saved(tmp_path, otio.schema.Track("V1", [item]))).clips
    assert (read.source_start, read.source_is_timecode) == (2, False)


def test_speeds_freezes_and_switched_off_clips(tmp_path: Path) -> None:
    fast, frozen, off = clip("a.mov", 1, 2), clip("b.mov", 1, 2), clip("c.mov", 1, 2)
    off.enabled = False
    fast.effects.append(otio.schema.LinearTimeWarp(time_scalar=-1.5))
    frozen.effects.append(otio.schema.FreezeFrame())
    timeline = read_timeline(saved(tmp_path, otio.schema.Track("V1", [fast, off, frozen])))
    assert [(c.name, c.speed, c.start) for c in timeline.clips] == [
        ("a.mov", Fraction(-3, 2), 0),
        ("b.mov", 0, 4),
    ]
    assert [str(note) for note in timeline.notes] == [
        "cut.otio: the clip c.mov is switched off and was left out."
    ]


def test_a_dissolve_is_seen_from_both_sides(tmp_path: Path) -> None:
    fade = otio.schema.Transition(in_offset=second(0.25), out_offset=second(0.5))
    timeline = read_timeline(
        saved(tmp_path, otio.schema.Track("V1", [clip("a", 0, 2), fade, clip("b", 5, 2)]))
    )
    assert [(c.start, c.duration, c.transition_in, c.transition_out) for c in timeline.clips] == [
        (0, 2, 0, Fraction(1, 2)),
        (2, 2, Fraction(1, 4), 0),
    ]


def test_compound_clips_are_followed_inside(tmp_path: Path) -> None:
    inner = otio.schema.Stack(
        "compound",
        [
            otio.schema.Track("V1", [clip("a", 0, 4), clip("b", 10, 4)]),
            otio.schema.Track("V2", [clip("over", 0, 8)]),
        ],
        source_range=span(3, 2),
    )
    inner.effects.append(otio.schema.LinearTimeWarp(time_scalar=2))
    timeline = read_timeline(
        saved(tmp_path, otio.schema.Track("V1", [clip("first", 0, 1), inner, clip("last", 0, 1)]))
    )
    # Two seconds of the compound at double speed show its seconds 3 to 7.
    assert [(c.name, c.layer, c.source_start, c.start, c.duration, c.speed) for c in timeline.clips] == [
        ("first", 0, 0, 0, 1, 1),
        ("last", 0, 0, 3, 1, 1),
        ("a", 1, 3, 1, Fraction(1, 2), 2),
        ("b", 1, 10, Fraction(3, 2), Fraction(3, 2), 2),
        ("over", 2, 3, 1, 2, 2),
    ]


def test_a_trimmed_track_shows_only_its_part(tmp_path: Path) -> None:
    track = otio.schema.Track("V1", [clip("a", 0, 4), clip("b", 0, 4)], source_range=span(3, 2))
    timeline = read_timeline(saved(tmp_path, track))
    assert timeline.duration == 2
    assert [(c.name, c.source_start, c.start, c.duration) for c in timeline.clips] == [
        ("a", 3, 0, 1),
        ("b", 0, 1, 1),
    ]


def test_final_cut_7_counts_ntsc_seconds_exactly(tmp_path: Path) -> None:
    text = FCP7.format(ntsc="TRUE")
    timeline = read_timeline(written(tmp_path, text, "cut.xml"))
    assert (timeline.kind, timeline.fps) == ("fcp7", Fraction(30_000, 1001))
    assert [(c.source, c.start, c.duration) for c in timeline.clips] == [
        ("a.mov", 0, Fraction(1001 * 60, 30_000))
    ]


FCP7 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE xmeml>
<xmeml version="4"><sequence id="s"><name>Seq</name><duration>60</duration>
<rate><timebase>30</timebase><ntsc>{ntsc}</ntsc></rate>
<media><video><track><clipitem id="c1"><name>a</name><duration>90</duration>
<rate><timebase>30</timebase><ntsc>{ntsc}</ntsc></rate><start>0</start><end>60</end><in>10</in><out>70</out>
<file id="f1"><name>a.mov</name><pathurl>file://localhost/Film/a.mov</pathurl><duration>90</duration>
<rate><timebase>30</timebase><ntsc>{ntsc}</ntsc></rate></file></clipitem></track></video></media>
</sequence></xmeml>
"""
FCPXML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.8"><resources><format id="r1" frameDuration="100/2500s"/>
<asset id="r2" name="a" src="file:///Film/a.mov" start="0s" duration="10s" hasVideo="1" format="r1"/>
</resources>
<library><event name="e"><project name="p">
<sequence format="r1" duration="{duration}" tcStart="0s"><spine>
<asset-clip name="a" ref="r2" offset="0s" duration="4s" start="0s" format="r1"/></spine></sequence>
</project></event></library></fcpxml>
"""


def test_fcpxml_is_read_when_its_own_length_agrees(tmp_path: Path) -> None:
    timeline = read_timeline(written(tmp_path, FCPXML.format(duration="4s"), "cut.fcpxml"))
    assert (timeline.kind, timeline.fps, timeline.duration) == ("fcpxml", 25, 4)
    assert [(c.name, c.duration) for c in timeline.clips] == [("a", 4)]


def test_fcpxml_that_is_misread_is_refused_with_a_way_out(tmp_path: Path) -> None:
    path = written(tmp_path, FCPXML.format(duration="700/100s"), "cut.fcpxml")
    assert refusal(path) == (
        "cut.fcpxml can't be read faithfully: the project lasts 7 s, what was understood of it 4 s. "
        "Export the sequence as OTIO or as a CMX 3600 EDL."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n", "is empty"),
        ("hello", "is no timeline that we know"),
        ('{"a": 1}', "is no timeline that we know"),
        ('{"OTIO_SCHEMA": "Timeline.1", ', "can't be read as a timeline"),
        ('{"OTIO_SCHEMA": "Clip.1"}', "holds no cut"),
        ('{"OTIO_SCHEMA": ' + "[" * 5000 + "]" * 5000 + "}", "nests its clips more than 200 deep"),
        ("<html><body/></html>", "is XML, but neither"),
        ("<xmeml><unclosed></xmeml>", "can't be read as a timeline"),
        ("<fcpxml version='1.8'><resources/></fcpxml>", "cut.any "),
        ("<a>" * 300 + "</a>" * 300, "declares entities or nests too deep"),
    ],
)
def test_what_is_no_timeline_is_refused(tmp_path: Path, text: str, said: str) -> None:
    sentence = refusal(written(tmp_path, text, "cut.any"))
    assert sentence.startswith("cut.any ")
    assert said in sentence


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE xmeml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE xmeml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE xmeml [<!ELEMENT xmeml ANY>]>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_expanded(tmp_path: Path, declared: str, encoding: str) -> None:
    path = tmp_path / "cut.xml"
    path.write_bytes(FCP7.format(ntsc="FALSE").replace("<!DOCTYPE xmeml>", declared).encode(encoding))
    assert "declares entities" in refusal(path)


@pytest.mark.parametrize(
    ("start", "said"),
    [(b"\xd0\xcf\x11\xe0", "its structure is unusual"), (b"PK\x03\x04", "is a bundle or archive")],
)
def test_binary_timelines_are_pointed_elsewhere(tmp_path: Path, start: bytes, said: str) -> None:
    path = tmp_path / "cut"
    path.write_bytes(start + b"\0" * 100)
    assert said in refusal(path, name="cut.aaf")


def test_an_oversized_timeline_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    with path.open("wb") as file:
        file.truncate(33 * 2**20)
    assert refusal(path) == "cut.otio is larger than 32 MB, too large for a timeline."


def test_names_are_shown_and_never_opened(tmp_path: Path) -> None:
    path = written(tmp_path, EDL)
    timeline = read_timeline(path, film_fps=Fraction(25), name="../../-x.edl")
    assert timeline == read_timeline(path, film_fps=Fraction(25))
    assert refusal(written(tmp_path, "hello"), name="../-x.edl").startswith("../-x.edl is no timeline")


def flat(*clips: Clip, fps: int = 25, duration: Fraction = Fraction(10)) -> Timeline:
    return Timeline("cut", Fraction(fps), duration, clips)


def test_a_timeline_that_fits_the_film_is_no_problem() -> None:
    near = Fraction(10) + Fraction(2, 25)
    assert check_against_film(flat(), film_duration=near, film_fps=Fraction(25)) == []


@pytest.mark.parametrize(
    ("film", "said"),
    [
        (Fraction(8), "runs 10 s, 2 s longer than the film (8 s)"),
        (Fraction(21, 2), "0.5 s shorter than the film (10.5 s)"),
    ],
)
def test_a_timeline_that_does_not_fit_says_by_how_much(film: Fraction, said: str) -> None:
    [problem] = check_against_film(flat(), film_duration=film, film_fps=Fraction(25))
    assert said in str(problem)


frames = st.integers(1, 500)


@st.composite
def edits(draw: st.DrawFn) -> Timeline:
    clips, fps = [], Fraction(draw(st.sampled_from([24, 25, Fraction(30_000, 1001)])))
    end = Fraction(0)
    for track in range(1, draw(st.integers(1, 3)) + 1):
        now = Fraction(0)
        for number in range(draw(st.integers(1, 4))):
            now += draw(st.integers(0, 50)) / fps
            clips.append(
                Clip(
                    track=track, kind="video", name=f"clip {number}", source=f"条 {number} & ?.mov",
                    source_start=draw(frames) / fps, start=now, duration=draw(frames) / fps,
                    speed=draw(st.sampled_from([Fraction(1), Fraction(2), Fraction(-1, 2), Fraction(0)])),
                    source_is_timecode=draw(st.booleans()),
                )
            )  # fmt: skip
            now = clips[-1].end
        end = max(end, now)
    return Timeline("an edit", fps, end, tuple(clips))


@given(edits())
@settings(max_examples=40, deadline=None)
def test_what_is_written_reads_back_equal(tmp_path_factory: pytest.TempPathFactory, edit: Timeline) -> None:
    path = tmp_path_factory.mktemp("round") / "cut.otio"
    write_otio(edit, path)
    assert read_timeline(path) == edit


def test_transitions_survive_writing(tmp_path: Path) -> None:
    first = Clip(
        1, "video", "a", "a.mov", Fraction(0), Fraction(0), Fraction(2), transition_out=Fraction(1, 5)
    )
    then = Clip(1, "video", "b", "b.mov", Fraction(1), Fraction(2), Fraction(2), transition_in=Fraction(2, 5))
    edit = flat(first, then, duration=Fraction(4))
    write_otio(edit, tmp_path / "cut.otio")
    assert read_timeline(tmp_path / "cut.otio") == edit
    assert json.loads((tmp_path / "cut.otio").read_text())["OTIO_SCHEMA"] == "Timeline.1"


def test_overlapping_clips_are_not_written(tmp_path: Path) -> None:
    one = Clip(1, "video", "a", "a.mov", Fraction(0), Fraction(0), Fraction(2))
    with pytest.raises(ValueError, match="overlaps"):
        write_otio(flat(one, one), tmp_path / "cut.otio")


def test_every_real_timeline_is_read_or_refused_with_a_sentence(corpus: Path) -> None:
    outcomes = walk_limited("read_all_timelines", corpus / "timelines")
    read = {path.name: found for path, found in outcomes.items() if isinstance(found, Timeline)}
    refused = {path.name: found for path, found in outcomes.items() if isinstance(found, str)}
    assert len(read) > 70
    assert all(name in sentence for name, sentence in refused.items())
    assert all(timeline.clips and timeline.duration > 0 for timeline in read.values())
    assert read["25fps.edl"].fps == 25
    assert "can't be read faithfully" in refused["Occlusion2.fcpxml"]


def avid_cut(path: Path) -> Path:
    """Two shots on a track at 24 frames a second, as Avid hands them on."""
    pytest.importorskip("otio_aaf_adapter")
    timeline = otio.schema.Timeline("cut", tracks=[otio.schema.Track("V1", kind="Video")])
    for number in range(2):
        media = otio.schema.ExternalReference(f"file:///a/shot{number}.mov", span(0, 100))
        timeline.tracks[0].append(otio.schema.Clip(f"shot {number}", media, span(0.5 * number, 2)))
    otio.adapters.write_to_file(timeline, str(path), "AAF", use_empty_mob_ids=True)
    return path


def test_an_aaf_cut_becomes_a_flat_list(tmp_path: Path) -> None:
    edit = read_timeline(avid_cut(tmp_path / "cut.aaf"))
    assert (edit.kind, edit.fps, edit.duration) == ("aaf", 24, 4)
    assert [(clip.source, clip.source_start, clip.start, clip.duration) for clip in edit.clips] == [
        ("shot0.mov", 0, 0, 2),
        ("shot1.mov", Fraction(1, 2), 2, 2),
    ]


def outcome(path: Path) -> Timeline | str:
    try:
        return read_timeline(path)
    except Problem as problem:
        return str(problem)


def test_a_damaged_aaf_is_read_or_refused(tmp_path: Path) -> None:
    data = avid_cut(tmp_path / "cut.aaf").read_bytes()
    path = tmp_path / "damaged.aaf"
    outcomes = []
    for seed in range(12):
        chance = random.Random(seed)
        damaged = bytearray(data[: chance.choice([len(data), chance.randrange(8, len(data))])])
        for _ in range(20):
            damaged[chance.randrange(8, len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        outcomes.append(outcome(path))
    assert all(isinstance(found, Timeline) or "damaged.aaf" in found for found in outcomes)


def test_an_aaf_that_claims_more_than_it_holds_is_not_opened(tmp_path: Path) -> None:
    data = bytearray(avid_cut(tmp_path / "cut.aaf").read_bytes())
    data[44:48] = b"\xff\xff\xff\x0f"
    (tmp_path / "bomb.aaf").write_bytes(data)
    assert "its structure is unusual" in refusal(tmp_path / "bomb.aaf")


def test_an_aaf_with_its_media_inside_is_pointed_elsewhere(tmp_path: Path) -> None:
    path = avid_cut(tmp_path / "cut.aaf")
    with path.open("r+b") as file:
        file.truncate(129 * 2**20)
    assert "Export the AAF with links to the media instead" in refusal(path)
