"""The fill engine: recounts the days that are dirty, nothing else.

One day is one transaction: lock the day, take its marks, tie visitors to users, cut the visits again, make each
rollup's rows what counting gives, note the fill. Only rows that differ are written. Run twice, nothing changes;
interrupted, nothing has. Marks that come while a day is being counted stay for the next run. A visit may cross
midnight, a visitor may become known, and a visit may lead to an order that is paid later: the other days that this
changes are marked in turn.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from psycopg import sql

from analytics.lifecycle.archive.months import away_days, keep_changed_day
from analytics.lifecycle.compaction.periods import counting_days
from analytics.people.binding import counting_params
from analytics.people.cutting import cut_days, digest_day, recut_day
from analytics.people.identity import link_visitors
from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Rollup
from analytics.rollup.away import LEDGER_ROLLUPS, hot_spans
from analytics.rollup.recency import next_days, people_of
from analytics.rollup.units import Unit, units_of
from analytics.store.models import DirtyDay, FillState
from zuka.platform.clock import day_bounds
from zuka.platform.db.files import load_sql

log = structlog.get_logger(__name__)
FOLDER = Path(__file__).parent.parent / "store" / "sql" / "rollups"
# Marks that counting itself makes, on other days than the one being counted.
IDENTITY, SESSIONS, PEOPLE, TOUCHES = "identity", "sessions", "people", "touches"
ERASURE = "erasure"  # of days on which somebody was who is erased now
OWN_CAUSES = (IDENTITY, SESSIONS, PEOPLE, TOUCHES)
MARKS = FOLDER.parent / "marks"
REPLACE = sql.SQL(load_sql(FOLDER.parent / "fill" / "replace_day.sql"))
ROWS = sql.SQL("count(*) FROM counted")
ROWS_AND_CHANGED = sql.SQL(
    "counts.rows, compared.person, compared.touched_at "
    "FROM (SELECT count(*) AS rows FROM counted) AS counts LEFT JOIN compared ON true"
)


def compose(template: sql.SQL, unit: Unit, told: sql.SQL = ROWS) -> Any:
    """Fill a statement's table, columns and select from what is counted, and what replacing a day tells."""
    columns = sql.SQL(", ").join(map(sql.Identifier, unit.rollup.columns))
    table = sql.Identifier(unit.rollup.table)
    return template.format(table=table, columns=columns, select=unit.select, told=told)


def fill_unit(unit: Unit) -> int:
    """Make what is counted what counting gives, and return its number of rows. Inside the day's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(compose(REPLACE, unit), unit.params)
        return int(cursor.fetchone()[0])


def fill_touches(*, day: date, until: date) -> int:
    """Fill the touches of a day, and mark the days with money of orders that those which changed lead to."""
    unit = Unit(ROLLUPS["touches"], day, day)
    with connection.cursor() as cursor:
        cursor.execute(compose(REPLACE, unit, ROWS_AND_CHANGED), unit.params)
        told = cursor.fetchall()
    mark_attributed_days(changed=[row[1:] for row in told if row[1] is not None], day=day, until=until)
    return int(told[0][0])


def fill_day(*, day: date) -> int:
    """Recount one day, its visits and every rollup, in one transaction; return the number of rows written."""
    with transaction.atomic():
        lock_fills()
        DirtyDay.objects.filter(day=day).delete()
        if away_days([day]):
            return fill_away(day=day)
        link_visitors(day)
        mark_days(recut_day(day))
        return fill_rollups(day=day, until=day)


def fill_away(*, day: date) -> int:
    """Recount what a day whose events are in the archive has from the ledger; return the number of rows."""
    keep_changed_day(day)
    return fill_each(LEDGER_ROLLUPS, day=day, until=day)


def lock_fills() -> None:
    """Wait until nobody else counts, until the transaction ends.

    Whose the visits of one day are may change while another is counted, so two fills at once could both miss it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zuka:fill'))")


def mark_days(days: Iterable[date], *, cause: str = SESSIONS) -> None:
    """Mark days whose visits, or what is said of their people, changed by counting another day."""
    DirtyDay.objects.bulk_create([DirtyDay(day=each, cause=cause) for each in days])


def mark_attributed_days(*, changed: Sequence[tuple[str, datetime]], day: date, until: date) -> None:
    """Mark days with money of orders that touches of a day lead to: whose those that changed are, and their moments.

    Days up to `until` are not marked: they are counted after this one.
    """
    if changed:
        people, moments = (list(column) for column in zip(*changed, strict=True))
        bounds = dict(zip(("start", "end"), day_bounds(day), strict=True))
        bound = {"day": day, **bounds, **counting_params()}
        params = bound | {"people": people, "moments": moments, "until": until}
        with connection.cursor() as cursor:
            cursor.execute(load_sql(MARKS / "attributed_days.sql"), params)


def fill_rollups(*, day: date, until: date) -> int:
    """Fill a day of every rollup, in their order; return the number of rows. Inside the day's transaction.

    Where other people were there than was counted before, the next days of those are marked.
    """
    before = people_of(day)
    rows = fill_each(tuple(ROLLUPS.values()), day=day, until=until)
    mark_days(next_days(people=before ^ people_of(day), day=day), cause=PEOPLE)
    return rows


def fill_each(rollups: Collection[Rollup], *, day: date, until: date) -> int:
    """Fill a day of some rollups, in their order, and note that; return the number of rows.

    A period that is kept as a whole is counted with the last of its days up to `until`, once no other of them is to be
    counted again: else each would count all of it. Where some of its events are in the archive, what comes from them
    waits until all are back.
    """
    fills, units = [], list(units_of(day, rollups))
    if len(units) < len(rollups):
        keep_changed_day(day, together=counting_days([day])[day])
    for unit in units:
        if day != min(unit.last, until) or others_wait(unit):
            continue
        began = time.monotonic()
        name = unit.rollup.name
        rows = fill_touches(day=day, until=until) if name == "touches" else fill_unit(unit)
        fills.append(FillState(rollup=name, day=day, rows=rows, seconds=time.monotonic() - began))
    note_fills(fills)
    return sum(fill.rows for fill in fills)


def others_wait(unit: Unit) -> bool:
    """Say whether a period is counted again anyway, with another of its days."""
    return not unit.is_day and DirtyDay.objects.filter(day__range=(unit.first, unit.last)).exists()


def note_fills(fills: Sequence[FillState]) -> None:
    """Note that rollups of a day were counted now. One statement: one a rollup were three quarters of a small day's."""
    from django.db.models.functions import Now  # the database's clock, as in the marks it is compared with

    for fill in fills:
        fill.filled_at = Now()
    FillState.objects.bulk_create(
        fills,
        update_conflicts=True,
        unique_fields=["rollup", "day"],
        update_fields=["filled_at", "rows", "seconds"],
    )


def dirty_days(marks: QuerySet[DirtyDay] | None = None) -> list[date]:
    """Return the days that must be counted again, latest first: today's numbers are looked at most."""
    marks = DirtyDay.objects.all() if marks is None else marks
    return list(marks.order_by("-day").values_list("day", flat=True).distinct())


def in_turn(marks: QuerySet[DirtyDay], *, oldest_first: bool) -> list[date]:
    """Return marked days in the order of counting."""
    days = dirty_days(marks)
    return days[::-1] if oldest_first else days


def fill_dirty(*, limit: int | None = None, later: Collection[str] = (), oldest_first: bool = False) -> list[date]:
    """Recount every dirty day, and those that this makes dirty (at most `limit` counts); return the days, latest first.

    With `oldest_first` a day that counting an earlier one marks is counted once. Days that are marked for a cause in
    `later` alone are left. A day that cannot be counted keeps its mark and stops no other; what went wrong is raised at
    the end. Events that come meanwhile wait for the next run: under a steady stream one run would never end.
    """
    counted: list[date] = []
    failed: dict[date, DatabaseError] = {}
    days = in_turn(DirtyDay.objects.exclude(cause__in=later), oldest_first=oldest_first)[:limit]
    while days:
        for day in days:
            try:
                fill_day(day=day)
            except DatabaseError as error:
                log.exception("fill.failed", day=str(day))
                failed[day] = error
        counted += days
        left = None if limit is None else limit - len(counted)
        again = DirtyDay.objects.filter(cause__in=OWN_CAUSES).exclude(cause__in=later).exclude(day__in=failed)
        days = in_turn(again, oldest_first=oldest_first)[:left]
    if failed:
        raise next(iter(failed.values()))
    return sorted(set(counted), reverse=True)


def days_between(first: date, last: date) -> list[date]:
    """Return the days of `[first, last]`."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def rebuild(*, first: date, last: date) -> int:
    """Recount every day of `[first, last]`, dirty or not; return the number of rows written.

    Of days whose events are in the archive only what the ledger says, also where they go there meanwhile.
    """
    days = days_between(first, last)
    away = away_days(days)
    rows = 0
    for day in sorted(away):
        with transaction.atomic():
            lock_fills()
            rows += fill_away(day=day)
    return rows + sum(rebuild_span(first=span[0], last=span[1]) for span in hot_spans(days, away))


def rebuild_span(*, first: date, last: date) -> int:
    """Recount every day of `[first, last]` from its events; return the number of rows written.

    First who every visitor is, then day by day its visits and counts: each activity day is cut once.
    """
    known = set(DirtyDay.objects.filter(day__range=(first, last)).values_list("pk", flat=True))
    days = days_between(first, last)
    neighbours = {day: digest_day(day) for day in (first - timedelta(days=1), last + timedelta(days=1))}
    for day in days:
        with transaction.atomic():
            lock_fills()
            if not away_days([day]):
                link_visitors(day)
    with transaction.atomic():
        lock_fills()
        if not away_days([first]):
            cut_days(first=first - timedelta(days=1), last=first - timedelta(days=1))
    rows = sum(recount_day(day=day, until=last, known=known) for day in days)
    mark_days(day for day, digest in neighbours.items() if digest_day(day) != digest)
    return rows


def recount_day(*, day: date, until: date, known: Collection[int]) -> int:
    """Recount a day whose first hours were cut with the day before; return the number of rows written.

    Those after it up to `until` are recounted next. Marks that are not `known` were made since: then those hours are
    cut again as well.
    """
    with transaction.atomic():
        lock_fills()
        marks = DirtyDay.objects.filter(day=day)
        # A month may have left since the rebuild began; under the lock it stays where it is.
        if away_days([day]):
            marks.delete()
            return fill_away(day=day)
        is_new = any(pk not in known for pk in marks.values_list("pk", flat=True))
        cut_days(first=day - timedelta(days=1) if is_new else day, last=day)
        marks.delete()
        return fill_rollups(day=day, until=until)
