"""Whatever becomes of events and counts in PostgreSQL, ClickHouse has the same rows after the next copy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from analytics.lifecycle.compaction.running import MONTH, Due, compact
from analytics.rollup.fill import fill_dirty
from analytics.store.models import Event, IdentityLink, WarehouseDay
from analytics.warehouse.checking import Difference, compare
from analytics.warehouse.client import Warehouse
from analytics.warehouse.making import make_tables
from analytics.warehouse.mirror import Copied, copy_counted, waiting_days
from analytics.warehouse.tables import mirrored_tables
from commerce.orders.models import Order
from tests.report.selling import sell
from tests.report.telling import told_once
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event, make_product, pay, place, refund
from zuka.platform.clock import add_months

pytestmark = pytest.mark.django_db
FIRST, LAST = THURSDAY - timedelta(days=41), SATURDAY + timedelta(days=1)


def tell() -> None:
    sell()
    make_product("shoe", "Àdìrẹ shoe")
    for minute in range(30):
        event("page.viewed", at(FRIDAY, 9, minute), visitor_id=f"v{minute % 7}", page_path=f"/'{minute}\\")
    event("page.viewed", at(FRIDAY, 9, 40), visitor_id="v2", country="NG")
    event("product.viewed", at(FRIDAY, 10), visitor_id="v1", product_ref="shoe", properties='{"a": "ọ\\n\\"\\u0001"}')


told = told_once(tell)


@pytest.fixture
def copied(told: None, warehouse: Warehouse, db: None) -> Warehouse:
    """What the story tells, copied; the tables are made anew for each test."""
    make_tables(warehouse)
    for name in mirrored_tables():
        warehouse.run(f"TRUNCATE TABLE {name}")
    assert copy_counted(warehouse).gone == 0
    return warehouse


def differences(warehouse: Warehouse) -> list[Difference]:
    return compare(warehouse, first=FIRST, last=LAST)


def test_every_value_is_there_and_a_second_copy_finds_nothing_to_do(copied: Warehouse) -> None:
    assert differences(copied) == []
    assert waiting_days(limit=9) == []
    WarehouseDay.objects.all().delete()
    assert copy_counted(copied) == Copied(0, 0)
    assert WarehouseDay.objects.count() > 3


def test_late_events_and_a_visitor_who_signs_in_go_along(copied: Warehouse) -> None:
    event("page.viewed", at(THURSDAY, 9), visitor_id="v3")
    event("user.logged_in", at(SATURDAY, 9), visitor_id="v1", user_id="somebody")
    fill_dirty()
    assert IdentityLink.objects.filter(visitor_id="v1").exists()
    assert differences(copied) != []
    moved = copy_counted(copied)
    assert moved.written > 0
    assert moved.gone > 0
    assert differences(copied) == []


def test_events_that_are_changed_or_deleted_are_so_there(copied: Warehouse) -> None:
    Event.objects.filter(visitor_id="v2").update(visitor_id="erased", page_path="/erased")
    Event.objects.filter(visitor_id="v4").delete()
    WarehouseDay.objects.all().delete()
    fill_dirty()
    copy_counted(copied)
    assert differences(copied) == []
    found = copied.read("SELECT countIf(visitor_id = 'v2'), countIf(visitor_id = 'erased') FROM analytics_events")[1]
    assert found == [(0, Event.objects.filter(visitor_id="erased").count())]


def test_what_becomes_of_orders_goes_along(copied: Warehouse) -> None:
    sold = pay(place("gown", at(THURSDAY, 10), quantity=3), at(FRIDAY, 10))
    gone = place("gown", at(THURSDAY, 11))
    fill_dirty()
    copy_counted(copied)
    brought = "SELECT order_ref, revenue_kobo FROM ledger_order_money JOIN ledger_order_people USING (order_id) "
    asked = f"{brought} WHERE order_ref IN ('{sold.order.number}', '{gone.number}') ORDER BY order_ref"
    assert copied.read(asked)[1] == [(sold.order.number, 1_500_000), (gone.number, 0)]
    refund(sold, at(SATURDAY, 10), 400_000)
    Order.objects.filter(pk=gone.pk).update(is_test=True)
    fill_dirty()
    copy_counted(copied)
    assert copied.read(asked)[1] == [(sold.order.number, 1_100_000)]
    assert differences(copied) == []


def test_a_month_whose_counts_are_added_up_is_so_there(copied: Warehouse) -> None:
    for day in (THURSDAY, FRIDAY, SATURDAY):
        event("product.viewed", at(day, 11), visitor_id="v9", product_ref="shoe")
    fill_dirty()
    copy_counted(copied)
    first = SATURDAY.replace(day=1)
    period = compact(Due(first, add_months(first, 1) - timedelta(days=1), MONTH))
    assert period is not None
    assert period.rows_before > period.rows_after
    assert differences(copied) != []
    copy_counted(copied)
    assert differences(copied) == []
    assert waiting_days(limit=9) == []


@pytest.mark.parametrize("ended", [1, 4, 7])
def test_a_copy_that_ends_anywhere_is_ended_by_the_next(
    copied: Warehouse, monkeypatch: pytest.MonkeyPatch, ended: int
) -> None:
    event("user.logged_in", at(SATURDAY, 9), visitor_id="v1", user_id="somebody")
    fill_dirty()
    writing: dict[str, Any] = {"insert_lines": Warehouse.insert_lines, "run": Warehouse.run}
    left = ended

    def ending(name: str) -> Any:
        def write(self: Warehouse, *args: Any) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
            writing[name](self, *args)
            if left == 1:  # written, and the news of it lost
                left = 0
                raise KeyboardInterrupt

        return write

    for name in writing:
        monkeypatch.setattr(Warehouse, name, ending(name))
    with pytest.raises(KeyboardInterrupt):
        copy_counted(copied)
    for name, write in writing.items():
        monkeypatch.setattr(Warehouse, name, write)
    copy_counted(copied)
    assert differences(copied) == []


def test_a_check_names_what_differs(copied: Warehouse) -> None:
    copied.run("ALTER TABLE analytics_events UPDATE country = 'GH' WHERE country = 'NG' SETTINGS mutations_sync = 2")
    found = differences(copied)
    assert [(each.table, each.day, each.name, each.column) for each in found] == [
        ("analytics_events", FRIDAY, "page.viewed", "country")
    ]
