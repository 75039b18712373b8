"""A month of raw events leaves PostgreSQL: written, read back, taken out, compared once more, and only then dropped.

Killed at any point and run again it goes on where it was: each step ends with an UPDATE of the month's row, the last
ones in one transaction with what they did. Who takes the month out, and who drops it, reads its files once more before.
Between the two nobody can write to the month, so what came in after its files were written shows, and puts it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from psycopg import sql

from analytics.lifecycle.archive.alone import alone
from analytics.lifecycle.archive.editions import forget_all, forget_others
from analytics.lifecycle.archive.files import (
    check_bytes,
    check_day,
    check_manifest,
    day_files,
    sums,
    write_day,
    write_manifest,
)
from analytics.lifecycle.archive.months import DAY, days_of_month, is_settled
from analytics.lifecycle.archive.places import ArchiveUnavailable, Place, open_place
from analytics.lifecycle.archive.tables import execute, has_partition, measure_table, month_bounds, read_rows, table_of
from analytics.store.models import ArchivedMonth, DirtyDay
from analytics.store.partitioning import TABLE
from zuka.platform.db.partitions import attach_partition, detach_partition
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused

State = ArchivedMonth.State
Step = Callable[[Place, ArchivedMonth, datetime], None]
CAUSE = "restored"


class NotNow(Refused):
    """A month cannot be archived now; the message says why, and what helps."""

    code: ClassVar[str] = "cannot_archive"


def archive_month(*, month: date, at: datetime) -> ArchivedMonth:
    """Archive a month (its first day), from wherever an earlier run was ended, and return its row.

    Raises NotNow, ArchiveBusy and ArchiveUnavailable; the events are then where they were.
    """
    with alone():
        place = open_place()
        stored = begin_month(month, at=at)
        go_on(place, stored, at=at)
        forget_others(place, stored, at=at)
    return stored


def go_on(place: Place, stored: ArchivedMonth, *, at: datetime) -> None:
    """Take the steps that are left; what stopped one is kept for staff to see."""
    try:
        for step in STEPS[DONE[State(stored.state)] :]:
            step(place, stored, at)
    except Refused as refusal:
        ArchivedMonth.objects.filter(pk=stored.pk).update(error=refusal.message)
        raise


def begin_month(month: date, *, at: datetime) -> ArchivedMonth:
    """Return the row of a month that may be archived. Raises NotNow."""
    stored = ArchivedMonth.objects.filter(month=month).first()
    if stored and stored.state in {State.DETACHED, State.VERIFIED}:
        return stored
    if not has_partition(month):
        raise NotNow(f"{month:%Y-%m} has no events in PostgreSQL to archive.", field="month")
    if not is_settled(month, at=at):
        raise NotNow(f"{month:%Y-%m} ended less than 32 days ago; events of it may still come.", field="month")
    if stored is None:
        return ArchivedMonth.objects.create(month=month, state=State.EXPORTING, edition=0)
    if stored.state in {State.ARCHIVED, State.RESTORING}:
        raise NotNow(f"{month:%Y-%m} is in the archive and in PostgreSQL: restore it first.", field="month")
    if stored.state == State.RESTORED:
        keep(stored, state=State.EXPORTING)
    return stored


def write_files(place: Place, stored: ArchivedMonth, at: datetime) -> None:
    """Write a file a day, and what is in them, as the next edition.

    Raises ArchiveUnavailable, also over files of the month that this database does not know of.
    """
    forget_all(place, stored)
    keep(stored, edition=stored.edition + 1)
    table, files = table_of(stored.month), []
    for day in days_of_month(stored.month):
        tables = read_rows(table=table, day=day)
        written = write_day(place=place, month=stored.month, edition=stored.edition, day=day, tables=tables)
        files += [written] if written else []
    write_manifest(place=place, month=stored.month, edition=stored.edition, files=files, at=at)
    keep(stored, location=place.name, **sums(files))


def verify_files(place: Place, stored: ArchivedMonth, at: datetime) -> None:
    """Read every file back: bytes, rows, and the hash of those, which PostgreSQL computes of its own. Raises NotNow."""
    check_manifest(place=place, month=stored.month, edition=stored.edition, files=stored.files)
    for file in day_files(stored.files):
        check_day(place=place, month=stored.month, edition=stored.edition, file=file)
    if not is_same(table_of(stored.month), stored):
        raise NotNow(f"Events of {stored.month:%Y-%m} came in while it was written; the next run writes it again.")
    keep(stored, state=State.VERIFIED, verified_at=at, error="")


def check_files(place: Place, stored: ArchivedMonth) -> None:
    """See that the files of a month are where they were written, and as they were. Raises ArchiveUnavailable.

    Between two runs a folder may be lost, or ARCHIVE_URL be another.
    """
    if stored.location != place.name:
        raise ArchiveUnavailable(
            f"The files of {stored.month:%Y-%m} were written to {stored.location}, and ARCHIVE_URL is {place.name} now."
        )
    check_manifest(place=place, month=stored.month, edition=stored.edition, files=stored.files)
    for file in day_files(stored.files):
        check_bytes(place=place, month=stored.month, edition=stored.edition, file=file)


def detach_month(place: Place, stored: ArchivedMonth, _at: datetime) -> None:
    """Take the partition out of the table, once everything of its days is counted.

    Raises NotNow, also where its files are gone.
    """
    try:
        check_files(place, stored)
    except ArchiveUnavailable as failure:
        keep(stored, state=State.EXPORTING)
        raise NotNow(f"{failure.message} The next run writes {stored.month:%Y-%m} again.") from failure
    with transaction.atomic():
        take_turns("zuka:fill")
        days = days_of_month(stored.month)
        if waiting := DirtyDay.objects.filter(day__range=(days[0] - DAY, days[-1] + DAY)).order_by("day").first():
            raise NotNow(f"{waiting.day} waits to be counted: run `manage.py rollup fill`, then this again.")
        detach_partition(table=TABLE, name=table_of(stored.month))
        keep(stored, state=State.DETACHED)


def compare_detached(_place: Place, stored: ArchivedMonth, _at: datetime) -> None:
    """Compare what is to be dropped with the files, now that nobody can change it; put it back where they differ."""
    table = table_of(stored.month)
    if is_same(table, stored):
        return
    with transaction.atomic():
        take_turns("zuka:fill")
        put_back(stored)
        mark_changed(stored)
        keep(stored, state=State.EXPORTING)
    raise NotNow(f"Events of {stored.month:%Y-%m} came in after it was written; the next run writes it again.")


def put_back(stored: ArchivedMonth) -> None:
    """Make the table of a month a partition again, in the caller's transaction."""
    start, end = month_bounds(stored.month)
    attach_partition(table=TABLE, name=table_of(stored.month), start=start, end=end)


def mark_changed(stored: ArchivedMonth, days: Iterable[date] = ()) -> None:
    """Mark the days that would have been counted while a month was away, and some more.

    In the transaction that brings the month back, under the fill's lock.
    """
    changed = ArchivedMonth.objects.select_for_update().get(pk=stored.pk).changed_days
    DirtyDay.objects.bulk_create([DirtyDay(day=day, cause=CAUSE) for day in sorted({*changed, *days})])
    keep(stored, changed_days=[])


def drop_month(place: Place, stored: ArchivedMonth, at: datetime) -> None:
    """Drop the table that was taken out. Raises ArchiveUnavailable where its files are gone."""
    try:
        check_files(place, stored)
    except ArchiveUnavailable as failure:
        way = f"Have them back, or the month: `manage.py archive --restore {stored.month:%Y-%m}`."
        raise ArchiveUnavailable(f"{failure.message} Nothing was dropped. {way}") from failure
    with transaction.atomic():
        execute("drop", table=sql.Identifier(table_of(stored.month)))
        keep(stored, state=State.ARCHIVED, archived_at=at, error="")


def is_same(table: str, stored: ArchivedMonth) -> bool:
    """Say whether a table holds what a month's files do."""
    rows, content = measure_table(table=table, month=stored.month)
    return facts_of(stored) == {"rows": rows, "content": content}


def facts_of(stored: ArchivedMonth) -> dict[str, int | str]:
    """Return what tells one content of a month from another."""
    return {"rows": stored.rows, "content": stored.content}


def keep(stored: ArchivedMonth, **facts: object) -> None:
    """Write some columns of a month's row."""
    for name, value in facts.items():
        setattr(stored, name, value)
    stored.save(update_fields=list(facts))


STEPS: tuple[Step, ...] = (write_files, verify_files, detach_month, compare_detached, drop_month)
# How many of the steps are behind a month in a state.
DONE = {State.EXPORTING: 0, State.VERIFIED: 2, State.DETACHED: 3}
