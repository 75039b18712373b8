"""Changing what is archived: new files beside the old, read back, switched to by one UPDATE, then the old removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pyarrow as pa

from analytics.lifecycle.archive.alone import alone
from analytics.lifecycle.archive.content import event_schema, row_hashes
from analytics.lifecycle.archive.editions import forget_all, forget_others
from analytics.lifecycle.archive.exporting import go_on
from analytics.lifecycle.archive.files import (
    DayFile,
    check_day,
    checked_parts,
    day_files,
    read_parts,
    sums,
    write_day,
    write_manifest,
)
from analytics.lifecycle.archive.months import find_away
from analytics.lifecycle.archive.places import Place, open_place
from analytics.store.models import ArchivedMonth

Change = Callable[[pa.Table], pa.Table]


def rewrite_month(*, month: date, change: Change, at: datetime) -> int:
    """Rewrite the events of an archived month (its first day) and return how many rows changed or went.

    `change` gets some thousands of a day's rows and returns them as they shall be, with the same columns. Where nothing
    changes, nothing is written. Killed at any point, either the old files count or the new ones; run again, it ends the
    work, and removes what the first run left. Waits for whoever else is at the archive. Raises NotArchived, and
    ArchiveUnavailable where the files cannot be read or written, or newer ones are there; then the old ones count.
    """
    with alone(waits=True):
        stored, place = find_away(month), open_place()
        if stored.state == ArchivedMonth.State.DETACHED:
            go_on(place, stored, at=at)
        forget_others(place, stored, at=at)
        if not any(is_changed(place, stored, file, change) for file in day_files(stored.files)):
            return 0
        files, changed = write_changed(place, stored, change)
        switch_to(stored, files, at=at)
        # After the switch: an edition that has one has counted, and nothing deletes it unasked (`editions.py`).
        write_manifest(place=place, month=month, edition=stored.edition, files=files, at=at)
        forget_others(place, stored, at=at)
    return changed


def is_changed(place: Place, stored: ArchivedMonth, file: DayFile, change: Change) -> bool:
    """Say whether a change would change a day."""
    parts = read_parts(place=place, month=stored.month, edition=stored.edition, file=file)
    return any(not change(old).equals(old) for old in parts)


def write_changed(place: Place, stored: ArchivedMonth, change: Change) -> tuple[list[DayFile], int]:
    """Write the next edition of a month and return its files, read back, and how many rows differ from the last."""
    files, changed = [], 0

    def changed_parts(file: DayFile) -> Iterator[pa.Table]:
        nonlocal changed
        for old in checked_parts(place=place, month=stored.month, edition=stored.edition, file=file):
            new = change(old).cast(event_schema())
            changed += len(set(row_hashes(old)) - set(row_hashes(new)))
            if new.num_rows:
                yield new

    for file in day_files(stored.files):
        day, tables = date.fromisoformat(file.day), changed_parts(file)
        written = write_day(place=place, month=stored.month, edition=stored.edition + 1, day=day, tables=tables)
        if written is not None:
            check_day(place=place, month=stored.month, edition=stored.edition + 1, file=written)
            files.append(written)
    return files, changed


def switch_to(stored: ArchivedMonth, files: list[DayFile], *, at: datetime) -> None:
    """Let the next edition count from now on."""
    stored.edition += 1
    stored.rewritten_at = at
    for name, value in sums(files).items():
        setattr(stored, name, value)
    stored.save(update_fields=["edition", "rewritten_at", "files", "rows", "bytes", "content"])


def forget_unfinished() -> list[date]:
    """Delete the files of months whose events are in PostgreSQL, begun to be archived or restored, and return which.

    What is erased from PostgreSQL must not stay in them; a month that is begun is written again by the next run.
    """
    states = ArchivedMonth.State
    with alone(waits=True):
        found = list(ArchivedMonth.objects.filter(state__in=[states.EXPORTING, states.VERIFIED, states.RESTORED]))
        if not found:
            return []
        place = open_place()
        for stored in found:
            ArchivedMonth.objects.filter(pk=stored.pk, state=states.VERIFIED).update(state=states.EXPORTING)
            forget_all(place, stored)
    return [each.month for each in found]
