"""The kinds of file a report can be had as: addresses, links of pages, choices, the API's schema, the command line and
tests follow from this table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from analytics.report.export.extract import Extract
from analytics.report.export.parquet import write_parquet
from analytics.report.export.texts import write_csv, write_json, write_json_lines
from analytics.report.export.xlsx import MOST_ROWS as MOST_SHEET_ROWS
from analytics.report.export.xlsx import write_xlsx

# More than this is no report any more: raw events leave by the archive.
MOST_ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: `id` ends its name and its address.

    `write` puts an extract into a file and yields after each batch how many rows are written. `streams`: it is written
    from its first byte to its last, so that it can leave while it is made. `continues`: the rows of a file that was
    not finished can be followed by those after them.
    """

    id: str
    title: str
    media_type: str
    text: str
    write: Callable[[Extract, IO[bytes]], Iterator[int]]
    streams: bool = False
    continues: bool = False
    most_rows: int = MOST_ROWS


FORMATS: dict[str, Format] = {
    each.id: each
    for each in (
        Format(
            "csv",
            "CSV",
            "text/csv; charset=utf-8",
            "Text for spreadsheets. Money in naira, moments in UTC, ratios as numbers.",
            write_csv,
            streams=True,
            continues=True,
        ),
        Format(
            "xlsx",
            "Excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "A workbook with typed cells. Money in naira, moments in the shop's time zone.",
            write_xlsx,
            most_rows=MOST_SHEET_ROWS,
        ),
        Format(
            "parquet",
            "Parquet",
            "application/vnd.apache.parquet",
            "Typed columns for other programs. Money in kobo, moments in UTC.",
            write_parquet,
        ),
        Format(
            "json",
            "JSON",
            "application/json",
            "One document, as the API answers it, with all rows. Money in kobo.",
            write_json,
            streams=True,
        ),
        Format(
            "jsonl",
            "JSON lines",
            "application/jsonl",
            "One JSON object a row and line. Money in kobo.",
            write_json_lines,
            streams=True,
            continues=True,
        ),
    )
}
