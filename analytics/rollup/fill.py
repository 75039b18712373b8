"""The fill engine: recounts the days that are dirty, nothing else.

One day is one transaction: lock the day, take its marks, delete and insert each rollup's rows, note the fill. Run
twice, nothing changes; interrupted, nothing has. Marks that come while a day is being counted stay for the next run.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from analytics.registry.events import EVENT_TYPES
from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Flag, Rollup
from analytics.store.models import DirtyDay, FillState
from zuka.platform.clock import day_bounds
from zuka.platform.db.files import load_sql

FOLDER = Path(__file__).parent.parent / "store" / "sql" / "rollups"
NOT_VISITS = sorted(name for name, each in EVENT_TYPES.items() if not each.is_visit)
# Listed, since of `flags & 1 = 0` PostgreSQL thinks that one row in two hundred passes.
BOT_FLAGS = [bits for bits in range(2 ** len(Flag)) if bits & Flag.BOT]
DELETE = sql.SQL("DELETE FROM {table} WHERE day = %(day)s")
INSERT = sql.SQL("INSERT INTO {table} ({columns}) {select}")


def day_params(day: date) -> dict[str, Any]:
    """Return what a rollup's SELECT binds: the day, its bounds, the bits of flags, the shop's currency."""
    start, end = day_bounds(day)
    return {
        "day": day,
        "start": start,
        "end": end,
        "bot_flags": BOT_FLAGS,
        "claimed": int(Flag.CLAIMED),
        "currency": settings.SHOP_CURRENCY,
        "not_visits": NOT_VISITS,
    }


def rollup_select(rollup: Rollup) -> sql.SQL:
    """Return the SELECT of one day of a rollup."""
    return sql.SQL(load_sql(FOLDER / f"{rollup.name}.sql"))


def compose(template: sql.SQL, rollup: Rollup) -> Any:
    """Fill a statement's table, columns and select from a rollup's declaration."""
    columns = sql.SQL(", ").join(map(sql.Identifier, rollup.columns))
    table = sql.Identifier(rollup.table)
    return template.format(table=table, columns=columns, select=rollup_select(rollup))


def fill_rollup(*, rollup: Rollup, day: date) -> int:
    """Replace one day of one rollup and return its number of rows. Inside the day's transaction."""
    params = day_params(day)
    with connection.cursor() as cursor:
        cursor.execute(compose(DELETE, rollup), params)
        cursor.execute(compose(INSERT, rollup), params)
        return int(cursor.rowcount)


def fill_day(*, day: date, rollups: Sequence[Rollup] = tuple(ROLLUPS.values())) -> int:
    """Recount one day of every rollup in one transaction; return the number of rows written."""
    total = 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zuka:fill'), %s)", [day.toordinal()])
        DirtyDay.objects.filter(day=day).delete()
        for rollup in rollups:
            began = time.monotonic()
            rows = fill_rollup(rollup=rollup, day=day)
            note_fill(rollup=rollup, day=day, rows=rows, seconds=time.monotonic() - began)
            total += rows
    return total


def note_fill(*, rollup: Rollup, day: date, rows: int, seconds: float) -> None:
    """Note that a day of a rollup was counted now."""
    from django.db.models.functions import Now  # the database's clock, as in the marks it is compared with

    values = {"filled_at": Now(), "rows": rows, "seconds": seconds}
    FillState.objects.update_or_create(rollup=rollup.name, day=day, defaults=values)


def dirty_days() -> list[date]:
    """Return the days that must be counted again, latest first: today's numbers are looked at most."""
    days = DirtyDay.objects.order_by("-day").values_list("day", flat=True).distinct()
    return list(days)


def fill_dirty(*, limit: int | None = None) -> list[date]:
    """Recount every dirty day (at most `limit` of them) and return the days."""
    days = dirty_days()[:limit]
    for day in days:
        fill_day(day=day)
    return days


def days_between(first: date, last: date) -> list[date]:
    """Return the days of `[first, last]`."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def rebuild(*, first: date, last: date) -> int:
    """Recount every day of `[first, last]`, dirty or not; return the number of rows written."""
    return sum(fill_day(day=day) for day in days_between(first, last))
