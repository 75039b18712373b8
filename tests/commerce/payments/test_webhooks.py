from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from commerce.orders.models import Order, PaymentMethod
from commerce.orders.services import handle_waiting_deliveries
from commerce.payments.gateways import GATEWAYS, Return
from commerce.payments.models import Payment, Refund, WebhookDelivery
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, in_threads
from tests.commerce.payments.conftest import BOTH, online_order, start, state_of
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.webhooks import Webhook

LATER = NOON + timedelta(hours=1)


def post(webhook: Webhook, **changes: Any) -> Any:
    """Post a webhook as it is, or with another body or headers."""
    headers = {**webhook.headers, **changes.get("headers", {})}
    body = changes.get("body", webhook.body)
    return Client().post(webhook.path, body, content_type="application/json", headers=headers)


def deliveries() -> list[tuple[str, str, bool]]:
    return [
        (row.event, row.outcome, row.handled_at is not None) for row in WebhookDelivery.objects.order_by("received_at")
    ]


def paid_at_provider(providers: Providers, method: PaymentMethod) -> tuple[Order, Payment]:
    order = online_order(method)
    payment = start(order)
    providers.settle(payment.reference)
    return order, payment


@BOTH
@pytest.mark.django_db
def test_a_message_pays_the_order_and_again_changes_nothing(
    providers: Providers, method: PaymentMethod, facts: Facts
) -> None:
    order, payment = paid_at_provider(providers, method)
    webhook = providers.webhook_for(payment.reference)

    answers = [post(webhook) for _ in range(3)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"received": True})] * 3
    event = {"paystack": "charge.success", "flutterwave": "charge.completed"}[method]
    assert deliveries() == [(event, "payment captured", True)]
    assert state_of(order) == ("placed", "paid")
    assert len(facts("order.paid")) == 1


@BOTH
@pytest.mark.django_db
def test_a_wrong_signature_is_refused_and_nothing_is_kept(providers: Providers, method: PaymentMethod) -> None:
    order, payment = paid_at_provider(providers, method)
    webhook = providers.webhook_for(payment.reference)
    wrong = {name: "0" * 128 for name in webhook.headers if name.lower() in {"x-paystack-signature", "verif-hash"}}
    assert len(wrong) == 1

    answers = [post(webhook, headers=headers) for headers in (wrong, dict.fromkeys(wrong, ""), {**wrong, "X": "é"})]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert answers[0].json() == {
        "code": "wrong_signature",
        "message": "The signature is not that of this body.",
    }
    assert (deliveries(), state_of(order)) == ([], ("placed", "pending"))


@pytest.mark.django_db
def test_paystacks_signature_is_of_the_body_as_it_came(providers: Providers) -> None:
    _, payment = paid_at_provider(providers, PaymentMethod.PAYSTACK)
    webhook = providers.webhook_for(payment.reference)

    assert post(webhook, body=webhook.body + b" ").status_code == 401


@BOTH
@pytest.mark.django_db
def test_without_keys_nothing_is_believed(providers: Providers, settings: Any, method: PaymentMethod) -> None:
    _, payment = paid_at_provider(providers, method)
    webhook = providers.webhook_for(payment.reference)
    settings.PAYSTACK_SECRET_KEY = settings.FLUTTERWAVE_SECRET_HASH = ""

    assert post(webhook).status_code == 401


@BOTH
@pytest.mark.django_db
def test_a_message_that_lies_pays_nothing(providers: Providers, method: PaymentMethod) -> None:
    """Somebody has the key or the word, or comes too early: the provider is asked, and asked again by the job."""
    order = online_order(method)
    payment = start(order)
    webhook = providers.webhook_for(payment.reference)

    assert post(webhook).status_code == 200
    assert (state_of(order), deliveries()[0][1:]) == (("placed", "pending"), ("", False))
    assert handle_waiting_deliveries(at=LATER) == 0
    providers.settle(payment.reference)
    assert handle_waiting_deliveries(at=LATER) == 1
    assert state_of(order) == ("placed", "paid")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b'{"event":1,"data":{}}', b'{"event":"charge.completed"}']
)
@pytest.mark.django_db
def test_what_is_no_message(providers: Providers, body: bytes) -> None:
    _, payment = paid_at_provider(providers, PaymentMethod.FLUTTERWAVE)
    webhook = providers.webhook_for(payment.reference)

    answer = post(webhook, body=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert deliveries() == []


@pytest.mark.django_db
def test_a_message_too_long_for_memory(providers: Providers, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    _, payment = paid_at_provider(providers, PaymentMethod.FLUTTERWAVE)

    assert post(providers.webhook_for(payment.reference)).status_code == 413


@pytest.mark.django_db
def test_what_fails_is_kept_and_holds_up_nobody(providers: Providers) -> None:
    """A provider names a currency that no table takes: it is tried again, and the message behind it is handled."""
    orders = [paid_at_provider(providers, PaymentMethod.FLUTTERWAVE) for _ in range(2)]
    odd, usual = (payment.reference for _, payment in orders)
    providers.settle(odd, currency="naira")
    assert post(providers.webhook_for(odd)).status_code == 200
    providers.fail_next()
    assert post(providers.webhook_for(usual)).status_code == 200
    assert [row[1:] for row in deliveries()] == [("", False)] * 2

    assert handle_waiting_deliveries(at=LATER) == 1
    assert [state_of(order)[1] for order, _ in orders] == ["pending", "paid"]
    providers.settle(odd, currency="NGN")
    assert handle_waiting_deliveries(at=LATER) == 1
    assert [state_of(order)[1] for order, _ in orders] == ["paid", "paid"]


@pytest.mark.django_db
def test_other_ways_to_call(client: Client) -> None:
    assert client.get("/webhooks/paystack/").status_code == 405
    assert client.post("/webhooks/nobody/").status_code == 404
    assert client.post("/webhooks/cash/").status_code == 404


@pytest.mark.django_db
def test_a_payment_that_is_not_ours(providers: Providers) -> None:
    order, payment = paid_at_provider(providers, PaymentMethod.PAYSTACK)
    Payment.objects.filter(pk=payment.pk).update(reference="another")

    assert post(providers.webhook_for(payment.reference)).status_code == 200
    assert deliveries() == [("charge.success", f"no payment {payment.reference}", True)]
    assert state_of(order) == ("placed", "pending")


@BOTH
@pytest.mark.django_db
def test_the_provider_is_away_when_asked_and_the_job_asks_again(providers: Providers, method: PaymentMethod) -> None:
    order, payment = paid_at_provider(providers, method)
    providers.fail_next(2)

    assert post(providers.webhook_for(payment.reference)).status_code == 200
    assert [row[1:] for row in deliveries()] == [("", False)]
    assert handle_waiting_deliveries(at=LATER) == 0
    assert handle_waiting_deliveries(at=LATER) == 1
    assert handle_waiting_deliveries(at=LATER) == 0

    assert [row[1:] for row in deliveries()] == [("payment captured", True)]
    assert WebhookDelivery.objects.get().attempts == 3
    assert state_of(order) == ("placed", "paid")


@pytest.mark.django_db
def test_a_refunds_message_overtakes_its_charges(providers: Providers) -> None:
    """It was paid and partly refunded on the provider's page before we heard of either."""
    order, payment = paid_at_provider(providers, PaymentMethod.PAYSTACK)
    GATEWAYS["paystack"].refund(Return(payment.reference, "", 60_000, "late"))
    providers.settle_refunds(payment.reference)

    assert post(providers.webhook_for(payment.reference, "refund.processed")).status_code == 200
    assert post(providers.webhook_for(payment.reference, "charge.success")).status_code == 200

    assert list(Refund.objects.values_list("status", "amount_kobo", "reason")) == [
        ("succeeded", 60_000, "Refunded at the provider")
    ]
    assert state_of(order) == ("placed", "partially_refunded")
    assert deliveries() == [
        ("refund.processed", "refund succeeded", True),
        ("charge.success", "payment partially_refunded", True),
    ]


@pytest.mark.django_db
def test_a_forged_message_does_not_keep_the_true_one_out(providers: Providers) -> None:
    order, payment = paid_at_provider(providers, PaymentMethod.FLUTTERWAVE)
    webhook = providers.webhook_for(payment.reference)

    assert post(webhook, body=webhook.body.replace(payment.reference.encode(), b"nothing")).status_code == 200
    assert post(webhook).status_code == 200

    assert [row[1] for row in deliveries()] == ["no payment nothing", "payment captured"]
    assert state_of(order) == ("placed", "paid")


@BOTH
@pytest.mark.django_db(transaction=True)
def test_the_same_message_20_times_at_once(providers: Providers, method: PaymentMethod, facts: Facts) -> None:
    order, payment = paid_at_provider(providers, method)
    webhook = providers.webhook_for(payment.reference)

    answers = in_threads(20, lambda: post(webhook).status_code)

    assert answers == [200] * 20
    assert [row[1:] for row in deliveries()] == [("payment captured", True)]
    assert state_of(order) == ("placed", "paid")
    assert (len(facts("order.paid")), order.events.filter(to_state="paid").count()) == (1, 1)
