"""Days of years ago, whose counts are old enough to be kept by month, and how tests tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import time_machine
from django.db import connection

from analytics.lifecycle.compaction.running import Outcome, compact_due
from analytics.registry.reports import REPORTS
from analytics.report.compacted import compacting_rollups, grain_of
from analytics.report.query import parse_query
from analytics.report.run import make_table
from analytics.report.scope import ALL
from analytics.report.table import Table
from analytics.rollup.fill import fill_dirty
from analytics.store.models import CompactedPeriod
from analytics.track import track_many
from tests.rollup.story import LAGOS, build_event, make_product, place

NOW = datetime(2026, 11, 22, 10, tzinfo=LAGOS)
# By day since November 2023: with 36 months, and November 2026 running.
DECEMBER, JANUARY, BY_DAY = date(2022, 12, 1), date(2023, 1, 1), date(2023, 11, 1)
TOLD = [DECEMBER, date(2022, 12, 31), JANUARY, date(2023, 1, 17), date(2023, 2, 3), BY_DAY]
READING = [each for each in REPORTS.values() if compacting_rollups(each.id) and not each.fixed_period]
WHOLE = [each for each in READING if not grain_of(each)]
PRODUCTS = ["gown", "cap", "shoe"]


def moment(day: date, minute: int = 600) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LAGOS) + timedelta(minutes=minute)


def look(day: date, visitor: str, *products: str, minute: int = 600, **columns: Any) -> list[Any]:
    """Somebody opens a page, looks at products, and puts the first in the cart."""
    who = {"visitor_id": visitor, "source_key": "00000000-0000-0000-0000-000000000007", **columns}
    events = [build_event("page.viewed", moment(day, minute), page_path=f"/{visitor}", **who)]
    for place_, product in enumerate(products):
        events.append(build_event("product.viewed", moment(day, minute + 1 + place_), product_ref=product, **who))
    if products:
        added = {"product_ref": products[0], "quantity": 2}
        events.append(build_event("cart.item_added", moment(day, minute + 9), **added, **who))
    return events


@contextmanager
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def tell() -> None:
    """Visits and orders in December, January and February of long ago, and one of a month that is kept by day."""
    for product in PRODUCTS:
        make_product(product, product.title())
    seen = [look(day, "ada", "gown", "cap") + look(day, "bola", "gown", "shoe") for day in TOLD]
    seen[3] += look(date(2023, 1, 31), "chidi", "cap", minute=1435)
    track_many([each for events in seen[:-1] for each in events])
    track_many(seen[-1])
    for day in TOLD:
        place("gown", moment(day, 700), visitor_id="ada")
    fill_dirty(oldest_first=True)


def compact() -> Outcome:
    return compact_due(at=NOW)


def kept() -> list[tuple[str, str, int, int]]:
    rows = CompactedPeriod.objects.order_by("first_day")
    return [(str(each), each.grain, each.rows_before, each.rows_after) for each in rows]


def answer(report_id: str, first: date, last: date, **params: str) -> Table:
    """Answer a question anew: what is kept in the cache says nothing of what is counted now."""
    asked = {"from": str(first), "to": str(last), "compare": "none", **params}
    query = parse_query(report=REPORTS[report_id], params=asked, today=NOW.date(), scope=ALL)
    return make_table(query, now=NOW)


def ways_of(report_id: str) -> list[dict[str, str]]:
    """Return the choices that each parameter of a report gives, one after the other."""
    parameters = [each for each in REPORTS[report_id].parameters if each.choices]
    return [{}, *({each.name: choice} for each in parameters for choice, _ in each.choices)]


def answers(*periods: tuple[date, date]) -> dict[Any, Table]:
    """Return all tables that compacting rollups are read for, over some periods."""
    return {
        (report.id, period, *way.items()): answer(report.id, period[0], period[1], **way)
        for report in WHOLE
        for period in periods
        for way in ways_of(report.id)
    }


def read(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []
