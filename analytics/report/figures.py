"""A chart with its text alternative: what the script draws, what is drawn in HTML, and the same figures as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analytics.registry.reports.forms import Unit
from analytics.report import presentation
from analytics.report.query import Query
from analytics.report.table import Table
from analytics.report.wording import EMPTY, period_text, value_text

DEEP = 55  # from this share on, in hundredths, text on a heat map's cell is light


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a funnel: its figure, its share of the first and of the step before; `level` in whole hundredths."""

    title: str
    text: str
    of_first: str
    of_before: str
    level: int


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell of a heat map; `heat` is its share of the largest in hundredths, None where there is nothing yet."""

    text: str
    heat: int | None
    is_deep: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as templates show it. `kind` says which of `data` (drawn by the script), `steps` or `heat` it has."""

    kind: str
    text: str
    data: dict[str, Any]
    heads: list[str]
    rows: list[list[str]]
    steps: list[Step]
    heat: list[tuple[str, list[HeatCell]]]

    @property
    def is_drawn(self) -> bool:
        """Say whether the script draws it."""
        return self.kind not in {"funnel", "heat"}

    @property
    def is_tall(self) -> bool:
        """Say whether it needs room for bars below one another."""
        return bool(self.data.get("horizontal"))


def figure_of(table: Table, query: Query, names: tuple[str, ...], *, title: str = "") -> Figure | None:
    """Return the chart of a table over these series; None without a chart or points. `title` is the report's else."""
    chart = table.report.chart
    if chart is None or not table.series:
        return None
    places = {name: place for place, name in enumerate(table.series_columns)}
    points = [(row[places[chart.x]], [row[places[name]] for name in names]) for row in table.series]
    columns = [table.report.column(name) for name in names]
    return Figure(
        kind=chart.kind,
        text=figure_text(table, names, title),
        data=presentation.chart_of(table, query, names) if chart.kind not in {"funnel", "heat"} else {},
        heads=[
            table.report.column(chart.x).title if chart.x in place_names(table) else "",
            *(each.title for each in columns),
        ],
        rows=[
            [
                presentation.long_label(table, query, label),
                *(value_text(each.unit, value, table.currency) for each, value in zip(columns, values, strict=True)),
            ]
            for label, values in points
        ],
        steps=funnel_steps(table, names[0], points) if chart.kind == "funnel" else [],
        heat=heat_rows(table, query, names, points) if chart.kind == "heat" else [],
    )


def place_names(table: Table) -> set[str]:
    """Return the names of a report's columns; the x of a series file may be none of them."""
    return {column.name for column in table.columns}


def figure_text(table: Table, names: tuple[str, ...], title: str = "") -> str:
    """Return what a chart shows, for those who cannot see it."""
    titles = " and ".join(table.report.column(name).title for name in names)
    period = f", {period_text(table.period)}" if table.report.has_period else ""
    return f"{title or table.report.title}: {titles}{period}. The table below has the figures."


def share_text(part: float | None, whole: float | None) -> str:
    """Return a share; a dash without a whole."""
    return value_text(Unit.PERCENT, part / whole, "") if part is not None and whole else EMPTY


def funnel_steps(table: Table, name: str, points: list[tuple[Any, list[Any]]]) -> list[Step]:
    """Return the steps of a funnel with their shares of the first and of the one before."""
    unit, values = table.report.column(name).unit, [found[0] or 0 for _, found in points]
    return [
        Step(
            title=str(label),
            text=value_text(unit, value, table.currency),
            of_first=share_text(value, values[0]),
            of_before=share_text(value, values[place - 1]) if place else "",
            level=min(100, round(100 * value / values[0])) if values[0] else 0,
        )
        for place, ((label, _), value) in enumerate(zip(points, values, strict=True))
    ]


def heat_rows(
    table: Table, query: Query, names: tuple[str, ...], points: list[tuple[Any, list[Any]]]
) -> list[tuple[str, list[HeatCell]]]:
    """Return the rows of a heat map: a label, and a cell a series, darker where there is more."""
    largest = max((abs(value) for _, values in points for value in values if value is not None), default=0)
    units = [table.report.column(name).unit for name in names]
    return [
        (
            presentation.long_label(table, query, label),
            [
                heat_cell(value, value_text(unit, value, table.currency), largest)
                for unit, value in zip(units, values, strict=True)
            ],
        )
        for label, values in points
    ]


def heat_cell(value: float | None, text: str, largest: float) -> HeatCell:
    """Return a cell of a heat map."""
    if value is None:
        return HeatCell("", None)
    heat = round(100 * max(float(value), 0) / float(largest)) if largest else 0
    return HeatCell(text, heat, heat >= DEEP)
