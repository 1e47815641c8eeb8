import pytest

from ui.charts import cap_label, cap_line, state_marker


@pytest.mark.parametrize("letter", "MUX")
def test_states_that_are_patterns_are_patterns_in_charts_too(letter):
    marker = state_marker(letter)

    assert marker["pattern"]["bgcolor"] == marker["color"]
    assert marker["pattern"]["fgcolor"] != marker["color"]


def test_a_letter_nobody_knows_is_drawn_as_unknown():
    assert state_marker("?") == state_marker("U")


def test_the_cap_is_a_line_across_the_plot():
    line = cap_line(0.4, axis="x")

    assert {key: line[key] for key in ("x0", "x1", "y0", "y1", "yref")} == {
        "x0": 0.4, "x1": 0.4, "y0": 0, "y1": 1, "yref": "paper",
    }  # fmt: skip


def test_the_label_of_the_cap_stands_at_its_line():
    assert (cap_label(0.4, "cap")["y"], cap_label(0.4, "cap", axis="x")["x"]) == (0.4, 0.4)
