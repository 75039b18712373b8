"""Who was there on a day, and whose next day must be counted again when that changes.

`rollup_recency` says of each day how long its people had been away, so that the different people of a period are a sum
of some hundred numbers: with two times 90 days of 5 million events that took 200 ms. The price is that a late event may
change a later day's row.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path

from django.db import connection

from analytics.store.models import RollupVisitor
from zuka.platform.db.files import load_sql

NEXT_DAYS = Path(__file__).parent.parent / "store" / "sql" / "people" / "next_days.sql"


def people_of(day: date) -> set[int]:
    """Return the keys of the people of a day, as it was counted last."""
    return set(RollupVisitor.objects.filter(day=day).values_list("person_key", flat=True))


def next_days(*, people: AbstractSet[int], day: date) -> list[date]:
    """Return the days after a day on which any of these people were there next."""
    if not people:
        return []
    with connection.cursor() as cursor:
        cursor.execute(load_sql(NEXT_DAYS), {"people": list(people), "day": day})
        return [found for (found,) in cursor.fetchall()]
