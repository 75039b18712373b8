"""Extracts as text: CSV, one JSON document, JSON lines. Each function writes, and yields after each batch how many
rows are written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import IO, Any

from rest_framework.utils.encoders import JSONEncoder

from analytics.report.export.cells import column_json, csv_cell, csv_title, segment_json
from analytics.report.export.extract import Extract
from analytics.report.table import Row

BYTE_ORDER_MARK = "\ufeff"


def write_csv(extract: Extract, file: IO[bytes]) -> Iterator[int]:
    """Write RFC 4180, beginning with a byte order mark for spreadsheets."""
    written = 0
    if not extract.is_continued:
        head = [csv_title(column, extract.query.currency) for column in extract.columns]
        file.write((BYTE_ORDER_MARK + csv_lines([head])).encode())
    for batch in extract.batches:
        lines = [[csv_cell(*pair) for pair in zip(extract.columns, row, strict=True)] for row in batch.rows]
        file.write(csv_lines(lines).encode())
        written += len(batch.rows)
        yield written


def csv_lines(rows: list[list[str]]) -> str:
    """Return lines of CSV."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def encode(value: Any) -> str:
    """Return a value as JSON, as the API's answers have it."""
    return json.dumps(value, cls=JSONEncoder, ensure_ascii=False, allow_nan=False)


def encode_rows(extract: Extract, rows: list[Row]) -> list[str]:
    """Return rows as JSON objects."""
    names = [column.name for column in extract.columns]
    return [encode(dict(zip(names, row, strict=True))) for row in rows]


def write_json_lines(extract: Extract, file: IO[bytes]) -> Iterator[int]:
    """Write one JSON object a row and line."""
    written = 0
    for batch in extract.batches:
        file.write("".join(f"{line}\n" for line in encode_rows(extract, batch.rows)).encode())
        written += len(batch.rows)
        yield written


def write_json(extract: Extract, file: IO[bytes]) -> Iterator[int]:
    """Write one document: what the rows are, the rows, and their totals after them."""
    head = encode(described(extract))
    file.write(f'{head[:-1]}, "rows": ['.encode())
    written, sums = 0, {column.name: 0 for column in extract.columns if column.sums}
    places = {name: [column.name for column in extract.columns].index(name) for name in sums}
    for batch in extract.batches:
        file.write((", " if written else "").encode())
        file.write(",\n".join(encode_rows(extract, batch.rows)).encode())
        for name, place in places.items():
            sums[name] += sum(row[place] or 0 for row in batch.rows)
        written += len(batch.rows)
        yield written
    file.write(f'], "totals": {encode(extract.totals(sums))}}}\n'.encode())


def described(extract: Extract) -> dict[str, Any]:
    """Return what a document says before its rows, by the names of the API's answer."""
    query = extract.query
    return {
        "report": query.report.id,
        "title": query.report.title,
        "basis": query.report.basis.value,
        "period": {"from": query.period.first, "to": query.period.last},
        "currency": query.currency,
        "as_of": extract.as_of,
        "partial": extract.is_partial,
        "segment": segment_json(query.segment),
        "columns": [column_json(column) for column in extract.columns],
    }
