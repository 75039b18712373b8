"""A month of long ago: its events and orders, counted, and how tests read what there is of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.registry.rollups import ROLLUPS
from analytics.rollup.fill import fill_dirty
from analytics.track import track_many
from tests.rollup.story import build_event, make_product, pay, place

MARCH, LAST = date(2025, 3, 1), date(2025, 3, 31)
NOW = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("Africa/Lagos"))
DAYS = [date(2025, 2, 28), date(2025, 3, 1), date(2025, 3, 14), date(2025, 3, 31), date(2025, 4, 1), date(2025, 4, 9)]


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo("Africa/Lagos"))


def visit(visitor: str, day: date, hour: int, minute: int = 0, **columns: Any) -> list[Any]:
    """Somebody searches, looks at a gown, and puts it in the cart."""
    start = moment(day, hour, minute)
    shared = {"visitor_id": visitor, "source_key": "00000000-0000-0000-0000-000000000007", **columns}
    told: tuple[tuple[str, dict[str, Any]], ...] = (
        ("page.viewed", {"page_path": "/gowns", "properties": '{"title": "Gowns, \\"new\\""}'}),
        ("product.searched", {"search_query": 'aṣọ\tòkè, "red"\n', "properties": '{"results": 3}'}),
        ("product.viewed", {"product_ref": "gown", "category": "Gowns", "properties": '{"colour": "red"}'}),
        ("cart.item_added", {"product_ref": "gown", "quantity": 2, "properties": "{}", "ip": "102.89.0.0"}),
    )
    return [
        build_event(name, start + timedelta(minutes=9 * number), **shared, **facts)
        for number, (name, facts) in enumerate(told)
    ]


def tell() -> list[Any]:
    """A visit each of the days, one over midnight at either end of March, and orders of the shop."""
    make_product("gown", "Gown")
    events = [each for day in DAYS for each in visit("ada", day, 9, user_id="u-ada") + visit("bola", day, 15)]
    events += visit("chidi", date(2025, 2, 28), 23, 50) + visit("dayo", LAST, 23, 45)
    events.append(
        build_event("user.created", moment(DAYS[2], 9, 1), visitor_id="ada", user_id="u-ada", properties="{}")
    )
    track_many(events)
    orders = [place("gown", moment(day, 10), visitor_id="ada") for day in DAYS]
    pay(orders[2], moment(DAYS[2], 10, 5))
    fill_dirty(oldest_first=True)
    return orders


def read(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def events() -> list[tuple[Any, ...]]:
    return read("SELECT analytics_events.*, analytics_events::text FROM analytics_events ORDER BY id")


def counted() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every rollup, and of visits."""
    columns = {each.table: ", ".join(each.columns) for each in ROLLUPS.values()}
    found = {table: read(f"SELECT {names} FROM {table} ORDER BY {names}") for table, names in columns.items()}
    return found | {"visits": read("SELECT * FROM analytics_sessions ORDER BY id")}
