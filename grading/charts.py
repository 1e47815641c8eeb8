"""The class as Plotly figures, each with the table of the same numbers.

A film is a mark with its interval; the verdict is its shape as well as its colour, and a click leads to the film.
Colours are names of custom properties, which the page's theme fills in (see ui.charts).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ethics.choices import Result
from grading.queries.classes import ClassFilm, Measure
from ui.charts import state_marker
from ui.components.formats import percent, share_interval

Figure = dict[str, Any]
Table = dict[str, Any]
LOOKS: dict[Result, Figure] = {
    Result.WITHIN: {"color": "--accent", "symbol": "circle", "size": 9},
    Result.OPEN: {"color": "--ink-quiet", "symbol": "diamond-open", "size": 10, "line": {"width": 2}},
    Result.OVER: {"color": "--danger", "symbol": "x", "size": 9},
}
ROW_PIXELS, HEAD_PIXELS, PLOT_PIXELS = 26, 96, 340
DAYS_OR_HOURS = [
    {"dtickrange": [None, 86_399_999], "value": "%m-%d %H:%M"},
    {"dtickrange": [86_400_000, None], "value": "%Y-%m-%d"},
]
PERCENT_AXIS = {"range": [-2, 102], "ticksuffix": " %", "dtick": 20}
SPREAD = 0.32
"""How far films of one module stand apart around its place."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure and its table, for `{% chart chart.figure table=chart.table title=chart.title %}`."""

    title: str
    figure: Figure
    table: Table


def share_chart(films: Sequence[ClassFilm]) -> Chart:
    """AI share of every measured film against its cap, the largest at the top."""
    shown = sorted(_measured(films), key=lambda film: _newest(film).share)
    frame = _frame(shown)
    data = [_intervals(frame, result, low="low", high="high") for result in Result]
    caps = _line_marks(frame["cap"].tolist(), frame["place"].tolist(), label=_("cap"))
    return Chart(
        title=_("AI share of the picture against the cap"),
        figure={"data": [*data, caps], "layout": _rows_layout(frame, xaxis=PERCENT_AXIS)},
        table=_table(
            frame.iloc[::-1],
            {
                "film": _("Film"),
                "brief": _("Assignment"),
                "share_words": _("AI share"),
                "cap_words": _("Cap"),
                "verdict_words": _("Verdict"),
            },
        ),
    )


def degree_chart(films: Sequence[ClassFilm]) -> Chart:
    """Human creative intervention degree of every measured film, the largest at the top."""
    shown = sorted(_measured(films), key=lambda film: _newest(film).degree)
    frame = _frame(shown)
    data = [_intervals(frame, result, low="degree_low", high="degree_high") for result in Result]
    axis = {"range": [-2, 102], "dtick": 20}
    return Chart(
        title=_("Human creative intervention degree"),
        figure={"data": data, "layout": _rows_layout(frame, xaxis=axis)},
        table=_table(
            frame.iloc[::-1],
            {
                "film": _("Film"),
                "brief": _("Assignment"),
                "degree_words": _("Degree, 0 to 100"),
                "share_words": _("AI share"),
            },
        ),
    )


def module_chart(films: Sequence[ClassFilm]) -> Chart:
    """AI shares by module, with the cap of each; the table holds the means."""
    frame = _frame(_measured(films))
    frame["x"] = _spread(frame)
    data = [_intervals(frame, result, low="low", high="high", upright=True) for result in Result]
    modules = frame.drop_duplicates("module").sort_values("module")
    return Chart(
        title=_("AI share by module"),
        figure={
            "data": data,
            "layout": {
                "yaxis": PERCENT_AXIS,
                "xaxis": {
                    "tickvals": modules["module"].tolist(),
                    "ticktext": [_("Module %(number)s") % {"number": number} for number in modules["module"]],
                    "range": [modules["module"].min() - 0.6, modules["module"].max() + 0.6],
                    "showgrid": False,
                },
                "shapes": [_cap_step(row) for row in _caps(frame).itertuples()],
                "height": PLOT_PIXELS,
            },
        },
        table=_module_table(frame),
    )


def time_chart(films: Sequence[ClassFilm]) -> Chart:
    """AI share of each film from version to version, over the days its cuts were saved."""
    measured = _measured(films)
    lines = [_history(film) for film in measured if len(film.measures) > 1]
    points = [(film, measure) for film in measured for measure in film.measures]
    frame = pd.DataFrame([_point(film, measure) for film, measure in points])
    data = [*lines, *(_moments(frame, result) for result in Result)]
    return Chart(
        title=_("AI share over time, version by version"),
        figure={
            "data": data,
            "layout": {
                "height": PLOT_PIXELS,
                "yaxis": PERCENT_AXIS,
                "xaxis": {"type": "date", "showgrid": False, "tickformatstops": DAYS_OR_HOURS, "nticks": 6},
            },
        },
        table=_table(
            frame.sort_values(["film", "version"]),
            {
                "film": _("Film"),
                "version": _("Version"),
                "day": _("Saved"),
                "share_words": _("AI share"),
                "verdict_words": _("Verdict"),
            },
        ),
    )


def gap_chart(films: Sequence[ClassFilm]) -> Chart:
    """Seconds of picture that nobody has proven, film by film."""
    shown = sorted((film for film in films if film.unknown_seconds), key=lambda film: film.unknown_seconds)
    frame = _frame(shown)
    bars = _bars(frame, "unknown", marker=state_marker("U"), text="outside")
    return Chart(
        title=_("Seconds without proof"),
        figure={
            "data": [bars],
            "layout": _rows_layout(frame, xaxis={"ticksuffix": " s", "rangemode": "tozero"}),
        },
        table=_table(
            frame.iloc[::-1],
            {"film": _("Film"), "brief": _("Assignment"), "unknown": _("Seconds without proof")},
        ),
    )


def engine_chart(films: Sequence[ClassFilm]) -> Chart:
    """Engine time spent by each work against its brief's budget."""
    shown = sorted((film for film in films if film.gpu_seconds), key=lambda film: film.gpu_seconds)
    frame = _frame(shown, with_measure=False)
    bars = _bars(frame, "spent", marker={"color": "--state-a"}, text="none")
    budgets = _line_marks(frame["budget"].tolist(), frame["place"].tolist(), label=_("budget"))
    layout = _rows_layout(frame, xaxis={"ticksuffix": " s", "rangemode": "tozero"})
    return Chart(
        title=_("Engine time spent against the budget"),
        figure={"data": [bars, budgets], "layout": layout},
        table=_table(
            frame.iloc[::-1],
            {
                "film": _("Film"),
                "brief": _("Assignment"),
                "spent": _("Seconds spent"),
                "budget": _("Budget in seconds"),
            },
        ),
    )


# ---------------------------------------------------------------- frames
def _measured(films: Sequence[ClassFilm]) -> list[ClassFilm]:
    return [film for film in films if film.measures]


def _newest(film: ClassFilm) -> Measure:
    return film.measures[-1]


def _frame(films: Sequence[ClassFilm], *, with_measure: bool = True) -> pd.DataFrame:
    """One row per film; shares in per cent, places from the bottom up."""
    rows = [
        {
            "place": place,
            "film": film.name,
            "brief": film.brief.title,
            "module": film.brief.module.number,
            "cap": 100 * film.cap,
            "cap_words": percent(film.cap),
            "unknown": round(film.unknown_seconds, 2),
            "spent": round(film.gpu_seconds, 1),
            "budget": film.brief.gpu_seconds,
            "url": reverse("assignments:work_detail", args=[film.work.uuid]),
            **(_point(film, _newest(film)) if with_measure and film.measures else {}),
        }
        for place, film in enumerate(films)
    ]
    return pd.DataFrame(rows)


def _point(film: ClassFilm, measure: Measure) -> dict[str, Any]:
    low, high = measure.share
    return {
        "film": film.name,
        "version": measure.version,
        "low": 100 * low,
        "high": 100 * high,
        "share_words": share_interval(low, high, cap=film.cap),
        "degree_low": measure.degree[0],
        "degree_high": measure.degree[1],
        "degree_words": _degree_words(measure),
        "verdict": measure.verdict,
        "verdict_words": str(Result(measure.verdict).label),
        "at": measure.at.isoformat(),
        "day": date_format(measure.at, "SHORT_DATE_FORMAT"),
        "url": reverse("ethics:assessment_detail", args=[measure.uuid]),
    }


def _degree_words(measure: Measure) -> str:
    low, high = (round(end) for end in measure.degree)
    return str(low) if low == high else f"{low}–{high}"


def _spread(frame: pd.DataFrame) -> pd.Series:
    """Films of one module side by side around its number, in the order of their shares."""
    ranks = frame.groupby("module")["low"].rank(method="first") - 1
    counts = frame.groupby("module")["low"].transform("count")
    return frame["module"] + ((ranks + 0.5) / counts - 0.5) * 2 * SPREAD


def _caps(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["module", "cap"]].drop_duplicates()


def _module_table(frame: pd.DataFrame) -> Table:
    means = (
        frame.groupby("module")
        .agg(films=("film", "size"), low=("low", "mean"), high=("high", "mean"), cap=("cap_words", "first"))
        .reset_index()
    )
    over = frame[frame["verdict"] == Result.OVER].groupby("module").size()
    means["over"] = means["module"].map(over).fillna(0).astype(int)
    means["share"] = [
        share_interval(low / 100, high / 100) for low, high in zip(means["low"], means["high"], strict=True)
    ]
    return _table(
        means,
        {
            "module": _("Module"),
            "films": _("Films"),
            "share": _("Mean AI share"),
            "cap": _("Cap"),
            "over": _("Over the cap"),
        },
    )


def _table(frame: pd.DataFrame, columns: dict[str, str]) -> Table:
    """The chosen columns for `data_table`; films lead to their measure."""
    rows = []
    for row in frame.to_dict("records"):
        cells: list[Any] = [row[name] for name in columns]
        if "url" in row and "film" in columns:
            cells[0] = {"text": row["film"], "url": row["url"]}
        rows.append(cells)
    heads = [{"label": label, "numeric": name not in TEXT_COLUMNS} for name, label in columns.items()]
    return {"columns": heads, "rows": rows}


TEXT_COLUMNS = {"film", "brief", "verdict_words", "module"}


# ---------------------------------------------------------------- traces
def _intervals(frame: pd.DataFrame, result: Result, *, low: str, high: str, upright: bool = False) -> Figure:
    """Films of one verdict as marks at the middle of their interval, with arms to its ends."""
    part = frame[frame["verdict"] == result.value]
    middle = ((part[low] + part[high]) / 2).round(3).tolist()
    arm = {
        "type": "data",
        "array": ((part[high] - part[low]) / 2).round(3).tolist(),
        "thickness": 3,
        "width": 5,
        "color": LOOKS[result]["color"],
    }
    across = part["x"].round(4).tolist() if upright else part["place"].tolist()
    places = (
        {"x": across, "y": middle, "error_y": arm} if upright else {"x": middle, "y": across, "error_x": arm}
    )
    return {
        "type": "scatter",
        "mode": "markers",
        "name": str(result.label),
        **places,
        "marker": LOOKS[result],
        "customdata": part["url"].tolist(),
        "text": _hover(part, low),
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": True,
    }


def _hover(part: pd.DataFrame, low: str) -> list[str]:
    words = "share_words" if low == "low" else "degree_words"
    rows = zip(part["film"], part["brief"], part[words], part["verdict_words"], strict=True)
    return [
        f"<b>{_plain(film)}</b><br>{_plain(brief)}<br>{value} · {verdict}"
        for film, brief, value, verdict in rows
    ]


def _plain(words: str) -> str:
    """Plotly reads a little HTML in hover texts: names of films are words."""
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _history(film: ClassFilm) -> Figure:
    """The thin line from version to version of one film."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [measure.at.isoformat() for measure in film.measures],
        "y": [round(50 * sum(measure.share), 3) for measure in film.measures],
        "line": {"color": "--line-strong", "width": 1},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _moments(frame: pd.DataFrame, result: Result) -> Figure:
    part = frame[frame["verdict"] == result.value]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": str(result.label),
        "x": part["at"].tolist(),
        "y": ((part["low"] + part["high"]) / 2).round(3).tolist(),
        "error_y": {
            "type": "data",
            "array": ((part["high"] - part["low"]) / 2).round(3).tolist(),
            "thickness": 2,
            "width": 3,
            "color": LOOKS[result]["color"],
        },
        "marker": LOOKS[result],
        "customdata": part["url"].tolist(),
        "text": [
            f"<b>{_plain(film)}</b><br>{_('Version %(version)s') % {'version': version}}, {day}<br>{words}"
            for film, version, day, words in zip(
                part["film"], part["version"], part["day"], part["share_words"], strict=True
            )
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": True,
    }


def _bars(frame: pd.DataFrame, column: str, *, marker: Figure, text: str) -> Figure:
    """Bars of seconds; `text` says where each stands in words: outside, or none."""
    return {
        "type": "bar",
        "orientation": "h",
        "x": frame[column].tolist(),
        "y": frame["place"].tolist(),
        "marker": marker,
        "width": 0.6,
        "customdata": frame["url"].tolist(),
        "text": [f"{value:g} s" for value in frame[column]],
        "textposition": text,
        "cliponaxis": False,
        "hovertext": [_plain(film) for film in frame["film"]],
        "hovertemplate": "<b>%{hovertext}</b><br>%{text}<extra></extra>",
        "showlegend": False,
    }


def _line_marks(values: list[Any], places: list[Any], *, label: str) -> Figure:
    """A short upright line in each row: the film's own bound."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label,
        "x": values,
        "y": places,
        "marker": {"symbol": "line-ns", "size": 15, "line": {"width": 2, "color": "--ink"}},
        "hoverinfo": "skip",
    }


def _cap_step(row: Any) -> Figure:
    """The cap over the width of one module."""
    return {
        "type": "line",
        "x0": row.module - 0.42,
        "x1": row.module + 0.42,
        "y0": row.cap,
        "y1": row.cap,
        "line": {"color": "--ink", "width": 2},
    }


def _rows_layout(frame: pd.DataFrame, *, xaxis: Figure) -> Figure:
    """One row per film with its name at the left; as high as there are films."""
    return {
        "height": HEAD_PIXELS + ROW_PIXELS * max(len(frame), 3),
        "xaxis": {**xaxis, "side": "top", "fixedrange": True},
        "yaxis": {
            "tickvals": frame["place"].tolist(),
            "ticktext": [
                f"{_short(name)} · {module}"
                for name, module in zip(frame["film"], frame["module"], strict=True)
            ],
            "range": [-0.7, len(frame) - 0.3],
            "showgrid": False,
            "fixedrange": True,
            "ticks": "",
        },
        "margin": {"l": 8, "r": 24, "t": 28, "b": 8},
        "legend": {"orientation": "h", "y": 0, "yanchor": "top", "x": 0},
    }


def _short(name: str) -> str:
    return _plain(name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…")


MOST_LETTERS = 18
Draw = Callable[[Sequence[ClassFilm]], Chart]


def class_charts(films: Sequence[ClassFilm]) -> dict[str, Chart]:
    """The charts that have something to show, by name."""
    measured = _measured(films)
    found: dict[str, Chart] = {}
    if measured:
        draws: dict[str, Draw] = {
            "share": share_chart, "degree": degree_chart, "module": module_chart, "time": time_chart,
        }  # fmt: skip
        found = {name: draw(measured) for name, draw in draws.items()}
    if any(film.unknown_seconds for film in measured):
        found["gaps"] = gap_chart(measured)
    if any(film.gpu_seconds for film in films):
        found["engine"] = engine_chart(films)
    return found
