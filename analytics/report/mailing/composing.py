"""What a mailed report says: its figures, chart and first rows, and the files that come with it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from analytics.report import presentation
from analytics.report.export import FORMATS, extract_query
from analytics.report.figures import figure_text
from analytics.report.mailing.calendar import ended_period
from analytics.report.mailing.drawing import draw_chart
from analytics.report.mailing.printing import print_report
from analytics.report.query import Query, file_stem, find_report, parse_query
from analytics.report.run import run_query
from analytics.report.scope import NOBODY
from analytics.report.table import Table
from analytics.report.wording import change_text, headline_text, moment_text, period_text
from analytics.store.models.subscriptions import ReportSubscription
from zuka.platform.clock import local_day
from zuka.platform.mail.files import MOST_BYTES, Attachment
from zuka.platform.mail.templates import MailTemplate

PDF = "pdf"
# What is attached, as pages have it: the others are for programs, which ask the API.
FILES = {"csv": "CSV", "xlsx": "Excel", PDF: "PDF"}
SHOWN_ROWS, FILE_ROWS, PDF_ROWS, FIGURES = 10, 20_000, 401, 8
CHART = "chart"
MAILED = MailTemplate(
    "report.mailed",
    "{title}: {period}",
    "A report that staff have mailed to themselves or others, every day, week or month.",
    {
        "title": "Revenue by day",
        "question": "What was ordered, paid, refunded and delivered each day?",
        "period": "16 – 22 Nov 2026",
        "as_of": "Mon 23 Nov 2026, 07:00",
        "basis": "order and payment ledger",
        "figures": [{"title": "Revenue paid", "total": "₦1,399,999", "change": "+4.2%"}],
        "heads": ["Day", "Revenue paid"],
        "rows": [["Sun 22 Nov 2026", "₦499,999.00"], ["Sat 21 Nov 2026", "₦900,000.00"]],
        "left": 5,
        "files": ["revenue.csv", "revenue.pdf"],
        "too_large": [],
        "chart_text": "",
        "notes": ["Fri 20 Nov 2026: Black Friday mail sent"],
        "link": "https://shop.example/admin/reports/revenue/",
        "opt_out_link": "https://shop.example/report-mails/token/",
    },
)


@dataclass(frozen=True, slots=True)
class MailedReport:
    """A report as it is mailed: the facts of its texts, and its files with the chart among them."""

    context: dict[str, Any]
    attachments: list[Attachment]
    template: MailTemplate = MAILED


def query_of(subscription: ReportSubscription, *, due: datetime, limit: int, asker: Any = None) -> Query:
    """Return the query of a subscription for a day it is due. Raises UnknownReport, BadQuery.

    Its segment is one that its owner may use, or whoever is writing it down.
    """
    report, day = find_report(subscription.report), local_day(due)
    params = params_of(subscription, day=day) if report.has_period else {**subscription.params}
    asked = min(limit, int(params["limit"])) if params.get("limit", "").isdecimal() else limit
    params, reader = {**params, "limit": str(asked)}, asker or subscription.owner
    query = parse_query(
        report=report, params=params, today=day, scope=replace(NOBODY, reader=reader), largest=FILE_ROWS
    )
    # Those who get it are not asked one by one what they may see: nobody's name is in it, nor anybody's own notes.
    return replace(query, scope=NOBODY)


def params_of(subscription: ReportSubscription, *, day: date) -> dict[str, str]:
    """Return what a subscription asks for: about the day, week or month that has ended, unless it says which days."""
    params: dict[str, str] = {**subscription.params}
    if {"period", "from", "to"} & set(params):
        return params
    period = ended_period(subscription.cadence, day=day)
    return params | {"from": period.first.isoformat(), "to": period.last.isoformat()}


def compose_report(subscription: ReportSubscription, *, due: datetime, now: datetime) -> MailedReport:
    """Return what is mailed. Raises UnknownReport, BadQuery, and the database's errors."""
    query = query_of(subscription, due=due, limit=PDF_ROWS)
    table = run_query(query, now=now)
    chart = draw_chart(table, query)
    files = [make_file(kind, table, query, chart, now) for kind in subscription.formats if kind in FILES]
    taken, too_large = fitting(files, MOST_BYTES - len(chart or b""))
    context = facts(table, query, now) | {
        "files": [each.name for each in taken],
        "too_large": [each.name for each in too_large],
        "chart_text": figure_text(table, query.report.chart.series) if chart and query.report.chart else "",
    }
    picture = [Attachment("chart.png", "image/png", chart, CHART)] if chart else []
    return MailedReport(context, [*picture, *taken])


def make_file(kind: str, table: Table, query: Query, chart: bytes | None, now: datetime) -> Attachment:
    """Return one file of a report."""
    name = f"{file_stem(query)}.{kind}"
    if kind == PDF:
        return Attachment(name, "application/pdf", print_report(table, query, chart=chart, at=now))
    buffer, form = io.BytesIO(), FORMATS[kind]
    longer = replace(query, limit=FILE_ROWS if query.limit == PDF_ROWS else query.limit)
    for _rows in form.write(extract_query(longer, now=now), buffer):
        continue  # nobody watches its progress
    return Attachment(name, form.media_type.partition(";")[0], buffer.getvalue())


def fitting(files: list[Attachment], room: int) -> tuple[list[Attachment], list[Attachment]]:
    """Return the files that a mail can carry, smallest first, and those that it cannot."""
    taken = []
    for each in sorted(files, key=lambda file: len(file.content)):
        room -= len(each.content)
        if room >= 0:
            taken.append(each)
    return [each for each in files if each in taken], [each for each in files if each not in taken]


def facts(table: Table, query: Query, now: datetime) -> dict[str, Any]:
    """Return what the texts of the mail say."""
    rows = presentation.rows(table, query)
    return {
        "title": table.title,
        "question": table.report.question,
        "period": period_text(table.period) if table.report.has_period else moment_text(now),
        "as_of": moment_text(table.as_of or now),
        "basis": table.report.basis.value,
        "figures": figures(table),
        "heads": [head.title for head in presentation.heads(table)],
        "rows": [[cell.text for cell in row] for row in rows[:SHOWN_ROWS]],
        "left": max(0, len(rows) - SHOWN_ROWS),
        "notes": [note.said for note in table.notes],
    }


def figures(table: Table) -> list[dict[str, str]]:
    """Return the totals with their changes."""
    totals: Mapping[str, Any] = table.totals
    return [
        {
            "title": column.title,
            "total": headline_text(column.unit, totals[column.name], table.currency),
            "change": change_text(table.change(column.name)),
        }
        for column in table.columns
        if totals.get(column.name) is not None
    ][:FIGURES]
