"""A day that is counted from ClickHouse's events has the rows that PostgreSQL counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from analytics.rollup.units import Unit
from analytics.warehouse.client import Warehouse
from analytics.warehouse.making import make_tables
from analytics.warehouse.mirror import copy_counted
from tests.report.telling import told_once
from tests.rollup.story import SATURDAY
from tests.warehouse.counting import count_day, counted_there, stored_day
from tests.warehouse.story import tell

pytestmark = pytest.mark.django_db
told = told_once(tell)
DAYS = [SATURDAY - timedelta(days=number) for number in (*range(12), 30, 44, 60)]


def test_every_rollup_that_can_be_counted_there_is_the_same(told: None, warehouse: Warehouse, db: None) -> None:
    make_tables(warehouse)
    copy_counted(warehouse)
    assert [each.name for each in counted_there()] == [
        *("events", "viewed_pairs", "signups", "sessions", "sources", "landings", "touches", "attribution", "searches"),
        *("journeys", "visitors", "recency", "traffic"),
    ]
    counted: dict[str, list[Any]] = {}
    for rollup in counted_there():
        for day in DAYS:
            rows = count_day(warehouse, rollup=rollup, params=Unit(rollup, day, day).params)
            assert sorted(rows, key=str) == sorted(stored_day(warehouse, rollup=rollup, day=day), key=str), rollup.name
            counted.setdefault(rollup.name, []).extend(rows)
    assert [name for name, rows in counted.items() if not rows] == []
