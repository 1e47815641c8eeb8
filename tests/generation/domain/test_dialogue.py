"""Dialogue by word lists: what is changed, what is marked, what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.dialects import PACKS, SPOKEN
from generation.domain.dialogue import OWN, Change, Remark, WordList, compared, polish, remarks
from generation.domain.dialogue.report import page
from generation.domain.languages import language_of
from generation.domain.lexicon import Entry
from tests.generation.domain.test_screenplay import CHINESE, ENGLISH


def own(**words):
    return WordList(OWN, tuple(Entry(word, said) for word, said in words.items()))


def polished(text, *slugs):
    return polish(text, lists=[WordList.of(PACKS[slug]) for slug in slugs])


def test_only_what_is_spoken_is_changed():
    script = "INT. HOUSE - NIGHT\n\nThe old house.\n\nMARY: The old house."
    assert polished(script, "scots").text() == "INT. HOUSE - NIGHT\n\nThe old house.\n\nMARY: The auld hoose."


def test_every_change_is_marked_with_what_was():
    assert polished("老林：我不知道。", "sichuan").text(is_marked=True) == "老林：我不⟦知道→晓得⟧。"


def test_a_change_names_its_row_letter_and_list():
    assert polished("A: x\nB: I know.", "scots").changes == (Change(2, 5, "know", "ken", "scots"),)


def test_longer_words_win_and_capitals_stay():
    assert polished("为什么？什么？", "sichuan").text() == "为啥子？啥子？"
    assert polished("A: Yes. Don't go.", "scots").text() == "A: Aye. Dinnae go."


def test_latin_words_match_whole():
    assert polished("A: Nobody knowing knew the newly known.", "scots").changes == ()


def test_the_persons_list_goes_before_the_dialects():
    done = polish("我不知道", lists=[own(知道="明白"), WordList.of(PACKS["sichuan"])])
    assert (done.text(), done.changes[0].source) == ("我不明白", OWN)


def test_written_words_become_spoken_ones_but_not_at_the_end_of_a_clause():
    done = polish("A: I am not sure that it is late.", lists=[WordList.of(SPOKEN["en"])])
    assert done.text() == "A: I’m not sure that it’s late."


def test_no_list_gives_back_what_another_entry_put_in():
    """Each list maps words once, so no word may be listed twice in it, and none stand for itself."""
    packs = [*PACKS.values(), *SPOKEN.values()]
    words = [[word.casefold() for word, _said in pack.entries] for pack in packs]
    assert [sorted(each) for each in words] == [sorted(set(each)) for each in words]
    assert [
        (pack.slug, word) for pack in packs for word, said in pack.entries if word == said or not said
    ] == []
    assert [
        pack.slug for pack in packs for word, _said in pack.entries if language_of(word) != pack.language
    ] == []
    assert [pack.slug for pack in packs if not pack.where] == []


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("A: I do not know.", "A: I don’t know.", "A: I ⟦do not→don’t⟧ know."),
        ("甲：我不知道。", "甲：我不晓得。", "甲：我不⟦知道→晓得⟧。"),
        ("A: One.\nB: Two.", "A: One.\nB: Two.\nC: Three.", "A: One.\nB: Two.\n⟦→C: Three.⟧"),
    ],
)
def test_what_a_language_model_changed_is_marked_too(before, after, marked):
    found = compared(before, after, source="qwen")
    assert (found.text(is_marked=True), found.text(), found.changes[0].source) == (marked, after, "qwen")


@given(st.text(alphabet="ab 你我。.\n", max_size=60), st.text(alphabet="ab 你我。.\n", max_size=60))
def test_the_clean_text_is_the_new_one_row_by_row(before, after):
    rows = [row for row in compared(before, after, source="x").text().split("\n") if row]
    assert rows == [row for row in after.splitlines() if row]


def test_long_breaths_and_named_feelings_are_left_to_the_writer():
    long = " ".join(["word"] * 23) + "."
    assert remarks(f"A: {long}\nB: I am so sad.\n") == (
        Remark(1, "breath", long), Remark(2, "feeling", "I am so sad"),
    )  # fmt: skip
    assert remarks("梅：我很难过。") == (Remark(1, "feeling", "我很难过"),)


def test_the_page_shows_marks_clean_text_changes_and_what_is_open():
    words = page(polished("梅：我很难过，你知道。", "sichuan"), titles={"sichuan": "《成都方言词典》"})
    assert words == (
        "标出改动：⟦原文→改后⟧\n\n梅：我很难过，你⟦知道→晓得⟧。\n\n改后全文\n\n梅：我很难过，你晓得。\n\n"
        "改动\n\n第 1 行：知道 → 晓得（《成都方言词典》）\n\n留给你定\n\n第 1 行：情绪直接说出来了：“我很难过”。能不能让人看见？\n"
    )
    assert "Nothing was changed." in page(polished("A: Stop.", "scots"), titles={})


@pytest.mark.parametrize("script", [ENGLISH, CHINESE])
def test_a_script_without_listed_words_stays_as_it_is(script):
    assert polish(script, lists=[own(zzz="yyy")]).text() == "\n".join(script.splitlines())
