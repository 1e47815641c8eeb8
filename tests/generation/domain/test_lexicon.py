"""How a word list changes what a voice is given to say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.lexicon import MOST_ENTRIES, Entry, apply_lexicon, read_lexicon, spelled


def said(line, text, *, takes_phonemes=True):
    entries, problem = read_lexicon(text)
    assert problem is None
    return apply_lexicon(line, entries, takes_phonemes=takes_phonemes)


def test_entries_are_read_from_lines_with_either_sign_and_comments_are_skipped():
    entries, problem = read_lexicon("# names\n银行=yin2 hang2\n\n gif ＝ jiff ")
    assert (entries, problem) == ((Entry("银行", "yin2 hang2"), Entry("gif", "jiff")), None)


@pytest.mark.parametrize("line", ["银行", "=hang2", "银行=", "just words"])
def test_a_line_without_word_or_reading_is_named_by_its_number(line):
    _entries, problem = read_lexicon(f"gif=jiff\n{line}")
    assert problem.params == {"number": 2, "line": line}


def test_a_list_that_is_too_long_is_refused():
    _entries, problem = read_lexicon("\n".join(f"w{number}=x" for number in range(MOST_ENTRIES + 1)))
    assert problem.params == {"count": MOST_ENTRIES + 1, "most": MOST_ENTRIES}


def test_longer_words_win_and_what_was_put_in_is_not_looked_at_again():
    assert said("银行行长", "行=xing2\n银行=B行\n行长=C") == "B行C"


def test_the_later_of_two_entries_for_a_word_wins():
    assert said("gif", "gif=jiff\nGIF=guiff") == "guiff"


def test_latin_words_match_whole_and_in_either_case():
    assert said("Gif gifs 这gif好", "gif=jiff") == "jiff gifs 这jiff好"


@pytest.mark.parametrize(
    ("reading", "put_in"),
    [
        ("yin2 hang2", " yin2 hang2 "), ("yín háng", " yin2 hang2 "), ("yin2hang2", " yin2 hang2 "),
        ("lǜ", " lv4 "), ("nü3 er2", " nv3 er2 "), ("jiff", "jiff"), ("café", "café"), ("hello2", "hello2"), ("挨", "挨"),
    ],
)  # fmt: skip
def test_pinyin_becomes_numbered_syllables_and_all_else_stays(reading, put_in):
    assert spelled(reading) == put_in


def test_phonemes_are_left_out_for_voices_that_take_none():
    text = "埃=[[x'A:N2]]\ngif=jiff"
    assert said("埃 gif", text) == "[[x'A:N2]] jiff"
    assert said("埃 gif", text, takes_phonemes=False) == "埃 jiff"


@given(st.text(max_size=60))
def test_an_empty_list_changes_nothing(line):
    assert apply_lexicon(line, (), takes_phonemes=True) == line


@given(st.text(min_size=1, max_size=8), st.text(max_size=40))
def test_a_word_read_as_itself_changes_nothing(word, line):
    entry = Entry(word, word)
    if spelled(word) == word and word.casefold() == word and line.casefold() == line:
        assert apply_lexicon(line, [entry], takes_phonemes=True) == line


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_sentence(text):
    _entries, problem = read_lexicon(text)
    assert problem is None or problem.template % problem.params
