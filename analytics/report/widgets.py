"""Answering the widgets of a dashboard: one period, comparison and currency for all, each by its report's own query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings

from analytics.registry.dashboards import DASHBOARDS, Dashboard, Form, Widget
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Report
from analytics.report import presentation
from analytics.report.figures import Figure, figure_of
from analytics.report.narrowed import can_be_narrowed
from analytics.report.presentation import Card, Cell, Head, Summary
from analytics.report.query import BadQuery, Query, parse_query, parse_segment
from analytics.report.run import run_query
from analytics.report.scope import ALL, Scope
from analytics.report.table import Table
from analytics.report.wording import period_text
from analytics.store.models import RollupOrder
from zuka.platform.clock import local_day
from zuka.platform.errors import Refused

ASKED = ("period", "from", "to", "compare", "currency", "segment")
MOST_IN_ROW = 5  # big numbers, on a desk; more stand in two rows
TOTALS_SHOWN = ("Total", "Change")


class UnknownDashboard(Refused):
    """There is no dashboard of this id."""

    status = 404
    code = "not_found"


@dataclass(frozen=True, slots=True)
class WidgetTable:
    """The first rows of a report with the columns of a widget; `is_cut` when there are more."""

    heads: list[Head]
    rows: list[list[Cell]]
    summaries: list[tuple[str, list[tuple[str, str]]]]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A widget with its figures: `cards` for numbers and above a chart, `figure` for a chart, `shown` for a table."""

    widget: Widget
    query: Query
    table: Table
    cards: list[Card]
    figure: Figure | None
    shown: WidgetTable | None


def find_dashboard(dashboard_id: str) -> Dashboard:
    """Return the dashboard of an id. Raises UnknownDashboard."""
    if dashboard_id not in DASHBOARDS:
        raise UnknownDashboard(f"There is no dashboard {dashboard_id!r}; there are {', '.join(DASHBOARDS)}.")
    return DASHBOARDS[dashboard_id]


def widgets_for(dashboard: Dashboard, scope: Scope) -> tuple[Widget, ...]:
    """Return the widgets of a dashboard whose reports somebody has the right to: its page, JSON and mails ask here."""
    return tuple(widget for widget in dashboard.widgets if scope.grants(REPORTS[widget.report]))


def read_asked(params: Mapping[str, str], *, today: date, scope: Scope) -> Query:
    """Return what a dashboard is asked for, as any report reads it. Raises BadQuery, which names the parameter."""
    query = read_days(params, today=today)
    return replace(query, segment=parse_segment(None, params, scope))


def read_days(params: Mapping[str, str], *, today: date) -> Query:
    """Return the same without the segment. Raises BadQuery."""
    for name in params:
        if name not in ASKED:
            raise BadQuery(f"A dashboard has no parameter {name!r}; it has {', '.join(ASKED)}.", field=name)
    # Of this report the reader chooses the period.
    return parse_query(report=REPORTS["overview"], params=without_segment(params), today=today, scope=ALL)


def fitting(report: Report, params: Mapping[str, str]) -> dict[str, str]:
    """Return what a report is asked of a dashboard's parameters: no segment, where it is not kept by person."""
    return dict(params) if can_be_narrowed(report) else without_segment(params)


def without_segment(params: Mapping[str, str]) -> dict[str, str]:
    """Return parameters about everybody."""
    return {name: value for name, value in params.items() if name != "segment"}


def widget_query(widget: Widget, params: Mapping[str, str], *, today: date, scope: Scope) -> Query:
    """Return the query of a widget under the dashboard's parameters. Raises BadQuery and OutOfScope."""
    read_days(params, today=today)
    report = REPORTS[widget.report]
    asked = {**fitting(report, params), **dict(widget.parameters)}
    return parse_query(report=report, params=asked, today=today, scope=scope)


def answer_widget(widget: Widget, params: Mapping[str, str], *, now: datetime, scope: Scope) -> Answer:
    """Return a widget with its figures. Raises BadQuery and OutOfScope."""
    query = widget_query(widget, params, today=local_day(now), scope=scope)
    table = run_query(query, now=now)
    is_chart = widget.form is Form.CHART
    names = series_of(widget) if is_chart else widget.columns
    cards = (
        []
        if widget.form is Form.TABLE
        else [presentation.card(table, query, table.report.column(each)) for each in names if each in table.totals]
    )
    return Answer(
        widget=widget,
        query=query,
        table=table,
        cards=cards,
        figure=figure_of(table, query, names, title=widget.heading) if is_chart else None,
        shown=shown_table(widget, table, query) if widget.form is Form.TABLE else None,
    )


def series_of(widget: Widget) -> tuple[str, ...]:
    """Return the series of a widget's chart: its own, else its report's."""
    chart = REPORTS[widget.report].chart
    return widget.columns or (chart.series if chart else ())


def shown_table(widget: Widget, table: Table, query: Query) -> WidgetTable:
    """Return the columns and rows that a widget shows. Where a link's own column is left out, the first one leads."""
    heads, rows = presentation.heads(table), presentation.rows(table, query)
    names = [column.name for column in table.columns]
    # Without the right to see people a column may be missing.
    places = [names.index(name) for name in widget.columns if name in names] or list(range(len(names)))
    return WidgetTable(
        heads=[heads[place] for place in places],
        rows=[shown_cells(row, places) for row in rows[: widget.rows]],
        summaries=[
            (each.title, shown_texts(each, places))
            for each in presentation.summaries(table, query)
            if each.title in TOTALS_SHOWN and any(text for text, _ in shown_texts(each, places))
        ],
        is_cut=len(rows) > widget.rows,
    )


def shown_cells(row: list[Cell], places: list[int]) -> list[Cell]:
    """Return the cells of a row, the first with a link of the row where those shown have none."""
    cells = [row[place] for place in places]
    link = next((cell.href for cell in row if cell.href and not cell.is_number), "")
    if link and not any(cell.href for cell in cells if not cell.is_number):
        cells[0] = replace(cells[0], href=link)
    return cells


def shown_texts(summary: Summary, places: list[int]) -> list[tuple[str, str]]:
    """Return the totals below the columns shown, with where they lead; the first of those is their title."""
    return [summary.linked[place - 1] if place else ("", "") for place in places[1:]]


def compared_text(table: Table) -> str:
    """Return what the figures are compared with."""
    return f"Compared with {period_text(table.compared)}" if table.compared else ""


def known_currencies() -> list[str]:
    """Return the currencies that orders were placed in, and the shop's own."""
    found = RollupOrder.objects.order_by().values_list("currency", flat=True).distinct()
    return sorted({settings.SHOP_CURRENCY, *found})


def half_of(widget: Widget) -> int:
    """Return how many big numbers of a widget stand in a row on a desk."""
    count = len(widget.columns)
    return count if count <= MOST_IN_ROW else -(-count // 2)


def dashboard_json(dashboard: Dashboard, scope: Scope) -> dict[str, Any]:
    """Return the declaration of a dashboard, as far as somebody may see it."""
    return {
        "id": dashboard.id,
        "title": dashboard.title,
        "question": dashboard.question,
        "widgets": [widget_json(widget) for widget in widgets_for(dashboard, scope)],
    }


def widget_json(widget: Widget) -> dict[str, Any]:
    """Return the declaration of a widget."""
    return {
        "key": widget.key,
        "title": widget.heading,
        "form": widget.form.value,
        "report": widget.report,
        "columns": list(widget.columns),
        "parameters": dict(widget.parameters),
        "width": widget.width,
        "rows": widget.rows,
    }
