from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from commerce.orders.models import PaymentMethod
from commerce.orders.services import Contact, cancel_order, pay_order
from commerce.orders.services.paying import NotPayable
from commerce.orders.services.placing import MissingContact
from commerce.orders.services.starting import MethodUnavailable, PaymentStarting
from commerce.payments.gateways import GatewayRefused, GatewayUnavailable
from commerce.payments.models import Payment, Provider
from tests.commerce.factories import NOON, in_threads, make_order
from tests.commerce.payments.conftest import BACK, BOTH, SYSTEM, online_order, start, state_of, timeline
from zuka.demo.providers.desk import Providers


@BOTH
@pytest.mark.django_db
def test_a_payment_has_its_page_and_the_order_waits(providers: Providers, method: PaymentMethod) -> None:
    order = online_order(method)

    payment = start(order)

    charge = providers.charge(payment.reference)
    assert (payment.provider, payment.status, payment.amount_kobo, payment.currency) == (
        method,
        "pending",
        200_000,
        "NGN",
    )
    assert payment.checkout_url.startswith(f"{providers.url}/pay/")
    assert (charge.asked_kobo, charge.currency, charge.callback_url) == (200_000, "NGN", BACK)
    assert state_of(order) == ("placed", "pending")


@BOTH
@pytest.mark.django_db
def test_kobo_reach_the_provider(providers: Providers, method: PaymentMethod) -> None:
    order = online_order(method)
    pay_order(
        order=order, provider=Provider.CASH, reference="part", amount_kobo=100_001, at=NOON, actor=SYSTEM
    )  # due is now ₦999.99

    payment = start(order)

    assert (payment.amount_kobo, providers.charge(payment.reference).asked_kobo) == (99_999, 99_999)
    assert state_of(order) == ("placed", "partially_paid")


@pytest.mark.django_db
def test_who_goes_back_pays_on_the_same_page(providers: Providers) -> None:
    order = online_order()
    first = start(order)

    again = start(order, at=NOON + timedelta(minutes=29))
    later = start(order, at=NOON + timedelta(minutes=31))

    assert (again.pk, again.checkout_url) == (first.pk, first.checkout_url)
    assert later.pk != first.pk
    assert later.reference != first.reference


@pytest.mark.parametrize(("status", "refusal"), [(502, GatewayUnavailable), (429, GatewayUnavailable)])
@pytest.mark.django_db
def test_a_provider_that_is_away_leaves_the_order_unpaid(providers: Providers, status: int, refusal: Any) -> None:
    order = online_order()
    providers.fail_next(status=status)

    with pytest.raises(refusal):
        start(order)

    assert list(Payment.objects.values_list("status", "checkout_url")) == [("failed", "")]
    assert state_of(order) == ("placed", "unpaid")
    assert [row[:2] for row in timeline(order)] == [("unpaid", "pending"), ("pending", "unpaid")]
    assert start(order, at=NOON + timedelta(seconds=5)).checkout_url


@pytest.mark.django_db
def test_a_wrong_key_is_the_providers_refusal(providers: Providers, settings: Any) -> None:
    settings.PAYSTACK_SECRET_KEY = "sk_live_wrong"

    with pytest.raises(GatewayRefused):
        start(online_order())

    assert providers.calls == [("POST", "/paystack/transaction/initialize")]


@pytest.mark.django_db
def test_nobody_listens_at_the_providers_address(providers: Providers, settings: Any) -> None:
    settings.PAYSTACK_URL = "http://127.0.0.1:9"

    with pytest.raises(GatewayUnavailable):
        start(online_order())

    assert providers.calls == []


@pytest.mark.django_db
def test_what_cannot_be_paid_online(providers: Providers, settings: Any) -> None:
    cash, cancelled, paid = make_order(), online_order(), online_order()
    cancel_order(order=cancelled, reason="", at=NOON, actor=SYSTEM)
    pay_order(order=paid, provider=Provider.CASH, reference="all", amount_kobo=200_000, at=NOON, actor=SYSTEM)
    for order in (cash, cancelled, paid):
        with pytest.raises(NotPayable):
            start(order)

    settings.PAYSTACK_SECRET_KEY = ""
    with pytest.raises(MethodUnavailable):
        start(online_order())

    assert providers.calls == []


@pytest.mark.django_db
def test_an_online_order_needs_an_email() -> None:
    contact = Contact(name="Ada", phone="+2348012345678")

    with pytest.raises(MissingContact) as refusal:
        online_order(contact=contact)

    assert refusal.value.field == "contact.email"
    assert make_order(contact=contact).guest_phone == "+2348012345678"


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_page(providers: Providers) -> None:
    order = online_order()
    providers.hang_next(0.3)

    def click() -> str:
        try:
            return start(order).checkout_url
        except PaymentStarting:
            return "wait"

    assert sorted(url[:4] for url in in_threads(2, click)) == ["http", "wait"]
    assert Payment.objects.count() == 1
