"""From a file to rows: CSV and XLSX, within limits, whatever the file claims of itself."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from zuka.platform.errors import Refused
from zuka.platform.spreadsheets import plain_text

MEGABYTE = 1024 * 1024
MOST_BYTES, MOST_UNPACKED = 20 * MEGABYTE, 300 * MEGABYTE
MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 50_000, 100, 100_000
MOST_LINES = 1_048_576  # a spreadsheet has no more; a file may name any row, and those before it are gone through
XLSX_START = b"PK\x03\x04"


class BadSheet(Refused):
    """A file is no sheet of what was asked for."""

    status = 400
    code = "bad_sheet"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: its number as a spreadsheet shows it, and its cells by the names of their columns."""

    number: int
    cells: dict[str, Any]


def read_sheet(content: bytes, *, known: Collection[str], needed: Collection[str]) -> list[Row]:
    """Return the rows of a file that are not empty. Raises `BadSheet`, which says what to mend.

    `known` are the columns that there may be, `needed` those that its heading must name.
    """
    if len(content) > MOST_BYTES:
        raise BadSheet(f"The file has more than {MOST_BYTES // MEGABYTE} MB. Split it.", field="file")
    lines = read_xlsx(content) if content.startswith(XLSX_START) else read_csv(content)
    names = check_heading(next(lines, []), known=known, needed=needed)
    rows = []
    for number, line in enumerate(lines, 2):
        cells = {name: value for name, value in zip(names, line, strict=False) if name}
        if any(plain_text(value) for value in cells.values()):
            rows.append(Row(number, cells))
        if len(rows) > MOST_ROWS or number > MOST_LINES:
            raise BadSheet(f"The file has more than {MOST_ROWS:,} rows. Split it.", field="file")
    if not rows:
        raise BadSheet("The file has no rows below its heading.", field="file")
    return rows


def check_heading(line: Iterable[Any], *, known: Collection[str], needed: Collection[str]) -> list[str]:
    """Return the names of the columns. Raises `BadSheet` for one that is unknown, missing or there twice."""
    names = [plain_text(value).lower() for value in line]
    listed = ", ".join(known)
    if unknown := [name for name in names if name and name not in known]:
        raise BadSheet(f"The column {unknown[0]!r} is unknown. There are: {listed}.", field="file")
    if twice := [name for name in names if name and names.count(name) > 1]:
        raise BadSheet(f"The column {twice[0]!r} is there twice.", field="file")
    if missing := [name for name in needed if name not in names]:
        raise BadSheet(
            f"The first row must name the columns, {missing[0]} among them. There are: {listed}.", field="file"
        )
    return names


def read_csv(content: bytes) -> Iterator[list[str]]:
    """Yield the lines of a CSV file in UTF-8, else as Windows writes it; with commas or semicolons."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    heading = text.partition("\n")[0]
    if "\x00" in text:
        raise BadSheet("This is neither a CSV nor an XLSX file.", field="file")
    csv.field_size_limit(MOST_LETTERS)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=heading.count))
    while True:
        try:
            line = next(lines, None)
        except csv.Error as error:
            raise BadSheet(f"Line {lines.line_num} cannot be read: {error}.", field="file") from error
        if line is None:
            return
        yield line[:MOST_COLUMNS]


def read_xlsx(content: bytes) -> Iterator[list[Any]]:
    """Yield the lines of the first sheet of an XLSX file."""
    from openpyxl import load_workbook  # takes 0.2 s and 25 MB, where a sheet is read and not before

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
                raise BadSheet("The file is far larger than it looks. Save it anew, or as CSV.", field="file")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for line in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
            yield list(line)
    except BadSheet:
        raise
    except Exception as error:  # openpyxl raises what its parsers do over a file that is no sheet
        raise BadSheet("The file is damaged, or no XLSX file. Save it anew, or as CSV.", field="file") from error
