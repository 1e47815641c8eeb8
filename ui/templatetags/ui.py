"""Components as template tags with declared props: `{% load ui %}`. The gallery at /ui/ shows each one.

Inclusion tags draw one thing from their props; block tags (`card`, `dialog`, `empty`, `section`, `fold`)
wrap what stands between them and their `end…`. Shares are 0..1, times are seconds;
every tag escapes what it is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ui.components import formats
from ui.components.gauge import RESULT_ICONS, RESULT_TONES, RESULTS
from ui.components.gauge import gauge as lay_out_gauge
from ui.components.icons import icon_names
from ui.components.states import STATES, state_of
from ui.components.strip import strip as lay_out_strip
from ui.components.waterfall import waterfall as lay_out_waterfall

register = template.Library()
_keys = count(1)


def _key() -> str:
    """Return a prefix for ids of one drawing: a pattern in a hidden part of a page paints nothing."""
    return f"d{next(_keys)}"


# ---------------------------------------------------------------- words
@register.filter
def timecode(seconds: formats.Number | None, fps: formats.Number = 25) -> str:
    """`{{ shot.start|timecode:cut.fps }}` → 00:01:04:12 (HH:MM:SS:FF); empty for None."""
    return "" if seconds is None else formats.timecode(seconds, fps=fps)


@register.filter
def share(value: formats.Number | Sequence[formats.Number] | None) -> str:
    """`{{ 0.34|share }}` → 34 %; `{{ pair|share }}` → 28–34 %, rounded outward; empty for None."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return formats.share_interval(value[0], value[1])
    return formats.percent(value)  # type: ignore[arg-type]  # a Sequence that is no list or tuple is a str


@register.filter
def bytes(count: int | None) -> str:  # noqa: A001  # the filter's name in templates
    """`{{ media.size_bytes|bytes }}` → 3.2 GB."""
    return formats.file_size(count)


@register.filter
def duration(seconds: formats.Number | None) -> str:
    """`{{ media.duration_seconds|duration }}` → 2 min 05 s."""
    return formats.duration(seconds)


@register.filter
def initials(person: object) -> str:
    """`{{ user|initials }}` → AB for Alice Brown, 晓明 for 王晓明: what fits an avatar."""
    words = str(person).split()
    if len(words) > 1:
        return (words[0][0] + words[-1][0]).upper()
    name = words[0] if words else "?"
    return name[:2].upper() if name.isascii() else name[-2:]


# ---------------------------------------------------------------- small parts
@register.inclusion_tag("ui/components/icon.html")
def icon(name: str, size: str = "", label: str = "") -> dict[str, object]:
    """`{% icon "film" %}`: size small, large or huge; a label only where no words stand beside."""
    if name not in icon_names():
        raise template.TemplateSyntaxError(f"No icon {name!r} in the sprite; the gallery shows the names.")
    return {"name": name, "size": size, "label": label}


@register.inclusion_tag("ui/components/badge.html")
def badge(label: str, tone: str = "", icon: str = "") -> dict[str, object]:
    """`{% badge label tone="accent" icon="check" %}`: tone quiet, accent, danger, solid or open."""
    return {"label": label, "tone": tone, "icon": icon}


@register.inclusion_tag("ui/components/badge.html")
def verdict_badge(result: str) -> dict[str, object]:
    """`{% verdict_badge "within" %}`: within, over or open, with icon and word."""
    tone, icon_name = RESULT_TONES.get(result, "quiet"), RESULT_ICONS.get(result, "circle")
    return {"label": RESULTS.get(result, result), "tone": tone, "icon": icon_name}


@register.inclusion_tag("ui/components/state.html")
def state_badge(state: str, words: bool = True) -> dict[str, object]:
    """`{% state_badge "M" %}`: colour, pattern, letter and name of a segment's state (A, H, M, U, N, X)."""
    return {"state": state_of(state), "words": words}


@register.inclusion_tag("ui/components/state_legend.html")
def state_legend() -> dict[str, object]:
    """All six states with their meaning."""
    return {"states": STATES.values()}


@register.inclusion_tag("ui/components/brand.html")
def brand(url: str = "/") -> dict[str, object]:
    """The mark and the words Dailies 样片, as a link to the home page."""
    return {"url": url}


@register.inclusion_tag("ui/components/slate.html")
def slate(facts: Sequence[tuple[str, object]], size: str = "") -> dict[str, object]:
    """`{% slate facts %}`: (label, value) pairs laid out like a clapper slate; size large for headlines."""
    return {"facts": facts, "size": size}


@register.inclusion_tag("ui/components/message.html")
def message(text: str, tone: str = "info", title: str = "") -> dict[str, object]:
    """An inline notice: tone info, success, warning or error."""
    icons = {"info": "info", "success": "circle-check", "warning": "triangle-alert", "error": "octagon-alert"}
    tone = tone if tone in icons else "info"
    return {"text": text, "tone": tone, "title": title, "icon": icons[tone]}


@register.inclusion_tag("ui/components/gauge.html")
def gauge(
    lo: formats.Number,
    hi: formats.Number,
    cap: formats.Number | None = None,
    robust: formats.Number | None = None,
    size: str = "",
    label: str = "",
) -> dict[str, object]:
    """`{% gauge lo hi cap=0.4 robust=0.3 %}`: a share against the cap, words beside; size small in cards."""
    return {
        "gauge": lay_out_gauge(lo, hi, cap=cap, robust=robust),
        "size": size,
        "label": label,
        "key": _key(),
    }


@register.inclusion_tag("ui/components/progress.html", takes_context=True)
def progress(
    context: template.Context,
    value: float | None = None,
    max: float = 1,  # noqa: A002  # the prop is named after the HTML attribute
    label: str = "",
    note: str = "",
    state: str = "",
    sse: str = "",
    poll: str = "",
    refresh: str = "",
    cancel: str = "",
) -> dict[str, object]:
    """`{% progress 0.4 label=job.title note="about 40 s" sse=events_url poll=status_url %}`.

    Args of the tag: value None = indeterminate; state running, done, failed; `sse` is an event stream and
    `poll` the JSON fallback, both giving {"value", "max", "label", "note", "state", "done"}; when done, the
    elements `refresh` selects get the event `dailies:done` (for `hx-trigger="dailies:done"`), or the page
    reloads where it is "page". `cancel` is an address that a button posts to while it runs.
    """
    return {
        "value": value, "max": max, "label": label, "note": note, "state": state, "sse": sse, "poll": poll,
        "refresh": refresh, "cancel": cancel, "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


# ---------------------------------------------------------------- the film
@register.inclusion_tag("ui/components/strip.html")
def strip(
    assessment: Mapping[str, Any],
    film_url: str = "",
    player: str = "",
    evidence_url: str = "",
    target: str = "",
    cuts: Sequence[Any] | None = None,
    notes: Sequence[Mapping[str, Any]] = (),
) -> dict[str, object]:
    """`{% strip assessment=dict film_url=filmstrip_url player="#film" %}`: the provenance strip.

    Args of the tag: `assessment` is a `dailies-assessment/1`; `film_url` a picture of frames side by side,
    evenly spaced over the film; `player` selects the <video> to follow, else the first one on the page;
    `evidence_url` an address with `{plane}` and `{index}`, loaded into `target` (a selector) if given;
    `cuts` in seconds; `notes` as {"start", "end", "text", "url"}. Without `evidence_url`, Enter leads to the
    segment's row of the table.
    """
    key = _key()
    return {
        "strip": lay_out_strip(assessment, key=key, evidence_url=evidence_url, cuts=cuts, notes=notes),
        "key": key,
        "film_url": film_url,
        "player": player,
        "is_fetched": bool(evidence_url and target),
        "target": target,
    }


@register.inclusion_tag("ui/components/todo.html")
def todo(verdict: Mapping[str, Any], fps: formats.Number = 25) -> dict[str, object]:
    """`{% todo assessment.verdict fps %}`: the segments whose proof would close an open verdict."""
    return {"items": verdict.get("todo", []) if verdict.get("result") == "open" else [], "fps": fps}


@register.inclusion_tag("ui/components/waterfall.html")
def waterfall(hcid: Mapping[str, Any]) -> dict[str, object]:
    """`{% waterfall assessment.hcid %}`: the terms of the human creative intervention degree as steps."""
    return {"waterfall": lay_out_waterfall(hcid)}


@register.inclusion_tag("ui/components/player.html")
def player(
    src: str,
    fps: formats.Number = 25,
    poster: str = "",
    captions: str = "",
    id: str = "film",  # noqa: A002
) -> dict[str, object]:
    """`{% player src=proxy_url fps=cut.fps %}`: J-K-L, frame steps, a timecode; strips follow it."""
    return {"src": src, "fps": fps, "poster": poster, "captions": captions, "id": id}


@register.inclusion_tag("ui/components/chart.html")
def chart(
    figure: Mapping[str, Any], table: Mapping[str, Any] | None = None, title: str = "", size: str = ""
) -> dict[str, object]:
    """`{% chart figure table=rows title=… %}`: a Plotly figure as a dict, and the same numbers as a table.

    `table` is {"columns", "rows"} of `data_table`. Strings like "--state-h", "--ink" in the figure
    are custom properties, taken from the page's theme; see also ui.charts. A point whose `customdata` is an
    address, or has one under "url" or as its first item, leads there. size small or tall.
    """
    return {"figure": figure, "table": table, "title": title, "size": size, "key": _key()}


# ---------------------------------------------------------------- forms
@register.inclusion_tag("ui/components/dropzone.html", takes_context=True)
def dropzone(
    context: template.Context,
    action: str,
    name: str = "file",
    label: str = "",
    hint: str = "",
    accept: str = "",
    multiple: bool = True,
    max_bytes: int | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, object]:
    """`{% dropzone action=url label=… hint=… accept="video/*" %}`: files, each with bar, cancel and retry.

    Every file is one POST of multipart/form-data in field `name`, after the `extra` fields, with the header
    `Accept: application/json`; the answer is {"ok": true, "url": …} or {"ok": false, "error": sentence}.
    When all are stored the form gets `dailies:stored`. Without script it is a plain form that sends all
    files at once.
    """
    return {
        "action": action,
        "name": name,
        "label": label or _("Drop files here, or choose them"),
        "hint": hint,
        "accept": accept,
        "multiple": multiple,
        "max_bytes": max_bytes,
        "extra": extra or {},
        "csrf_token": context.get("csrf_token"),
        "key_id": _key(),
    }


@register.inclusion_tag("ui/components/field.html")
def field(bound: BoundField, label: str = "", help: str = "") -> dict[str, object]:  # noqa: A002
    """`{% field form.title %}`: label, help, widget and errors, tied together by aria-describedby."""
    kind = getattr(bound.field.widget, "input_type", "")
    return {
        "field": bound,
        "label": label or bound.label,
        "help": help or bound.help_text,
        "is_check": kind == "checkbox" and not getattr(bound.field.widget, "allow_multiple_selected", False),
        "is_group": bool(getattr(bound.field.widget, "use_fieldset", False)),
    }


@register.inclusion_tag("ui/components/form_errors.html")
def form_errors(form: Any, focus: bool = True) -> dict[str, object]:
    """The errors of the entire form, above its fields, focused at load; fields show their own."""
    return {"form": form, "focus": focus}


# ---------------------------------------------------------------- tables and tabs
@register.inclusion_tag("ui/components/data_table.html")
def data_table(
    columns: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    caption: str = "",
    dense: bool = False,
    frozen: bool = False,
) -> dict[str, object]:
    """`{% data_table columns rows caption=… %}`: a table in a frame that scrolls.

    Columns are words or {"label", "numeric"}, cells are values or {"text", "url"}; frozen: first column.
    """
    heads = [column if isinstance(column, Mapping) else {"label": column} for column in columns]
    body = [[_cell(value, head) for value, head in zip(row, heads, strict=True)] for row in rows]
    return {"columns": heads, "rows": body, "caption": caption, "dense": dense, "frozen": frozen}


def _cell(value: Any, column: Mapping[str, Any]) -> dict[str, Any]:
    cell = dict(value) if isinstance(value, Mapping) else {"text": value}
    return {**cell, "label": column["label"], "numeric": column.get("numeric", False)}


@register.inclusion_tag("ui/components/tabs.html")
def tabs(items: Sequence[Mapping[str, Any]], label: str = "") -> dict[str, object]:
    """`{% tabs items %}`: items {"label", "url" or "panel" (id of a `.tab-panel`), "current", "count"}."""
    return {"items": items, "label": label, "has_panels": any(item.get("panel") for item in items)}


@register.inclusion_tag("ui/components/crumbs.html")
def crumbs(*pairs: str) -> dict[str, object]:
    """`{% crumbs label url label url %}`: the way down to this page, without the page itself."""
    return {"items": list(zip(pairs[::2], pairs[1::2], strict=True))}


@register.inclusion_tag("ui/components/pages.html", takes_context=True)
def pages(context: template.Context, page: Any) -> dict[str, object]:
    """`{% pages page_obj %}`: the pages beside a Django paginator's page, other query parameters kept."""
    query: QueryDict = context["request"].GET.copy()
    query.pop("page", None)
    return {"page": page, "query": query.urlencode()}


# ---------------------------------------------------------------- wrappers
@register.simple_block_tag
def card(
    content: str, title: str = "", url: str = "", eyebrow: str = "", still: str = "", foot: str = ""
) -> SafeString:
    """`{% card title=… url=… eyebrow=… still=… foot=… %}…{% endcard %}`: with a url all of it is a link."""
    props = {"content": content, "title": title, "url": url, "eyebrow": eyebrow, "still": still, "foot": foot}
    return render_to_string("ui/components/card.html", props)


@register.simple_block_tag
def section(content: str, title: str, note: str = "", id: str = "") -> SafeString:  # noqa: A002
    """`{% section "Shots" note="14 of 20" %}…{% endsection %}`: a titled part of a page under a hairline."""
    return render_to_string(
        "ui/components/section.html", {"content": content, "title": title, "note": note, "id": id}
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: str, wide: bool = False) -> SafeString:  # noqa: A002
    """`{% dialog "prove" "Ask for proof" %}…{% enddialog %}`; any `<button data-open="prove">` opens it."""
    return render_to_string(
        "ui/components/dialog.html", {"content": content, "id": id, "title": title, "wide": wide}
    )


@register.simple_block_tag
def empty(content: str, title: str, icon: str = "clapperboard") -> SafeString:
    """`{% empty "No shots yet" icon="film" %}what to do first, with a button{% endempty %}`."""
    return render_to_string("ui/components/empty.html", {"content": content, "title": title, "icon": icon})


@register.simple_block_tag
def fold(
    content: str,
    title: str,
    open: bool = False,  # noqa: A002
    note: str = "",
    id: str = "",  # noqa: A002
) -> SafeString:
    """`{% fold module.title open=True note="3 of 5 done" %}…{% endfold %}`: a block that collapses."""
    return render_to_string(
        "ui/components/fold.html", {"content": content, "title": title, "open": open, "note": note, "id": id}
    )
