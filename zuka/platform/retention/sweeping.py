"""Deleting what is over: some rows at a time, each time in a transaction of its own, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import DateField, DateTimeField, QuerySet

from zuka.platform.clock import local_day
from zuka.platform.retention.declaring import SWEEP, Kept, kept_entries

AT_ONCE, AT_MOST = 1_000, 200_000


def forget_rows(rows: QuerySet[Any], *, emptied: Mapping[str, Any] | None = None) -> int:
    """Delete rows, or empty some of their columns; return how many that were.

    At most 200,000 in one run, 1,000 in a transaction: what is left goes with the next run. Rows that somebody else has
    locked are left to it as well; a table that is locked as a whole is waited for 2 seconds.
    """
    found, gone = AT_ONCE, 0
    while found == AT_ONCE and gone < AT_MOST:
        found = forget_some(rows, emptied)
        gone += found
    return gone


@transaction.atomic
def forget_some(rows: QuerySet[Any], emptied: Mapping[str, Any] | None) -> int:
    """Delete or empty the first of some rows, and return how many that were."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
    keys = list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:AT_ONCE])
    those = rows.model._base_manager.filter(pk__in=keys)  # noqa: SLF001 - public by Django's documentation
    if emptied is None:
        those.delete()
    else:
        those.update(**emptied)
    return len(keys)


def rows_over(entry: Kept, *, at: datetime) -> QuerySet[Any]:
    """Return the rows of an entry that are over, the oldest first."""
    assert entry.span is not None
    model = entry.models[0]
    field = model._meta.get_field(entry.column)  # noqa: SLF001 - as above
    before: Any = entry.span.before(at)
    if isinstance(field, DateField) and not isinstance(field, DateTimeField):
        before = local_day(before)
    rows = model._base_manager.filter(**{f"{entry.column}__lt": before})  # noqa: SLF001 - as above
    if entry.only is not None:
        rows = rows.filter(entry.only)
    for name, value in (entry.emptied or {}).items():
        rows = rows.exclude(**{name: value})
    return rows.order_by(entry.column)


def forget_what_is_over(*, at: datetime) -> dict[str, int]:
    """Delete or empty what is over of every entry that names no job of its own; return how many rows of each.

    An entry of which that goes wrong stops no other: what went wrong is raised at the end.
    """
    gone: dict[str, int] = {}
    wrong: list[Exception] = []
    for entry in (each for each in kept_entries() if each.task == SWEEP):
        try:
            gone[entry.tables[0]] = forget_rows(rows_over(entry, at=at), emptied=entry.emptied)
        except Exception as error:  # noqa: BLE001 - raised at the end
            error.add_note(f"while forgetting rows of {entry.tables[0]}")
            wrong.append(error)
    if wrong:
        raise ExceptionGroup("What is over could not be forgotten everywhere.", wrong)
    return gone
