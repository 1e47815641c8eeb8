"""The figures for people: a table on the screen and in the published page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.measure.figures import Row, table

OPENS, CLOSES = "<!-- bench-measure -->", "<!-- /bench-measure -->"
CHINESE = {
    "attack": "处理", "films": "片数", "found": "找到", "signature": "FFmpeg 签名", "share error p95": "占比误差 p95",
    "covers": "区间含真值", "border frames": "边界误差（帧）", "area error": "面积误差",
}  # fmt: skip


def printed(rows: Sequence[Row]) -> str:
    """The table in columns."""
    lines = table(rows)
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )


def markdown(rows: Sequence[Row], figures: Mapping[str, Any], *, machine: str, chinese: bool = False) -> str:
    """The figures as the published page shows them."""
    head, *lines = table(rows)
    names = [CHINESE.get(name, name) if chinese else name for name in head]
    grid = [_line(names), _line(["---"] * len(names)), *map(_line, lines)]
    return "\n".join([_sentence(figures, machine, chinese=chinese), "", *grid])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _sentence(figures: Mapping[str, Any], machine: str, *, chinese: bool) -> str:
    values = {name: "–" if value is None else value for name, value in figures.items()} | {"machine": machine}
    template, strangers = (CHINESE_SENTENCE, CHINESE_STRANGERS) if chinese else (SENTENCE, STRANGERS)
    told = template + (strangers if figures["distractor_films"] else "")
    return told.format_map(values)


SENTENCE = (
    "{films} films, measured on {machine}. Share error, 95th percentile: {share_error_p95}; intervals that hold the true "
    "share: {interval_covers}; median width where every rush is given: {width_median}; F1 of localisation: {f1}; median "
    "border error: {border_median_frames} frames; mean area error of composites: {area_error_mean}. A 1080p film takes "
    "{seconds_vs_realtime_1080p} × its length, {seconds_vs_decode_1080p} × bare decoding, {peak_rss_mb} MB."
)
STRANGERS = (
    " Of {distractor_films} films' worth of shots that stand in no ledger, {false_films_per_1000} in 1,000 were told to "
    "hold AI."
)
CHINESE_SENTENCE = (
    "共 {films} 部片，测试机器：{machine}。占比误差 95 分位：{share_error_p95}；区间包含真实占比的片子：{interval_covers}；"
    "样片给全时区间宽度中位数：{width_median}；定位 F1：{f1}；边界误差中位数：{border_median_frames} 帧；"
    "合成镜头面积平均误差：{area_error_mean}。1080p 影片耗时为片长的 {seconds_vs_realtime_1080p} 倍、"
    "裸解码的 {seconds_vs_decode_1080p} 倍，内存 {peak_rss_mb} MB。"
)
CHINESE_STRANGERS = (
    "用 {distractor_films} 部片的量、从未入库的镜头检验误判：每 1000 部误判 {false_films_per_1000} 部。"
)


def write_page(page: Path, rows: Sequence[Row], figures: Mapping[str, Any], *, machine: str) -> None:
    """Put the figures between the markers of the page, first in English, then in Chinese.

    Raises:
        ValueError: when the page has no two pairs of markers.
    """
    parts = page.read_text().split(OPENS)
    if len(parts) != 3 or any(CLOSES not in part for part in parts[1:]):
        raise ValueError(f"{page.name} needs {OPENS} and {CLOSES} twice, once per language.")
    texts = [markdown(rows, figures, machine=machine, chinese=chinese) for chinese in (False, True)]
    for place, text in enumerate(texts, start=1):
        parts[place] = f"\n{text}\n{CLOSES}" + parts[place].split(CLOSES, 1)[1]
    page.write_text(OPENS.join(parts))
