"""Archived events beside those in PostgreSQL, for one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from psycopg import sql

from analytics.lifecycle.archive.files import DayFile, day_files, path_of
from analytics.lifecycle.archive.months import months_there
from analytics.lifecycle.archive.places import Place, open_place
from analytics.lifecycle.archive.tables import FOLDER, copy_rows
from analytics.store.models import ArchivedMonth
from zuka.platform.db.files import load_sql

LENT, TYPE = "archived_events", "event_type"


class TooManyRows(Exception):  # noqa: N818 - whoever asks is told in words of theirs
    """There are more events than one may wait for."""


def lend_events(
    using: Any,
    *,
    months: Sequence[ArchivedMonth],
    days: Collection[date],
    columns: Sequence[str],
    types: Sequence[str],
    views: Mapping[str, str],
    limit: int | None,
) -> None:
    """Let the name of the events' table mean all events, those of archived days too, until the transaction ends.

    Only `columns` have values, and only `types` are there, if any are named; `views`, which read events, are made anew
    over them. Raises TooManyRows beyond `limit`, and ArchiveUnavailable.
    """
    run(using, "lent_table")
    chosen = [(each, file) for each in months for file in day_files(each.files) if date.fromisoformat(file.day) in days]
    left = limit
    # Of how many rows a file has of some types nobody knows before it is read.
    if left is not None and not types and sum(file.rows for _, file in chosen) > left:
        raise TooManyRows
    for rows in read_lent(open_place(), chosen, columns, types):
        if left is not None:
            left -= rows.num_rows
            if left < 0:
                raise TooManyRows
        copy_rows(using.connection, table=LENT, rows=rows)
    run(using, "lent_index")
    if {each.month for each in months} & set(months_there()):
        run(using, "lent_doubles")
    with using.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
    run(using, "lent_view", schema=sql.Identifier(schema))
    for name, select in views.items():
        run(using, "lent_other_view", view=sql.Identifier(name), select=sql.SQL(select))


def read_lent(
    place: Place, chosen: Sequence[tuple[ArchivedMonth, DayFile]], columns: Sequence[str], types: Sequence[str]
) -> Iterator[pa.Table]:
    """Yield the events of some files, some thousands at a time."""
    for stored, file in chosen:
        for rows in read_part(place, path_of(stored.month, stored.edition, file.name), columns, types):
            if rows.num_rows:
                yield rows


def read_part(place: Place, path: str, columns: Sequence[str], types: Sequence[str]) -> Iterator[pa.Table]:
    """Yield some columns of the events of some types in a file; those that it lacks are left out."""
    with place.reached(), place.files.open_input_file(path) as stream:
        file = pq.ParquetFile(stream)
        asked = [name for name in columns if name in file.schema_arrow.names]
        for number in range(file.num_row_groups):
            if not types or may_have(file, number, types):
                rows = file.read_row_group(number, columns=asked)
                yield rows.filter(pc.is_in(rows.column(TYPE), pa.array(types))) if types else rows


def may_have(file: pq.ParquetFile, number: int, types: Sequence[str]) -> bool:
    """Say whether a part of a file may have events of some types: its rows are sorted by type."""
    told = file.metadata.row_group(number).column(file.schema_arrow.get_field_index(TYPE)).statistics
    return told is None or not told.has_min_max or any(told.min <= each <= told.max for each in types)


def take_back(using: Any) -> None:
    """Let the names mean what they did, before the transaction ends."""
    run(using, "lent_back")


def run(using: Any, name: str, **parts: sql.Composable) -> None:
    """Run a statement of `sql/archive/`, as it is: nothing is bound."""
    with using.cursor() as cursor:
        cursor.execute(sql.SQL(load_sql(FOLDER / f"{name}.sql")).format(**parts))
