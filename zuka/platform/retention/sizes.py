"""Measuring tables once a day, so that the page of what is kept reads what was measured and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import Max, Min

from zuka.platform.clock import day_start, local_day
from zuka.platform.db.files import load_sql
from zuka.platform.db.partitions import list_partitions
from zuka.platform.retention.declaring import Kept, Way, kept_entries
from zuka.platform.retention.models import TableSize

log = structlog.get_logger(__name__)
SIZES = Path(__file__).with_name("sql") / "table_sizes.sql"
SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Size:
    """Some tables together: bytes now, growth a day in bytes where two days were measured, rows, the oldest moment."""

    bytes: int = 0
    growth: float | None = None
    rows: int = 0
    oldest_at: datetime | None = None


def measure_tables(*, at: datetime) -> int:
    """Note the size of every table on a day, and return how many there are; a later measure of a day replaces it."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(SIZES))
        found = cursor.fetchall()
    oldest = oldest_moments()
    rows = [
        TableSize(
            day=local_day(at), name=name, table_bytes=kept, index_bytes=index, rows=count, oldest_at=oldest.get(name)
        )
        for name, kept, index, count in found
    ]
    columns = ["table_bytes", "index_bytes", "rows", "oldest_at"]
    TableSize.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["day", "name"], update_fields=columns, batch_size=500
    )
    return len(rows)


def oldest_moments() -> dict[str, datetime | None]:
    """Return the oldest moment of each table that goes by a column, by the table's name."""
    entries = [each for each in kept_entries() if each.span and each.column and not each.emptied]
    return {each.db_tables[0]: oldest_moment(each) for each in entries}


def oldest_moment(entry: Kept) -> datetime | None:
    """Return the oldest moment by which rows of an entry go; None where there are none, or it took 5 seconds."""
    if entry.way is Way.MONTHS:
        months = [each for each in list_partitions(table=entry.db_tables[0]) if each.rows]
        return min((each.start for each in months), default=None)
    rows = entry.models[0]._base_manager.all()  # noqa: SLF001 - public by Django's documentation
    if entry.only is not None:
        rows = rows.filter(entry.only)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '5s'")
            value: Any = rows.aggregate(oldest=Min(entry.column))["oldest"]
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        log.warning("retention.not_measured", table=entry.tables[0], error=str(error))
        return None
    return day_start(value) if isinstance(value, date) and not isinstance(value, datetime) else value


def read_sizes() -> tuple[date | None, Mapping[str, Size]]:
    """Return the last day that was measured, and each table's size on it, by its name.

    Growth is that since the first day measured within the 30 days before.
    """
    last = TableSize.objects.aggregate(day=Max("day"))["day"]
    if last is None:
        return None, {}
    first = TableSize.objects.filter(day__gte=last - SPAN).aggregate(day=Min("day"))["day"]
    then = {each.name: each.total_bytes for each in TableSize.objects.filter(day=first)}
    span = (last - first).days
    return last, {
        each.name: Size(
            bytes=each.total_bytes,
            growth=(each.total_bytes - then.get(each.name, 0)) / span if span else None,
            rows=each.rows,
            oldest_at=each.oldest_at,
        )
        for each in TableSize.objects.filter(day=last)
    }


def size_of(names: list[str], sizes: Mapping[str, Size]) -> Size:
    """Return the size of some tables together; the oldest moment is that of the first."""
    found = [sizes[name] for name in names if name in sizes]
    grown = [each.growth for each in found if each.growth is not None]
    return Size(
        bytes=sum(each.bytes for each in found),
        growth=sum(grown) if grown else None,
        rows=sum(each.rows for each in found),
        oldest_at=sizes[names[0]].oldest_at if names[0] in sizes else None,
    )
