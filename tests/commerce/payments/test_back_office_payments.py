from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from commerce.orders.models import PaymentMethod
from commerce.orders.services import refund_payment, settle_payment
from commerce.payments.models import Payment, Refund, WebhookDelivery
from tests.commerce.factories import NOON, UserFactory
from tests.commerce.payments.conftest import SYSTEM, online_order, start, state_of
from zuka.demo.providers.desk import Providers

SUBMITTED = {"_form_submitted": "True"}
KEY = "0192f0c8-0000-7000-8000-000000000001"


def page(payment: Payment) -> str:
    return reverse("admin:commerce_payment_change", args=[payment.pk])


def press(client: Client, payment: Payment, button: str, **fields: Any) -> Any:
    """Press a button of a payment's page and fill in its dialog."""
    url = reverse(f"admin:commerce_payment_{button}", args=[payment.pk])
    return client.post(url, {**SUBMITTED, **fields})


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def buttons(client: Client, payment: Payment) -> list[str]:
    content = client.get(page(payment)).content.decode()
    names = ("ask_provider", "refund", "deal_with")
    return [name for name in names if reverse(f"admin:commerce_payment_{name}", args=[payment.pk]) in content]


def paid(providers: Providers, method: PaymentMethod = PaymentMethod.FLUTTERWAVE, **settled: Any) -> Payment:
    payment = start(online_order(method))
    providers.settle(payment.reference, **settled)
    return settle_payment(payment=payment, at=NOON, actor=SYSTEM)


@pytest.mark.django_db
def test_staff_ask_the_provider_again(staff_client: Client, providers: Providers) -> None:
    payment = start(online_order())
    assert buttons(staff_client, payment) == ["ask_provider"]
    providers.settle(payment.reference)

    answer = press(staff_client, payment, "ask_provider")

    assert answer["HX-Redirect"] == page(payment)
    assert said(answer) == ["The provider has answered. The payment is Captured."]
    assert state_of(payment.order) == ("placed", "paid")
    assert buttons(staff_client, payment) == ["refund"]


@pytest.mark.django_db
def test_a_provider_that_is_away_is_said_to_staff(staff_client: Client, providers: Providers) -> None:
    payment = start(online_order())
    providers.fail_next()

    assert said(press(staff_client, payment, "ask_provider")) == [
        "The payment provider does not answer. Try again in a moment."
    ]


@pytest.mark.django_db
def test_staff_refund_a_part(staff_client: Client, providers: Providers) -> None:
    payment = paid(providers)

    form = staff_client.get(reverse("admin:commerce_payment_refund", args=[payment.pk])).content.decode()
    answer = press(staff_client, payment, "refund", amount="500.50", reason="one button is missing", request_key=KEY)
    again = press(staff_client, payment, "refund", amount="500.50", reason="one button is missing", request_key=KEY)

    assert "At most ₦2,000.00." in form
    assert (said(answer), said(again)[-1:]) == (["Refund of ₦500.50: Succeeded. "], ["This refund was sent already."])
    assert list(Refund.objects.values_list("amount_kobo", "reason", "refunded_by__email")) == [
        (50_050, "one button is missing", "staff@example.com")
    ]
    assert [each.amount_kobo for each in providers.refunds_of(payment.reference)] == [50_050]


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        ("2000.01", "At most ₦2,000.00 of this payment can be refunded."),
        ("0", "At most ₦2,000.00 of this payment can be refunded."),
    ],
)
@pytest.mark.django_db
def test_a_refund_that_cannot_be(staff_client: Client, providers: Providers, amount: str, problem: str) -> None:
    payment = paid(providers)

    assert said(press(staff_client, payment, "refund", amount=amount, reason="x", request_key=KEY)) == [problem]
    assert Refund.objects.count() == 0


@pytest.mark.django_db
def test_what_needs_attention_is_listed_until_it_is_dealt_with(staff_client: Client, providers: Providers) -> None:
    payment, usual = paid(providers, amount_kobo=250_000), paid(providers)
    listed = reverse("admin:commerce_payment_changelist") + "?attention__exact=overpaid"
    content = staff_client.get(listed).content.decode()
    assert (payment.reference in content, usual.reference in content) == (True, False)
    assert "More than was due" in content
    assert buttons(staff_client, payment) == ["refund", "deal_with"]

    press(staff_client, payment, "deal_with")

    assert payment.reference not in staff_client.get(listed).content.decode()
    assert buttons(staff_client, payment) == ["refund"]


@pytest.mark.django_db
def test_who_may_only_look_has_no_buttons(client: Client, providers: Providers) -> None:
    looker = UserFactory.create(email="looker@example.com", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_payment"))
    client.force_login(looker)
    payment = paid(providers, amount_kobo=250_000)

    assert buttons(client, payment) == []
    assert [press(client, payment, name).status_code for name in ("ask_provider", "refund", "deal_with")] == [403] * 3
    assert Refund.objects.count() == 0


@pytest.mark.django_db
def test_messages_of_providers_can_be_read(
    staff_client: Client, providers: Providers, django_assert_num_queries: Any
) -> None:
    url = reverse("admin:commerce_webhookdelivery_changelist")
    rows = [
        WebhookDelivery(provider="paystack", event="charge.success", dedupe_key=str(n), body="{}", received_at=NOON)
        for n in range(3)
    ]
    rows[0].save()
    staff_client.get(url)
    with django_assert_num_queries(4):
        staff_client.get(url)
    WebhookDelivery.objects.bulk_create(rows[1:])
    with django_assert_num_queries(4):
        content = staff_client.get(url).content.decode()

    assert content.count("charge.success") >= 3
    assert staff_client.get(reverse("admin:commerce_webhookdelivery_change", args=[rows[0].pk])).status_code == 200


@pytest.mark.parametrize(("button", "status"), [("went_back", "succeeded"), ("did_not", "failed")])
@pytest.mark.django_db
def test_staff_say_what_became_of_a_refund(
    staff_client: Client, providers: Providers, button: str, status: str
) -> None:
    payment = paid(providers, PaymentMethod.PAYSTACK)
    refund = refund_payment(payment=payment, amount_kobo=50_000, reason="x", at=NOON, actor=SYSTEM)
    url = reverse(f"admin:commerce_refund_{button}", args=[refund.pk])
    assert url in staff_client.get(reverse("admin:commerce_refund_change", args=[refund.pk])).content.decode()

    assert staff_client.post(url, SUBMITTED).status_code == 200
    assert staff_client.post(url, SUBMITTED).status_code == 404

    refund.refresh_from_db()
    assert refund.status == status


@pytest.mark.django_db
def test_a_message_can_be_handled_again(staff_client: Client, providers: Providers) -> None:
    payment = start(online_order())
    delivery = WebhookDelivery.objects.create(
        provider="paystack",
        event="charge.success",
        dedupe_key="k",
        body=providers.webhook_for(payment.reference).body.decode(),
        received_at=NOON,
        attempts=288,
    )
    url = reverse("admin:commerce_webhookdelivery_changelist")
    waiting = f"{url}?handled_at__isempty=1"
    chosen = {"action": "handle_again", "_selected_action": [delivery.pk]}

    assert said(staff_client.post(url, chosen)) == ["paystack charge.success: the provider does not know of it yet."]
    assert "charge.success" in staff_client.get(waiting).content.decode()
    providers.settle(payment.reference)
    assert said(staff_client.post(url, chosen)) == ["paystack charge.success: payment captured."]
    assert staff_client.get(waiting).context["cl"].result_list.count() == 0
    WebhookDelivery.objects.update(body="")  # past WEBHOOK_RETENTION_MONTHS
    assert said(staff_client.post(url, chosen)) == ["paystack charge.success: what it said is no longer kept."]


@pytest.mark.django_db
def test_an_address_of_no_payment(staff_client: Client) -> None:
    for button in ("ask_provider", "refund", "deal_with"):
        url = reverse(f"admin:commerce_payment_{button}", args=["abc"])
        fields = {"amount": "1", "reason": "x", "request_key": KEY}
        assert staff_client.post(url, {**SUBMITTED, **fields}).status_code == 404
