"""Which visits an order is put down to, and how its money is shared among them: whole tables for each model."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from analytics.registry.attribution import WHOLE
from analytics.rollup.fill import dirty_days, fill_day, fill_dirty
from analytics.rollup.verify import verify
from analytics.store.models import DirtyDay, OrderAttribution
from commerce.orders.models import Order
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event, make_user, pay, place, refund, rows

pytestmark = pytest.mark.django_db
KEY = uuid4()
MODELS = ("last", "first", "linear", "position")
SOURCES = ("a", "b", "c", "d", "e")
LOOK_BACK = timedelta(days=30)


def visit(moment: datetime, source: str = "", *, visitor: str = "ada", **columns: Any) -> None:
    words = {"utm_source": source, "utm_medium": "cpc"} if source else {}
    event("page.viewed", moment, visitor_id=visitor, page_path="/", source_key=KEY, **words, **columns)


def sell(moment: datetime, kobo: int = 10_001, *, paid_at: datetime | None = None, **columns: Any) -> Any:
    return pay(place("gown", moment, price=kobo, **{"visitor_id": "ada", **columns}), paid_at or moment)


def shares() -> list[tuple[Any, ...]]:
    """Day, source, and kobo under each model, in their order; what is stored is what counting gives."""
    fill_dirty()
    assert verify(first=THURSDAY - timedelta(days=1), last=SATURDAY) == []
    return rows("analytics_order_attributions", "day", "source", *(f"{model}_kobo" for model in MODELS))


def parts() -> list[tuple[Any, ...]]:
    return rows("analytics_order_attributions", "source", *(f"{model}_parts" for model in MODELS))


@pytest.mark.parametrize(
    ("touches", "expected"),
    [
        (0, [("", 10_001, 10_001, 10_001, 10_001)]),
        (1, [("a", 10_001, 10_001, 10_001, 10_001)]),
        (2, [("a", 0, 10_001, 5_001, 5_001), ("b", 10_001, 0, 5_000, 5_000)]),
        (3, [("a", 0, 10_001, 3_334, 4_001), ("b", 0, 0, 3_334, 2_000), ("c", 10_001, 0, 3_333, 4_000)]),
        (
            5,
            [
                ("a", 0, 10_001, 2_001, 4_000),
                ("b", 0, 0, 2_000, 667),
                ("c", 0, 0, 2_000, 667),
                ("d", 0, 0, 2_000, 667),
                ("e", 10_001, 0, 2_000, 4_000),
            ],
        ),
    ],
)
def test_money_is_shared_to_the_kobo(touches: int, expected: list[Any]) -> None:
    for hour, source in enumerate(SOURCES[:touches], 8):
        visit(at(THURSDAY, hour), source)
    sell(at(THURSDAY, 20), paid_at=at(FRIDAY, 9))
    assert shares() == [(FRIDAY, *each) for each in expected]
    channels = ["unattributed"] if not touches else ["paid_other"] * touches
    assert list(OrderAttribution.objects.values_list("channel", flat=True)) == channels


def test_the_parts_of_an_order_are_one_order() -> None:
    for hour, source in enumerate(SOURCES[:3], 8):
        visit(at(THURSDAY, hour), source)
    sell(at(THURSDAY, 20))
    fill_dirty()
    assert parts() == [
        ("a", 0, WHOLE, 333_334, 400_000),
        ("b", 0, 0, 333_333, 200_000),
        ("c", WHOLE, 0, 333_333, 400_000),
    ]


def test_a_visit_after_the_order_led_to_nothing_and_the_one_of_the_order_did() -> None:
    visit(at(THURSDAY, 8), "a")
    visit(at(THURSDAY, 10), "b")
    visit(at(THURSDAY, 10, 1), "c", visitor="bob")
    sell(at(THURSDAY, 10), paid_at=at(SATURDAY, 9))
    visit(at(FRIDAY, 9), "d")
    assert [each[1:3] for each in shares()] == [("a", 0), ("b", 10_001)]


def test_the_look_back_is_thirty_days_to_the_second(settings: Any) -> None:
    visit(at(SATURDAY, 12) - LOOK_BACK - timedelta(seconds=1), "a")
    visit(at(SATURDAY, 12) - LOOK_BACK, "b", visitor="bob")
    for visitor in ("ada", "bob"):
        sell(at(SATURDAY, 12), visitor_id=visitor)
    assert shares() == [(SATURDAY, "", *[10_001] * 4), (SATURDAY, "b", *[10_001] * 4)]
    settings.ATTRIBUTION_DAYS = 31
    fill_day(day=SATURDAY)
    assert [each[1] for each in shares()] == ["a", "b"]


def test_a_guest_who_signs_in_later_on_another_device_brings_that_devices_visits() -> None:
    ada = str(make_user("ada@example.com").pk)
    visit(at(THURSDAY, 8), "a", visitor="phone", user_id=ada)
    visit(at(FRIDAY, 8), "b", visitor="laptop")
    sell(at(FRIDAY, 9), visitor_id="laptop")
    assert [each[1] for each in shares()] == ["b"]
    visit(at(SATURDAY, 8), "c", visitor="laptop", user_id=ada)
    assert shares() == [(FRIDAY, "a", 0, 10_001, 5_001, 5_001), (FRIDAY, "b", 10_001, 0, 5_000, 5_000)]


def test_an_order_of_an_account_has_the_visits_of_its_devices() -> None:
    ada = make_user("ada@example.com")
    visit(at(THURSDAY, 8), "a", visitor="phone")
    event("user.logged_in", at(THURSDAY, 8, 5), visitor_id="phone", user_id=str(ada.pk), source_key=KEY)
    sell(at(FRIDAY, 9), user=ada, visitor_id="somebody-else")
    assert [each[1] for each in shares()] == ["a"]


def test_a_guest_order_that_an_account_takes_over_is_shared_anew() -> None:
    ada = make_user("ada@example.com")
    visit(at(THURSDAY, 8), "a", visitor="phone", user_id=str(ada.pk))
    payment = sell(at(FRIDAY, 9), visitor_id="unseen")
    assert [each[1] for each in shares()] == [""]
    Order.objects.filter(pk=payment.order_id).update(user=ada)
    assert [each[1] for each in shares()] == ["a"]


def test_refunds_take_back_on_their_day_and_a_whole_one_leaves_nothing_to_anybody() -> None:
    for hour, source in enumerate(SOURCES[:3], 8):
        visit(at(THURSDAY, hour), source)
    payment = sell(at(THURSDAY, 20))
    refund(payment, at(FRIDAY, 9), 3_335)
    refund(payment, at(SATURDAY, 9), 6_666)
    assert shares() == [
        (THURSDAY, "a", 0, 10_001, 3_334, 4_001),
        (THURSDAY, "b", 0, 0, 3_334, 2_000),
        (THURSDAY, "c", 10_001, 0, 3_333, 4_000),
        # 6 666 are left: 2 222 each, and 2 667, 1 333 and 2 666.
        (FRIDAY, "a", 0, -3_335, -1_112, -1_334),
        (FRIDAY, "b", 0, 0, -1_112, -667),
        (FRIDAY, "c", -3_335, 0, -1_111, -1_334),
        (SATURDAY, "a", 0, -6_666, -2_222, -2_667),
        (SATURDAY, "b", 0, 0, -2_222, -1_333),
        (SATURDAY, "c", -6_666, 0, -2_222, -2_666),
    ]
    assert OrderAttribution.objects.exclude(day=THURSDAY).exclude(linear_parts=0).count() == 0


def test_cash_before_the_last_of_it_counts_money_first_and_the_order_when_it_is_paid() -> None:
    visit(at(THURSDAY, 8), "a")
    order = place("gown", at(THURSDAY, 9), visitor_id="ada", price=10_000)
    pay(order, at(THURSDAY, 10), 4_000)
    pay(order, at(FRIDAY, 10), 6_000)
    assert shares() == [(THURSDAY, "a", *[4_000] * 4), (FRIDAY, "a", *[6_000] * 4)]
    assert rows("analytics_order_attributions", "day", "last_parts") == [(THURSDAY, 0), (FRIDAY, WHOLE)]


def test_a_visit_that_is_told_of_late_shares_what_was_paid_before() -> None:
    visit(at(THURSDAY, 8), "b")
    sell(at(THURSDAY, 20), 9_000, paid_at=at(SATURDAY, 9))
    assert [each[1:3] for each in shares()] == [("b", 9_000)]
    visit(at(THURSDAY, 7) - timedelta(days=3), "a")
    assert shares() == [(SATURDAY, "a", 0, 9_000, 4_500, 4_500), (SATURDAY, "b", 9_000, 0, 4_500, 4_500)]


def test_a_payment_that_is_told_of_late_changes_what_later_refunds_took() -> None:
    for hour, source in enumerate(SOURCES[:2], 8):
        visit(at(THURSDAY, hour), source)
    payment = sell(at(FRIDAY, 9), 1_001)
    refund(payment, at(SATURDAY, 9), 1_001)
    shares()
    pay(payment.order, at(THURSDAY, 20), 1)
    assert [each[:2] + each[4:5] for each in shares()] == [
        (THURSDAY, "a", 1),
        (THURSDAY, "b", 0),
        (FRIDAY, "a", 500),
        (FRIDAY, "b", 501),
        (SATURDAY, "a", -500),
        (SATURDAY, "b", -501),
    ]


def test_counting_again_marks_no_day_when_no_visit_changed() -> None:
    visit(at(THURSDAY, 8), "a")
    sell(at(THURSDAY, 9), paid_at=at(SATURDAY, 9))
    shares()
    fill_day(day=THURSDAY)
    assert dirty_days() == []
    visit(at(THURSDAY, 7), "b")
    fill_day(day=THURSDAY)
    assert list(DirtyDay.objects.values_list("day", "cause")) == [(SATURDAY, "touches")]


def test_what_is_not_counted_is_not_shared() -> None:
    visit(at(THURSDAY, 8), "a")
    sell(at(THURSDAY, 9), is_test=True)
    event("page.viewed", at(THURSDAY, 8), visitor_id="cem", utm_source="b", source_key=KEY, flags=1)
    event("order.created", at(THURSDAY, 8), visitor_id="dayo")
    for visitor in ("cem", "dayo"):
        sell(at(THURSDAY, 9), 5_000, visitor_id=visitor)
    place("gown", at(THURSDAY, 10), visitor_id="ada")
    assert shares() == [(THURSDAY, "", *[5_000] * 4)] * 2
