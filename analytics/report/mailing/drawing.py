"""A report's chart as a picture, for mails and PDFs: no page, no script, no font from elsewhere."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics.registry.reports.forms import Unit
from analytics.report.presentation import chart_of
from analytics.report.query import Query
from analytics.report.table import Table

# Told apart by people who see few colours, and by lightness where there are none (Okabe and Ito).
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c8c8c")
INK, QUIET, LINE = "#1c1917", "#57534e", "#d6d3d1"
INCHES, DOTS = (6.4, 3.2), 150
MOST_LABELS, MOST_SMALL = 8, 8


def draw_chart(table: Table, query: Query, names: tuple[str, ...] = ()) -> bytes | None:
    """Return a report's chart as PNG, of these series or of its own; None where it has none or nothing to draw."""
    chart = table.report.chart
    if chart is None or not table.series:
        return None
    figure = new_figure()
    if chart.each and not names:
        names = chart.series[:MOST_SMALL]
        places = figure.subplots(-(-len(names) // 2), 2, squeeze=False).flat
        for axes, name in zip(places, names, strict=False):
            draw(axes, chart_of(table, query, (name,)), is_small=True)
            axes.set_title(table.report.column(name).title, fontsize=8, loc="left", color=INK)
        for axes in list(figure.axes)[len(names) :]:
            axes.set_visible(False)
    else:
        draw(figure.subplots(), chart_of(table, query, names or chart.series), is_small=False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS)
    return buffer.getvalue()


def new_figure() -> Any:
    """Return an empty picture. Matplotlib takes 40 MB of memory, so it is loaded by who draws."""
    # It keeps a list of fonts on disk, also where the home folder cannot be written.
    os.environ.setdefault("MPLCONFIGDIR", str(Path(tempfile.gettempdir()) / "zuka-matplotlib"))
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=INCHES, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)  # of its own, so that threads can draw at once
    return figure


def draw(axes: Any, chart: Mapping[str, Any], *, is_small: bool) -> None:
    """Draw a chart as its kind asks; one of an unknown kind as bars."""
    series = [each for each in chart["series"] if any(value is not None for value in each["values"])]
    DRAWERS.get(chart["kind"], draw_bars)(axes, chart, series)
    tidy(axes, chart, is_small=is_small)
    draw_notes(axes, chart["notes"], is_small=is_small)
    if len(series) > 1:
        axes.legend(fontsize=7, frameon=False, loc="upper left", ncols=3)


def draw_notes(axes: Any, notes: Sequence[Mapping[str, Any]], *, is_small: bool) -> None:
    """Draw each note's day as a line and several as a band, with the number that the list below the chart has."""
    for number, note in enumerate(notes, 1):
        axes.axvspan(note["first"], note["last"], color=INK, alpha=0.06, linewidth=0)
        for place in {note["first"], note["last"]}:
            axes.axvline(place, color=QUIET, linewidth=0.8, linestyle=":")
        if not is_small:
            badge = {"boxstyle": "circle", "facecolor": INK, "edgecolor": "none"}
            style = {"color": "white", "fontsize": 6, "ha": "center", "bbox": badge}
            axes.annotate(str(number), (note["first"], 1.02), xycoords=("data", "axes fraction"), **style)


def heights(values: Sequence[Any]) -> list[float]:
    """Return values as numbers that can be drawn; empty is a gap."""
    return [float("nan") if value is None else float(value) for value in values]


def draw_lines(axes: Any, _chart: Mapping[str, Any], series: Sequence[Mapping[str, Any]]) -> None:
    """Draw lines, those of the compared period dashed."""
    for place, each in enumerate(series):
        colour = COLOURS[place % len(COLOURS)]
        axes.plot(heights(each["values"]), color=colour, linewidth=1.6, label=each["title"])
        before = heights(each["previous"])[: len(each["values"])]
        if before:
            axes.plot(before, color=QUIET, linewidth=1, linestyle="--")
    axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))


def draw_bars(axes: Any, chart: Mapping[str, Any], series: Sequence[Mapping[str, Any]]) -> None:
    """Draw bars beside each other: upright over days, lying where the labels are names."""
    width = 0.8 / max(1, len(series))
    for place, each in enumerate(series):
        at = [number + place * width for number in range(len(each["values"]))]
        bars = axes.barh if chart["horizontal"] else axes.bar
        bars(at, heights(each["values"]), width, color=COLOURS[place % len(COLOURS)], label=each["title"])


def draw_stacked(axes: Any, chart: Mapping[str, Any], series: Sequence[Mapping[str, Any]]) -> None:
    """Draw bars on top of each other."""
    floor = [0.0] * len(chart["labels"])
    for place, each in enumerate(series):
        tall = [0.0 if value is None else float(value) for value in each["values"]]
        axes.bar(range(len(tall)), tall, 0.8, bottom=floor, color=COLOURS[place % len(COLOURS)], label=each["title"])
        floor = [low + high for low, high in zip(floor, tall, strict=True)]


Drawer = Callable[[Any, Mapping[str, Any], Sequence[Mapping[str, Any]]], None]
DRAWERS: dict[str, Drawer] = {"line": draw_lines, "bar": draw_bars, "stacked": draw_stacked, "funnel": draw_bars}


def tidy(axes: Any, chart: Mapping[str, Any], *, is_small: bool) -> None:
    """Write the axes: few labels, numbers as the pages have them, no frame."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    labels = chart["labels"]
    step = max(1, -(-len(labels) // (4 if is_small else MOST_LABELS)))
    unit = chart["series"][0]["unit"] if chart["series"] else "count"
    numbers = FuncFormatter(lambda value, _place: axis_text(value, unit, chart["symbol"]))
    names, values = (axes.yaxis, axes.xaxis) if chart["horizontal"] else (axes.xaxis, axes.yaxis)
    shown = range(len(labels)) if chart["horizontal"] else range(0, len(labels), step)
    names.set_ticks(list(shown), [str(labels[place]) for place in shown])
    values.set_major_locator(MaxNLocator(4, integer=unit == "count"))
    values.set_major_formatter(numbers)
    if chart["horizontal"]:
        axes.invert_yaxis()
    axes.grid(axis="x" if chart["horizontal"] else "y", color=LINE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=7, colors=QUIET, length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def axis_text(value: float, unit: str, symbol: str) -> str:
    """Return a number beside an axis: ₦1.2M, 40 %, 3,500."""
    if unit == Unit.PERCENT.value:
        return f"{value:.0f} %"
    sign = symbol if unit == Unit.MONEY.value else ""
    for least, letter in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= least:
            return f"{'−' if value < 0 else ''}{sign}{abs(value) / (1e3 if letter == 'k' else least):,.3g}{letter}"
    return f"{'−' if value < 0 else ''}{sign}{abs(value):,.10g}"
