"""Where refunds, returns, cancelled pieces, coupons and cash meet in one order: nothing is paid or given back twice."""

from __future__ import annotations

from uuid import uuid4

import pytest

from commerce.orders.models import Order
from commerce.orders.services import (
    cancel_order,
    collect_cash,
    deliver_parcel,
    excess_kobo,
    refund_overpaid,
    refund_payment,
    refund_return,
    refuse_parcel,
)
from commerce.orders.services.cash import cash_with_kobo
from commerce.payments.models import Payment, Provider, Refund
from commerce.payments.services import capture_payment, refundable_kobo
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON
from tests.commerce.orders.stories import STAFF, ask, packed, receive, ship, state_of
from tests.commerce.orders.test_cancelling import amounts, cancel, give_back, pay

pytestmark = pytest.mark.django_db


def money(order: Order) -> tuple[str, str, int]:
    """Where an order and its money stand, and what is due."""
    order.refresh_from_db()
    return order.status, order.payment_status, order.due_kobo


def first_kept_and_sent_back() -> Order:
    """An order of two pieces, each paid when it comes: the first came, was paid, sent back and refunded."""
    order = packed(1, 1)
    deliver_parcel(shipment=ship(order, 1, 0), **STAFF)
    collect_cash(order=order, **STAFF)
    back = receive(ask(order, 1, 0, is_staff=True))
    refund_return(goods_return=back, amount_kobo=back.worth_kobo, request_key=uuid4(), **STAFF)
    return order


def test_what_went_back_for_a_return_is_not_to_be_paid_again(facts: Facts) -> None:
    order = first_kept_and_sent_back()
    assert money(order) == ("confirmed", "refunded", 200_000)

    second = ship(order, 0, 1)
    assert cash_with_kobo(order, second) == 200_000
    deliver_parcel(shipment=second, **STAFF)

    assert collect_cash(order=order, **STAFF).amount_kobo == 200_000
    assert money(order) == ("completed", "partially_refunded", 0)
    assert amounts(order)[2] == 0
    assert [fact["value_kobo"] for fact in facts("order.paid")] == [400_000]


def test_an_order_is_paid_by_what_it_does_not_cost_any_more_after_money_went_back(facts: Facts) -> None:
    order = first_kept_and_sent_back()

    refuse_parcel(shipment=ship(order, 0, 1), **STAFF)

    assert money(order) == ("confirmed", "refunded", 0)
    assert (order.fulfilment_status, order.paid_at) == ("returned", NOON)
    assert [fact["value_kobo"] for fact in facts("order.paid")] == [200_000]


def test_pieces_can_be_cancelled_of_an_order_paid_in_part_of_which_some_went_back(facts: Facts) -> None:
    order = packed(1, 1)
    refund_payment(payment=pay(order, 210_000), amount_kobo=10_000, reason="goodwill", **STAFF)
    assert money(order) == ("confirmed", "partially_refunded", 200_000)

    cancel(order, 0, 1)

    assert money(order) == ("confirmed", "partially_refunded", -10_000)
    assert (order.paid_at, [fact["value_kobo"] for fact in facts("order.paid")]) == (NOON, [200_000])
    notes = order.events.filter(kind="payment").values_list("note", flat=True)
    assert list(notes)[-1] == "The order comes to ₦2,000.00 now: nothing more to pay"


def test_all_that_was_paid_went_back_for_what_was_refused(facts: Facts) -> None:
    order = packed(2)
    pay(order)
    refuse_parcel(shipment=ship(order, 2), **STAFF)

    give_back(order, 300_000)
    assert money(order)[:2] == ("confirmed", "paid")
    give_back(order, 100_000)

    assert money(order)[:2] == ("confirmed", "refunded")
    cancel_order(order=order, reason="", **STAFF)
    assert (state_of(order)[0], amounts(order)[2]) == ("cancelled", 0)


def test_more_that_left_than_one_payment_has_keeps_no_other_from_going_back() -> None:
    order = packed(1)
    first = pay(order)
    second = capture_payment(
        known=None,
        order_id=order.pk,
        user_id=None,
        provider=Provider.PAYSTACK,
        reference="twice",
        amount_kobo=100_000,
        currency="NGN",
        at=NOON,
    )
    asked = Refund.objects.create(payment=second, status="asked", amount_kobo=100_000, currency="NGN")
    Refund.objects.create(payment=second, status="succeeded", amount_kobo=40_000, currency="NGN", refunded_at=NOON)
    Payment.objects.filter(pk=second.pk).update(refunded_kobo=40_000, status="partially_refunded")
    order = cancel_order(order=order, reason="", **STAFF)
    second.refresh_from_db()

    assert (refundable_kobo(second), refundable_kobo(first), excess_kobo(order)) == (0, 200_000, 160_000)
    [sent] = refund_overpaid(order=order, amount_kobo=160_000, request_key=uuid4(), **STAFF)

    asked.refresh_from_db()
    assert (sent.payment, sent.amount_kobo, asked.status) == (first, 160_000, "asked")
