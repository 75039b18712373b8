"""What a provider answers may lack anything: it is taken for no answer, and nothing is half done."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client

from commerce.orders.models import PaymentMethod
from commerce.orders.services import access_token, settle_payment
from commerce.payments.gateways import GatewayUnavailable
from commerce.payments.models import Payment
from tests.commerce.factories import NOON
from tests.commerce.payments.conftest import BOTH, SECRETS, SYSTEM, online_order, start, state_of

PAID: dict[str, dict[str, Any]] = {
    "paystack": {
        "id": 1,
        "status": "success",
        "amount": 200_000,
        "currency": "NGN",
        "fees": 3_000,
        "domain": "live",
        "ip_address": "10.0.0.1",
        "authorization": {"authorization_code": "AUTH_1"},
        "gateway_response": "Approved\x00",
    },
    "flutterwave": {
        "id": 1,
        "status": "successful",
        "amount": 2000,
        "currency": "NGN",
        "app_fee": 40,
        "ip": "10.0.0.1",
    },
}
MISSING = object()


class OddProvider(HTTPServer):
    """A provider that answers any call with the data it was given."""

    data: Any = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)


class Answering(BaseHTTPRequestHandler):
    """Answers as both providers do."""

    server: OddProvider

    def do_GET(self) -> None:
        """Send the data."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = True if "/paystack" in self.path else "success"
        body = json.dumps({"status": status, "data": self.server.data}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - as above

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def odd(settings: Any) -> Iterator[OddProvider]:
    """A provider whose answers a test gives, for which the shop has keys."""
    for name, value in SECRETS.items():
        setattr(settings, name, value)
    with OddProvider() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        settings.PAYSTACK_URL, settings.FLUTTERWAVE_URL = f"{url}/paystack", f"{url}/flutterwave"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def begun(odd: OddProvider, method: PaymentMethod) -> Payment:
    page = "https://pay.example/1"
    odd.data = {"authorization_url": page, "link": page}
    return start(online_order(method))


def answer_for(payment: Payment, **changes: Any) -> dict[str, Any]:
    named = {"reference": payment.reference, "tx_ref": payment.reference}
    data = {**PAID[payment.provider], **named, **changes}
    return {name: value for name, value in data.items() if value is not MISSING}


@BOTH
@pytest.mark.django_db
def test_what_is_kept_of_an_answer(odd: OddProvider, method: PaymentMethod) -> None:
    payment = begun(odd, method)
    odd.data = answer_for(payment, log="a\x00b")

    settled = settle_payment(payment=payment, at=NOON, actor=SYSTEM)

    assert settled.status == "captured"
    assert settled.raw_answer is not None
    assert {"authorization", "ip", "ip_address"} & set(settled.raw_answer) == set()
    assert settled.raw_answer["log"] == "ab"


@BOTH
@pytest.mark.parametrize(
    "changes",
    [
        {"id": MISSING},
        {"status": MISSING},
        {"amount": MISSING},
        {"currency": MISSING},
        {"reference": MISSING, "tx_ref": MISSING},
        {"amount": None},
        {"amount": "NaN"},
        {"amount": 0},
        {"amount": -5},
        {"amount": 10**30},
        {"fees": "much", "app_fee": "much"},
        {"fees": -1, "app_fee": -1},
        {"currency": None},
        {"currency": "naira"},
        {"id": "x" * 101},
        {"id": ""},
        {"reference": "another", "tx_ref": "another"},
    ],
)
@pytest.mark.django_db
def test_an_answer_that_cannot_be_read(
    client: Client, odd: OddProvider, method: PaymentMethod, changes: dict[str, Any]
) -> None:
    payment = begun(odd, method)
    odd.data = answer_for(payment, **changes)

    with pytest.raises(GatewayUnavailable):
        settle_payment(payment=payment, at=NOON, actor=SYSTEM)

    Payment.objects.update(checked_at=None)
    url = f"/api/v1/orders/{payment.order.number}/payments/{payment.reference}/?token={access_token(payment.order)}"
    assert client.get(url).json()["status"] == "pending"
    assert state_of(payment.order) == ("placed", "pending")


@BOTH
@pytest.mark.parametrize("page", [MISSING, None, "", "javascript:alert(1)", "https://pay.example/" + "x" * 1000])
@pytest.mark.django_db
def test_no_page_to_pay_on(odd: OddProvider, method: PaymentMethod, page: Any) -> None:
    order = online_order(method)
    odd.data = {} if page is MISSING else {"authorization_url": page, "link": page}

    with pytest.raises(GatewayUnavailable):
        start(order)

    assert list(Payment.objects.values_list("status", "checkout_url")) == [("failed", "")]
    assert state_of(order) == ("placed", "unpaid")


@pytest.mark.parametrize("status", ["ongoing", "pending", "processing", "queued"])
@pytest.mark.django_db
def test_an_order_that_is_being_paid_does_not_expire(odd: OddProvider, status: str) -> None:
    from datetime import timedelta

    from commerce.orders.services import expire_unpaid_orders

    payment = begun(odd, PaymentMethod.PAYSTACK)
    odd.data = answer_for(payment, status=status)
    assert expire_unpaid_orders(at=NOON + timedelta(minutes=61)) == 0

    odd.data = answer_for(payment, status="abandoned")
    assert expire_unpaid_orders(at=NOON + timedelta(minutes=61)) == 1
