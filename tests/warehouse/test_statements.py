"""What ClickHouse is told: tables, statements, what they bind, and what is done while it does not answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from analytics.ask import ask
from analytics.warehouse.binding import bind
from analytics.warehouse.client import Warehouse, WarehouseAway, close_warehouse, open_warehouse
from analytics.warehouse.making import add_statements, create_statements, make_tables
from analytics.warehouse.mirror import copy_counted
from analytics.warehouse.reading import shop_tables
from analytics.warehouse.tables import Column, mirrored_tables
from analytics.warehouse.translating import translate
from tests.rollup.story import FRIDAY, at, event

pytestmark = pytest.mark.django_db
COLUMNS = (
    Column("id", "uuid", is_filled=True),
    Column("event_type", "text", is_filled=True),
    Column("occurred_at", "timestamp with time zone", is_filled=True),
    Column("country", "text", is_filled=False),
    Column("pages", "text[]", is_filled=False),
)
EVENTS = """
CREATE TABLE IF NOT EXISTS "analytics_events_local" ON CLUSTER "shop" (
    "id" String, "event_type" LowCardinality(String), "occurred_at" DateTime64(6, 'UTC'),
    "country" LowCardinality(Nullable(String)), "pages" Array(String),
    warehouse_bucket Int64, warehouse_fingerprint Int64, warehouse_revision UInt64, warehouse_gone UInt8
)
ENGINE = ReplicatedReplacingMergeTree(
    '/clickhouse/tables/{database}/analytics_events/{shard}', '{replica}', warehouse_revision, warehouse_gone
)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (toDate(occurred_at), event_type, coalesce(visitor_id, user_id, ''), occurred_at, id)
TTL toDate(occurred_at) + INTERVAL 3 MONTH TO VOLUME 'cold', toDate(occurred_at) + INTERVAL 60 MONTH DELETE
SETTINGS allow_nullable_key = 1, storage_policy = 'tiered'
"""
OVER = """
CREATE TABLE IF NOT EXISTS "analytics_events" ON CLUSTER "shop" AS "analytics_events_local"
ENGINE = Distributed("shop", currentDatabase(), "analytics_events_local", cityHash64(id))
"""


def words(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return " ".join(" ".join(lines).split()).replace("( ", "(").replace(" )", ")")


def test_on_a_cluster_events_are_replicated_and_apart_on_its_shards(settings: Any) -> None:
    settings.CLICKHOUSE_CLUSTER = "shop"
    settings.CLICKHOUSE_COLD_MONTHS, settings.CLICKHOUSE_EVENT_MONTHS = 3, 60
    events, orders = mirrored_tables()["analytics_events"], mirrored_tables()["rollup_orders"]
    assert [words(each) for each in create_statements(events, COLUMNS)] == [words(EVENTS), words(OVER)]
    (one,) = create_statements(orders, COLUMNS)
    assert "/clickhouse/tables/{database}/rollup_orders/all', '{shard}-{replica}'" in one
    assert words(add_statements(orders, COLUMNS[4:])[0]) == (
        'ALTER TABLE "rollup_orders" ON CLUSTER "shop" ADD COLUMN IF NOT EXISTS "pages" Array(String)'
    )


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("SELECT round(a / b)::bigint AS x FROM t", [(3,), (-3,)]),
        ("SELECT lower(w) AS x FROM t", [("àdìrẹ",), (None,)]),
        ("SELECT left(w, 2) AS x FROM t", [("ÀD",), (None,)]),
        ("SELECT concat_ws(' / ', w, NULL, 'z') AS x FROM t", [("ÀDÌRẸ / z",), ("z",)]),
        ("SELECT substring(w FROM '^[a-z]+') AS x FROM t", [(None,), (None,)]),
        ("SELECT j ->> 'n' AS x FROM t", [("5",), (None,)]),
        ("SELECT j ->> 's' AS x FROM t", [("ọ",), (None,)]),
        ("SELECT a FROM t WHERE a <> ALL(%(some)s)", [(-5,)]),
        ("SELECT sum(a) FILTER (WHERE a > 9) AS x FROM t", [(None,)]),
        ("SELECT sum(a) AS a FROM t ORDER BY a DESC", [(0,)]),
        ("SELECT w FROM t ORDER BY w DESC", [(None,), ("ÀDÌRẸ",)]),
        (
            "SELECT d::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS d ORDER BY 1",
            [
                (date(2026, 2, 28),),
                (date(2026, 3, 1),),
            ],
        ),
        ("SELECT n FROM generate_series(2, 4) AS s (n) ORDER BY n", [(2,), (3,), (4,)]),
        ("WITH v (k, l) AS (VALUES (1, 'x'), (2, 'y')) SELECT l FROM v WHERE k > 1", [("y",)]),
        (
            "SELECT s.n, s.v FROM t CROSS JOIN LATERAL (VALUES (1, a), (2, b)) AS s (n, v) WHERE a > 0 ORDER BY 1",
            [
                (1, 5),
                (2, 2),
            ],
        ),
        ("SELECT 1 AS x FROM t WHERE %(none)s::bigint[] IS NULL AND a > 0", [(1,)]),
    ],
)
def test_a_statement_says_there_what_it_says_here(
    warehouse: Warehouse, said: str, there: list[tuple[Any, ...]]
) -> None:
    warehouse.run("DROP TABLE IF EXISTS t")
    made = "CREATE TABLE t (a Nullable(Int64), b Int64, w Nullable(String), j String) ENGINE = MergeTree ORDER BY b"
    warehouse.run(made)
    rows = [(5, 2, "ÀDÌRẸ", '{"n": 5, "s": "ọ"}'), (-5, 2, None, '{"n": null}')]
    warehouse.insert("t", ["a", "b", "w", "j"], rows)
    params = {"some": [5, 6], "first": date(2026, 2, 28), "last": date(2026, 3, 1), "none": None}
    found = warehouse.read(*bind(translate(said), params), settings={"final": 0, "max_threads": 1})[1]
    assert found == there


def test_values_are_bound_with_their_types_and_never_become_text() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    values = {"a": "x' OR 1", "b": 1, "c": moment, "d": moment.date(), "e": [], "f": None, "g": UUID(int=1), "h": True}
    statement, bound = bind(" ".join(f"{{{name}: }}" for name in [*values, "i"]), {**values, "i": timedelta(hours=1)})
    assert statement == (
        "{a:String} {b:Int64} {c:DateTime64(6, 'UTC')} {d:Date} {e:Array(String)} NULL {g:String} {h:Bool} "
        "toIntervalMicrosecond(3600000000)"
    )
    assert bound == {name: value for name, value in values.items() if name not in "fg"} | {"g": str(UUID(int=1))}


def test_the_tables_say_what_stays() -> None:
    assert shop_tables("WITH mine AS (SELECT 1) SELECT * FROM mine, rollup_orders, journey_events") == set()
    assert shop_tables("SELECT name FROM ledger_people JOIN analytics_events USING (user_id)") == {"ledger_people"}


def test_while_clickhouse_does_not_answer_postgresql_does(settings: Any, warehouse: Warehouse) -> None:
    event("page.viewed", at(FRIDAY, 9), visitor_id="v1")
    close_warehouse()
    settings.CLICKHOUSE_URL = "http://127.0.0.1:9"
    with pytest.raises(WarehouseAway, match="ClickHouse"):
        open_warehouse()
    days = {"from": str(FRIDAY), "to": str(FRIDAY)}
    assert [row[1] for row in ask("recent_events", **days).rows] == ["page.viewed"]


def test_a_report_says_since_when_clickhouse_knows(warehouse: Warehouse) -> None:
    from analytics.rollup.fill import fill_dirty

    days = {"from": str(FRIDAY), "to": str(FRIDAY)}
    make_tables(warehouse)
    event("page.viewed", at(FRIDAY, 9), visitor_id="v1")
    fill_dirty()
    assert (ask("top_events", **days).rows, ask("top_events", **days).as_of) == ([], None)
    copy_counted(warehouse)
    table = ask("top_events", **days)
    assert (table.rows, table.as_of is not None) == ([("page.viewed", 1, 0, 1.0)], True)
