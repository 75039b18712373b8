"""A month comes back: its rows into a table of their own, compared with the files, and then a partition again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from psycopg import sql

from analytics.lifecycle.archive.alone import alone
from analytics.lifecycle.archive.editions import check_edition, forget_all
from analytics.lifecycle.archive.exporting import is_same, keep, mark_changed, put_back
from analytics.lifecycle.archive.files import checked_parts, day_files
from analytics.lifecycle.archive.months import days_of_month, find_away
from analytics.lifecycle.archive.places import ArchiveUnavailable, Place, open_place
from analytics.lifecycle.archive.tables import execute, has_partition, table_of, write_rows
from analytics.store.models import ArchivedMonth
from zuka.platform.db.partitions import partition_turn
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused

State = ArchivedMonth.State
Step = Callable[[Place, ArchivedMonth, datetime], None]


def restore_month(*, month: date, at: datetime, waits: bool = False) -> ArchivedMonth:
    """Bring an archived month (its first day) back into PostgreSQL and return its row; run again, it goes on.

    Its numbers are what they were; days that changed meanwhile are marked to be counted. Events that came into a
    partition of the month meanwhile stay, each once. Raises NotArchived, ArchiveBusy and ArchiveUnavailable; the files
    count then as before.
    """
    with alone(waits=waits):
        stored, place = find_away(month), open_place()
        # What was not dropped yet needs no files.
        steps = STEPS[2:] if stored.state == State.DETACHED else STEPS
        try:
            for step in steps:
                step(place, stored, at)
        except Refused as refusal:
            ArchivedMonth.objects.filter(pk=stored.pk).update(error=refusal.message)
            raise
    return stored


def target_of(month: date) -> str:
    """Return the table that a month's rows are read into: its partition to be, or one beside it where it is there."""
    return f"{table_of(month)}_restored" if has_partition(month) else table_of(month)


def make_table(place: Place, stored: ArchivedMonth, at: datetime) -> None:
    """Make an empty table like that of events. Raises ArchiveUnavailable where the files that count are not there."""
    check_edition(place, stored, at=at)
    with transaction.atomic():
        # What is dropped must not become the month's partition in between.
        take_turns(partition_turn(table_of(stored.month)))
        table = sql.Identifier(target_of(stored.month))
        keep(stored, state=State.RESTORING)
        execute("drop", table=table)
        execute("like_events", table=table)


def fill_table(place: Place, stored: ArchivedMonth, _at: datetime) -> None:
    """Read the files into it, and compare. Raises ArchiveUnavailable."""
    table = target_of(stored.month)
    with transaction.atomic():
        execute("empty", table=sql.Identifier(table))
        for file in day_files(stored.files):
            for rows in checked_parts(place=place, month=stored.month, edition=stored.edition, file=file):
                write_rows(table=table, rows=rows)
        if not is_same(table, stored):
            raise ArchiveUnavailable(
                f"The files of {stored.month:%Y-%m} at {place.name} do not hold what was archived."
            )
    execute("analyze", table=sql.Identifier(table))


def attach_month(_place: Place, stored: ArchivedMonth, at: datetime) -> None:
    """Make it a partition; or where there is one, put its rows beside those that are there."""
    with transaction.atomic():
        take_turns("zuka:fill")
        take_turns(partition_turn(table_of(stored.month)))
        days: list[date] = []
        if has_partition(stored.month):
            days = days_of_month(stored.month)
            execute("merge", table=sql.Identifier(target_of(stored.month)))
            execute("drop", table=sql.Identifier(target_of(stored.month)))
        else:
            put_back(stored)
        mark_changed(stored, days)
        keep(stored, state=State.RESTORED, restored_at=at, error="")


def forget_files(place: Place, stored: ArchivedMonth, _at: datetime) -> None:
    """Delete the files: the events are in PostgreSQL, and what is erased there must not stay here."""
    forget_all(place, stored)


STEPS: tuple[Step, ...] = (make_table, fill_table, attach_month, forget_files)
