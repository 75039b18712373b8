from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from commerce.orders.services import cancel_order, start_payment
from commerce.orders.services.settling import apply_charge
from commerce.payments.gateways import Charge, ChargeState
from commerce.payments.models import Payment
from tests.commerce.factories import NOON
from tests.commerce.notifications.stories import STAFF, kinds, texts
from tests.commerce.payments.conftest import BACK, online_order, providers  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def answer(payment: Payment, state: ChargeState, amount_kobo: int = 200_000) -> None:
    """Apply what the provider says of a payment."""
    charge = Charge(
        state=state,
        reference=payment.reference,
        amount_kobo=amount_kobo,
        currency="NGN",
        provider_id="1",
        fee_kobo=0,
        is_test=False,
        paid_at=None,
        words="Insufficient funds",
        raw={},
    )
    apply_charge(payment=payment, charge=charge, at=NOON, actor=STAFF)


def begin(order: Any, minutes: int = 0) -> Payment:
    return start_payment(order=order, return_url=BACK, at=NOON + timedelta(minutes=minutes), actor=STAFF)


@pytest.mark.usefixtures("providers")
def test_a_payment_that_failed_is_said_once_an_order(settings: Any) -> None:
    settings.SHOP_URL, settings.SHOP_NAME, settings.ORDER_PATH = "https://shop.example", "Ada's Shop", "o/{number}"
    order = online_order()
    answer(begin(order), ChargeState.FAILED)
    answer(begin(order, 1), ChargeState.FAILED)

    assert texts(order)[1:] == [
        (
            "Your payment for order NUMBER did not go through",
            (
                "Hello Ada Obi,\n\nYour payment of ₦2,000.00 for order NUMBER did not go through.\n\n"
                "You can try again, or in another way, on the page of your order.\n\n"
                "Pay for your order: https://shop.example/o/NUMBER\n\nAda's Shop\nhttps://shop.example\n"
            ),
        )
    ]


@pytest.mark.usefixtures("providers")
@pytest.mark.parametrize(("amount_kobo", "kind"), [(200_000, "order.paid"), (50_000, "order.part_paid")])
def test_money_for_an_order_that_had_ended_is_acknowledged(amount_kobo: int, kind: str) -> None:
    order = online_order()
    payment = begin(order)
    cancel_order(order=order, reason="", at=NOON, actor=STAFF)
    answer(payment, ChargeState.PAID, amount_kobo)

    assert kinds(order) == ["order.placed", "order.cancelled", kind]
    assert "The order had ended before that. We look at it and write to you" in texts(order)[-1][1]
