"""Days of the shop at which the practice providers' clock stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from commerce.orders.models import Order, PaymentMethod
from commerce.orders.services import settle_payment
from commerce.orders.services.comparing import compare_day
from commerce.payments.models import Difference, Payment, PaymentComparison
from tests.commerce.factories import NOON
from tests.commerce.payments.conftest import SYSTEM, online_order, start
from tests.commerce.payments.conftest import providers as _providers  # noqa: F401 - pytest finds it above by itself
from zuka.demo.providers.desk import Providers
from zuka.platform.clock import local_day

DAY = local_day(NOON)
NEXT_DAY = NOON + timedelta(days=1)
Row = tuple[str, str, int | None, int | None]


@pytest.fixture
def shop(providers: Providers) -> Providers:
    """Both providers, at noon of the day."""
    providers.set_clock(NOON)
    return providers


def begun(method: PaymentMethod = PaymentMethod.PAYSTACK) -> tuple[Order, Payment]:
    """An order of ₦2,000 whose payment was begun."""
    order = online_order(method)
    return order, start(order)


def paid(shop: Providers, method: PaymentMethod = PaymentMethod.PAYSTACK, **settled: Any) -> Payment:
    """A payment that came in, there and here."""
    _, payment = begun(method)
    shop.settle(payment.reference, **settled)
    return settle_payment(payment=payment, at=NOON, actor=SYSTEM)


def compare(method: PaymentMethod = PaymentMethod.PAYSTACK, **choices: Any) -> PaymentComparison:
    """Compare the day on the next one."""
    return compare_day(**{"provider": method, "day": DAY, "at": NEXT_DAY, **choices})


def sums(row: PaymentComparison) -> tuple[int, int, int, int]:
    """How many and how much there and here."""
    return row.provider_count, row.provider_kobo, row.ledger_count, row.ledger_kobo


def refund_sums(row: PaymentComparison) -> tuple[int, int, int, int]:
    """How many and how much was given back there and here."""
    return row.provider_refund_count, row.provider_refund_kobo, row.ledger_refund_count, row.ledger_refund_kobo


def open_rows(row: PaymentComparison) -> list[Row]:
    """What differs: kind, reference, and the amount of each side."""
    return [(each.kind, each.reference, each.provider_kobo, each.ledger_kobo) for each in open_ones(row)]


def open_ones(row: PaymentComparison) -> list[Difference]:
    """What differs, in its order."""
    return list(row.differences.unresolved().order_by("id"))
