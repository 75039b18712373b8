"""A day that is counted from ClickHouse's events has the rows that PostgreSQL counts, and is written as those are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.registry.rollups import ROLLUPS
from analytics.rollup.fill import fill_day, fill_dirty
from analytics.rollup.units import Unit
from analytics.rollup.verify import verify
from analytics.store.models import DirtyDay, FillState, RollupVisitor
from analytics.warehouse.client import Warehouse, close_warehouse
from analytics.warehouse.counting import STAYS, count_day, counted_there, stored_day
from analytics.warehouse.making import make_tables
from analytics.warehouse.mirror import TURN, copy_counted
from analytics.warehouse.tables import mirrored_tables
from tests.report.telling import EVENING, told_once
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event
from tests.rollup.story import rows as rows_of
from tests.warehouse.story import tell

pytestmark = pytest.mark.django_db
told = told_once(tell)
DAYS = [SATURDAY - timedelta(days=number) for number in (*range(12), 30, 44, 60)]
RANDOM_DAYS = random.Random(20261122).sample(DAYS, 6)
COUNTED = (
    *("events", "viewed_pairs", "signups", "sessions", "sources", "landings", "touches", "attribution", "searches"),
    *("journeys", "visitors", "recency", "traffic"),
)


@pytest.fixture
def counting(told: None, warehouse: Warehouse, settings: Any, db: None) -> Iterator[Warehouse]:
    """ClickHouse counts; its tables are empty."""
    settings.CLICKHOUSE_COUNTS = True
    make_tables(warehouse)
    for name in mirrored_tables():
        warehouse.run(f"TRUNCATE TABLE {name}")
    with time_machine.travel(EVENING, tick=False):
        yield warehouse


def counts() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every rollup."""
    return {each.name: rows_of(each.table, *each.columns) for each in ROLLUPS.values()}


def forget(day: date) -> None:
    """Leave a day as if it had never been counted."""
    with connection.cursor() as cursor:
        for each in ROLLUPS.values():
            cursor.execute(f"DELETE FROM {each.table} WHERE day = %s", [day])
    FillState.objects.filter(day=day).delete()


def counted_in_clickhouse(day: date) -> int:
    """Count a day; return of how many rollups ClickHouse counted the rows."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        fill_day(day=day)
    return sum("json_populate_recordset" in each["sql"] for each in queries)


def test_every_rollup_that_can_be_counted_there_is_the_same(told: None, warehouse: Warehouse, db: None) -> None:
    make_tables(warehouse)
    copy_counted(warehouse)
    assert tuple(each.name for each in counted_there()) == COUNTED
    counted: dict[str, list[Any]] = {}
    for rollup in counted_there():
        for day in DAYS:
            rows = count_day(warehouse, rollup=rollup, params=Unit(rollup, day, day).params)
            assert sorted(rows, key=str) == sorted(stored_day(warehouse, rollup=rollup, day=day), key=str), rollup.name
            counted.setdefault(rollup.name, []).extend(rows)
    assert [name for name, rows in counted.items() if not rows] == []


@pytest.mark.parametrize("day", RANDOM_DAYS)
def test_a_day_is_written_as_if_it_were_counted_here(counting: Warehouse, day: date) -> None:
    before = counts()
    forget(day)
    assert counted_in_clickhouse(day) == len(COUNTED) - len(STAYS)
    assert counts() == before
    assert set(FillState.objects.filter(day=day).values_list("rollup", flat=True)) == ROLLUPS.keys()


def test_late_events_and_who_signs_in_are_counted_by_what_the_day_is_now(counting: Warehouse) -> None:
    event("page.viewed", at(THURSDAY, 9), visitor_id="late1")
    fill_dirty()
    copy_counted(counting)
    for minute in range(9):
        event("product.viewed", at(FRIDAY, 9, minute), visitor_id=f"late{minute % 3}", product_ref="gown")
    event("user.logged_in", at(FRIDAY, 10), visitor_id="late1", user_id="somebody")
    assert fill_dirty() == [FRIDAY, THURSDAY]
    assert verify(first=THURSDAY, last=FRIDAY) == []
    assert RollupVisitor.objects.filter(day=THURSDAY, person="somebody").exists()
    assert counting.read("SELECT count() FROM analytics_events WHERE visitor_id LIKE 'late%'")[1] == [(11,)]


def test_while_clickhouse_is_away_postgresql_counts(counting: Warehouse, settings: Any) -> None:
    before = counts()
    close_warehouse()
    settings.CLICKHOUSE_URL = "http://127.0.0.1:9"
    forget(FRIDAY)
    assert counted_in_clickhouse(FRIDAY) == 0
    assert counts() == before


def test_what_clickhouse_cannot_count_any_more_postgresql_does(counting: Warehouse) -> None:
    before = counts()
    counting.run("DROP TABLE analytics_sessions")
    forget(FRIDAY)
    assert 0 < counted_in_clickhouse(FRIDAY) < 9
    assert counts() == before
    make_tables(counting)


def test_nobody_waits_while_days_are_copied(counting: Warehouse) -> None:
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [TURN])
        assert counted_in_clickhouse(FRIDAY) == 0


def test_only_who_says_so_has_days_counted_there(counting: Warehouse, settings: Any) -> None:
    DirtyDay.objects.create(day=FRIDAY, cause="events")
    settings.CLICKHOUSE_COUNTS = False
    assert counted_in_clickhouse(FRIDAY) == 0
    settings.CLICKHOUSE_COUNTS, settings.ANALYTICS_ENGINE = True, "postgresql"
    assert counted_in_clickhouse(FRIDAY) == 0
