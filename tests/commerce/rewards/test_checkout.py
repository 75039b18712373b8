"""Points that pay at checkout, come back with what goes, and what orders earn. A piece is ₦2,000, a point ₦1."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from commerce.accounts.models import User
from commerce.cart.services import Choices, add_to_cart, price_cart, quote_cart
from commerce.orders.models import Order
from commerce.orders.services import (
    OrderItem,
    cancel_order,
    cancel_pieces,
    collect_cash,
    expire_unpaid_orders,
    receive_return,
    refund_payment,
    refund_return,
    settle_due_orders,
)
from commerce.orders.services.giving_back import proposed_kobo
from commerce.orders.services.rewarding import settle_order
from commerce.rewards.services import PointsNotTaken, TooFewPoints, lapse_points
from tests.commerce.factories import NOON, UserFactory, VariantFactory, in_threads, make_order
from tests.commerce.orders.stories import STAFF, ask, delivered, receive
from tests.commerce.promotions.stories import make_coupon
from tests.commerce.rewards.stories import WINDOW, give, ledger, lots, paid
from zuka.platform.actor import NOBODY

pytestmark = pytest.mark.django_db


def lines_of(order: Order) -> list[tuple[int, int, int]]:
    return list(order.lines.order_by("id").values_list("total_kobo", "discount_kobo", "points_kobo"))


def order_of(user: User | None, *prices: int, **choices: Any) -> Order:
    variants = [VariantFactory.create(product__price_kobo=price) for price in prices]
    return make_order(user=user, lines=[OrderItem(each.sku, 1) for each in variants], **choices)


def test_points_pay_for_goods_to_the_kobo_after_coupons(alice: User) -> None:
    give(alice, 2_000)
    make_coupon(code="TEN")

    order = order_of(alice, 100_001, 33_333, coupon_codes=["TEN"], points=333)

    order.refresh_from_db()
    assert (order.subtotal_kobo, order.discount_kobo, order.points_kobo, order.points_used, order.total_kobo) == (
        133_334,
        13_333 + 33_300,
        33_300,
        333,
        86_701,
    )
    assert [sum(each) for each in zip(*lines_of(order), strict=True)] == [133_334, 46_633, 33_300]
    assert order.due_kobo == order.total_kobo
    assert order.discounts == [("TEN", 13_333), ("333 points", 33_300)]
    assert ledger(alice)[-1] == ("checkout", -333, 1_667)


@pytest.mark.parametrize(
    ("points", "refusal", "words"),
    [
        (1_001, PointsNotTaken, "At most 1000 points pay for these goods"),
        (501, TooFewPoints, "You have 500 points"),
    ],
)
def test_too_many_points_are_refused_and_nothing_is_placed(
    alice: User, points: int, refusal: type[Exception], words: str
) -> None:
    give(alice, 500)

    with pytest.raises(refusal, match=words):
        order_of(alice, 200_000, points=points)

    assert ledger(alice) == [("adjustment", 500, 500)]
    assert Order.objects.count() == 0


def test_guests_and_other_currencies_pay_with_no_points(alice: User) -> None:
    give(alice, 500)
    with pytest.raises(PointsNotTaken, match="Sign in"):
        order_of(None, 200_000, points=1)
    dollars = VariantFactory.create(product__currency="USD")
    with pytest.raises(PointsNotTaken, match="Points do not pay"):
        make_order(user=alice, lines=[OrderItem(dollars.sku, 1)], points=1)


def test_a_quote_says_what_points_may_pay_and_the_order_costs_that(alice: User) -> None:
    give(alice, 700)
    variant = VariantFactory.create(product__price_kobo=150_000)
    cart, _ = add_to_cart(user=alice, token=None, sku=variant.sku, quantity=1, actor=NOBODY, at=NOON)

    def quote(points: int) -> tuple[int, int, int]:
        priced = price_cart(cart, currency="NGN")
        found = quote_cart(priced=priced, choices=Choices(points=points), at=NOON, user_id=alice.pk)
        return found.points_most, found.points_kobo, found.total_kobo

    assert [quote(0), quote(700)] == [(700, 0, 150_000), (700, 70_000, 80_000)]
    with pytest.raises(TooFewPoints, match="700 of your points"):
        quote(701)
    order = make_order(user=alice, lines=None, cart=cart, points=700, expected_total_kobo=80_000)
    assert order.total_kobo == 80_000


def test_points_come_back_with_an_order_that_is_cancelled_or_expires(alice: User) -> None:
    give(alice, 500, expires_at=NOON + timedelta(days=3))
    cancelled = order_of(alice, 200_000, points=200)
    cancel_order(order=cancelled, reason="", **STAFF)
    order_of(alice, 200_000, points=300, payment_method="paystack")
    expire_unpaid_orders(at=NOON + timedelta(hours=3))

    assert ledger(alice)[1:] == [
        ("checkout", -200, 300),
        ("checkout_back", 200, 500),
        ("checkout", -300, 200),
        ("checkout_back", 300, 500),
    ]
    # Some would have lapsed in three days: who gets points back has a month to spend them.
    assert {lapses - NOON for _, lapses in lots(alice)} == {
        timedelta(days=30),
        timedelta(days=30, hours=3),
    }


def test_points_that_come_back_again_and_again_lapse_all_the_same(alice: User) -> None:
    give(alice, 500, expires_at=NOON + timedelta(days=3))
    for days in (0, 10, 20):
        at = NOON + timedelta(days=days)
        cancel_order(order=order_of(alice, 200_000, points=500, at=at), reason="", at=at, actor=NOBODY)

    assert lots(alice) == [(500, NOON + timedelta(days=30))]


def test_points_of_pieces_that_go_come_back_in_proportion_and_all_in_the_end(alice: User) -> None:
    give(alice, 1_000)
    order = delivered(3, user=alice, points=1_000)
    collect_cash(order=order, **STAFF)
    first = receive(ask(order, 1, is_staff=True))
    refund_return(goods_return=first, amount_kobo=proposed_kobo(first), at=NOON, actor=NOBODY, request_key=uuid4())

    assert ledger(alice)[1:] == [("checkout", -1_000, 0), ("checkout_back", 333, 333)]
    receive(ask(order, 2, is_staff=True))
    assert ledger(alice)[3:] == [("checkout_back", 667, 1_000)]


def test_cancelled_pieces_give_their_points_back(alice: User) -> None:
    give(alice, 100)
    order = order_of(alice, 200_000, 100_000, points=100)
    line = order.lines.order_by("id").first()
    assert line is not None

    cancel_pieces(order=order, pieces={line.pk: 1}, reason="", **STAFF)

    order.refresh_from_db()
    assert (order.worth_kobo, order.total_kobo) == (100_000 - 3_334, 290_000)
    assert ledger(alice)[1:] == [("checkout", -100, 0), ("checkout_back", 66, 66)]


def test_an_order_earns_when_nothing_can_be_sent_back_any_more(alice: User) -> None:
    order = paid(3, user=alice)

    assert settle_due_orders(at=NOON + timedelta(days=13)) == 0
    assert [settle_due_orders(at=NOON + WINDOW), settle_due_orders(at=NOON + WINDOW)] == [1, 0]

    order.refresh_from_db()
    assert (order.points_earned, order.points_settled_at) == (60, NOON + WINDOW)
    assert ledger(alice) == [("order", 60, 60)]


def test_what_was_sent_back_in_time_earns_nothing_and_one_under_way_waits(alice: User) -> None:
    order = paid(3, user=alice)
    goods_return = ask(order, 1, is_staff=True)
    assert settle_due_orders(at=NOON + WINDOW) == 0
    receive(goods_return)

    settle_due_orders(at=NOON + WINDOW)

    assert ledger(alice) == [("order", 40, 40)]


def test_an_order_waits_for_its_return_however_long_it_takes(alice: User) -> None:
    late = NOON + WINDOW + timedelta(days=90)
    order, never = paid(3, user=alice), paid(2, user=alice)
    goods_return = ask(order, 1, is_staff=True)
    receive_return(
        goods_return=goods_return,
        sellable={line.line_id: 1 for line in goods_return.lines.all()},
        **{**STAFF, "at": late},
    )

    assert [settle_due_orders(at=late), settle_due_orders(at=late)] == [1, 0]

    never.refresh_from_db()
    assert (ledger(alice), never.points_settled_at) == ([("order", 40, 40)], None)


def test_money_that_goes_back_later_takes_its_points_along_but_none_that_are_spent(alice: User) -> None:
    order = paid(4, user=alice)
    settle_due_orders(at=NOON + WINDOW)
    payment = order.payments.get()

    refund_payment(payment=payment, amount_kobo=200_000, reason="", at=NOON + WINDOW, actor=NOBODY)
    assert ledger(alice) == [("order", 80, 80), ("order_back", -20, 60)]
    order_of(alice, 200_000, points=50)
    refund_payment(payment=payment, amount_kobo=600_000, reason="", at=NOON + WINDOW, actor=NOBODY)

    assert ledger(alice)[2:] == [("checkout", -50, 10), ("order_back", -10, 0)]
    order.refresh_from_db()
    assert order.points_earned == 50


@pytest.mark.parametrize(("percent", "value"), [(0, 100), (5, 100), (1, 200)])
def test_what_was_earned_is_taken_back_by_the_rules_it_was_earned_by(
    alice: User, settings: Any, percent: int, value: int
) -> None:
    order = paid(4, user=alice)
    settle_due_orders(at=NOON + WINDOW)
    settings.POINTS_BACK_PERCENT, settings.POINTS_VALUE_KOBO = percent, value

    refund_payment(payment=order.payments.get(), amount_kobo=200_000, reason="", at=NOON + WINDOW, actor=NOBODY)

    assert ledger(alice) == [("order", 80, 80), ("order_back", -20, 60)]


def test_an_order_that_earned_nothing_does_not_earn_when_money_of_it_goes_back(alice: User, settings: Any) -> None:
    settings.POINTS_BACK_PERCENT = 0
    order = paid(4, user=alice)
    settle_due_orders(at=NOON + WINDOW)
    settings.POINTS_BACK_PERCENT = 5

    refund_payment(payment=order.payments.get(), amount_kobo=200_000, reason="", at=NOON + WINDOW, actor=NOBODY)

    assert ledger(alice) == []


@pytest.mark.parametrize("person", [{"is_staff": True}, {"is_test": True}, {"status": "suspended"}])
def test_who_earns_nothing(person: dict[str, Any]) -> None:
    user = UserFactory.create()
    for name, value in person.items():
        setattr(user, name, value)
    user.save()
    paid(1, user=user)

    assert settle_due_orders(at=NOON + WINDOW) == 1
    assert ledger(user) == []


def test_what_points_and_coupons_paid_for_earns_nothing(alice: User) -> None:
    give(alice, 2_000)
    paid(2, user=alice, points=2_000)

    settle_due_orders(at=NOON + WINDOW)

    assert ledger(alice)[-1] == ("order", 20, 20)


@pytest.mark.django_db(transaction=True)
def test_an_order_earns_once_however_many_settle_it(alice: User) -> None:
    order = paid(1, user=alice)

    assert sum(in_threads(8, lambda: settle_order(pk=order.pk, at=NOON + WINDOW))) == 1
    assert ledger(alice) == [("order", 20, 20)]


@pytest.mark.django_db(transaction=True)
def test_orders_at_once_spend_points_once(alice: User) -> None:
    give(alice, 100)
    variants = iter([VariantFactory.create().sku for _ in range(8)])

    def work() -> bool:
        try:
            make_order(user=alice, lines=[OrderItem(next(variants), 1)], points=60)
        except TooFewPoints:  # what the race is about: one of two
            return False
        return True

    assert sum(in_threads(8, work)) == 1
    assert ledger(alice)[-1] == ("checkout", -60, 40)
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_order_gives_its_points_back_once_while_others_lapse(alice: User) -> None:
    give(alice, 100)
    order = order_of(alice, 200_000, points=100)

    def work() -> None:
        lapse_points(at=NOON + timedelta(days=40))
        try:
            cancel_order(order=order, reason="", at=NOON, actor=NOBODY)
        except Exception as refusal:  # noqa: BLE001 - whoever comes second finds it cancelled
            assert type(refusal).__name__ == "IllegalMove"  # noqa: PT017 - in a thread

    in_threads(4, work)

    assert [row[:2] for row in ledger(alice)][:3] == [("adjustment", 100), ("checkout", -100), ("checkout_back", 100)]
