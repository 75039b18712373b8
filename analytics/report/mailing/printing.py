"""A report as PDF: its totals, its chart and its table, in the fonts of the back office."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.registry.reports.forms import Unit
from analytics.report import presentation
from analytics.report.query import Query
from analytics.report.table import Table
from analytics.report.wording import moment_text, period_text

MOST_ROWS = 400
MOST_COLUMNS = 6  # more than these go on a sheet that lies
WIDE = {Unit.TEXT: 2.0, Unit.JSON: 2.0, Unit.MOMENT: 1.6, Unit.MONEY: 1.3}
LONGEST = 60


def print_report(table: Table, query: Query, *, chart: bytes | None, at: datetime) -> bytes:
    """Return a report as PDF; of a long one the first 400 rows, and it says so."""
    from zuka.platform.papers.sheet import Sheet  # its library reads fonts at import, and most processes print nothing

    sheet = Sheet(title=table.title, at=at, is_wide=len(table.columns) > MOST_COLUMNS)
    period = [("Period", period_text(table.period))] if table.report.has_period else []
    sheet.facts(
        [
            ("Question", table.report.question),
            *period,
            ("Basis", table.report.basis.value),
            ("As of", moment_text(table.as_of or at)),
        ]
    )
    if chart:
        sheet.image(io.BytesIO(chart), w=min(sheet.epw, 160))
        sheet.ln(4)
    if table.notes:
        sheet.facts([(f"Note {number}", note.said) for number, note in enumerate(table.notes, 1)])
    heads = presentation.heads(table)
    lines = [[each.title, *pad(each.cells, len(heads) - 1)] for each in presentation.summaries(table)]
    rows = presentation.rows(table, query)
    lines += [[cell.text[:LONGEST] for cell in row] for row in rows[:MOST_ROWS]]
    if lines:
        widths = [WIDE.get(column.unit, 1.0) for column in table.columns]
        aligns = ["RIGHT" if head.is_number else "LEFT" for head in heads]
        sheet.rows([head.title for head in heads], widths, lines, aligns=aligns, size=7.5)
    else:
        sheet.facts([("Rows", "Nothing in this period.")])
    if len(rows) > MOST_ROWS:
        sheet.facts([("Note", f"The first {MOST_ROWS} rows are shown; the other files have more.")])
    return sheet.paper("report.pdf").content


@dataclass(frozen=True, slots=True)
class Printed:
    """A part of a dashboard to be printed: what its mail says of it, its table and its chart."""

    facts: dict[str, Any]
    table: Table
    chart: bytes | None


def print_dashboard(
    title: str, question: str, days: str, parts: Sequence[Printed], *, about: str = "", at: datetime
) -> bytes:
    """Return a dashboard as PDF: each part with its numbers, its chart or its first rows; `about` says of whom."""
    from zuka.platform.papers.sheet import Sheet  # as above

    sheet = Sheet(title=title, at=at, is_wide=True)
    people = [("People", about)] if about else []
    sheet.facts([("Question", question), ("Days", days), *people, ("As of", moment_text(at))])
    for part in parts:
        print_part(sheet, part)
    return sheet.paper("dashboard.pdf").content


def print_part(sheet: Any, part: Printed) -> None:
    """Write one part of a dashboard, not torn from its title."""
    if sheet.will_page_break(90 if part.chart else 30):
        sheet.add_page()
    facts = part.facts
    figures = [(each["title"], f"{each['total']}  {each['change']}".strip()) for each in facts["figures"]]
    empty = [("", facts["empty"])] if facts["empty"] else []
    people = [("People", facts["about"])] if facts["about"] else []
    sheet.facts([(facts["title"][:LONGEST], f"Basis: {part.table.report.basis.value}"), *people, *figures, *empty])
    if part.chart:
        sheet.image(io.BytesIO(part.chart), w=min(sheet.epw, 140))
        sheet.ln(4)
    if facts["notes"]:
        sheet.facts([(f"Note {number}", said) for number, said in enumerate(facts["notes"], 1)])
    if facts["rows"]:
        rows = [[text[:LONGEST] for text in row] for row in facts["rows"]]
        sheet.rows(facts["heads"], [1.0] * len(facts["heads"]), rows, size=7.5)


def pad(cells: list[str], count: int) -> list[str]:
    """Return cells for each column."""
    return [*cells, *[""] * (count - len(cells))]
