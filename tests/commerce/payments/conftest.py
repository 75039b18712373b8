"""A shop with keys for both providers, and a local server that speaks as they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from commerce.orders.models import Order, PaymentMethod
from commerce.orders.services import start_payment
from commerce.payments.models import Payment
from tests.commerce.factories import NOON, make_order
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.server import open_providers
from zuka.platform.actor import Actor

SECRETS = {
    "PAYSTACK_SECRET_KEY": "sk_live_of_tests",
    "FLUTTERWAVE_SECRET_KEY": "FLWSECK-of-tests",
    "FLUTTERWAVE_SECRET_HASH": "a word that both know",
}
BOTH = pytest.mark.parametrize("method", [PaymentMethod.PAYSTACK, PaymentMethod.FLUTTERWAVE])
SYSTEM = Actor()
BACK = "https://shop.example/thanks/"


@pytest.fixture
def providers(settings: Any) -> Iterator[Providers]:
    """Both providers, for which the shop has keys."""
    for name, value in SECRETS.items():
        setattr(settings, name, value)
    with open_providers(
        paystack_secret=SECRETS["PAYSTACK_SECRET_KEY"],
        flutterwave_secret=SECRETS["FLUTTERWAVE_SECRET_KEY"],
        flutterwave_hash=SECRETS["FLUTTERWAVE_SECRET_HASH"],
    ) as providers:
        settings.PAYSTACK_URL, settings.FLUTTERWAVE_URL = providers.paystack_url, providers.flutterwave_url
        yield providers


def online_order(method: PaymentMethod = PaymentMethod.PAYSTACK, **choices: Any) -> Order:
    """An order of one piece for ₦2,000 that is to be paid online."""
    return make_order(payment_method=method, **choices)


def start(order: Order, **choices: Any) -> Payment:
    """Begin to pay an order."""
    return start_payment(**{"order": order, "return_url": BACK, "at": NOON, "actor": SYSTEM, **choices})


def state_of(order: Order) -> tuple[str, str]:
    """An order's own state, and that of its money."""
    order.refresh_from_db()
    return order.status, order.payment_status


def timeline(order: Order) -> list[tuple[str, str, str]]:
    """What happened to an order's money: from, to, and the note."""
    return list(order.events.filter(kind="payment").values_list("from_state", "to_state", "note"))
