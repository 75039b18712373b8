"""Sales reports as whole tables over one story, and that their parts add up to the ledger to the kobo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.db.models import Sum

from analytics.ask import ask
from analytics.registry.reports import REPORTS
from analytics.report.table import Table
from analytics.rollup.fill import fill_dirty
from analytics.rollup.verify import verify
from analytics.store.models import DirtyDay
from commerce.orders.models import Order, OrderLine
from commerce.payments.models import Payment, Refund
from tests.report.selling import DAYS, sell
from tests.report.telling import EVENING, told_once
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at

pytestmark = pytest.mark.django_db
SALES = [report.id for report in REPORTS.values() if report.group in {"Sales", "Customers"}]
LEDGER = ("sales_breakdown", "coupons", "cod_funnel", "category_sales")


sold = told_once(lambda: {name: order.pk for name, order in sell().items()})


@pytest.fixture
def story(sold: dict[str, int], db: None) -> Iterator[dict[str, Order]]:
    """The story's orders by name on Saturday evening; what a test does to them ends with it."""
    with time_machine.travel(EVENING, tick=False):
        found = Order.objects.in_bulk(sold.values())
        yield {name: found[pk] for name, pk in sold.items()}


def in_all(table: Table, name: str) -> int:
    """The sum of a column's rows."""
    place = [column.name for column in table.columns].index(name)
    return int(sum(row[place] for row in table.rows))


def test_the_lines_of_each_day_add_up_from_goods_to_net(story: dict[str, Order]) -> None:
    table = ask("sales_breakdown", **DAYS)

    # Goods, discounts, delivery, tax, ordered, paid later or never, refunds, net.
    assert table.rows == [
        (THURSDAY, 1_800_000, -280_006, 150_000, 7_501, 1_677_495, -1_677_495, 0, 0),
        (FRIDAY, 0, 0, 0, 0, 0, 1_127_497, 0, 1_127_497),
        (SATURDAY, 0, 0, 0, 0, 0, 0, -314_998, -314_998),
    ]
    for _day, *lines, ordered, unpaid, refunds, net in [*table.rows, (None, *table.totals.values())]:
        assert (sum(lines), ordered + unpaid + refunds) == (ordered, net)
    by_month = ask("sales_breakdown", **DAYS, grain="month")
    assert by_month.rows == [(date(2026, 11, 1), *table.totals.values())]


def test_net_is_what_came_in_less_what_went_back(story: dict[str, Order]) -> None:
    table, revenue = ask("sales_breakdown", **DAYS), ask("revenue", **DAYS)
    received = Payment.objects.aggregate(kobo=Sum("amount_kobo"))["kobo"]
    went_back = Refund.objects.aggregate(kobo=Sum("amount_kobo"))["kobo"]
    assert table.totals["net_kobo"] == received - went_back == revenue.totals["revenue_kobo"]
    assert table.totals["placed_kobo"] == revenue.totals["placed_kobo"]
    assert [row[-1] for row in table.rows] == [row[6] for row in revenue.rows]


def test_each_coupon_has_its_own_discount_and_an_order_with_two_is_in_the_total_once(story: dict[str, Order]) -> None:
    table = ask("coupons", **DAYS)

    # Orders, discount, revenue, margin (less cost of what was kept and fees), first orders.
    assert table.rows == [
        ("ODD", "Odd", 2, 200_006, 812_499, 450_499, 1),
        ("TENTH", "A tenth", 1, 80_000, 462_500, 280_500, 0),
    ]
    assert list(table.totals.values()) == [2, 280_006, 812_499, 450_499, 1]


def test_a_discount_without_a_code_is_a_part_too(story: dict[str, Order]) -> None:
    Order.objects.filter(pk=story["refused"].pk).update(discount_kobo=50_000, total_kobo=150_000, taken_off_kobo=0)
    fill_dirty()

    table = ask("coupons", **DAYS)

    assert table.rows[-1] == ("Without a code", "Reduced by hand, or before codes were kept", 1, 50_000, 0, 0, 1)
    assert table.totals["discount_kobo"] == -ask("sales_breakdown", **DAYS).totals["discounts_kobo"] == 330_006


def test_a_margin_is_empty_where_a_cost_is_not_known(story: dict[str, Order]) -> None:
    OrderLine.objects.filter(order=story["paid"], product_ref="cap").update(unit_cost_kobo=None)
    fill_dirty()

    assert [row[5] for row in ask("coupons", **DAYS).rows] == [None, None]
    assert [row[5] for row in ask("category_sales", **DAYS).rows] == [237_500, None]


def test_cash_on_delivery_narrows_from_placed_to_collected(story: dict[str, Order]) -> None:
    by_state, by_day = ask("cod_funnel", **DAYS, by="state"), ask("cod_funnel", **DAYS)

    # Placed, sent, delivered, collected, refused; refused of those sent; the five in kobo.
    assert sorted(by_state.rows) == [
        ("Kano", 1, 1, 1, 1, 1, 1.0, 699_997, 699_997, 349_999, 349_999, 349_998),
        ("Lagos", 1, 1, 0, 0, 1, 1.0, 200_000, 200_000, 0, 0, 200_000),
    ]
    assert by_day.rows == [("2026-11-19", 2, 2, 1, 1, 2, 1.0, 899_997, 899_997, 349_999, 349_999, 549_998)]
    assert by_day.totals == by_state.totals == dict(zip(by_day.totals, by_day.rows[0][1:], strict=True))
    assert by_day.series == [("2026-11-19", 2, 1, 1, 2), ("2026-11-20", 0, 0, 0, 0), ("2026-11-21", 0, 0, 0, 0)]
    collected = Payment.objects.filter(order__payment_method="cash_on_delivery").aggregate(kobo=Sum("amount_kobo"))
    assert by_day.totals["collected_kobo"] == collected["kobo"]


def test_an_order_that_was_refused_and_then_cancelled_was_still_sent(story: dict[str, Order]) -> None:
    Order.objects.filter(pk=story["refused"].pk).update(status="cancelled", cancelled_at=at(SATURDAY, 13))
    fill_dirty()

    assert ask("cod_funnel", **DAYS, by="state").totals["refused_kobo"] == 549_998


@pytest.mark.parametrize(("by", "names"), [("category", ("Gowns", "Caps")), ("brand", ("Iro", "Plain"))])
def test_categories_and_brands_share_what_was_ordered(story: dict[str, Order], by: str, names: tuple[str, str]) -> None:
    table = ask("category_sales", **DAYS, by=by)

    # Pieces, goods, share, kept, margin, margin of kept.
    assert table.rows == [
        (names[0], 7, 1_400_000, 7 / 9, 507_500, 237_500, pytest.approx(237_500 / 507_500)),
        (names[1], 2, 400_000, 2 / 9, 154_999, 64_999, pytest.approx(64_999 / 154_999)),
    ]
    assert list(table.totals.values()) == [9, 1_800_000, 662_499, 302_499, pytest.approx(302_499 / 662_499)]


def test_goods_and_what_is_kept_of_them_agree_with_orders_and_money(story: dict[str, Order]) -> None:
    groups, lines = ask("category_sales", **DAYS).totals, ask("sales_breakdown", **DAYS).totals
    assert groups["gross_kobo"] == lines["gross_kobo"]
    assert groups["kept_kobo"] == lines["net_kobo"] - lines["shipping_kobo"]
    assert ask("coupons", **DAYS).totals["discount_kobo"] == -lines["discounts_kobo"]


@pytest.mark.parametrize("report", SALES)
def test_parts_add_up_to_the_whole(story: dict[str, Order], report: str) -> None:
    table = ask(report, **({} if REPORTS[report].fixed_period else DAYS))
    added = [column.name for column in table.columns if column.sums]
    assert {name: in_all(table, name) for name in added} == {name: table.totals[name] for name in added}


@pytest.mark.parametrize("report", LEDGER)
def test_amounts_of_another_currency_are_in_no_part(story: dict[str, Order], report: str) -> None:
    assert {value for value in ask(report, **DAYS, currency="USD").totals.values() if value} == set()


def test_goods_that_came_back_to_be_sold_again_cost_nothing(story: dict[str, Order]) -> None:
    goods_return = story["paid"].returns.create(
        position=1, status="received", requested_at=at(SATURDAY, 12), received_at=at(SATURDAY, 13)
    )
    gown, cap = story["paid"].lines.order_by("pk")
    goods_return.lines.create(line=gown, quantity=1, reason="too_small", sellable=1)
    goods_return.lines.create(line=cap, quantity=1, reason="damaged", sellable=0)
    fill_dirty()

    # The caps: one was damaged and is paid back, its cost stays.
    assert [row[4:6] for row in ask("category_sales", **DAYS).rows] == [(349_999, 169_999), (0, -90_000)]


def test_what_becomes_of_an_order_later_is_counted_on_the_day_of_placing(story: dict[str, Order]) -> None:
    assert verify(first=THURSDAY, last=SATURDAY) == []
    story["refused"].shipments.update(status="delivered", delivered_at=at(SATURDAY, 13), refused_at=None)
    assert list(DirtyDay.objects.values_list("day", "cause")) == [(THURSDAY, "parcels")]
    Payment.objects.filter(order=story["cash"]).update(amount_kobo=1)
    assert set(DirtyDay.objects.values_list("day", "cause")) == {
        (THURSDAY, "parcels"),
        (THURSDAY, "payments"),
        (FRIDAY, "payments"),
    }
    fill_dirty()
    assert verify(first=THURSDAY, last=SATURDAY) == []
    assert ask("cod_funnel", **DAYS).totals["collected_kobo"] == 1


def test_who_came_back_is_told_by_the_month_of_their_first_order(story: dict[str, Order]) -> None:
    table = ask("repeat_customers")

    # Customers, again, share; within 30, 60, 90 days; days to the second; orders, revenue, average.
    assert table.rows == [
        ("2026-11", 2, 0, 0.0, None, None, None, None, 2, 349_999, 349_999),
        ("2026-10", 1, 1, 1.0, None, None, None, 40.0, 2, 462_500, 462_500),
    ]
    assert list(table.totals.values()) == [3, 1, 1 / 3, 40.0, 4, 812_499, 406_250]


def test_a_share_is_empty_until_all_have_had_that_long(story: dict[str, Order]) -> None:
    with time_machine.travel(at(date(2026, 12, 31), 12), tick=False):
        assert [row[4:7] for row in ask("repeat_customers").rows] == [(0.0, None, None), (0.0, 1.0, None)]
    with time_machine.travel(at(date(2027, 1, 30), 12), tick=False):
        assert [row[4:7] for row in ask("repeat_customers").rows] == [(0.0, 0.0, None), (0.0, 1.0, 1.0)]


def test_a_customer_is_looked_up_by_the_index_of_what_reports_call_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT FROM ledger_orders WHERE customer = 'ada@example.com' AND placed_at < now()")
        assert "order_customer" in str(cursor.fetchall())
