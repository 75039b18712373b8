"""What is counted at once: a day of a rollup, or the whole month or year that it is kept by (`lifecycle/compaction/`).

A period is counted as the sum of its days, each by the rollup's own SELECT, so it says what they said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from psycopg import sql

from analytics.lifecycle.archive.months import away_days, months_there
from analytics.lifecycle.compaction.periods import counting_days
from analytics.lifecycle.compaction.summing import sums_of
from analytics.people.binding import counting_params
from analytics.people.narrowing import FOLDER as CUTS
from analytics.people.narrowing import OF_ROLLUP, bound_by_day, rollup_text
from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Rollup
from analytics.rollup.away import LEDGER_ROLLUPS, rollups_of
from analytics.store.models import RollupEvent
from zuka.platform.clock import day_bounds, month_start
from zuka.platform.db.files import load_sql

WHOLE = Path(__file__).parent.parent / "store" / "sql" / "fill" / "whole_period.sql"


@dataclass(frozen=True, slots=True)
class Unit:
    """Days of a rollup that have one row an entity, on the first of them: mostly one day."""

    rollup: Rollup
    first: date
    last: date

    @property
    def is_day(self) -> bool:
        """Say whether it is a day."""
        return self.first == self.last

    @property
    def select(self) -> sql.Composable:
        """Return the SELECT of its rows."""
        text = rollup_text(self.rollup.name)
        if self.is_day:
            return sql.SQL(text)
        keys = sql.SQL(", ").join(map(sql.Identifier, self.rollup.keys))
        days = sql.SQL(load_sql(CUTS / "days.sql"))
        return sql.SQL(load_sql(WHOLE)).format(
            days=days, keys=keys, sums=sums_of(self.rollup), select=bound_by_day(text)
        )

    @property
    def params(self) -> dict[str, Any]:
        """Return what its SELECT binds: days, their bounds, the bits of flags, the shop's currency."""
        start, end = day_bounds(self.first)
        own = counting_params()
        if self.is_day:
            return {"day": self.first, "start": start, "end": end, **own}
        named = {f"{OF_ROLLUP}{name}": value for name, value in own.items()}
        return {"day": self.first, "first": self.first, "last": self.last, "zone": settings.TIME_ZONE, **named}


def units_of(day: date, rollups: Iterable[Rollup]) -> Iterator[Unit]:
    """Yield what is counted of a day, of rollups that its own events allow, in their order.

    Left out is what a whole period's events would be needed for, and not all of them are in PostgreSQL.
    """
    together = counting_days([day])[day]
    is_there = len(together) == 1 or are_there(together)
    for rollup in rollups:
        if len(together) == 1 or not rollup.compacts:
            yield Unit(rollup, day, day)
        elif is_there or rollup in LEDGER_ROLLUPS:
            yield Unit(rollup, together[0], together[-1])


def are_there(days: Collection[date]) -> bool:
    """Say whether all events of some days are in PostgreSQL: none are archived, or gone and counted all the same."""
    if away_days(days):
        return False
    missing = {month_start(day) for day in days} - set(months_there())
    gone = [day for day in days if month_start(day) in missing]
    return not gone or not RollupEvent.objects.filter(day__in=gone).exists()


def units_between(days: Collection[date]) -> list[Unit]:
    """Return what can be counted of some days from what is in PostgreSQL, each once, by rollup and then by day."""
    away, order = away_days(days), list(ROLLUPS.values())
    found = dict.fromkeys(unit for day in days for unit in units_of(day, rollups_of(day, away)))
    return sorted(found, key=lambda unit: (order.index(unit.rollup), unit.first))
