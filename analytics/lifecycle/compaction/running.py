"""Compaction's job: counts that are old enough are kept by month, then by year.

One period is one transaction, under the lock of whoever counts: killed at any point, all of it is done or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from analytics.lifecycle.compaction.periods import DAY, LEAST_MONTHS, kept_by_day_since
from analytics.lifecycle.compaction.summing import COMPACTING, FOLDER, composed
from analytics.store.models import CompactedPeriod, DirtyDay
from zuka.platform.clock import add_months, local_day
from zuka.platform.db.files import load_sql
from zuka.platform.db.turns import take_turns

log = structlog.get_logger(__name__)
MONTH, YEAR = CompactedPeriod.Grain.MONTH, CompactedPeriod.Grain.YEAR


@dataclass(frozen=True, slots=True)
class Due:
    """A month or year that is to be kept as a whole."""

    first: date
    last: date
    grain: CompactedPeriod.Grain

    @property
    def title(self) -> str:
        """Return it in words."""
        return f"{self.first:%Y}" if self.grain is YEAR else f"{self.first:%B %Y}"


@dataclass(slots=True)
class Outcome:
    """What a run did: the periods that are kept as a whole now, and those that wait, each with the reason."""

    compacted: list[CompactedPeriod] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)


def is_switched_on() -> bool:
    """Say whether counts are ever compacted."""
    return bool(settings.ROLLUP_DAY_MONTHS)


def first_by_day(today: date) -> date:
    """Return the first day that is not to be compacted."""
    return kept_by_day_since(today=today, months=max(settings.ROLLUP_DAY_MONTHS, LEAST_MONTHS))


def due_months(*, at: datetime) -> list[Due]:
    """Return the months that are to be kept as a whole, oldest first."""
    if not is_switched_on():
        return []
    params: dict[str, Any] = {"rollups": [each.name for each in COMPACTING], "before": first_by_day(local_day(at))}
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "due_months.sql"), params)
        return [Due(month, add_months(month, 1) - DAY, MONTH) for (month,) in cursor.fetchall()]


def due_years(*, at: datetime) -> list[Due]:
    """Return the years that are to be kept as a whole, oldest first: those whose months all are."""
    if not is_switched_on() or not settings.ROLLUP_MONTH_YEARS:
        return []
    today = local_day(at)
    before = min(date(today.year - settings.ROLLUP_MONTH_YEARS, 1, 1), first_by_day(today).replace(month=1, day=1))
    months = CompactedPeriod.objects.filter(grain=MONTH, last_day__lt=before)
    waiting = {each.first.year for each in due_months(at=at)}
    years = sorted({day.year for day in months.values_list("first_day", flat=True)} - waiting)
    return [Due(date(year, 1, 1), date(year, 12, 31), YEAR) for year in years]


def compact_due(*, at: datetime) -> Outcome:
    """Compact what is due, oldest first. A month of which something is still to be counted waits; it stops no other."""
    outcome = Outcome()
    for find in (due_months, due_years):
        for due in find(at=at):
            days = DirtyDay.objects.filter(day__range=(due.first, due.last)).values("day").distinct().count()
            if days:
                outcome.waiting[due.title] = f"{days} of its days are to be counted first."
            elif (period := compact(due)) is not None:
                outcome.compacted.append(period)
    return outcome


@transaction.atomic
def compact(due: Due) -> CompactedPeriod | None:
    """Keep a period as a whole from now on, and return it; None where somebody else has done so meanwhile."""
    take_turns("zuka:fill")
    within = CompactedPeriod.objects.filter(first_day__lte=due.last, last_day__gte=due.first)
    earlier = within.exclude(grain=MONTH) if due.grain is YEAR else within
    if earlier.exists():
        return None
    months = within.aggregate(rows=Sum("rows_before"), left=Sum("rows_after"))
    within.delete()
    before = after = 0
    for rollup in COMPACTING:
        with connection.cursor() as cursor:
            cursor.execute(composed("sum_up", rollup), {"first": due.first, "last": due.last})
            gone, there = cursor.fetchone()
        before, after = before + gone, after + there
    # Of a year, what its days had once, and what no month of it held yet.
    before += (months["rows"] or 0) - (months["left"] or 0)
    period = CompactedPeriod.objects.create(
        first_day=due.first, last_day=due.last, grain=due.grain, rows_before=before, rows_after=after
    )
    log.info("compaction.done", period=due.title, rows_before=before, rows_after=after)
    return period


def would_be(due: Due) -> tuple[int, int]:
    """Return how many rows a period has now, and how many would be in their place; changes nothing."""
    before = after = 0
    for rollup in COMPACTING:
        with connection.cursor() as cursor:
            cursor.execute(composed("would_be", rollup), {"first": due.first, "last": due.last})
            there, left = cursor.fetchone()
        before, after = before + there, after + left
    return before, after
