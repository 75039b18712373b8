from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from commerce.catalog.models import ProductVariant
from commerce.orders.models import PaymentMethod
from commerce.orders.services import (
    OrderItem,
    Round,
    cancel_order,
    expire_unpaid_orders,
    settle_payment,
    settle_waiting_payments,
)
from commerce.orders.services.expiring import close_unpaid, unsettled
from commerce.orders.states import IllegalMove
from commerce.payments.models import Payment
from commerce.tasks import watch_payments
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, VariantFactory, at_once, make_order
from tests.commerce.payments.conftest import BOTH, SYSTEM, online_order, start, state_of
from zuka.demo.providers.desk import Providers

LATE = NOON + timedelta(minutes=61)


@pytest.fixture
def variant(db: None) -> ProductVariant:
    return VariantFactory.create(stock_on_hand=3)


def reserved(variant: ProductVariant) -> int:
    variant.refresh_from_db()
    return variant.stock_reserved


@pytest.mark.django_db
def test_pieces_that_nobody_pays_for_can_be_sold_again(
    providers: Providers, variant: ProductVariant, facts: Facts
) -> None:
    order = online_order(lines=[OrderItem(variant.sku, 2)])
    payment = start(order)
    fresh, cash = online_order(at=NOON + timedelta(minutes=30)), make_order()
    assert reserved(variant) == 2

    assert expire_unpaid_orders(at=NOON + timedelta(minutes=59)) == 0
    assert expire_unpaid_orders(at=LATE) == 1
    assert expire_unpaid_orders(at=LATE) == 0

    payment.refresh_from_db()
    assert (state_of(order), reserved(variant)) == (("expired", "pending"), 0)
    assert (payment.status, payment.failure_reason) == ("cancelled", "Not paid within 60 minutes")
    assert [state_of(each)[0] for each in (fresh, cash)] == ["placed", "placed"]
    assert [fact["order_ref"] for fact in facts("order.cancelled")] == [order.number]


@BOTH
@pytest.mark.django_db
def test_what_was_paid_and_nobody_said_so_is_not_expired(providers: Providers, method: PaymentMethod) -> None:
    order = online_order(method)
    providers.settle(start(order).reference)

    assert expire_unpaid_orders(at=LATE) == 0
    assert state_of(order) == ("placed", "paid")


@pytest.mark.django_db
def test_while_the_provider_is_away_an_order_waits(providers: Providers) -> None:
    order = online_order()
    start(order)
    providers.fail_next()

    assert [expire_unpaid_orders(at=LATE), state_of(order)[0]] == [0, "placed"]
    assert [expire_unpaid_orders(at=LATE), state_of(order)[0]] == [1, "expired"]


@pytest.mark.django_db
def test_money_that_comes_after_it_expired_is_kept_for_staff(providers: Providers) -> None:
    order = online_order()
    payment = start(order)
    expire_unpaid_orders(at=LATE)
    providers.settle(payment.reference)

    settled = settle_payment(payment=Payment.objects.get(), at=LATE, actor=SYSTEM)

    assert (settled.status, settled.attention, state_of(order)) == ("captured", "order_closed", ("expired", "paid"))
    assert order.paid_at is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT counts_as_placed FROM ledger_orders WHERE order_ref = %s", [order.number])
        assert cursor.fetchall() == [(False,)]


@pytest.mark.django_db
def test_the_job_asks_after_payments_nobody_told_us_of(providers: Providers) -> None:
    orders = [online_order(method) for method in (PaymentMethod.PAYSTACK, PaymentMethod.FLUTTERWAVE)]
    payments = [start(order) for order in orders]
    providers.settle(payments[0].reference)
    asked = len(providers.calls)

    assert settle_waiting_payments(at=NOON + timedelta(minutes=5)) == 0
    assert len(providers.calls) == asked
    assert settle_waiting_payments(at=NOON + timedelta(minutes=11)) == 1
    assert settle_waiting_payments(at=NOON + timedelta(minutes=12)) == 0

    assert len(providers.calls) == asked + 2
    assert [state_of(order)[1] for order in orders] == ["paid", "pending"]


@pytest.mark.django_db
def test_a_provider_that_is_away_is_asked_three_times_a_run(providers: Providers) -> None:
    for _ in range(5):
        start(online_order())
    other = online_order(PaymentMethod.FLUTTERWAVE)
    providers.settle(start(other).reference)
    asked = len(providers.calls)
    providers.fail_next(3)

    assert settle_waiting_payments(at=NOON + timedelta(minutes=11)) == 1
    assert len(providers.calls) == asked + 4
    assert state_of(other)[1] == "paid"


@pytest.mark.django_db
def test_a_payment_that_cannot_be_settled_holds_up_no_other(providers: Providers) -> None:
    """A provider names a currency that no table takes."""
    orders = [online_order(PaymentMethod.FLUTTERWAVE) for _ in range(2)]
    odd, usual = (start(order).reference for order in orders)
    providers.settle(odd, currency="naira")
    providers.settle(usual)
    unpaid = online_order()

    assert settle_waiting_payments(at=NOON + timedelta(minutes=11)) == 1
    assert expire_unpaid_orders(at=LATE) == 1
    assert [state_of(order)[0] for order in (*orders, unpaid)] == ["placed", "placed", "expired"]
    assert state_of(orders[1])[1] == "paid"


@pytest.mark.django_db
def test_those_come_first_that_were_never_asked_for(providers: Providers) -> None:
    old, new = online_order(), online_order()
    payments = [start(order) for order in (old, new)]
    Payment.objects.filter(pk=payments[0].pk).update(checked_at=NOON)

    assert [row.pk for row in unsettled(at=NOON + timedelta(minutes=11))] == [payments[1].pk, payments[0].pk]


@pytest.mark.django_db
def test_an_order_whose_provider_is_away_holds_up_no_other(providers: Providers) -> None:
    away, never_begun = [online_order() for _ in range(5)], online_order()
    other = online_order(PaymentMethod.FLUTTERWAVE)
    for order in (*away, other):
        start(order)
    providers.fail_next(3)

    assert expire_unpaid_orders(at=LATE) == 2
    assert [state_of(order)[0] for order in (*away, never_begun, other)] == [*["placed"] * 5, "expired", "expired"]


@pytest.mark.django_db
def test_a_run_ends_in_time(providers: Providers) -> None:
    providers.settle(start(online_order()).reference)
    online_order()
    over, usual = Round(at=LATE, seconds=0), Round(at=LATE)

    outcomes = [
        (settle_waiting_payments(at=LATE, round_=run), expire_unpaid_orders(at=LATE, round_=run))
        for run in (over, usual)
    ]
    assert outcomes == [(0, 0), (1, 1)]


@BOTH
@pytest.mark.django_db
def test_a_card_that_failed_and_was_paid_on_the_same_page(providers: Providers, method: PaymentMethod) -> None:
    """The message of the money was lost: the order is asked after before it expires."""
    order = online_order(method)
    payment = start(order)
    providers.settle(payment.reference, "failed")
    settle_payment(payment=payment, at=NOON, actor=SYSTEM)
    providers.settle(payment.reference)

    assert expire_unpaid_orders(at=LATE) == 0
    assert state_of(order) == ("placed", "paid")


@pytest.mark.django_db
def test_money_after_the_order_expired_is_found_without_a_message(providers: Providers) -> None:
    order = online_order()
    payment = start(order)
    expire_unpaid_orders(at=LATE)
    providers.settle(payment.reference)

    settle_waiting_payments(at=LATE + timedelta(minutes=59))
    assert state_of(order) == ("expired", "pending")
    settle_waiting_payments(at=LATE + timedelta(minutes=61))

    assert state_of(order) == ("expired", "paid")
    assert Payment.objects.get().attention == "order_closed"


@pytest.mark.django_db
def test_old_pages_are_closed_and_no_longer_asked_for(providers: Providers) -> None:
    order = online_order()
    page, paid = start(order), start(order, at=NOON + timedelta(minutes=31))
    providers.settle(paid.reference)
    later = NOON + timedelta(hours=1)

    settle_waiting_payments(at=later)
    settle_waiting_payments(at=later + timedelta(minutes=11))

    page.refresh_from_db()
    assert (page.status, page.failure_reason) == ("cancelled", "Nobody paid on this page")
    assert list(unsettled(at=NOON + timedelta(days=4))) == []


@pytest.mark.django_db
def test_who_has_just_begun_to_pay_has_an_hour_too(providers: Providers) -> None:
    order = online_order()
    start(order, at=NOON + timedelta(minutes=58))

    assert expire_unpaid_orders(at=LATE) == 0
    assert expire_unpaid_orders(at=LATE + timedelta(minutes=58)) == 1


@pytest.mark.django_db
def test_a_payment_that_is_under_way_keeps_its_order(providers: Providers) -> None:
    order = online_order()
    payment = start(order)

    assert close_unpaid(order=order, asked_ids=[], at=LATE) is False
    assert close_unpaid(order=order, asked_ids=[payment.pk], at=LATE) is True


@pytest.mark.django_db
def test_the_job_as_it_is_scheduled(providers: Providers) -> None:
    order = online_order()
    providers.settle(start(order).reference)

    watch_payments(unknown="keyword")

    assert state_of(order) == ("placed", "paid")


@BOTH
@pytest.mark.parametrize("_round", range(3))
@pytest.mark.django_db(transaction=True)
def test_paying_cancelling_and_expiring_at_once(
    *, providers: Providers, method: PaymentMethod, variant: ProductVariant, facts: Facts, _round: int
) -> None:
    """Whoever comes first, the money is in the ledger once, the pieces are held or free, and staff see what clashed."""
    order = online_order(method, lines=[OrderItem(variant.sku, 2)])
    payment = start(order)
    providers.settle(payment.reference)

    def cancel() -> None:
        try:
            cancel_order(order=order, reason="", at=LATE, actor=SYSTEM)
        except IllegalMove:  # it had expired before
            return

    at_once(
        *[lambda: settle_payment(payment=payment, at=LATE, actor=SYSTEM)] * 2,
        cancel,
        lambda: expire_unpaid_orders(at=LATE),
    )

    kept = Payment.objects.get()
    status, money = state_of(order)
    assert (kept.status, kept.amount_kobo, money) == ("captured", 400_000, "paid")
    assert (status, reserved(variant)) in {("cancelled", 0), ("expired", 0)}
    was_paid_first = len(facts("order.paid")) == 1
    assert kept.attention == ("" if was_paid_first else "order_closed")
    assert order.events.filter(kind="payment", to_state="paid").count() == 1
