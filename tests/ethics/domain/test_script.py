"""The script plane: spans of AI drafts, hand-written passages and what nobody can say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.script import Draft, Saved, script_segments, words_of
from ethics.domain.share import share_of

DRAFT = (
    "INT. FERRY TERMINAL - NIGHT. The last lantern swings over the empty counter. MEI counts her coins twice, "
    "then pushes them back into the torn glove. Behind the glass an old clerk folds tomorrow into a paper boat."
)
MINE = (
    "My grandfather never took the ferry. He said the water remembers who owes it money, and he owed it a net, "
    "two knives and a brother. So I walk over the bridge and I do not look down, not even today."
)
DRAFT_ZH = "码头的灯一盏一盏灭了，老人把旧船票折成一只纸船，放进没有风的水洼里，说它明天就会到对岸。"
MINE_ZH = "我外婆不坐船，她说水会记账，谁欠它一张网它都记得，所以我们走桥，从来不往下看。"
BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def told(segments):
    return [(str(one.state), int(one.start), int(one.end)) for one in segments]


def saved(*texts: str, every: int = 60) -> list[Saved]:
    return [Saved(text, BEGUN + timedelta(seconds=every * n)) for n, text in enumerate(texts)]


def growing(text: str, by: int = 60) -> list[Saved]:
    return saved(*(text[: end + by] for end in range(0, len(text), by)))


@pytest.mark.parametrize(("draft", "mine"), [(DRAFT, MINE), (DRAFT_ZH, MINE_ZH)])
def test_a_drafted_passage_is_found_between_others(draft, mine):
    segments = script_segments(f"{mine}\n{draft}\n{mine}", drafts=[Draft("draft.txt", draft)])

    assert told(segments) == [
        ("U", 0, len(mine) + 1),
        ("A", len(mine) + 1, len(mine) + len(draft) + 2),
        ("U", len(mine) + len(draft) + 2, 2 * len(mine) + len(draft) + 2),
    ]
    assert segments[1].sources[0].id == "draft.txt"


@pytest.mark.parametrize(("draft", "mine"), [(DRAFT, MINE), (DRAFT_ZH, MINE_ZH)])
def test_what_grew_by_hand_is_human_and_what_was_dropped_in_stays_open(draft, mine):
    versions = [*growing(mine)]
    assert told(script_segments(mine, versions=versions)) == [("H", 0, len(mine))]

    brought = 30 * mine
    assert told(script_segments(brought, versions=saved(brought))) == [("U", 0, len(brought))]


def test_without_a_record_nothing_is_proven_human():
    assert told(script_segments(MINE)) == [("U", 0, len(MINE))]


def test_typing_faster_than_anybody_can_is_no_handwork():
    hurried = saved(*(MINE[: end + 20] for end in range(0, len(MINE), 20)), every=1)
    text = "\n".join(
        MINE.replace("ferry", name) for name in ("ferry", "boat", "barge", "raft", "punt", "skiff")
    )
    told_states = {
        state for state, _, _ in told(script_segments(text, versions=[*hurried, *saved(text, every=1)]))
    }

    assert told(script_segments(MINE, versions=hurried)) == [("H", 0, len(MINE))]
    assert told_states == {"H", "U"}


def test_a_script_that_feeds_a_text_in_by_small_saves_runs_out_of_what_hands_can_do():
    words = [f"word{number}" for number in range(400)]
    versions = saved(*(" ".join(words[: end + 10]) for end in range(0, 400, 10)), every=1)
    segments = script_segments(versions[-1].text, versions=versions)
    unproven = sum(one.seconds for one in segments if str(one.state) == "U")

    assert unproven > len(versions[-1].text) / 2


def test_a_lightly_edited_draft_stays_mixed_with_the_drafted_part_as_its_least():
    edited = (
        DRAFT.replace("empty", "bare")
        .replace("twice", "again")
        .replace("torn", "wet")
        .replace("old", "young")
    )

    segments = script_segments(edited, drafts=[Draft("d", DRAFT)])

    assert [str(one.state) for one in segments] == ["M"]
    assert Fraction(6, 10) < segments[0].alpha.low < segments[0].alpha.high == 1


def test_edits_that_the_record_proves_are_no_part_of_the_draft():
    edited = DRAFT.replace("empty", "bare").replace("twice", "again").replace("torn", "wet")
    versions = saved(DRAFT, edited)

    segments = script_segments(edited, drafts=[Draft("d", DRAFT)], versions=versions)

    assert segments[0].alpha.low == segments[0].alpha.high < 1


def test_one_phrase_in_common_is_nobodys():
    assert told(
        script_segments("She counts her coins twice, as her mother did.", drafts=[Draft("d", DRAFT)])
    ) == [("U", 0, 46)]


def test_words_the_person_gave_the_engine_stay_the_persons():
    polished = Draft("polish.txt", MINE.replace("two knives", "three knives"), given=MINE)

    assert told(script_segments(MINE, drafts=[polished], versions=growing(MINE))) == [("H", 0, len(MINE))]


def test_what_stood_in_the_script_before_the_draft_was_made_is_not_the_drafts():
    versions = growing(MINE)
    draft = Draft("later.txt", MINE, made_at=versions[-1].saved_at + timedelta(hours=1))
    versions = [*versions, Saved(MINE, versions[-1].saved_at + timedelta(hours=2))]

    assert told(script_segments(MINE, drafts=[draft], versions=versions)) == [("H", 0, len(MINE))]


def test_a_draft_dropped_in_after_it_was_made_is_found_though_versions_were_saved():
    draft = Draft("d", DRAFT, made_at=BEGUN)
    text = f"{MINE}\n{DRAFT}"
    versions = [*growing(MINE), Saved(text, BEGUN + timedelta(hours=1))]

    states = [str(one.state) for one in script_segments(text, drafts=[draft], versions=versions)]

    assert states == ["H", "A"]


def test_a_passage_moved_elsewhere_keeps_where_it_came_from():
    lines = [MINE[:90], MINE[90:]]
    versions = [*growing("\n".join(lines)), Saved("\n".join(reversed(lines)), BEGUN + timedelta(hours=1))]

    assert {one.state for one in script_segments(versions[-1].text, versions=versions)} == {"H"}


def test_case_stops_and_line_breaks_hide_no_draft():
    shouted = DRAFT.upper().replace(". ", " —\n\n")

    assert [str(one.state) for one in script_segments(shouted, drafts=[Draft("d", DRAFT)])] == ["A"]


def test_a_text_without_words_has_no_plane():
    assert script_segments(" \n— …\n", drafts=[Draft("d", DRAFT)]) == []


texts = st.lists(st.sampled_from([*DRAFT.split(), *MINE.split(), *DRAFT_ZH, "\n"]), max_size=80).map(" ".join)


@given(texts, texts, st.lists(texts, max_size=4))
def test_segments_cover_the_text_and_the_share_is_an_interval(final, draft, earlier):
    versions = saved(*earlier, final)
    segments = script_segments(final, drafts=[Draft("d", draft)], versions=versions)
    if not words_of(final):
        assert segments == []
        return
    assert [one.end for one in segments[:-1]] == [one.start for one in segments[1:]]
    assert (segments[0].start, segments[-1].end) == (0, len(final))
    share = share_of(segments).share
    assert 0 <= share.low <= share.high <= 1


@given(texts, texts, st.lists(texts, max_size=3))
def test_a_record_and_a_draft_only_narrow_what_was_open(final, draft, earlier):
    plain = share_of(script_segments(final)).share
    drafted = share_of(script_segments(final, drafts=[Draft("d", draft)])).share
    recorded = share_of(
        script_segments(final, drafts=[Draft("d", draft)], versions=saved(*earlier, final))
    ).share
    assert plain.holds(drafted)
    assert drafted.holds(recorded)
