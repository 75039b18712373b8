"""Extracts as XLSX: numbers, days and moments typed, text never a formula, and a second sheet that says what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

from analytics.registry.reports.forms import Column, Unit
from analytics.report.export.cells import csv_title
from analytics.report.export.extract import Extract
from analytics.report.table import Row
from analytics.report.wording import json_text, moment_text, period_text
from zuka.platform.clock import shop_zone
from zuka.platform.money import currency_symbol
from zuka.platform.spreadsheets import UNWRITABLE, starts_formula

# A sheet has 1,048,576 rows, and one is the head.
MOST_ROWS = 1_048_575
LONGEST_TEXT = 32_767
WIDTHS = {Unit.TEXT: 28, Unit.JSON: 40, Unit.MOMENT: 20, Unit.MONEY: 18}
FORMATS = {
    Unit.COUNT: "#,##0",
    Unit.PERCENT: "0.0%",
    Unit.DECIMAL: "#,##0.00",
    Unit.DURATION: "#,##0",
    Unit.DAY: "yyyy-mm-dd",
    Unit.MOMENT: "yyyy-mm-dd hh:mm:ss",
    Unit.TEXT: "@",
    Unit.JSON: "@",
}


def local_moment(moment: datetime) -> datetime:
    """Return a moment as the shop's clock shows it: a spreadsheet knows no time zones."""
    return moment.astimezone(shop_zone()).replace(tzinfo=None)


def sheet_text(value: Any) -> str:
    """Return a text that a sheet can hold."""
    return UNWRITABLE.sub("", value if isinstance(value, str) else json_text(value))[:LONGEST_TEXT]


VALUES: dict[Unit, Callable[[Any], Any]] = {
    Unit.COUNT: int,
    Unit.MONEY: lambda kobo: Decimal(int(kobo)) / 100,
    Unit.PERCENT: float,
    Unit.DECIMAL: float,
    Unit.DURATION: float,
    Unit.DAY: lambda day: day,
    Unit.MOMENT: local_moment,
    Unit.TEXT: lambda value: sheet_text(str(value)),
    Unit.JSON: sheet_text,
}


def money_format(currency: str) -> str:
    """Return how a sheet shows an amount: ₦1,234.50."""
    return f'"{currency_symbol(currency)}"#,##0.00'


def title_of(column: Column, currency: str) -> str:
    """Return a column's heading."""
    return f"{column.title} ({shop_zone().key})" if column.unit is Unit.MOMENT else csv_title(column, currency)


class Pen:
    """Writes the cells of one sheet. A cell object is used again for each row of its column: a new one takes twice as
    long."""

    def __init__(self, sheet: Any, extract: Extract) -> None:
        from openpyxl.cell import WriteOnlyCell  # takes 0.2 s and 25 MB, where a sheet is written and not before

        self.sheet, self.extract = sheet, extract
        self.cells = [WriteOnlyCell(sheet) for _ in extract.columns]
        self.names = [column.name for column in extract.columns]
        for cell, column in zip(self.cells, extract.columns, strict=True):
            cell.number_format = FORMATS.get(column.unit, money_format(extract.query.currency))

    def write_head(self) -> None:
        """Write the titles, in bold, and keep them in sight."""
        from openpyxl.cell import WriteOnlyCell  # as above
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        self.sheet.freeze_panes = "A2"
        head = []
        for place, column in enumerate(self.extract.columns, start=1):
            self.sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(column.unit, 14)
            cell = WriteOnlyCell(self.sheet, value=title_of(column, self.extract.query.currency))
            cell.font = Font(bold=True)
            head.append(cell)
        self.sheet.append(head)

    def write(self, row: Row) -> None:
        """Write one row."""
        for cell, column, value in zip(self.cells, self.extract.columns, row, strict=True):
            self.fill(cell, column, value, row)
        self.sheet.append(self.cells)

    def fill(self, cell: Any, column: Column, value: Any, row: Row) -> None:
        """Put a value into its cell, with its kind."""
        if column.unit is Unit.MONEY and column.currency_from:
            currency = row[self.names.index(column.currency_from)] or self.extract.query.currency
            cell.number_format = money_format(currency)
        cell.value = None if value is None else VALUES[column.unit](value)
        if isinstance(cell.value, str):
            # Typed as text it is no formula, and by the mark it stays none when somebody edits it.
            cell.data_type, cell.quotePrefix = "s", starts_formula(cell.value)


def write_xlsx(extract: Extract, file: IO[bytes]) -> Iterator[int]:
    """Write a workbook; its rows wait on disk, not in memory, until it is packed at the end."""
    from openpyxl import Workbook  # as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_title(extract.report.title))
    pen, written = Pen(sheet, extract), 0
    pen.write_head()
    try:
        for batch in extract.batches:
            for row in batch.rows:
                pen.write(row)
            written += len(batch.rows)
            yield written
    except BaseException:
        throw_away(sheet)
        raise
    about = book.create_sheet("About")
    about.column_dimensions["B"].width = 80
    for fact in facts(extract):
        about.append(fact)
    book.save(file)


def throw_away(sheet: Any) -> None:
    """Delete the file in which a sheet's rows wait, when nobody wants them any more."""
    sheet.close()
    sheet._writer.cleanup()  # noqa: SLF001 - openpyxl itself does so only at the end of the process


def sheet_title(title: str) -> str:
    """Return a title as a sheet may have it: 31 characters, some not allowed."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in title)[:31].strip("' ")


def facts(extract: Extract) -> list[tuple[str, str]]:
    """Return what the second sheet says."""
    query = extract.query
    found = [
        ("Report", query.report.title),
        ("Question", query.report.question),
        ("Period", period_text(query.period) if query.report.has_period else "–"),
        *([("People", query.segment.title)] if query.segment else []),
        ("Currency", query.currency),
        ("Basis", query.report.basis.value),
        ("As of", moment_text(extract.as_of)),
        *((each.title, query.values[each.name]) for each in query.report.parameters if query.values[each.name]),
    ]
    return [(name, f"'{text}" if starts_formula(text) else text) for name, text in found]
