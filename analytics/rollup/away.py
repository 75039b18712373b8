"""Days whose events are in the archive: what is counted from events stays as it is, the ledger's is counted as always.

Counting such a day from PostgreSQL would say that nobody was there. That it was to be counted is kept with its month,
and done when the month is restored.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from analytics.people.narrowing import rollup_text, tables_of
from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Rollup

FROM_EVENTS = frozenset({"analytics_events", "analytics_sessions", "rollup_visitors"})
LEDGER_ROLLUPS = tuple(each for each in ROLLUPS.values() if not FROM_EVENTS & set(tables_of(rollup_text(each.name))))


def rollups_of(day: date, away: Collection[date]) -> tuple[Rollup, ...]:
    """Return the rollups of a day that can be counted from what is in PostgreSQL."""
    return LEDGER_ROLLUPS if day in away else tuple(ROLLUPS.values())


def hot_spans(days: Collection[date], away: Collection[date]) -> list[tuple[date, date]]:
    """Return the first and last days of each run of days whose events are in PostgreSQL."""
    spans: list[tuple[date, date]] = []
    for day in sorted(set(days) - set(away)):
        if spans and (day - spans[-1][1]).days == 1:
            spans[-1] = spans[-1][0], day
        else:
            spans.append((day, day))
    return spans
