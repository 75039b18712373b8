"""Archived events beside those in PostgreSQL, for one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import sql

from analytics.lifecycle.archive.files import day_files, path_of
from analytics.lifecycle.archive.months import months_there
from analytics.lifecycle.archive.places import Place, open_place
from analytics.lifecycle.archive.tables import FOLDER, copy_rows
from analytics.store.models import ArchivedMonth
from zuka.platform.db.files import load_sql

LENT = "archived_events"


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
    left = limit
    for rows in read_lent(open_place(), months, days, columns, types):
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
    place: Place, months: Sequence[ArchivedMonth], days: Collection[date], columns: Sequence[str], types: Sequence[str]
) -> Iterator[pa.Table]:
    """Yield the events of each day that has any."""
    for stored in months:
        for file in day_files(stored.files):
            if date.fromisoformat(file.day) in days:
                rows = read_part(place, path_of(stored.month, stored.edition, file.name), columns, types)
                if rows.num_rows:
                    yield rows


def read_part(place: Place, path: str, columns: Sequence[str], types: Sequence[str]) -> pa.Table:
    """Return some columns of the events of some types in a file; those that it lacks are left out."""
    with place.reached(), place.files.open_input_file(path) as stream:
        there = set(pq.read_schema(stream).names)
        stream.seek(0)
        asked = [("event_type", "in", list(types))] if types else None
        return pq.read_table(stream, columns=[name for name in columns if name in there], filters=asked)


def take_back(using: Any) -> None:
    """Let the names mean what they did, before the transaction ends."""
    run(using, "lent_back")


def run(using: Any, name: str, **parts: sql.Composable) -> None:
    """Run a statement of `sql/archive/`, as it is: nothing is bound."""
    with using.cursor() as cursor:
        cursor.execute(sql.SQL(load_sql(FOLDER / f"{name}.sql")).format(**parts))
