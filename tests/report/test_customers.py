"""Customers in segments, cohorts and one by one: whole tables over a story, ripe cells to the day, sums to the kobo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import Sum

from analytics.ask import ask
from analytics.registry.reports.customers import SEGMENTS
from analytics.report.scope import ALL_WITH_PEOPLE
from analytics.rollup.fill import fill_dirty
from analytics.rollup.refresh import refresh_views
from analytics.store.views import FOLDER
from commerce.orders.models import Order
from commerce.payments.models import Payment, Refund
from tests.report.selling import sell
from tests.report.telling import EVENING, told_once
from tests.rollup.story import at, make_user, pay, place, refund, rows
from zuka.platform import clock
from zuka.platform.db.files import load_sql

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 10)


def refreshed(report: str, on: date, **params: str) -> Any:
    """A report as staff read it at noon of a day, its views made anew."""
    with time_machine.travel(at(on, 12), tick=False):
        refresh_views(at=clock.now())
        return ask(report, ALL_WITH_PEOPLE, **params)


def buy(who: str, day: date, kobo: int, *, paid_on: date | None = None, **columns: Any) -> Order:
    """An order of a guest; paid on the day unless told."""
    order = place("gown", at(day, 10), price=kobo, guest_email=f"{who}@example.com", **columns)
    pay(order, at(paid_on or day, 11))
    return order


def test_money_of_an_order_that_never_counted_is_still_somebody_s() -> None:
    part_paid = place("gown", at(JANUARY, 10), price=1_000, status="cancelled", guest_email="eve@example.com")
    pay(part_paid, at(JANUARY, 11), 400)
    Order.objects.filter(pk=part_paid.pk).update(paid_at=None)
    place("gown", at(JANUARY, 12), price=9_000, status="cancelled", guest_email="nobody@example.com")

    table = refreshed("customers", FEBRUARY)

    assert [(row[0], *row[4:9]) for row in table.rows] == [(part_paid.number, "Lapsed", 0, 400, 400, JANUARY)]
    assert refreshed("lifetime_value", FEBRUARY).rows[0][:4] == ("2026-01", 0, 400, None)


def test_lifetime_value_is_what_moved_until_that_day() -> None:
    first = buy("eve", JANUARY, 100_000)
    buy("eve", JANUARY + timedelta(days=30), 20_000)
    buy("eve", JANUARY + timedelta(days=31), 3_000)
    refund(first.payments.get(), at(JANUARY + timedelta(days=60), 9), 50_000)
    buy("ngozi", JANUARY, 40_000)

    table = refreshed("lifetime_value", date(2028, 1, 1))

    # Customers, revenue, each until now, after 30, 60, 90, 180 and 365 days.
    whole = (56_500, 80_000, 56_500, 56_500, 56_500, 56_500)
    assert table.rows == [("2026-01", 2, 113_000, *whole)]
    assert list(table.totals.values()) == [2, 113_000, *whole]


@pytest.mark.parametrize(
    ("days", "ripe"), [(30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (180, 3), (181, 4), (365, 4), (366, 5)]
)
def test_a_value_is_empty_until_the_last_day_of_all_is_over(days: int, ripe: int) -> None:
    buy("eve", date(2026, 1, 1), 100_000)
    buy("ngozi", FEBRUARY, 1_000)

    table = refreshed("lifetime_value", JANUARY + timedelta(days=days))

    assert table.rows[-1][4:] == (100_000,) * ripe + (None,) * (5 - ripe)


def test_who_stays_is_told_month_by_month() -> None:
    for who, days in {"eve": (0, 10, 40), "ngozi": (0, 75), "uche": (0,), "bola": (31, 59)}.items():
        for after in days:
            buy(who, date(2026, 1, 5) + timedelta(days=after), 1_000)

    assert refreshed("customer_retention", date(2026, 2, 28)).rows == [
        ("2026-02", 1, *(None,) * 12),
        ("2026-01", 3, *(None,) * 12),
    ]
    assert refreshed("customer_retention", date(2026, 3, 1)).rows[-1] == ("2026-01", 3, 1 / 3, *(None,) * 11)
    table = refreshed("customer_retention", date(2026, 4, 1))
    assert table.rows == [
        ("2026-02", 1, 1.0, *(None,) * 11),
        ("2026-01", 3, 1 / 3, 1 / 3, *(None,) * 10),
    ]
    # Of the months that have it: two of four came the month after.
    assert list(table.totals.values())[:4] == [4, 0.5, 1 / 3, None]


def test_scores_are_fifths_and_who_is_equal_scores_the_same() -> None:
    # Ten customers: seven ordered once, one twice, two three times; each on a day of their own but the first two.
    orders = [1, 1, 1, 1, 1, 1, 1, 2, 3, 3]
    for number, count in enumerate(orders):
        for _ in range(count):
            buy(f"c{number}", date(2026, 1, 1) + timedelta(days=max(number, 1)), 1_000 * (number + 1))
    buy("old", date(2025, 1, 1), 900_000)

    table = refreshed("customers", FEBRUARY, sort="last")

    assert [(row[4], *row[10:13]) for row in sorted(table.rows, key=lambda row: row[0])] == [
        ("Lost", 1, 1, 1),
        ("Lost", 1, 1, 1),
        ("Hibernating", 2, 1, 2),
        ("Hibernating", 2, 1, 2),
        ("Waning", 3, 1, 3),
        ("Waning", 3, 1, 3),
        ("Promising", 4, 1, 4),
        ("Champions", 4, 4, 4),
        ("Champions", 5, 5, 5),
        ("Champions", 5, 5, 5),
        ("Lapsed", None, None, None),
    ]
    segments = refreshed("customer_segments", FEBRUARY)
    # Customers, share, orders, revenue, its share, each, days since.
    assert [(row[0], *row[2:]) for row in segments.rows] == [
        ("Champions", 3, 3 / 11, 8, 73_000, 73 / 101, 24_333, 32.0),
        ("Waning", 2, 2 / 11, 2, 11_000, 11 / 101, 5_500, 35.5),
        ("Hibernating", 2, 2 / 11, 2, 7_000, 7 / 101, 3_500, 37.5),
        ("Promising", 1, 1 / 11, 1, 7_000, 7 / 101, 7_000, 34.0),
        ("Lost", 2, 2 / 11, 2, 3_000, 3 / 101, 1_500, 39.0),
        ("Lapsed", 1, 1 / 11, 0, 0, 0.0, 0, 405.0),
    ]
    assert segments.totals == {"customers": 11, "orders": 15, "year_kobo": 101_000, "each_kobo": 9_182}
    assert [row[0] for row in refreshed("customers", FEBRUARY, group="Lapsed").rows] == [table.rows[-1][0]]


def test_a_year_is_365_days_and_its_money_is_that_of_the_revenue_report() -> None:
    edge = FEBRUARY - timedelta(days=364)
    buy("in", edge, 5_000)
    buy("out", edge - timedelta(days=1), 7_000)
    refund(buy("gone", edge - timedelta(days=9), 8_000).payments.get(), at(FEBRUARY, 9), 3_000)

    table = refreshed("customer_segments", FEBRUARY)

    assert [(row[0], row[2], row[5]) for row in table.rows] == [("Lost", 1, 5_000), ("Lapsed", 2, -3_000)]
    with time_machine.travel(at(FEBRUARY, 12), tick=False):
        fill_dirty()
        assert table.totals["year_kobo"] == ask("revenue", period="365d").totals["revenue_kobo"] == 2_000


def test_names_of_segments_are_the_same_everywhere() -> None:
    view = load_sql(FOLDER / "views" / "M3_user_analytics.sql")
    report = load_sql(FOLDER / "reports" / "customer_segments.sql")
    assert set(re.findall(r"(?:THEN|ELSE) '(.+)'", view)) == set(SEGMENTS)
    assert re.findall(r"^        \('([^']+)', '", report, re.MULTILINE) == list(SEGMENTS)


def test_a_guest_is_one_by_e_mail_else_phone_and_called_by_their_first_order() -> None:
    first = buy("eve", JANUARY, 1_000)
    buy("EVE", FEBRUARY, 1_000)
    by_phone = place("gown", at(JANUARY, 12), guest_email="", guest_phone="+2348030000001")
    place("gown", at(FEBRUARY, 12), guest_email=None, guest_phone="+2348030000001")
    ngozi = make_user("ngozi@example.com")
    place("gown", at(FEBRUARY, 12), guest_email=None, user=ngozi)

    table = refreshed("customers", FEBRUARY)

    assert sorted((row[0], row[2], row[3], row[5]) for row in table.rows) == sorted(
        [
            (first.number, "eve@example.com", None, 2),
            (by_phone.number, None, "+2348030000001", 2),
            (str(ngozi.pk), "ngozi@example.com", None, 1),
        ]
    )


def test_views_are_made_as_of_the_day_they_are_told() -> None:
    def today_after(moment: datetime) -> date:
        refresh_views(at=moment)
        with connection.cursor() as cursor:
            cursor.execute("SELECT zuka_today()")
            return date.fromisoformat(str(cursor.fetchone()[0]))

    buy("eve", JANUARY, 1_000)
    assert today_after(at(JANUARY, 12)) == JANUARY
    assert rows("user_analytics", "year_orders") == [(1,)]
    today_after(at(JANUARY + timedelta(days=365), 0))
    assert rows("user_analytics", "year_orders") == [(0,)]


# From here on the days of `selling` have been told: what begins with an empty shop stands before.
told = told_once(sell)


@pytest.fixture
def story(told: dict[str, Order], db: None) -> Iterator[dict[str, Order]]:
    """The story's orders by name; it is Saturday evening."""
    with time_machine.travel(EVENING, tick=False):
        yield told


def test_customers_are_listed_with_what_they_brought(story: dict[str, Order]) -> None:
    table = ask("customers", ALL_WITH_PEOPLE)

    ada, chi = str(story["paid"].user_id), str(story["refused"].user_id)
    # Orders, paid until now, paid within the year, first order.
    assert [(*row[:4], *row[5:9]) for row in table.rows] == [
        (ada, "ada@example.com", "ada@example.com", None, 2, 462_500, 462_500, date(2026, 10, 10)),
        (story["cash"].number, "Ada Obi", "ada@example.com", None, 1, 349_999, 349_999, date(2026, 11, 19)),
        (chi, "chi@example.com", "chi@example.com", None, 1, 0, 0, date(2026, 11, 19)),
    ]
    assert table.totals == {"orders": 4, "year_orders": 4, "revenue_kobo": 812_499, "year_kobo": 812_499}
    assert ask("customers", person=ada).rows[0][0] == ada
    assert [row[0] for row in ask("customers", month="2026-10").rows] == [ada]
    latest = max(row[9] for row in table.rows)
    assert [row[0] for row in ask("customers", sort="last", limit="1").rows] == [
        min(row[0] for row in table.rows if row[9] == latest)
    ]


@pytest.mark.parametrize("report", ["customers", "lifetime_value"])
def test_what_customers_and_guests_brought_is_the_revenue(story: dict[str, Order], report: str) -> None:
    net = (
        Payment.objects.aggregate(kobo=Sum("amount_kobo"))["kobo"]
        - Refund.objects.aggregate(kobo=Sum("amount_kobo"))["kobo"]
    )
    table = ask(report)
    place_of = [column.name for column in table.columns].index("revenue_kobo")
    assert sum(row[place_of] for row in table.rows) == table.totals["revenue_kobo"] == net
    assert net == ask("revenue", period="365d", compare="none").totals["revenue_kobo"]


@pytest.mark.parametrize("report", ["customers", "customer_segments", "lifetime_value", "customer_retention"])
def test_amounts_of_another_currency_are_nobody_s(story: dict[str, Order], report: str) -> None:
    table = ask(report, currency="USD")
    assert (table.rows, {value for value in table.totals.values() if value}) == ([], set())
