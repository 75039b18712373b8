"""Reports as files, and what is in them, read back by the libraries that readers use."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyarrow.parquet as pq
from openpyxl import load_workbook

from analytics.report.export import FORMATS, extract_query
from analytics.report.query import find_report, parse_query
from analytics.report.scope import ALL, Scope
from zuka.platform import clock


def file_of(kind: str, report_id: str, scope: Scope = ALL, /, **params: str) -> bytes:
    """The whole file, as a scope sees it."""
    now, form = clock.now(), FORMATS[kind]
    query = parse_query(
        report=find_report(report_id), params=params, today=clock.local_day(now), scope=scope, largest=form.most_rows
    )
    buffer = io.BytesIO()
    for _rows in form.write(extract_query(query, now=now), buffer):
        pass  # only a job looks at its progress
    return buffer.getvalue()


def csv_lines(content: bytes) -> list[list[str]]:
    text = content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def csv_of(report_id: str, **params: str) -> list[list[str]]:
    return csv_lines(file_of("csv", report_id, **params))


def sheet_of(content: bytes) -> list[tuple[Any, ...]]:
    """The cells of the first sheet: title row, then values as the workbook has them."""
    book = load_workbook(io.BytesIO(content))
    return [tuple(cell.value for cell in row) for row in book.worksheets[0].iter_rows()]


def parquet_of(content: bytes) -> Any:
    return pq.read_table(io.BytesIO(content))


def parquet_rows(content: bytes) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in parquet_of(content).to_pylist()]


def json_rows(content: bytes) -> list[dict[str, Any]]:
    return list(json.loads(content)["rows"])


def json_lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode().splitlines()]
