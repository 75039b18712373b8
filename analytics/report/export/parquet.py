"""Extracts as Parquet: typed columns, money in whole kobo, moments in UTC, written in row groups."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import IO, Any

from analytics.registry.reports.forms import Column, Unit
from analytics.report.export.cells import column_json, whole_cell
from analytics.report.export.extract import Extract
from analytics.report.export.texts import described, encode
from analytics.report.table import Row

# Groups of some 20,000 rows are packed well, and few are in memory at once.
GROUP_ROWS = 20_000


def same(value: Any) -> Any:
    """Return a value as it is."""
    return value


def json_cell(value: Any) -> str | None:
    """Return a document as compact JSON text."""
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def text_cell(value: Any) -> str | None:
    """Return a value as text."""
    return None if value is None else str(value)


VALUES: dict[Unit, Callable[[Any], Any]] = {
    Unit.COUNT: whole_cell,
    Unit.MONEY: whole_cell,
    Unit.JSON: json_cell,
    Unit.TEXT: text_cell,
}


def schema_of(extract: Extract) -> Any:
    """Return the file's schema; what a column means stands beside its type."""
    import pyarrow as pa  # 60 MB of memory, only where such a file is written

    types = {
        Unit.COUNT: pa.int64(),
        Unit.MONEY: pa.int64(),
        Unit.DURATION: pa.float64(),
        Unit.PERCENT: pa.float64(),
        Unit.DECIMAL: pa.float64(),
        Unit.DAY: pa.date32(),
        Unit.MOMENT: pa.timestamp("us", tz="UTC"),
    }
    fields = [
        pa.field(each.name, types.get(each.unit, pa.string()), metadata=meaning(each, extract.query.currency))
        for each in extract.columns
    ]
    told = {name: value if isinstance(value, str) else encode(value) for name, value in described(extract).items()}
    return pa.schema(fields, metadata={f"zuka.{name}": value for name, value in told.items() if name != "columns"})


def meaning(column: Column, currency: str) -> dict[str, str]:
    """Return what a column's metadata say: title, unit and text; of amounts the currency, or the column that has it."""
    said = column_json(column)
    found = {name: said[name] for name in ("title", "unit", "text") if said[name]}
    if column.unit is Unit.MONEY:
        found |= {"currency_from": column.currency_from} if column.currency_from else {"currency": currency}
    return found


def write_parquet(extract: Extract, file: IO[bytes]) -> Iterator[int]:
    """Write a Parquet file, Zstandard inside."""
    import pyarrow.parquet as pq  # as above

    written, group = 0, list[Row]()
    schema = schema_of(extract)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in extract.batches:
            group += batch.rows
            written += len(batch.rows)
            if len(group) >= GROUP_ROWS:
                writer.write_table(group_table(extract, schema, group))
                group = []
            yield written
        if group or not written:
            writer.write_table(group_table(extract, schema, group))


def group_table(extract: Extract, schema: Any, rows: list[Row]) -> Any:
    """Return some rows as columns."""
    import pyarrow as pa  # as above

    readers = [VALUES.get(column.unit, same) for column in extract.columns]
    columns = [
        pa.array([read(row[place]) for row in rows], type=schema.field(place).type)
        for place, read in enumerate(readers)
    ]
    return pa.Table.from_arrays(columns, schema=schema)
