from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from commerce.orders.models import Order, PaymentMethod
from commerce.orders.services import cancel_order, refund_payment, settle_payment
from commerce.orders.services.refunding import RefundRepeated, hear_of_refund
from commerce.payments.gateways import GatewayNotReached, GatewayRefused, RefundAnswer, RefundState
from commerce.payments.models import Payment, Refund
from commerce.payments.services import RefundTooLarge, refundable_kobo
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, in_threads
from tests.commerce.payments.conftest import BOTH, SYSTEM, online_order, start, state_of
from zuka.demo.providers.desk import Providers

LATER = NOON + timedelta(hours=1)


def paid(providers: Providers, method: PaymentMethod = PaymentMethod.PAYSTACK) -> tuple[Order, Payment]:
    order = online_order(method)
    payment = start(order)
    providers.settle(payment.reference)
    return order, settle_payment(payment=payment, at=NOON, actor=SYSTEM)


def refund(payment: Payment, amount_kobo: int, reason: str = "too small") -> Refund:
    return refund_payment(payment=payment, amount_kobo=amount_kobo, reason=reason, at=LATER, actor=SYSTEM)


def hear(payment: Payment, amount_kobo: int, state: RefundState, reference: str = "") -> Refund | None:
    answer = RefundAnswer(state, reference, state.value)
    return hear_of_refund(payment=payment, amount_kobo=amount_kobo, answer=answer, at=LATER, actor=SYSTEM)


@pytest.mark.django_db
def test_flutterwave_sends_it_back_at_once(providers: Providers, facts: Facts) -> None:
    order, payment = paid(providers, PaymentMethod.FLUTTERWAVE)

    part = refund(payment, 50_001)

    payment.refresh_from_db()
    assert (part.status, part.amount_kobo, part.refunded_at) == ("succeeded", 50_001, LATER)
    assert (payment.status, payment.refunded_kobo) == ("partially_refunded", 50_001)
    assert [each.amount_kobo for each in providers.refunds_of(payment.reference)] == [50_001]
    assert state_of(order) == ("placed", "partially_refunded")
    assert [fact["value_kobo"] for fact in facts("order.refunded")] == [50_001]


@pytest.mark.django_db
def test_paystack_says_later_that_it_is_back(providers: Providers, facts: Facts) -> None:
    order, payment = paid(providers)

    begun = refund(payment, 200_000)
    assert (begun.status, state_of(order), facts("order.refunded")) == ("pending", ("placed", "paid"), [])
    with pytest.raises(RefundTooLarge):
        refund(payment, 1)

    for _ in range(2):
        done = hear(payment, 200_000, RefundState.DONE, "RF_1")
    assert done is not None
    assert (done.pk, done.status, done.provider_reference) == (begun.pk, "succeeded", "RF_1")
    assert state_of(order) == ("placed", "refunded")
    assert len(facts("order.refunded")) == 1


@BOTH
@pytest.mark.django_db
def test_a_refused_refund_has_failed_and_can_be_tried_again(providers: Providers, method: PaymentMethod) -> None:
    _, payment = paid(providers, method)
    providers.fail_next(status=400)

    with pytest.raises(GatewayRefused):
        refund(payment, 200_000)

    assert list(Refund.objects.values_list("status", "refunded_at")) == [("failed", None)]
    payment.refresh_from_db()
    assert refundable_kobo(payment) == 200_000


@BOTH
@pytest.mark.django_db
def test_nobody_knows_whether_it_went_back(providers: Providers, method: PaymentMethod) -> None:
    """The provider was asked and did not answer: it may have done it, so it is not asked again."""
    _, payment = paid(providers, method)
    providers.fail_next(status=502)

    unsure = refund(payment, 150_000)

    assert (unsure.status, refundable_kobo(payment)) == ("pending", 50_000)
    assert "Try again" in unsure.failure_reason
    with pytest.raises(RefundTooLarge):
        refund(payment, 50_001)


@BOTH
@pytest.mark.django_db
def test_a_provider_that_was_not_reached_sent_nothing(
    providers: Providers, settings: Any, method: PaymentMethod
) -> None:
    _, payment = paid(providers, method)
    providers.fail_next(status=429)
    with pytest.raises(GatewayNotReached):
        refund(payment, 150_000)
    settings.PAYSTACK_URL = settings.FLUTTERWAVE_URL = "http://127.0.0.1:9"
    with pytest.raises(GatewayNotReached):
        refund(payment, 150_000)

    assert list(Refund.objects.values_list("status", flat=True)) == ["failed", "failed"]
    assert refundable_kobo(payment) == 200_000


@pytest.mark.django_db
def test_what_failed_and_went_back_all_the_same_needs_attention(providers: Providers) -> None:
    """A refund fails, its amount is sent again, and then the first one is said to be done."""
    _, payment = paid(providers)
    refund(payment, 200_000)
    providers.settle_refunds(payment.reference, "failed")
    hear(payment, 200_000, RefundState.FAILED, "RF_1")
    refund(payment, 150_000)

    first = hear(payment, 200_000, RefundState.DONE, "RF_1")

    payment.refresh_from_db()
    assert first is not None
    assert (first.status, payment.attention, payment.refunded_kobo) == ("failed", "refunded_twice", 0)


@pytest.mark.django_db
def test_one_press_of_the_button_sends_once(providers: Providers) -> None:
    _, payment = paid(providers, PaymentMethod.FLUTTERWAVE)
    key = uuid4()

    for _ in range(2):
        with suppress(RefundRepeated):  # the second press
            refund_payment(payment=payment, amount_kobo=50_000, reason="x", at=LATER, actor=SYSTEM, request_key=key)

    assert [each.amount_kobo for each in providers.refunds_of(payment.reference)] == [50_000]


@BOTH
@pytest.mark.django_db
def test_a_payment_that_was_recorded_by_hand_is_refunded_at_its_provider(
    providers: Providers, method: PaymentMethod
) -> None:
    _, payment = paid(providers, method)
    Payment.objects.update(provider_id="")
    payment.refresh_from_db()

    refund(payment, 50_000)

    assert [each.amount_kobo for each in providers.refunds_of(payment.reference)] == [50_000]
    Payment.objects.update(reference="unknown-there")
    payment.refresh_from_db()
    with pytest.raises(GatewayRefused):
        refund(payment, 50_000)


@pytest.mark.django_db
def test_a_failure_that_comes_later_frees_the_amount(providers: Providers) -> None:
    order, payment = paid(providers)
    refund(payment, 200_000)

    failed = hear(payment, 200_000, RefundState.FAILED, "RF_9")

    assert failed is not None
    assert (failed.status, refundable_kobo(payment), state_of(order)) == ("failed", 200_000, ("placed", "paid"))


@pytest.mark.django_db
def test_made_on_the_providers_own_page(providers: Providers) -> None:
    order, payment = paid(providers)

    assert hear(payment, 80_000, RefundState.OPEN) is None
    done = hear(payment, 80_000, RefundState.DONE, "RF_2")
    too_much = hear(payment, 200_000, RefundState.DONE, "RF_3")

    assert done is not None
    assert (done.status, done.reason, too_much) == ("succeeded", "Refunded at the provider", None)
    assert state_of(order) == ("placed", "partially_refunded")


@pytest.mark.django_db
def test_what_came_twice_goes_back_once_and_the_order_stays_paid(providers: Providers) -> None:
    order = online_order(PaymentMethod.FLUTTERWAVE)
    payment = start(order)
    providers.settle(payment.reference, amount_kobo=300_000)
    payment = settle_payment(payment=payment, at=NOON, actor=SYSTEM)

    refund(payment, 100_000, "paid too much")
    assert state_of(order) == ("placed", "paid")
    refund(payment, 200_000)
    assert state_of(order) == ("placed", "refunded")


@pytest.mark.django_db
def test_another_currency_goes_back_and_the_order_never_had_it(providers: Providers, facts: Facts) -> None:
    order = online_order(PaymentMethod.FLUTTERWAVE)
    payment = start(order)
    providers.settle(payment.reference, currency="USD")
    payment = settle_payment(payment=payment, at=NOON, actor=SYSTEM)

    done = refund(payment, 200_000)

    assert (done.status, done.currency, state_of(order)) == ("succeeded", "USD", ("placed", "pending"))
    assert facts("order.refunded") == []


@pytest.mark.django_db
def test_a_cancelled_order_gets_its_money_back(providers: Providers) -> None:
    order, payment = paid(providers, PaymentMethod.FLUTTERWAVE)
    cancel_order(order=order, reason="out of stock", at=LATER, actor=SYSTEM)

    refund(payment, 200_000)

    assert state_of(order) == ("cancelled", "refunded")


@BOTH
@pytest.mark.django_db(transaction=True)
def test_two_staff_refund_at_once(providers: Providers, method: PaymentMethod) -> None:
    _, payment = paid(providers, method)

    def click() -> Any:
        try:
            return refund(payment, 150_000).amount_kobo
        except RefundTooLarge:
            return "too large"

    assert sorted(map(str, in_threads(4, click))) == ["150000", "too large", "too large", "too large"]
    assert [each.amount_kobo for each in providers.refunds_of(payment.reference)] == [150_000]
