"""Material of the gallery: one invented film of 24 seconds, and everything drawn from its assessment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.templatetags.static import static
from django.utils.translation import gettext as _

from ui.charts import cap_label, cap_line, state_marker
from ui.components.formats import share_interval
from ui.components.icons import icon_names
from ui.components.states import state_of

CAP = 0.4


def _source(name: str, kind: str, note: str, *, grade: int = 2, confidence: float = 0.97) -> dict[str, Any]:
    evidence = [{"kind": "frame-match", "grade": grade, "confidence": confidence, "note": note}]
    return {"id": name, "kind": kind, "source_start": 0, "speed": 1.0, "evidence": evidence}


def _segment(
    start: float, end: float, state: str, alpha: tuple[float, float], *sources: Any
) -> dict[str, Any]:
    return {"start": start, "end": end, "state": state, "alpha": list(alpha), "sources": list(sources)}


def _picture() -> dict[str, Any]:
    match, ledger = _("frames match the rush"), _("frames match the ledger")
    return {
        "share": [0.303, 0.421],
        "robust": 0.33,
        "neutral_seconds": 2.0,
        "segments": [
            _segment(0, 3.2, "H", (0, 0), _source("A001_C003.mov", "rush", match)),
            _segment(3.2, 5.6, "H", (0, 0), _source("A001_C004.mov", "rush", match, grade=3)),
            _segment(5.6, 7.6, "M", (0.31, 0.36), _source("A001_C007.mov", "rush", match)),
            _segment(7.6, 11.2, "A", (1, 1), _source("gen-0412.mp4", "generated", ledger, confidence=0.99)),
            _segment(11.2, 14, "U", (0, 1)),
            _segment(14, 17, "H", (0, 0), _source("A002_C001.mov", "rush", match)),
            _segment(17, 19.6, "A", (1, 1), _source("gen-0418.png", "generated", ledger)),
            _segment(19.6, 22, "X", (0, 1), _source("A002_C009.mov", "rush", match, grade=1)),
            _segment(22, 24, "N", (0, 0)),
        ],
    }


def _sound() -> dict[str, Any]:
    voice, music = (
        _source("V01.wav", "rush", _("sound matches the recording")),
        _source("score-2.wav", "generated", ""),
    )
    return {
        "voice": {
            "share": [0.29, 0.29],
            "segments": [
                _segment(0, 3.2, "N", (0, 0)),
                _segment(3.2, 11.2, "H", (0, 0), voice),
                _segment(
                    11.2,
                    14.4,
                    "A",
                    (1, 1),
                    _source("voice-07.wav", "generated", _("sound matches the ledger")),
                ),
                _segment(14.4, 24, "N", (0, 0)),
            ],
        },
        "music": {
            "share": [0.62, 0.62],
            "segments": [_segment(0, 9, "H", (0, 0), voice), _segment(9, 24, "A", (1, 1), music)],
        },
    }


def assessment() -> dict[str, Any]:
    """Return an assessment as `dailies-assessment/1` has it: open, one shot short of the cap."""
    why = _("Nothing matches yet. Upload the rush, or say which generation it is.")
    todo = [{"start": 11.2, "end": 14.0, "why": why, "worth": 0.118}]
    return {
        "schema": "dailies-assessment/1",
        "film": {"name": "lantern.mp4", "duration": 24, "fps": "25/1", "width": 384, "height": 216},
        "planes": {"picture": _picture(), **_sound(), "effects": None, "script": None},
        "verdict": {"plane": "picture", "cap": CAP, "result": "open", "todo": todo},
        "hcid": hcid(),
    }


def hcid() -> dict[str, Any]:
    terms = {
        "P": {
            "value": [0.58, 0.70],
            "evidence": [_("11 of 24 s shot"), _("drawing perceptible in gen-0412")],
        },
        "E": {"value": [0.64, 0.64], "evidence": [_("4 substantive versions"), _("shooting ratio 6 : 1")]},
        "S": {"value": [0.81, 0.81], "evidence": [_("81 % typed in the script editor")]},
        "A": {"value": None},
        "R": {"value": [0.5, 0.75], "evidence": [_("decision log, 9 entries")]},
    }
    weights = {"P": 0.45, "E": 0.20, "S": 0.15, "A": 0.10, "R": 0.10}
    total = [_total(terms, weights, bound) for bound in (0, 1)]
    return {"value": total, "weights": weights, "terms": terms}


def _total(terms: dict[str, Any], weights: dict[str, float], bound: int) -> float:
    judged = {letter: weights[letter] for letter, term in terms.items() if term["value"]}
    points: float = sum(terms[letter]["value"][bound] * weight for letter, weight in judged.items())
    return 100 * points / sum(judged.values())


class SampleForm(forms.Form):
    """A brief's first fields, one of each kind."""

    title = forms.CharField()
    scale = forms.ChoiceField()
    cap = forms.IntegerField(min_value=0, max_value=100, initial=140)
    over = forms.ChoiceField(widget=forms.RadioSelect)
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    is_anonymous = forms.BooleanField(required=False)

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        scales = [_("AI planning"), _("AI collaboration"), _("Full AI")]
        ways = [_("Warn"), _("Ask"), _("Block"), _("Scale the mark")]
        labels = [
            _("Title"),
            _("AI Assessment Scale"),
            _("Cap in per cent"),
            _("Over the cap"),
            _("What to make"),
        ]
        for name, label in zip(self.fields, [*labels, _("Peer review without names")], strict=True):
            self.fields[name].label = label
        self.fields["cap"].help_text = _("The greatest AI share of the picture. A drama academy uses 40.")
        self.fields["scale"].choices = list(enumerate(scales, 2))  # type: ignore[attr-defined]
        self.fields["over"].choices = list(enumerate(ways))  # type: ignore[attr-defined]


def _form() -> SampleForm:
    return SampleForm({"title": _("Lantern"), "scale": 3, "cap": 140, "over": 1, "text": ""})


SHARES = [
    ("Lantern", 0.303, 0.421, 68),
    ("Ferry 6 a.m.", 0.12, 0.14, 83),
    ("Snow Line", 0.37, 0.39, 61),
    ("Second Voice", 0.52, 0.57, 44),
    ("Kite", 0.21, 0.33, 72),
    ("Salt", 0.05, 0.05, 91),
    ("The Last Tram", 0.34, 0.36, 58),
]


def class_chart() -> dict[str, Any]:
    """Return films as points, AI share against human creative intervention, whiskers for what is open."""
    middle = [(lo + hi) / 2 for _name, lo, hi, _degree in SHARES]
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": middle,
        "y": [degree for *_rest, degree in SHARES],
        "text": [name for name, *_rest in SHARES],
        "customdata": ["/ui/room/" for _film in SHARES],
        "error_x": {
            "type": "data",
            "array": [(hi - lo) / 2 for _n, lo, hi, _d in SHARES],
            "color": "--line-strong",
        },
        "marker": {"size": 11, "color": "--ink"},
        "hovertemplate": "%{text}<extra></extra>",
    }
    layout = {
        "xaxis": {"title": {"text": _("AI share of the picture")}, "tickformat": ".0%", "range": [0, 0.7]},
        "yaxis": {"title": {"text": _("Human creative intervention")}, "range": [0, 100]},
        "shapes": [cap_line(CAP, axis="x")],
        "annotations": [cap_label(CAP, _("cap 40 %"), axis="x")],
        "showlegend": False,
    }
    return {"data": [points], "layout": layout}


def module_chart() -> dict[str, Any]:
    """Return seconds of each state by module, as stacked bars."""
    names = [_("Text"), _("Image"), _("Character"), _("Video"), _("Audio"), _("Capstone")]
    seconds = {
        "H": [50, 20, 18, 30, 44, 61],
        "M": [5, 12, 14, 9, 4, 8],
        "A": [30, 58, 60, 52, 43, 24],
        "U": [5, 0, 8, 9, 9, 7],
    }
    bars = [
        {
            "type": "bar",
            "name": str(state_of(letter).label),
            "x": names,
            "y": values,
            "marker": state_marker(letter),
        }
        for letter, values in seconds.items()
    ]
    layout = {"barmode": "stack", "bargap": 0.45, "yaxis": {"ticksuffix": " %", "range": [0, 100]}}
    return {"data": bars, "layout": layout}


def share_table() -> dict[str, Any]:
    columns = [_("Film"), {"label": _("AI share"), "numeric": True}, {"label": "HCID", "numeric": True}]
    rows = [
        [{"text": name, "url": "/ui/room/"}, share_interval(lo, hi, cap=CAP), degree]
        for name, lo, hi, degree in SHARES
    ]
    return {"columns": columns, "rows": rows}


def _courses() -> list[dict[str, Any]]:
    return [
        {
            "title": _("Hybrid film, autumn term"),
            "eyebrow": _("Course · 2nd year · 24 students"),
            "still": static("ui/gallery/still-2.jpg"),
            "foot": _("Next: capstone, rough cut due Friday 18:00"),
            "share": (0.28, 0.34),
            "robust": 0.30,
        },
        {
            "title": _("AIGC creative literacy"),
            "eyebrow": _("Course · 1st year · 41 students"),
            "still": static("ui/gallery/still-1.jpg"),
            "foot": _("Next: reading for Tuesday"),
            "share": (0.05, 0.05),
            "robust": None,
        },
        {
            "title": _("Sound and image"),
            "eyebrow": _("Course · 3rd year · 18 students"),
            "still": static("ui/gallery/still-3.jpg"),
            "foot": _("Next: 6 films to mark"),
            "share": (0.52, 0.57),
            "robust": 0.55,
        },
    ]


def _facts() -> list[tuple[str, str]]:
    return [
        (_("Film"), _("Lantern")),
        (_("Crew"), _("Crew 3")),
        (_("Length"), "00:00:24:00"),
        (_("Rushes"), "14"),
        (_("Generations"), "38"),
        (_("Handed in"), _("12 Nov, 17:42")),
    ]


def _tabs() -> list[dict[str, Any]]:
    return [
        {"label": _("Rubric"), "panel": "sample-rubric", "current": True},
        {"label": _("Notes"), "panel": "sample-notes", "count": 7},
        {"label": _("Measure"), "panel": "sample-measure"},
        {"label": _("Declaration"), "panel": "sample-declaration"},
    ]


def _notes() -> list[dict[str, Any]]:
    return [
        {"start": 4.1, "end": None, "text": _("The lantern is the idea: hold it two frames longer.")},
        {"start": 12.0, "end": 13.6, "text": _("Where does this shot come from?")},
        {"start": 20.4, "end": 21.8, "text": _("Grain does not sit with the shot before.")},
    ]


def everything() -> dict[str, Any]:
    """Return the context of the gallery's pages."""
    return {
        "assessment": assessment(),
        "film_url": static("ui/gallery/filmstrip.jpg"),
        "movie_url": static("ui/gallery/film.mp4"),
        "poster_url": static("ui/gallery/still-1.jpg"),
        "form": _form(),
        "class_chart": class_chart(),
        "module_chart": module_chart(),
        "share_table": share_table(),
        "courses": _courses(),
        "facts": _facts(),
        "tab_items": _tabs(),
        "notes": _notes(),
        "icons": sorted(icon_names()),
        "states": "HAMUNX",
        "page": Paginator(range(100), 20).page(2),
        "max_bytes": 20 * 1000**3,
    }
