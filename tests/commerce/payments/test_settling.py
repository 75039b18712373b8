from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from commerce.orders.models import PaymentMethod
from commerce.orders.services import Contact, cancel_order, refund_payment, settle_payment
from commerce.orders.services.refunding import hear_of_refund
from commerce.payments.gateways import GatewayUnavailable, RefundAnswer, RefundState
from commerce.payments.models import Payment
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, UserFactory
from tests.commerce.payments.conftest import BOTH, SYSTEM, online_order, start, state_of, timeline
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.server import open_providers

LATER = NOON + timedelta(minutes=5)


def settle(payment: Payment, **choices: Any) -> Payment:
    return settle_payment(**{"payment": payment, "at": LATER, "actor": SYSTEM, **choices})


@BOTH
@pytest.mark.django_db
def test_paid_in_full(providers: Providers, method: PaymentMethod, facts: Facts) -> None:
    order = online_order(method)
    payment = start(order)
    providers.settle(payment.reference)

    settled = settle(payment)
    again = settle(payment)

    fee = {PaymentMethod.PAYSTACK: 3_000, PaymentMethod.FLUTTERWAVE: 4_000}[method]
    assert (settled.status, settled.amount_kobo, settled.fee_kobo, settled.attention, settled.checked_at) == (
        "captured",
        200_000,
        fee,
        "",
        LATER,
    )
    assert settled.provider_id
    assert settled.raw_answer
    assert again.pk == settled.pk
    assert state_of(order) == ("placed", "paid")
    assert [(fact["order_ref"], fact["value_kobo"]) for fact in facts("order.paid")] == [(order.number, 200_000)]


@BOTH
@pytest.mark.django_db
def test_nobody_has_paid_yet(providers: Providers, method: PaymentMethod) -> None:
    order = online_order(method)
    payment = start(order)

    assert settle(payment).status == "pending"
    providers.settle(payment.reference, "abandoned")
    assert settle(payment).status == "pending"
    assert state_of(order) == ("placed", "pending")


@BOTH
@pytest.mark.django_db
def test_failed_and_then_paid_on_another_page(providers: Providers, method: PaymentMethod, facts: Facts) -> None:
    order = online_order(method)
    first = start(order)
    providers.settle(first.reference, "failed")
    assert settle(first).status == "failed"
    assert settle(first).status == "failed"
    assert state_of(order) == ("placed", "failed")
    assert len(facts("order.payment_failed")) == 1

    second = start(order, at=LATER)
    providers.settle(second.reference)
    settle(second)

    assert state_of(order) == ("placed", "paid")
    assert [row[:2] for row in timeline(order)] == [
        ("unpaid", "pending"),
        ("pending", "failed"),
        ("failed", "pending"),
        ("pending", "paid"),
    ]


@pytest.mark.django_db
def test_money_that_comes_after_a_failure_is_kept(providers: Providers) -> None:
    order = online_order()
    payment = start(order)
    providers.settle(payment.reference, "failed")
    settle(payment)
    providers.settle(payment.reference)

    assert settle(payment).status == "captured"
    assert state_of(order) == ("placed", "paid")


@BOTH
@pytest.mark.parametrize(
    ("amount_kobo", "currency", "attention", "order_state"),
    [
        (100, "NGN", "underpaid", "partially_paid"),
        (200_000, "USD", "wrong_currency", "pending"),
    ],
)
@pytest.mark.django_db
def test_what_comes_is_not_what_was_asked(
    *, providers: Providers, method: PaymentMethod, amount_kobo: int, currency: str, attention: str, order_state: str
) -> None:
    order = online_order(method)
    payment = start(order)
    providers.settle(payment.reference, amount_kobo=amount_kobo, currency=currency)

    settled = settle(payment)

    assert (settled.status, settled.amount_kobo, settled.currency, settled.attention) == (
        "captured",
        amount_kobo,
        currency,
        attention,
    )
    assert state_of(order) == ("placed", order_state)


@pytest.mark.parametrize(
    ("method", "kept", "attention"),
    [(PaymentMethod.PAYSTACK, 200_000, ""), (PaymentMethod.FLUTTERWAVE, 203_100, "overpaid")],
)
@pytest.mark.django_db
def test_more_than_was_asked(providers: Providers, method: PaymentMethod, kept: int, attention: str) -> None:
    """Paystack says beside it what was asked for: more than that are fees that the customer bore."""
    order = online_order(method)
    payment = start(order)
    providers.settle(payment.reference, amount_kobo=203_100)

    settled = settle(payment)

    assert (settled.amount_kobo, settled.attention, state_of(order)) == (kept, attention, ("placed", "paid"))


@pytest.mark.django_db
def test_the_rest_is_asked_for_and_completes_the_order(providers: Providers, facts: Facts) -> None:
    order = online_order()
    first = start(order)
    providers.settle(first.reference, amount_kobo=50_000)
    settle(first)
    assert facts("order.paid") == []

    second = start(order, at=LATER)
    providers.settle(second.reference)
    settle(second)

    assert (second.amount_kobo, state_of(order)) == (150_000, ("placed", "paid"))
    assert len(facts("order.paid")) == 1


@pytest.mark.django_db
def test_two_pages_are_both_paid(providers: Providers, facts: Facts) -> None:
    order = online_order()
    first, second = start(order), start(order, at=NOON + timedelta(minutes=40))
    for payment in (first, second):
        providers.settle(payment.reference)

    assert [settle(payment).attention for payment in (first, second)] == ["", "overpaid"]
    assert state_of(order) == ("placed", "paid")
    assert len(facts("order.paid")) == 1


@BOTH
@pytest.mark.django_db
def test_paid_after_the_order_was_cancelled(providers: Providers, method: PaymentMethod, facts: Facts) -> None:
    order = online_order(method)
    payment = start(order)
    cancel_order(order=order, reason="changed my mind", at=NOON, actor=SYSTEM)
    providers.settle(payment.reference)

    settled = settle(payment)

    assert (settled.status, settled.attention) == ("captured", "order_closed")
    assert state_of(order) == ("cancelled", "paid")
    assert timeline(order)[-1][2].endswith("Paid after the order was cancelled or expired. Refund it.")
    assert facts("order.paid") == []


@pytest.mark.parametrize(("is_allowed", "status"), [(False, "failed"), (True, "captured")])
@BOTH
@pytest.mark.django_db
def test_test_keys_pay_nothing_in_a_real_shop(
    settings: Any, method: PaymentMethod, is_allowed: bool, status: str
) -> None:
    settings.PAYMENTS_TEST_MODE = is_allowed
    with open_providers() as practice:
        settings.PAYSTACK_SECRET_KEY = practice.keys.paystack_secret
        settings.FLUTTERWAVE_SECRET_KEY = practice.keys.flutterwave_secret
        settings.FLUTTERWAVE_SECRET_HASH = practice.keys.flutterwave_hash
        settings.PAYSTACK_URL, settings.FLUTTERWAVE_URL = practice.paystack_url, practice.flutterwave_url
        order = online_order(method)
        payment = start(order)
        practice.settle(payment.reference)

        settled = settle(payment)

    assert (settled.status, settled.attention) == (status, "" if is_allowed else "test_money")
    assert state_of(order)[1] == ("paid" if is_allowed else "failed")
    assert settled.is_test != is_allowed


@BOTH
@pytest.mark.django_db
def test_a_provider_that_is_away_changes_nothing(providers: Providers, method: PaymentMethod) -> None:
    order = online_order(method)
    payment = start(order)
    providers.settle(payment.reference)
    providers.fail_next(status=503)

    with pytest.raises(GatewayUnavailable):
        settle(payment)

    payment.refresh_from_db()
    assert (payment.status, payment.checked_at) == ("pending", LATER)
    assert settle(payment).status == "captured"


@BOTH
@pytest.mark.django_db
def test_what_went_back_before_the_order_was_paid_is_due_again(providers: Providers, method: PaymentMethod) -> None:
    order = online_order(method)
    first = start(order)
    providers.settle(first.reference, amount_kobo=100_000)
    refund_payment(payment=settle(first), amount_kobo=100_000, reason="wrong", at=LATER, actor=SYSTEM)
    done = RefundAnswer(RefundState.DONE, "RF", "processed")
    hear_of_refund(payment=first, amount_kobo=100_000, answer=done, at=LATER, actor=SYSTEM)

    second = start(order, at=LATER)

    assert second.amount_kobo == 200_000
    order.refresh_from_db()
    assert order.paid_at is None


@pytest.mark.django_db
def test_an_account_without_an_email_pays_with_the_one_it_gives(providers: Providers) -> None:
    customer = UserFactory.create(email=None, phone="+2348012345678")

    order = online_order(user=customer, contact=Contact(email="ada@example.com"))

    assert providers.charge(start(order).reference).asked_kobo == 200_000
    assert order.guest_email == "ada@example.com"
