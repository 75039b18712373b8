"""Pieces that are cancelled while the rest of their order goes on: stock, money, states, facts, all to the kobo."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from commerce.orders.models import Order, PaymentMethod, Return
from commerce.orders.services import (
    OrderItem,
    TooManyPieces,
    cancel_order,
    cancel_pieces,
    deliver_parcel,
    excess_kobo,
    expire_unpaid_orders,
    pay_order,
    refund_overpaid,
    refund_payment,
    refund_return,
    refuse_parcel,
    ship_order,
)
from commerce.orders.services.shipping import Repeated
from commerce.orders.states import IllegalMove
from commerce.payments.models import Payment, Provider, Refund
from commerce.payments.services import RefundTooLarge
from commerce.promotions.models import Coupon
from commerce.taxes.models import TaxRate
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, VariantFactory, in_threads, make_order
from tests.commerce.notifications.stories import kinds, texts
from tests.commerce.orders.stories import STAFF, ask, packed, receive, ship, state_of


def cancel(order: Order, *pieces: int, **told: Any) -> Order:
    """Cancel so many pieces of each line, in their order; what is left where nothing is said."""
    chosen = dict(zip(order.lines.values_list("pk", flat=True), pieces, strict=True)) if pieces else None
    return cancel_pieces(order=order, pieces=chosen, reason="Sold out", **{**STAFF, **told})


def pay(order: Order, amount_kobo: int | None = None) -> Payment:
    """Pay what is due, or so much."""
    amount = order.due_kobo if amount_kobo is None else amount_kobo
    return pay_order(order=order, provider=Provider.PAYSTACK, reference=uuid4().hex, amount_kobo=amount, **STAFF)


def give_back(order: Order, amount_kobo: int) -> list[Refund]:
    """Send back what was paid too much, or so much of it."""
    return refund_overpaid(order=order, amount_kobo=amount_kobo, request_key=uuid4(), **STAFF)


def amounts(order: Order) -> tuple[int, int, int]:
    """What an order comes to, what is due, and what may go back."""
    order.refresh_from_db()
    return order.worth_kobo, order.due_kobo, excess_kobo(order)


@pytest.mark.django_db
def test_the_rest_of_a_paid_order_from_the_shelf_to_the_money(facts: Facts) -> None:
    order = packed(2, 1)
    pay(order)
    deliver_parcel(shipment=ship(order, 1, 0), **STAFF)
    assert state_of(order) == ("confirmed", "partially_delivered", [(9, 1), (10, 1)])

    cancel(order)

    assert state_of(order) == ("completed", "delivered", [(9, 0), (10, 0)])
    assert amounts(order) == (200_000, -400_000, 400_000)
    assert list(order.lines.values_list("quantity", "cancelled_quantity")) == [(2, 1), (1, 1)]
    assert [fact["value_kobo"] for fact in facts("order.part_cancelled")] == [400_000]
    assert [fact["value_kobo"] for fact in facts("order.delivered")] == [200_000]
    assert (order.total_kobo, order.payment_status, facts("order.cancelled")) == (600_000, "paid", [])
    first, second = (line.name for line in order.lines.all())
    assert order.events.get(kind="fulfilment", to_state="delivered").note == (
        f"Cancelled: 1 x {first}, 1 x {second}, ₦4,000.00 less. Sold out"
    )
    [sent] = give_back(order, 400_000)
    assert (sent.amount_kobo, sent.reason) == (400_000, f"Paid too much for order {order.number}")
    assert (amounts(order)[2], order.payment_status) == (0, "paid")


@pytest.mark.django_db
def test_the_customer_is_written_to_once_a_time() -> None:
    order = packed(3)
    pay(order)
    ship(order, 1)
    cancel(order, 1)
    cancel(order, 1)

    assert kinds(order)[-2:] == ["order.part_cancelled", "order.part_cancelled"]
    name = order.lines.get().name
    assert texts(order)[-1][1].split("\n\n")[1:-1] == [
        "We have cancelled this of your order NUMBER:",
        f"1 x {name}",
        "Your order costs ₦2,000.00 less. The rest of it goes on as before.",
        "What you have paid too much goes back to you. We write again when it is on its way.",
    ]


@pytest.mark.django_db
def test_a_line_of_an_order_that_has_not_left_yet(facts: Facts) -> None:
    order = packed(1, 2)
    cancel(order, 0, 1)

    assert state_of(order) == ("confirmed", "packed", [(10, 1), (10, 1)])
    assert amounts(order) == (400_000, 400_000, 0)
    assert texts(order)[-1][1].count("goes back") == 0
    ship_order(order=order, **STAFF)
    assert state_of(order)[1:] == ("shipped", [(9, 0), (9, 0)])


@pytest.mark.django_db
def test_with_nothing_left_the_order_is_cancelled_and_its_coupon_is_free(facts: Facts) -> None:
    coupon = Coupon.objects.create(code="TEN", name="Ten", kind="percentage", percent=Decimal(10))
    order = packed(2, coupon_codes=["TEN"])
    cancel(order, 1)
    assert coupon.redemptions.get().released_at is None

    cancel(order)

    assert state_of(order) == ("cancelled", "packed", [(10, 0)])
    assert coupon.redemptions.get().released_at == NOON
    assert [len(facts(name)) for name in ("order.part_cancelled", "order.cancelled")] == [1, 1]
    assert amounts(order)[2] == 0


@pytest.mark.django_db
def test_a_cancelled_order_gives_all_back_that_has_not_gone() -> None:
    order = packed(2)
    pay(order)
    cancel(order, 1)
    give_back(order, 50_000)
    cancel_order(order=order, reason="", **STAFF)
    assert amounts(order)[2] == 350_000
    give_back(order, 350_000)
    assert (amounts(order)[2], order.payment_status) == (0, "refunded")


@pytest.mark.django_db
@pytest.mark.parametrize("added", [False, True])
def test_discount_and_tax_go_with_the_pieces_to_the_kobo(added: bool) -> None:
    Coupon.objects.create(code="THIRD", name="A third", kind="percentage", percent=Decimal("33.33"))
    TaxRate.objects.create(name="VAT", country="NG", basis_points=777, is_included=not added)
    order = packed(3, 1, coupon_codes=["THIRD"])
    pay(order)
    deliver_parcel(shipment=ship(order, 1, 0), **STAFF)
    lines = list(order.lines.all())
    net = [line.total_kobo - line.discount_kobo + line.tax_kobo for line in lines]

    cancel(order, 1, 0)
    assert order.total_kobo - amounts(order)[0] == net[0] // 3
    refuse_parcel(shipment=ship(order, 0, 1), **STAFF)
    cancel(order)

    gone = 2 * (net[0] // 3) + net[1]
    assert amounts(order) == (order.total_kobo - gone, -gone, gone)
    assert state_of(order)[:2] == ("completed", "delivered")
    back = receive(ask(order, 1, 0, is_staff=True))
    assert back.worth_kobo + gone == sum(net)
    refund_return(goods_return=back, amount_kobo=back.worth_kobo, request_key=uuid4(), **STAFF)
    give_back(order, gone)
    order.refresh_from_db()
    assert (order.payment_status, Return.objects.get().status) == ("refunded", "closed")


@pytest.mark.django_db
def test_no_more_goes_back_than_was_too_much_and_never_twice() -> None:
    order = packed(3)
    paid = pay(order)
    ship(order, 1)
    with pytest.raises(RefundTooLarge, match=rf"At most ₦0.00 can go back for {order.number}\."):
        give_back(order, 1)
    refund_payment(payment=paid, amount_kobo=150_000, reason="Before it was cancelled", **STAFF)
    cancel(order)

    assert amounts(order)[2] == 250_000
    with pytest.raises(RefundTooLarge, match=r"At most ₦2,500\.00"):
        give_back(order, 250_001)
    give_back(order, 250_000)
    with pytest.raises(RefundTooLarge, match=r"At most ₦0\.00"):
        give_back(order, 1)
    with pytest.raises(RefundTooLarge, match="More would go back than was paid too much"):
        refund_payment(payment=paid, amount_kobo=1, reason="", is_overpaid=True, **STAFF)
    paid.refresh_from_db()
    assert paid.refunded_kobo == 400_000


@pytest.mark.django_db
def test_an_order_paid_in_part_is_paid_when_what_is_kept_is(facts: Facts) -> None:
    order = packed(1, 1)
    pay(order, 200_000)
    deliver_parcel(shipment=ship(order, 1, 0), **STAFF)
    assert order.payments.get().amount_kobo == 200_000

    cancel(order)

    assert (state_of(order)[0], amounts(order)) == ("completed", (200_000, 0, 0))
    assert [fact["value_kobo"] for fact in facts("order.paid")] == [200_000]
    note = order.events.get(kind="payment", to_state="paid").note
    assert note == "The order comes to ₦2,000.00 now: nothing more to pay"


@pytest.mark.django_db
def test_an_unpaid_order_expires_with_what_it_still_holds() -> None:
    variant = VariantFactory.create(stock_on_hand=10)
    order = make_order(lines=[OrderItem(variant.sku, 3)], payment_method=PaymentMethod.PAYSTACK)
    cancel(order, 2)
    assert (state_of(order)[2], amounts(order)) == ([(10, 1)], (200_000, 200_000, 0))

    assert expire_unpaid_orders(at=NOON + timedelta(days=2)) == 1

    assert state_of(order) == ("expired", "unfulfilled", [(10, 0)])


@pytest.mark.django_db
def test_what_was_refused_at_the_door_goes_back_where_it_was_paid() -> None:
    order = packed(1, 2)
    pay(order)
    refuse_parcel(shipment=ship(order, 0, 1), **STAFF)
    assert amounts(order) == (400_000, -200_000, 200_000)
    deliver_parcel(shipment=ship(order, 1, 1), **STAFF)
    assert (state_of(order)[:2], amounts(order)[2]) == (("completed", "delivered"), 200_000)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ((2,), "2 of .* are named, 1 are left to cancel"),
        ((-1,), "-1 of .* are named, 1 are left to cancel"),
        ((0,), "has nothing to cancel: say which of its pieces"),
    ],
)
def test_what_cannot_be_cancelled(pieces: tuple[int], words: str) -> None:
    order = packed(2)
    ship(order, 1)
    with pytest.raises(TooManyPieces, match=words):
        cancel(order, *pieces)
    assert (state_of(order)[1:], order.taken_off_kobo) == (("partially_shipped", [(9, 1)]), 0)


@pytest.mark.django_db
def test_orders_of_which_nothing_can_be_cancelled() -> None:
    order = packed(1)
    ship_order(order=order, **STAFF)
    with pytest.raises(TooManyPieces, match="has nothing to cancel"):
        cancel(order)
    gone = cancel_order(order=packed(1), reason="", **STAFF)
    with pytest.raises(IllegalMove, match="is cancelled, nothing of it can be cancelled"):
        cancel(gone)


@pytest.mark.django_db
def test_a_form_that_is_sent_twice_cancels_once() -> None:
    order = packed(3)
    cancel(order, 1, left=3)
    with pytest.raises(Repeated, match="has changed since"):
        cancel(order, 1, left=3)
    assert amounts(order)[0] == 400_000


@pytest.mark.django_db(transaction=True)
def test_clerks_who_cancel_the_rest_at_once_do_it_once(facts: Facts) -> None:
    order = packed(3)
    pay(order)
    ship(order, 1)

    def clerk() -> str:
        try:
            cancel(order)
        except TooManyPieces:
            return "refused"
        return "cancelled"

    assert sorted(in_threads(6, clerk)) == ["cancelled"] + ["refused"] * 5
    assert (state_of(order), amounts(order)[2]) == (("confirmed", "shipped", [(9, 0)]), 400_000)
    assert (len(facts("order.part_cancelled")), kinds(order).count("order.part_cancelled")) == (1, 1)

    def refund() -> str:
        try:
            give_back(order, 400_000)
        except RefundTooLarge:
            return "refused"
        return "back"

    assert sorted(in_threads(6, refund)) == ["back"] + ["refused"] * 5
    assert Refund.objects.get().amount_kobo == 400_000


@pytest.mark.django_db(transaction=True)
def test_pieces_leave_or_are_cancelled_and_never_both() -> None:
    order = packed(6)
    pay(order)
    ship(order, 1)
    verbs = itertools.cycle([lambda: ship(order, 1), lambda: cancel(order, 1)])

    def clerk() -> str:
        try:
            next(verbs)()
        except TooManyPieces:
            return "refused"
        return "done"

    outcomes = in_threads(8, clerk)

    line = order.lines.get()
    sent = order.shipments.count()
    assert (outcomes.count("done"), sent + line.cancelled_quantity) == (5, 6)
    assert (state_of(order), amounts(order)[0]) == (("confirmed", "shipped", [(10 - sent, 0)]), sent * 200_000)
