from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from commerce.payments.models import Payment, PaymentStatus, Provider, Refund
from commerce.payments.services import RefundTooLarge, record_refund
from tests.commerce.factories import NOON, make_order

pytestmark = pytest.mark.django_db


def make_payment(**columns: Any) -> Payment:
    defaults = {
        "provider": Provider.PAYSTACK,
        "reference": "ref-1",
        "amount_kobo": 200_000,
        "status": PaymentStatus.CAPTURED,
        "captured_at": NOON,
    }
    return Payment.objects.create(order=columns.pop("order", None) or make_order(), **{**defaults, **columns})


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"amount_kobo": 0}, "payment_amount_kobo_positive"),
        ({"fee_kobo": -1}, "payment_fee_kobo_not_negative"),
        ({"refunded_kobo": 200_001}, "payment_refunded_within_amount"),
        ({"captured_at": None}, "payment_captured_has_moment"),
        ({"currency": "naira"[:3]}, "payment_currency"),
        ({"provider": "bank"}, "payment_provider"),
        ({"status": "won"}, "payment_status"),
    ],
)
def test_the_database_refuses(columns: dict[str, object], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        make_payment(**columns)


def test_a_reference_is_unique_within_its_provider() -> None:
    payment = make_payment()
    make_payment(order=payment.order, provider=Provider.FLUTTERWAVE)

    with pytest.raises(IntegrityError, match="payment_provider_reference_unique"):
        make_payment(order=payment.order)


def test_refunds_stay_within_the_payment() -> None:
    payment = make_payment()

    record_refund(payment_id=payment.pk, amount_kobo=150_000, reason="", at=NOON)
    with pytest.raises(RefundTooLarge, match=r"At most ₦500\.00"):
        record_refund(payment_id=payment.pk, amount_kobo=50_001, reason="", at=NOON)

    payment.refresh_from_db()
    assert (payment.refunded_kobo, payment.status) == (150_000, PaymentStatus.PARTIALLY_REFUNDED)
    assert list(Refund.objects.values_list("amount_kobo", "status", "refunded_at")) == [(150_000, "succeeded", NOON)]


def test_money_that_never_came_cannot_go_back() -> None:
    payment = make_payment(status=PaymentStatus.PENDING, captured_at=None)

    with pytest.raises(RefundTooLarge, match=r"At most ₦0\.00"):
        record_refund(payment_id=payment.pk, amount_kobo=1, reason="", at=NOON)
