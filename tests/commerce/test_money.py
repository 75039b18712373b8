from __future__ import annotations

from decimal import Decimal

import pytest

from commerce.money import money, naira_to_kobo
from zuka.platform.money import format_money


@pytest.mark.parametrize(
    ("kobo", "currency", "text"),
    [
        (550_000, "NGN", "₦5,500.00"),
        (0, "NGN", "₦0.00"),
        (7, "NGN", "₦0.07"),
        (-123_456, "NGN", "-₦1,234.56"),
        (9_007_199_254_740_993, "NGN", "₦90,071,992,547,409.93"),
        (1_050, "USD", "$10.50"),
        (1_050, "KES", "KES 10.50"),
    ],
)
def test_format_money(kobo: int, currency: str, text: str) -> None:
    assert format_money(kobo, currency) == text


def test_money_has_one_shape() -> None:
    assert money(550_000) == {"kobo": 550_000, "currency": "NGN", "display": "₦5,500.00"}


def test_naira_to_kobo_is_exact() -> None:
    assert naira_to_kobo(Decimal("1234.56")) == 123_456
