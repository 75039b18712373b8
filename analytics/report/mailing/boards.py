"""A whole dashboard as it is mailed: each widget with its numbers, chart or first rows, and their files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from analytics.registry.dashboards import DASHBOARDS, Dashboard, Form, Widget
from analytics.registry.reports import REPORTS
from analytics.report import presentation
from analytics.report.mailing.composing import (
    FILES,
    PDF,
    PDF_ROWS,
    MailedReport,
    compose_report,
    fitting,
    make_file,
    params_of,
)
from analytics.report.mailing.drawing import DRAWERS, draw_chart
from analytics.report.mailing.printing import Printed, print_dashboard
from analytics.report.query import Query
from analytics.report.run import run_query
from analytics.report.scope import NOBODY, Scope
from analytics.report.table import Table
from analytics.report.widgets import find_dashboard, read_asked, series_of, shown_table, widget_query, widgets_for
from analytics.report.wording import moment_text, period_text, whom_text
from analytics.store.models.subscriptions import ReportSubscription
from zuka.platform.clock import local_day
from zuka.platform.mail.files import MOST_BYTES, Attachment
from zuka.platform.mail.templates import MailTemplate

EMPTY = "Nothing in this period."
BOARD = MailTemplate(
    "dashboard.mailed",
    "{title}: {period}",
    "A dashboard that staff have mailed to themselves or others, every day, week or month.",
    {
        "title": "Overview",
        "question": "How is the shop doing, compared with before?",
        "period": "16 – 22 Nov 2026",
        "as_of": "Mon 23 Nov 2026, 07:00",
        "about": "",
        "sections": [
            {
                "title": "Headlines",
                "about": "",
                "notes": ["Fri 20 Nov 2026: Black Friday mail sent"],
                "figures": [{"title": "Revenue paid", "total": "₦1,399,999", "change": "+4.2%"}],
                "chart": "",
                "chart_text": "",
                "heads": [],
                "rows": [],
                "empty": "",
            },
            {
                "title": "Best sellers",
                "about": "",
                "notes": [],
                "figures": [],
                "chart": "",
                "chart_text": "",
                "heads": ["Product", "Units"],
                "rows": [["Ankara gown", "12"]],
                "empty": "",
            },
        ],
        "files": ["overview-2026-11-16-2026-11-22.pdf"],
        "too_large": [],
        "link": "https://shop.example/admin/dashboards/overview/",
        "opt_out_link": "https://shop.example/report-mails/token/",
    },
)


@dataclass(frozen=True, slots=True)
class Section:
    """A widget with its answer: the facts of its texts, its chart, and what its file is made of."""

    widget: Widget
    query: Query
    table: Table
    facts: dict[str, Any]
    chart: bytes | None


def compose_mail(subscription: ReportSubscription, *, due: datetime, now: datetime) -> MailedReport:
    """Return what a subscription mails: its report, or its dashboard. Raises Refused, and the database's errors."""
    if subscription.dashboard:
        return compose_dashboard(subscription, due=due, now=now)
    return compose_report(subscription, due=due, now=now)


def compose_dashboard(subscription: ReportSubscription, *, due: datetime, now: datetime) -> MailedReport:
    """Return a dashboard as it is mailed. Raises UnknownDashboard, BadQuery, and the database's errors."""
    dashboard, day = find_dashboard(subscription.dashboard), local_day(due)
    params, reader = params_of(subscription, day=day), replace(NOBODY, reader=subscription.owner)
    asked = read_asked(params, today=day, scope=reader)
    period = asked.period
    sections = [
        make_section(place, widget, params, due=due, now=now, reader=reader)
        for place, widget in enumerate(widgets_for(dashboard, NOBODY), 1)
    ]
    pictures = [
        Attachment(f"{each.facts['chart']}.png", "image/png", each.chart, each.facts["chart"])
        for each in sections
        if each.chart
    ]
    files = make_files(dashboard, sections, subscription.formats, asked, now)
    taken, too_large = fitting(files, MOST_BYTES - sum(len(each.content) for each in pictures))
    context = {
        "title": dashboard.title,
        "question": dashboard.question,
        "period": period_text(period),
        "as_of": moment_text(now),
        "about": whom_text(asked.segment),
        "sections": [each.facts for each in sections],
        "files": [each.name for each in taken],
        "too_large": [each.name for each in too_large],
    }
    return MailedReport(context, [*pictures, *taken], BOARD)


def make_section(
    place: int, widget: Widget, params: dict[str, str], *, due: datetime, now: datetime, reader: Scope
) -> Section:
    """Return a widget as a part of the mail, of people whom its `reader` may ask about. Those who get it are not asked
    one by one: no names, no orders.
    """
    query = widget_query(widget, params, today=local_day(due), scope=reader)
    query = replace(query, scope=NOBODY)
    table = run_query(query, now=now)
    chart = widget_chart(widget, table, query)
    shown = shown_table(widget, table, query) if widget.form is not Form.NUMBERS and chart is None else None
    names = () if widget.form is Form.TABLE else series_of(widget)
    cards = [presentation.card(table, query, table.report.column(name)) for name in names if name in table.totals]
    figures = [{"title": each.title, "total": each.total, "change": each.change} for each in cards]
    rows = [[cell.text for cell in row] for row in shown.rows] if shown else []
    facts = {
        "title": widget.heading,
        "about": whom_text(None, is_asked=True) if params.get("segment") and query.segment is None else "",
        "notes": [note.said for note in table.notes] if chart else [],
        "figures": [] if shown else figures,
        "chart": f"chart-{place}" if chart else "",
        "chart_text": f"{widget.heading}. The files have its figures." if chart else "",
        "heads": [head.title for head in shown.heads] if rows and shown else [],
        "rows": rows,
        "empty": "" if rows or chart or (figures and not shown) else table.report.empty or EMPTY,
    }
    return Section(widget, query, table, facts, chart)


def widget_chart(widget: Widget, table: Table, query: Query) -> bytes | None:
    """Return a widget's chart as PNG; None for what is no chart, or is better read as rows."""
    chart = table.report.chart
    if widget.form is not Form.CHART or chart is None or chart.kind not in DRAWERS:
        return None
    return draw_chart(table, query, series_of(widget))


def make_files(
    dashboard: Dashboard, sections: list[Section], kinds: list[str], asked: Query, now: datetime
) -> list[Attachment]:
    """Return the files of a dashboard: one PDF of all of it; of any other kind one for each report."""
    files, days = [], f"{asked.period.first}-{asked.period.last}"
    for kind in (each for each in kinds if each in FILES):
        if kind == PDF:
            printed = [Printed(each.facts, each.table, each.chart) for each in sections]
            content = print_dashboard(
                dashboard.title, dashboard.question, days, printed, about=whom_text(asked.segment), at=now
            )
            files.append(Attachment(f"{dashboard.id}-{days}.pdf", "application/pdf", content))
            continue
        reports = {(each.widget.report, each.widget.parameters): each for each in sections}
        for (report, parameters), each in reports.items():
            made = make_file(kind, each.table, with_rows(each.query), None, now)
            name = "-".join((report, *(value for _, value in parameters), days))
            files.append(Attachment(f"{name}.{kind}", made.media_type, made.content))
    return files


def with_rows(query: Query) -> Query:
    """Return a query for a file: all rows that a file has, not those of a page."""
    return replace(query, limit=PDF_ROWS)


def title_of(subscription: ReportSubscription) -> str:
    """Return the title of what a subscription mails; its name where there is no such any more."""
    if subscription.dashboard:
        board = DASHBOARDS.get(subscription.dashboard)
        return f"{board.title} (dashboard)" if board else subscription.dashboard
    report = REPORTS.get(subscription.report)
    return report.title if report else subscription.report
