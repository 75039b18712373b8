"""Messages, customers who come back and staff who ask, all at once and in any order: the money is there once."""

from __future__ import annotations

import random

import pytest
from django.test import Client

from commerce.orders.models import PaymentMethod
from commerce.orders.services import settle_payment
from commerce.payments.gateways import GATEWAYS, Return
from commerce.payments.models import Payment, Refund, WebhookDelivery
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, at_once
from tests.commerce.payments.conftest import BOTH, SYSTEM, state_of
from tests.commerce.payments.test_payments_api import payment_url
from tests.commerce.payments.test_webhooks import paid_at_provider, post
from zuka.demo.providers.desk import Providers


@BOTH
@pytest.mark.parametrize("_round", range(3))
@pytest.mark.django_db(transaction=True)
def test_a_message_the_way_back_and_staff_at_once(
    *, providers: Providers, method: PaymentMethod, facts: Facts, _round: int
) -> None:
    order, payment = paid_at_provider(providers, method)
    webhook = providers.webhook_for(payment.reference)

    at_once(
        *[lambda: post(webhook)] * 3,
        *[lambda: Client().get(payment_url(order, payment.reference))] * 3,
        *[lambda: settle_payment(payment=payment, at=NOON, actor=SYSTEM)] * 3,
    )

    assert (state_of(order), Payment.objects.get().status) == (("placed", "paid"), "captured")
    assert (len(facts("order.paid")), order.events.filter(kind="payment", to_state="paid").count()) == (1, 1)
    assert WebhookDelivery.objects.get().handled_at is not None


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.django_db(transaction=True)
def test_twenty_messages_in_any_order_at_once(providers: Providers, facts: Facts, seed: int) -> None:
    """It was paid and partly refunded on the provider's page, and every message comes five times."""
    order, payment = paid_at_provider(providers, PaymentMethod.PAYSTACK)
    GATEWAYS["paystack"].refund(Return(payment.reference, "", 60_000, "late"))
    providers.settle_refunds(payment.reference)
    events = ["charge.success", "refund.pending", "refund.processing", "refund.processed"] * 5
    random.Random(seed).shuffle(events)

    answers = at_once(*[lambda each=each: post(providers.webhook_for(payment.reference, each)) for each in events])

    assert [answer.status_code for answer in answers] == [200] * 20
    assert list(Refund.objects.values_list("status", "amount_kobo")) == [("succeeded", 60_000)]
    payment.refresh_from_db()
    assert (payment.status, payment.refunded_kobo) == ("partially_refunded", 60_000)
    assert state_of(order) == ("placed", "partially_refunded")
    assert [len(facts(name)) for name in ("order.paid", "order.refunded")] == [1, 1]
