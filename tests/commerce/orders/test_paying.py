from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from commerce.accounts.models import User
from commerce.orders.models import Order, OrderEvent, PaymentMethod
from commerce.orders.services import (
    cancel_order,
    collect_cash,
    confirm_order,
    deliver_order,
    pack_order,
    pay_order,
    refund_payment,
    refuse_delivery,
    ship_order,
)
from commerce.orders.services.paying import NotPayable
from commerce.orders.states import IllegalMove
from commerce.payments.models import Payment, Provider, Refund
from commerce.payments.services import ReferenceTaken, RefundTooLarge
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, UserFactory, in_threads, make_order
from zuka.platform.actor import Actor

SYSTEM = Actor()
LATER = NOON + timedelta(hours=1)


def online_order(**choices: Any) -> Order:
    return make_order(payment_method=PaymentMethod.PAYSTACK, **choices)


def pay(order: Order, amount_kobo: int = 200_000, reference: str = "ref-1", **more: Any) -> Payment:
    return pay_order(
        order=order,
        provider=Provider.PAYSTACK,
        reference=reference,
        amount_kobo=amount_kobo,
        at=LATER,
        actor=SYSTEM,
        **more,
    )


@pytest.mark.django_db
def test_paying_in_full(alice: User, facts: Facts) -> None:
    order = online_order(user=alice)

    payment = pay(order, fee_kobo=3_000, raw_answer={"status": "success"})

    order.refresh_from_db()
    assert (order.payment_status, order.paid_at, order.status) == ("paid", LATER, "placed")
    assert (payment.status, payment.amount_kobo, payment.fee_kobo, payment.captured_at) == (
        "captured",
        200_000,
        3_000,
        LATER,
    )
    assert (payment.user, payment.order, payment.raw_answer) == (alice, order, {"status": "success"})
    assert facts("order.paid") == [
        {
            "user_id": str(alice.pk),
            "visitor_id": "visitor-1",
            "session_id": None,
            "order_ref": order.number,
            "value_kobo": 200_000,
            "occurred_at": LATER,
        }
    ]


@pytest.mark.django_db
def test_paying_in_parts(facts: Facts) -> None:
    order = online_order()

    states = []
    for reference, amount in (("a", 50_000), ("b", 50_000), ("c", 100_000)):
        states.append(pay(order, amount, reference).order.payment_status)

    assert states == ["partially_paid", "partially_paid", "paid"]
    assert [fact["value_kobo"] for fact in facts("order.paid")] == [200_000]
    assert list(OrderEvent.objects.filter(kind="payment").values_list("from_state", "to_state")) == [
        ("unpaid", "partially_paid"),
        ("partially_paid", "partially_paid"),
        ("partially_paid", "paid"),
    ]


@pytest.mark.django_db
def test_too_much_is_kept_and_said() -> None:
    order = online_order()

    pay(order, 250_000)

    note = OrderEvent.objects.get(kind="payment").note
    assert note == "₦2,500.00 by paystack, ref-1; ₦500.00 too much"


@pytest.mark.django_db
def test_the_same_reference_again_changes_nothing(facts: Facts) -> None:
    order = online_order()

    assert pay(order) == pay(order)

    assert Payment.objects.count() == 1
    assert len(facts("order.paid")) == 1


@pytest.mark.django_db
def test_a_reference_of_another_order_is_refused() -> None:
    pay(online_order())

    with pytest.raises(ReferenceTaken):
        pay(online_order())


@pytest.mark.django_db
def test_what_an_order_does_not_take() -> None:
    paid, cancelled, open_order = online_order(), online_order(), online_order()
    pay(paid)
    cancel_order(order=cancelled, reason="", at=NOON, actor=SYSTEM)

    with pytest.raises(NotPayable, match="paid already"):
        pay(paid, reference="other")
    with pytest.raises(NotPayable, match="is cancelled"):
        pay(cancelled, reference="other")
    with pytest.raises(NotPayable, match="more than zero"):
        pay(open_order, 0, "other")
    with pytest.raises(NotPayable, match="is in NGN, not in USD"):
        pay(open_order, reference="other", currency="USD")

    assert Payment.objects.count() == 1


@pytest.mark.django_db
def test_cash_on_delivery_from_door_to_done(facts: Facts) -> None:
    courier = UserFactory.create(is_staff=True)
    staff = Actor(user_id=str(courier.pk))
    order = confirm_order(order=make_order(), at=NOON, actor=staff)
    pack_order(order=order, at=NOON, actor=staff)

    with pytest.raises(NotPayable, match="not shipped yet"):
        collect_cash(order=order, at=NOON, actor=staff)
    ship_order(order=order, at=NOON, actor=staff, shipping_provider="GIG", tracking_number="T1")
    deliver_order(order=order, at=LATER, actor=staff)
    payment = collect_cash(order=order, at=LATER, actor=staff)
    again = collect_cash(order=order, at=LATER, actor=staff)

    order.refresh_from_db()
    assert payment == again
    assert (payment.provider, payment.reference, payment.amount_kobo) == ("cash", f"{order.number}-cash", 200_000)
    assert payment.collected_by == courier
    assert (order.status, order.payment_status, order.fulfilment_status) == ("completed", "paid", "delivered")
    assert (order.courier, order.tracking, order.delivered_at) == ("GIG", "T1", LATER)
    tracked = [len(facts(f"order.{step}")) for step in ("created", "shipped", "delivered", "paid", "cancelled")]
    assert tracked == [1, 1, 1, 1, 0]
    assert [fact["user_id"] for fact in facts("order.delivered")] == [None]


@pytest.mark.django_db
def test_an_online_order_is_not_paid_in_cash() -> None:
    with pytest.raises(NotPayable, match="not paid on delivery"):
        collect_cash(order=online_order(), at=NOON, actor=SYSTEM)


@pytest.mark.django_db
def test_refunding_in_parts(facts: Facts) -> None:
    payment = pay(online_order())

    states = []
    for amount in (50_000, 50_000, 100_000):
        refund_payment(payment=payment, amount_kobo=amount, reason="Torn.", at=LATER, actor=SYSTEM)
        states.append(Order.objects.get().payment_status)

    assert states == ["partially_refunded", "partially_refunded", "refunded"]
    assert sorted(fact["value_kobo"] for fact in facts("order.refunded")) == [50_000, 50_000, 100_000]
    with pytest.raises(RefundTooLarge):
        refund_payment(payment=payment, amount_kobo=1, reason="", at=LATER, actor=SYSTEM)


@pytest.mark.django_db
def test_illegal_moves_are_refused_with_a_reason() -> None:
    order = online_order()

    with pytest.raises(IllegalMove, match="not paid yet"):
        confirm_order(order=order, at=NOON, actor=SYSTEM)
    with pytest.raises(IllegalMove, match="is placed; confirm it first"):
        pack_order(order=order, at=NOON, actor=SYSTEM)
    pay(order)
    confirm_order(order=order, at=NOON, actor=SYSTEM)
    with pytest.raises(IllegalMove, match="fulfilment state cannot go from unfulfilled to shipped"):
        ship_order(order=order, at=NOON, actor=SYSTEM)
    with pytest.raises(IllegalMove, match="order state cannot go from confirmed to confirmed"):
        confirm_order(order=order, at=NOON, actor=SYSTEM)
    pack_order(order=order, at=NOON, actor=SYSTEM)
    ship_order(order=order, at=NOON, actor=SYSTEM)
    with pytest.raises(IllegalMove, match="on its way"):
        cancel_order(order=order, reason="", at=NOON, actor=SYSTEM)

    assert list(OrderEvent.objects.values_list("to_state", flat=True)) == [
        "placed",
        "confirmed",
        "packed",
        "shipped",
        "paid",
    ]


@pytest.mark.django_db
def test_cancelling(facts: Facts) -> None:
    order = cancel_order(order=make_order(), reason="Changed my mind.", at=LATER, actor=SYSTEM)

    assert (order.status, order.cancelled_at, order.derived_status) == ("cancelled", LATER, "cancelled")
    assert OrderEvent.objects.get(to_state="cancelled").note == "Changed my mind."
    assert [fact["order_ref"] for fact in facts("order.cancelled")] == [order.number]
    with pytest.raises(IllegalMove):
        cancel_order(order=order, reason="", at=LATER, actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_one_reference_in_ten_threads_is_one_payment(facts: Facts) -> None:
    order = online_order()

    payments = in_threads(10, lambda: pay(order).pk)

    assert set(payments) == set(Payment.objects.values_list("pk", flat=True))
    assert Payment.objects.count() == 1
    assert len(facts("order.paid")) == 1
    assert OrderEvent.objects.filter(kind="payment").count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_refunds_at_once_stay_within_the_payment() -> None:
    payment = pay(online_order())

    def refund() -> str:
        try:
            refund_payment(payment=payment, amount_kobo=80_000, reason="", at=LATER, actor=SYSTEM)
        except RefundTooLarge:
            return "refused"
        return "refunded"

    outcomes = in_threads(10, refund)

    assert (outcomes.count("refunded"), Refund.objects.count()) == (2, 2)
    assert Payment.objects.get().refunded_kobo == 160_000


@pytest.mark.django_db
@pytest.mark.parametrize("refunded", [1_000, 100_000], ids=["a part", "all that had come"])
def test_the_rest_is_taken_after_some_of_the_first_part_went_back(refunded: int, facts: Facts) -> None:
    order = online_order()
    first = pay(order, 100_000)
    refund_payment(payment=first, amount_kobo=refunded, reason="Torn.", at=LATER, actor=SYSTEM)

    pay(order, 100_000, reference="ref-2")
    order.refresh_from_db()
    assert (order.payment_status, order.paid_at, facts("order.paid")) == ("partially_refunded", None, [])

    pay(order, refunded, reference="ref-3")
    order.refresh_from_db()
    assert (order.payment_status, order.paid_at, order.payments.received_kobo()) == (
        "partially_refunded",
        LATER,
        200_000 + refunded,
    )
    assert len(facts("order.paid")) == 1


@pytest.mark.django_db
def test_an_order_that_was_partly_refunded_is_completed_when_it_arrives() -> None:
    order = online_order()
    payment = pay(order)
    refund_payment(payment=payment, amount_kobo=1_000, reason="Late.", at=LATER, actor=SYSTEM)
    for step in (confirm_order, pack_order, ship_order, deliver_order):
        order = step(order=order, at=LATER, actor=SYSTEM)

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("completed", "partially_refunded")


@pytest.mark.django_db
def test_no_cash_is_collected_for_a_parcel_that_was_refused() -> None:
    order = make_order()
    for step in (confirm_order, pack_order, ship_order, refuse_delivery):
        order = step(order=order, at=LATER, actor=SYSTEM)

    with pytest.raises(NotPayable, match="was refused"):
        collect_cash(order=order, at=LATER, actor=SYSTEM)
    assert Payment.objects.count() == 0
