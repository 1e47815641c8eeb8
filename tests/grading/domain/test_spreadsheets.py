import csv
import io

import pytest

from grading.domain.spreadsheets import csv_lines, safe_cell


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_starts_like_a_formula_is_text(start):
    assert safe_cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


def test_spaces_before_a_formula_hide_nothing():
    assert safe_cell("  =1+1") == "'  =1+1"


@pytest.mark.parametrize(
    ("value", "cell"), [(-3, "-3"), (2.5, "2.5"), (None, ""), ("Lighthouse", "Lighthouse"), ("", "")]
)
def test_numbers_and_words_stay_as_they_are(value, cell):
    assert safe_cell(value) == cell


def test_lines_open_in_spreadsheet_programs_and_read_back_as_written():
    lines = list(csv_lines(["片名", "AI"], [['灯塔, "二"', 40.0], ["=HYPERLINK(1)\nx", -1]]))

    assert lines[0] == "\ufeff片名,AI\r\n"
    assert list(csv.reader(io.StringIO("".join(lines).removeprefix("\ufeff"), newline=""))) == [
        ["片名", "AI"], ["灯塔, \"二\"", "40.0"], ["'=HYPERLINK(1)\nx", "-1"],
    ]  # fmt: skip
