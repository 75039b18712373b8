"""How old counts are kept, for the page of what is kept."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Count, Max, Min, Sum

from analytics.lifecycle.compaction.running import first_by_day
from analytics.lifecycle.compaction.summing import COMPACTING
from analytics.store.models import CompactedPeriod, FillState
from zuka.platform.clock import add_months, local_day, month_start, now
from zuka.platform.retention.models import TableSize
from zuka.platform.retention.storage import Tier

MONTH, YEAR = CompactedPeriod.Grain.MONTH, CompactedPeriod.Grain.YEAR
TEXT = "Of products, of products seen together, and of first pages."


def count_tiers() -> list[Tier]:
    """Return how such counts are kept: months by day, by month and by year, and about how large each part is; none
    where nothing was counted, or all stays by day.
    """
    rows = CompactedPeriod.objects.order_by().values_list("grain")
    parts = rows.annotate(Count("pk"), Sum("rows_after"), Max("last_day"))
    kept = {grain: (number, left, last) for grain, number, left, last in parts}
    by_month, month_rows, month_end = kept.get(MONTH, (0, 0, None))
    by_year, year_rows, year_end = kept.get(YEAR, (0, 0, None))
    first, last = days_since(max((end for end in (month_end, year_end) if end), default=None))
    a_row, size = size_now()
    tiers = []
    if first and last and (kept or settings.ROLLUP_DAY_MONTHS):
        by_day = size - a_row * (month_rows + year_rows)
        tiers.append(Tier("Counts by day", TEXT, months_in(first, last), by_day, 0, next_of(month_start(first))))
    if kept:
        tiers.append(Tier("Counts by month", "The same, older.", by_month, a_row * month_rows))
    if by_year:
        tiers.append(Tier("Counts by year", "The same, oldest.", 12 * by_year, a_row * year_rows))
    return tiers


def days_since(whole: date | None) -> tuple[date | None, date | None]:
    """Return the first and the last day on which anything of them was counted, after those that are within a whole."""
    fills = FillState.objects.filter(rollup__in=[each.name for each in COMPACTING], rows__gt=0)
    later = fills.filter(day__gt=whole) if whole else fills
    found = later.aggregate(first=Min("day"), last=Max("day"))
    return found["first"], found["last"]


def size_now() -> tuple[int, int]:
    """Return about how many bytes a row of these tables takes, and all of them, when they were measured last."""
    tables = TableSize.objects.filter(name__in=[each.table for each in COMPACTING])
    latest = list(tables.filter(day=tables.order_by().aggregate(day=Max("day"))["day"]))
    size, rows = sum(each.total_bytes for each in latest), sum(each.rows for each in latest)
    return size // rows if rows else 0, size


def months_in(first: date, last: date) -> int:
    """Return how many months the days of `[first, last]` are in."""
    return max(0, 12 * (last.year - first.year) + last.month - first.month + 1)


def next_of(month: date) -> str:
    """Return which month is added up next, and from when on; '' where none ever is."""
    if not settings.ROLLUP_DAY_MONTHS:
        return ""
    if month < first_by_day(local_day(now())):
        return f"{month:%B %Y} with the job's next run"
    return f"{month:%B %Y} from {add_months(month, settings.ROLLUP_DAY_MONTHS + 1):%-d %b %Y}"
