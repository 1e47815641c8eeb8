from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footage.problems import Problem
from footage.timelines import Clip, Timeline, read_timeline

HEAD = """<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE fcpxml>
<fcpxml version="1.11"><resources>
<format id="f" name="FFVideoFormat1080p24" frameDuration="100/2400s"/>
<effect id="t" name="Title"/>
<asset id="a" name="lake" start="3600s" duration="60s" hasVideo="1" hasAudio="1">
<media-rep kind="original-media" src="file:///Volumes/Film/the%20lake.mov"/></asset>
<asset id="b" name="rain" src="file:///Film/rain.wav" start="0s" duration="30s" hasAudio="1"/>
<media id="m" name="Compound"><sequence format="f" duration="20s" tcStart="0s"><spine>
<asset-clip ref="a" offset="0s" name="first" start="3605s" duration="8s">
<asset-clip ref="a" lane="1" offset="3606s" name="above" start="3630s" duration="2s" srcEnable="video"/></asset-clip>
<asset-clip ref="a" offset="8s" name="second" start="3620s" duration="12s"/></spine></sequence></media>
<media id="c" name="Cameras"><multicam format="f" tcStart="0s">
<mc-angle angleID="1"><asset-clip ref="a" offset="0s" name="one" start="3600s" duration="20s"/></mc-angle>
<mc-angle angleID="2"><asset-clip ref="a" offset="0s" name="two" start="3630s" duration="20s"/></mc-angle>
<mc-angle angleID="3"><asset-clip ref="b" offset="0s" name="mic" duration="20s"/></mc-angle></multicam></media>
{more}</resources>
<library><event><project name="Cut 3"><sequence format="f" duration="{duration}" tcStart="3600s"><spine>{spine}</spine>
</sequence></project></event></library></fcpxml>"""


def read(folder: Path, spine: str, *, duration: str, more: str = "") -> Timeline:
    path = folder / "cut.fcpxml"
    path.write_text(HEAD.format(spine=spine, duration=duration, more=more))
    return read_timeline(path)


def pictures(timeline: Timeline) -> list[tuple[object, ...]]:
    """Name, second of the media, timeline seconds."""
    return [figures(clip) for clip in timeline.clips if clip.kind == "video"]


def figures(clip: Clip) -> tuple[object, ...]:
    return clip.name, clip.source_start, clip.start, clip.duration


def test_a_clip_with_sound_stands_on_both_kinds_of_track(tmp_path: Path) -> None:
    spine = '<asset-clip ref="a" offset="3600s" name="lake" start="3610s" duration="4s"/>'
    edit = read(tmp_path, spine, duration="4s")
    assert (edit.name, edit.kind, edit.fps, edit.duration) == ("Cut 3", "fcpxml", 24, 4)
    assert [(c.kind, c.track, c.source, c.source_start, c.start, c.duration) for c in edit.clips] == [
        ("audio", 1, "the lake.mov", 10, 0, 4),
        ("video", 1, "the lake.mov", 10, 0, 4),
    ]


def test_defaults_come_from_the_asset(tmp_path: Path) -> None:
    assert pictures(read(tmp_path, '<asset-clip ref="a"/>', duration="60s")) == [("lake", 0, 0, 60)]


def test_connected_clips_stand_in_their_parents_time_and_may_outlast_it(tmp_path: Path) -> None:
    spine = (
        '<asset-clip ref="a" offset="3600s" name="lake" start="3610s" duration="4s">'
        '<asset-clip ref="a" lane="1" offset="3612s" name="over" start="3640s" duration="5s" srcEnable="video"/>'
        '<asset-clip ref="b" lane="-1" offset="3611s" name="rain" duration="3s"/></asset-clip>'
        '<gap offset="3604s" start="3600s" duration="4s"/>'
    )
    edit = read(tmp_path, spine, duration="8s")
    assert pictures(edit) == [("lake", 10, 0, 4), ("over", 40, 2, 5)]
    sounds = [(clip.track, clip.name, clip.start) for clip in edit.clips if clip.kind == "audio"]
    assert sounds == [(1, "lake", 0), (2, "rain", 1)]
    assert [clip.track for clip in edit.clips if clip.kind == "video"] == [1, 2]


def test_a_connected_storyline_counts_from_its_own_beginning(tmp_path: Path) -> None:
    spine = (
        '<gap offset="3600s" start="3600s" duration="10s"><spine lane="1" offset="3603s">'
        '<asset-clip ref="a" offset="0s" name="x" start="3600s" duration="2s"/>'
        '<transition offset="3/2s" duration="1s"/>'
        '<asset-clip ref="a" offset="2s" name="y" start="3620s" duration="2s"/></spine></gap>'
    )
    edit = read(tmp_path, spine, duration="10s")
    assert pictures(edit) == [("x", 0, 3, 2), ("y", 20, 5, 2)]
    fades = [(clip.transition_in, clip.transition_out) for clip in edit.clips if clip.kind == "video"]
    assert fades == [(0, Fraction(1, 2)), (Fraction(1, 2), 0)]


def test_compound_clips_are_followed_inside_and_trimmed(tmp_path: Path) -> None:
    edit = read(
        tmp_path, '<ref-clip ref="m" offset="3600s" name="c" start="6s" duration="4s"/>', duration="4s"
    )
    assert pictures(edit) == [("first", 11, 0, 2), ("second", 20, 2, 2)]
    whole = read(tmp_path, '<ref-clip ref="m" offset="3600s" name="c" duration="20s"/>', duration="20s")
    assert [(clip.name, clip.track, clip.layer) for clip in whole.clips if clip.kind == "video"] == [
        ("first", 1, 0),
        ("second", 1, 0),
        ("above", 1, 1),
    ]


def test_a_multicam_clip_shows_the_angles_it_names(tmp_path: Path) -> None:
    spine = (
        '<mc-clip ref="c" offset="3600s" name="m" start="5s" duration="4s">'
        '<mc-source angleID="2" srcEnable="video"/><mc-source angleID="3" srcEnable="audio"/></mc-clip>'
    )
    edit = read(tmp_path, spine, duration="4s")
    assert [(clip.kind, *figures(clip)) for clip in edit.clips] == [
        ("audio", "mic", 5, 0, 4),
        ("video", "two", 35, 0, 4),
    ]


def test_synchronised_and_plain_clips_show_what_they_hold(tmp_path: Path) -> None:
    spine = (
        '<sync-clip offset="3600s" name="s" start="3s" duration="4s"><spine>'
        '<asset-clip ref="a" offset="0s" name="a" duration="60s" srcEnable="video"/></spine></sync-clip>'
        '<clip offset="3604s" name="p" start="2s" duration="3s"><video ref="a" offset="0s" duration="60s"/></clip>'
    )
    assert pictures(read(tmp_path, spine, duration="7s")) == [("a", 3, 0, 4), ("lake", 2, 4, 3)]


def test_the_first_of_an_audition_is_the_one_that_plays(tmp_path: Path) -> None:
    spine = (
        '<audition offset="3600s"><asset-clip ref="a" name="picked" start="3601s" duration="4s"/>'
        '<asset-clip ref="a" name="other" start="3602s" duration="4s"/></audition>'
    )
    assert pictures(read(tmp_path, spine, duration="4s")) == [("picked", 1, 0, 4)]


def test_media_of_another_rate_play_frame_by_frame(tmp_path: Path) -> None:
    clip = '<asset-clip ref="a" offset="3600s" start="3610s" duration="24s">{}</asset-clip>'
    conformed = read(tmp_path, clip.format('<conform-rate srcFrameRate="25"/>'), duration="24s")
    resampled = read(
        tmp_path, clip.format('<conform-rate scaleEnabled="0" srcFrameRate="25"/>'), duration="24s"
    )
    assert {c.speed for c in conformed.clips} == {Fraction(24, 25)}
    assert {c.speed for c in resampled.clips} == {1}


@pytest.mark.parametrize(
    ("points", "start", "speed"),
    [
        ("0s 0s 30s 60s", 20, 2),
        ("0s 60s 60s 0s", 50, -1),
        ("0s 7s 60s 7s", 7, 0),
    ],
)
def test_a_time_map_says_speed_and_place(tmp_path: Path, points: str, start: int, speed: int) -> None:
    marks = points.split()
    mapped = "".join(
        f'<timept time="{t}" value="{v}"/>' for t, v in zip(marks[::2], marks[1::2], strict=True)
    )
    media = '<asset id="z" src="z.mov" start="0s" duration="60s" hasVideo="1"/>'
    spine = f'<asset-clip ref="z" offset="3600s" start="10s" duration="4s"><timeMap>{mapped}</timeMap></asset-clip>'
    (clip,) = read(tmp_path, spine, duration="4s", more=media).clips
    assert (clip.source_start, clip.speed) == (start, speed)


def test_titles_have_no_source_and_switched_off_clips_are_told(tmp_path: Path) -> None:
    spine = (
        '<title ref="t" offset="3600s" name="The Lake" start="3600s" duration="2s"/>'
        '<asset-clip ref="a" offset="3602s" name="off" duration="2s" enabled="0"/>'
    )
    edit = read(tmp_path, spine, duration="4s")
    assert [(clip.name, clip.source) for clip in edit.clips] == [("The Lake", "")]
    assert list(map(str, edit.notes)) == ["cut.fcpxml: the clip off is switched off and was left out."]


def test_a_retimed_compound_stays_one_clip(tmp_path: Path) -> None:
    spine = (
        '<ref-clip ref="m" offset="3600s" name="slow" duration="4s"><timeMap><timept time="0s" value="0s"/>'
        '<timept time="40s" value="20s"/></timeMap></ref-clip>'
    )
    edit = read(tmp_path, spine, duration="4s")
    assert [(clip.name, clip.source, clip.speed) for clip in edit.clips] == [("slow", "", Fraction(1, 2))]
    assert "the compound clip slow is retimed or missing" in str(edit.notes[0])


def sentence(folder: Path, spine: str, more: str = "") -> str:
    with pytest.raises(Problem) as problem:
        read(folder, spine, duration="4s", more=more)
    return str(problem.value)


def test_compounds_inside_each_other_without_end_are_left(tmp_path: Path) -> None:
    itself = '<media id="x"><sequence format="f"><spine><ref-clip ref="x" duration="4s"/></spine></sequence></media>'
    edit = read(tmp_path, '<ref-clip ref="x" duration="4s"/>', duration="4s", more=itself)
    assert len(edit.clips) == 1
    doubling = "".join(
        f'<media id="x{n}"><sequence format="f"><spine><ref-clip ref="x{n + 1}" duration="2s"/>'
        f'<ref-clip ref="x{n + 1}" offset="0s" duration="2s"/></spine></sequence></media>'
        for n in range(39)
    )
    assert "too many for a film" in sentence(tmp_path, '<ref-clip ref="x0" duration="4s"/>', doubling)


@pytest.mark.parametrize("wrong", ["1/0s", "s", "NaN", "1e999999999s", "9" * 100 + "s", "abc"])
def test_an_impossible_time_is_refused(tmp_path: Path, wrong: str) -> None:
    assert sentence(tmp_path, f'<asset-clip ref="a" offset="3600s" duration="{wrong}"/>').startswith(
        "cut.fcpxml "
    )


@pytest.mark.parametrize("place", ["duration", "timebase"])
def test_an_exponent_in_final_cut_7_fills_no_memory(tmp_path: Path, place: str) -> None:
    path = tmp_path / "cut.xml"
    path.write_text(
        f"<xmeml><sequence><rate><timebase>25</timebase></rate><{place}>1e999999999</{place}>"
        "<rate><timebase>1e999999999</timebase></rate></sequence></xmeml>"
    )
    with pytest.raises(Problem, match=r"cut\.xml"):
        read_timeline(path)


TIMES = st.sampled_from(["0s", "3600s", "3601s", "4s", "-2s", "1001/30000s", "x", ""])
TAGS = st.sampled_from(["asset-clip", "clip", "ref-clip", "mc-clip", "sync-clip", "audition", "gap", "title", "spine",
                        "video", "audio", "transition", "conform-rate", "timeMap", "timept"])  # fmt: skip
REFS = st.sampled_from(["a", "b", "m", "c", "t", "gone"])


def elements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        '<{} ref="{}" offset="{}" start="{}" duration="{}" lane="{}" srcFrameRate="{}">{}</{}>'.format,
        TAGS, REFS, TIMES, TIMES, TIMES, st.sampled_from(["0", "1", "-1", "up"]), TIMES, inner, st.just("_"),
    ).map(closed)  # fmt: skip


def closed(element: str) -> str:
    """The element with its own name at its end, and without attributes that came out empty."""
    return (element.removesuffix("</_>") + f"</{element[1:].partition(' ')[0]}>").replace(' start=""', "")


@given(
    st.recursive(st.just(""), lambda inner: st.lists(elements(inner), max_size=3).map("".join), max_leaves=8)
)
@settings(max_examples=150, deadline=None)
def test_any_tree_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, spine: str) -> None:
    try:
        edit = read(tmp_path_factory.getbasetemp(), spine, duration="4s")
    except Problem as problem:
        assert "cut.fcpxml" in str(problem)  # noqa: PT017
    else:
        assert all(clip.duration > 0 for clip in edit.clips)


@pytest.mark.parametrize(
    ("transform", "box"),
    [
        ('<adjust-transform scale="0.5 0.5" position="0 0"/>', (0.25, 0.25, 0.75, 0.75)),
        ('<adjust-transform scale="0.25 0.25" position="50 30"/>', (0.65625, 0.075, 0.90625, 0.325)),
        ('<adjust-transform position="0 0"/>', None),
        ('<adjust-transform scale="0.5 0.5" rotation="12"/>', None),
        ('<adjust-transform enabled="0" scale="0.5 0.5"/>', None),
        ('<adjust-transform scale="0.5 0.5"><param name="position"/></adjust-transform>', None),
        ("", None),
    ],
)
def test_a_clip_scaled_and_moved_lies_in_its_box(
    tmp_path: Path, transform: str, box: tuple[float, ...] | None
) -> None:
    spine = (
        f'<asset-clip ref="a" offset="3600s" name="lake" start="3610s" duration="4s">{transform}</asset-clip>'
    )
    (clip,) = [one for one in read(tmp_path, spine, duration="4s").clips if one.kind == "video"]
    assert (clip.box and tuple(map(float, clip.box))) == (box and pytest.approx(box))


def test_a_role_stands_where_others_name_a_track(tmp_path: Path) -> None:
    spine = (
        '<asset-clip ref="b" offset="3600s" name="rain" duration="4s" audioRole="effects.effects-1"/>'
        '<asset-clip ref="a" offset="3604s" name="lake" start="3610s" duration="4s" audioRole="dialogue"/>'
    )
    sounds = [one for one in read(tmp_path, spine, duration="8s").clips if one.kind == "audio"]
    assert [one.track_name for one in sounds] == ["effects.effects-1", "dialogue"]


def test_a_strange_transform_is_refused_with_a_sentence(tmp_path: Path) -> None:
    spine = '<asset-clip ref="a" offset="3600s" duration="4s"><adjust-transform scale="wide"/></asset-clip>'
    with pytest.raises(Problem, match="can't be read as a timeline"):
        read(tmp_path, spine, duration="4s")
