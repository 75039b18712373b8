from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from commerce.accounts.models import User
from commerce.orders.models import Order, PaymentMethod
from commerce.orders.services import access_token
from commerce.payments.models import Payment
from tests.commerce.factories import ADDRESS, VariantFactory, make_order
from tests.commerce.payments.conftest import BOTH, SECRETS, online_order
from zuka.demo.providers.desk import Providers
from zuka.platform.clock import now

CASH = {"payment_method": "cash_on_delivery", "name": "Cash on delivery", "is_online": False}
PAYSTACK = {"payment_method": "paystack", "name": "Paystack", "is_online": True}
FLUTTERWAVE = {"payment_method": "flutterwave", "name": "Flutterwave", "is_online": True}
TWO_THOUSAND = {"kobo": 200_000, "currency": "NGN", "display": "₦2,000.00"}


def payments_of(order: Order, *, token: str | None = None) -> str:
    return f"/api/v1/orders/{order.number}/payments/?token={access_token(order) if token is None else token}"


def payment_url(order: Order, reference: str) -> str:
    return f"/api/v1/orders/{order.number}/payments/{reference}/?token={access_token(order)}"


@pytest.mark.django_db
def test_the_ways_to_pay_are_those_the_shop_has_keys_for(client: Client, settings: Any) -> None:
    assert client.get("/api/v1/payment-methods/").json() == [CASH]

    settings.PAYSTACK_SECRET_KEY = SECRETS["PAYSTACK_SECRET_KEY"]
    settings.FLUTTERWAVE_SECRET_KEY = SECRETS["FLUTTERWAVE_SECRET_KEY"]
    assert client.get("/api/v1/payment-methods/").json() == [CASH, PAYSTACK]

    settings.FLUTTERWAVE_SECRET_HASH = SECRETS["FLUTTERWAVE_SECRET_HASH"]
    assert client.get("/api/v1/payment-methods/").json() == [CASH, PAYSTACK, FLUTTERWAVE]


@BOTH
@pytest.mark.django_db
def test_from_the_order_to_the_page_and_back(client: Client, providers: Providers, method: PaymentMethod) -> None:
    order = online_order(method)

    begun = client.post(payments_of(order))
    reference = begun.json()["reference"]
    waiting = client.get(payment_url(order, reference))
    providers.settle(reference)
    assert client.get(payment_url(order, reference)).json()["status"] == "pending"  # it was asked a moment ago
    Payment.objects.update(checked_at=now() - timedelta(seconds=6))
    done = client.get(payment_url(order, reference))

    expected = {
        "reference": reference,
        "provider": method.value,
        "status": "pending",
        "amount": TWO_THOUSAND,
        "checkout_url": Payment.objects.get().checkout_url,
        "captured_at": None,
    }
    assert (begun.status_code, begun.json(), begun["Cache-Control"]) == (201, expected, "private, no-store")
    assert waiting.json() == expected
    assert (done.json()["status"], done.json()["captured_at"] is not None) == ("captured", True)
    assert providers.charge(reference).callback_url == f"http://testserver/shop/thank-you/{order.number}/"


@pytest.mark.django_db
def test_a_shop_of_your_own_says_where_customers_come_back(client: Client, providers: Providers, settings: Any) -> None:
    settings.PAYMENT_RETURN_URL = "https://ada.example/orders/{number}?from=payment"
    order = online_order()

    reference = client.post(payments_of(order)).json()["reference"]

    assert providers.charge(reference).callback_url == f"https://ada.example/orders/{order.number}?from=payment"


@pytest.mark.django_db
def test_another_customers_payment_is_not_there(client: Client, providers: Providers, alice: User) -> None:
    order, other = online_order(user=alice), online_order()
    reference = client.post(payments_of(order)).json()["reference"]

    answers = [
        client.post(payments_of(order, token="wrong")),
        client.post(payments_of(order, token=access_token(other))),
        client.get(payment_url(other, reference)),
        client.get(f"/api/v1/orders/{order.number}/payments/{reference}/"),
        client.get(payment_url(order, "unknown")),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert Payment.objects.count() == 1


@pytest.mark.django_db
def test_refusals_name_what_is_wrong(client: Client, providers: Providers, settings: Any) -> None:
    cash = client.post(payments_of(make_order()))
    providers.fail_next()
    away = client.post(payments_of(online_order()))
    settings.PAYSTACK_SECRET_KEY = ""
    closed = client.post(payments_of(online_order()))

    assert [
        (answer.status_code, answer.json()["code"], answer.json().get("field")) for answer in (cash, away, closed)
    ] == [
        (409, "not_payable", "payment_method"),
        (503, "provider_unavailable", None),
        (409, "payment_method_unavailable", "payment_method"),
    ]


@pytest.mark.django_db
def test_while_the_provider_is_away_a_payment_is_pending(client: Client, providers: Providers) -> None:
    order = online_order()
    reference = client.post(payments_of(order)).json()["reference"]
    providers.settle(reference)
    providers.fail_next()

    assert client.get(payment_url(order, reference)).json()["status"] == "pending"
    Payment.objects.update(checked_at=None)
    assert client.get(payment_url(order, reference)).json()["status"] == "captured"


@pytest.mark.django_db
def test_a_page_that_asks_again_and_again_asks_the_provider_once(client: Client, providers: Providers) -> None:
    order = online_order()
    reference = client.post(payments_of(order)).json()["reference"]
    asked = len(providers.calls)

    for _ in range(10):
        client.get(payment_url(order, reference))

    assert len(providers.calls) == asked + 1


@pytest.mark.django_db
def test_customers_do_not_read_the_providers_words(client: Client, providers: Providers, settings: Any) -> None:
    settings.PAYSTACK_SECRET_KEY = "sk_live_wrong"

    refused = client.post(payments_of(online_order()))

    assert (refused.status_code, refused.json()) == (
        409,
        {
            "code": "provider_refused",
            "message": "The payment provider refused this. Try another way to pay, or ask us.",
        },
    )


@pytest.mark.django_db
def test_an_order_can_choose_only_what_is_open(client: Client, settings: Any) -> None:
    body = {
        "lines": [{"sku": VariantFactory.create().sku, "quantity": 1}],
        "contact": {"name": "Ada", "email": "ada@example.com"},
        "shipping_address": ADDRESS,
        "payment_method": "flutterwave",
    }

    refused = client.post("/api/v1/orders/", body, content_type="application/json")
    settings.FLUTTERWAVE_SECRET_KEY = settings.FLUTTERWAVE_SECRET_HASH = "set"
    placed = client.post("/api/v1/orders/", body, content_type="application/json")

    assert (refused.status_code, refused.json()) == (
        400,
        {"code": "invalid", "message": "This shop takes cash_on_delivery.", "field": "payment_method"},
    )
    assert (placed.status_code, placed.json()["payment_status"]) == (201, "unpaid")
