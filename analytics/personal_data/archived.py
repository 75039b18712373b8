"""A person in archived months: PostgreSQL changes their rows of a day by the very statements that change live ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from psycopg import sql

from analytics.lifecycle.archive.content import event_schema, stored_column
from analytics.lifecycle.archive.files import day_files, read_day
from analytics.lifecycle.archive.places import open_place
from analytics.lifecycle.archive.rewriting import forget_unfinished, rewrite_month
from analytics.personal_data.replacing import own_visitors, replacing_params, run
from analytics.store.models import ArchivedMonth
from zuka.platform.personal_data.people import Person

DAY = timedelta(days=1)
AWAY = ("detached", "archived", "restoring")
# A temporary table is found before the one of its name: what is changed here is the day, not the shop's events.
MAKE = "CREATE TEMP TABLE analytics_events (LIKE analytics_events) ON COMMIT DROP"
DROP = "DROP TABLE pg_temp.analytics_events"
INSERT = sql.SQL("INSERT INTO pg_temp.analytics_events ({columns}) VALUES ({values})")
READ = sql.SQL("SELECT {columns} FROM pg_temp.analytics_events ORDER BY event_type, occurred_at, id")


def rows_of(table: pa.Table, ids: list[str]) -> pa.Array:
    """Return which rows of a table carry one of some ids."""
    wanted = pa.array(ids, pa.string())
    return pc.or_(pc.is_in(table.column("user_id"), wanted), pc.is_in(table.column("visitor_id"), wanted))


def without_person(table: pa.Table, *, params: Mapping[str, Any]) -> pa.Table:
    """Return a day's events with random ids in the place of a person's; the same table where none are theirs."""
    chosen = rows_of(table, params["was"])
    if not pc.any(chosen).as_py():
        return table
    changed = change_rows(table.filter(chosen), params)
    order = [("event_type", "ascending"), ("occurred_at", "ascending"), ("id", "ascending")]
    return pa.concat_tables([table.filter(pc.invert(chosen)), changed]).sort_by(order)


def change_rows(theirs: pa.Table, params: Mapping[str, Any]) -> pa.Table:
    """Return events as the statements of the erasure leave them."""
    schema, moments = event_schema(), theirs.column("occurred_at")
    bounds = {"start": pc.min(moments).as_py(), "end": pc.max(moments).as_py() + DAY}
    names = sql.SQL(", ").join(sql.Identifier(field.name) for field in schema)
    values = sql.SQL(", ").join([sql.Placeholder()] * len(schema))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MAKE)
        cursor.executemany(
            INSERT.format(columns=names, values=values),
            [[row[field.name] for field in schema] for row in theirs.to_pylist()],
        )
        run("own_events", {**params, **bounds})
        run("shared_events", {**params, **bounds})
        cursor.execute(READ.format(columns=sql.SQL(", ").join(map(stored_column, schema))))
        rows = [dict(zip(schema.names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(DROP)
    return pa.Table.from_pylist(rows, schema)


def erase_archived(person: Person, at: datetime) -> int:
    """Rewrite the archived months that hold events of a person; return how many events that were.

    Files of months whose events are in PostgreSQL go: what is half written still holds the person.
    """
    if not person.ids:
        return 0
    forget_unfinished()
    change = partial(without_person, params=replacing_params(person))
    months = ArchivedMonth.objects.filter(state__in=AWAY).order_by("month").values_list("month", flat=True)
    return sum(rewrite_month(month=month, change=change, at=at) for month in list(months))


def read_archived(person: Person) -> Iterator[dict[str, Any]]:
    """Yield a person's archived events as plain dicts, month by month."""
    stored = list(ArchivedMonth.objects.filter(state__in=AWAY).order_by("month"))
    if not stored:
        return
    place, users, visitors = open_place(), set(person.users), set(own_visitors(person))
    for month in stored:
        for file in day_files(month.files):
            table = read_day(place=place, month=month.month, edition=month.edition, file=file)
            for row in table.filter(rows_of(table, person.ids)).to_pylist():
                if row["user_id"] in users or (row["user_id"] is None and row["visitor_id"] in visitors):
                    yield row


def count_archived(person: Person) -> int:
    """Return how many archived events are a person's."""
    return sum(1 for _ in read_archived(person))
