"""Coupons, orders with them, and what became of both."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from commerce.orders.models import Order
from commerce.promotions.models import Coupon, CouponKind
from commerce.promotions.services import CouponRefused
from tests.commerce.factories import make_order

JSON = "application/json"
Money = tuple[int, int, int, int]


def make_coupon(code: str = "TEN", **rules: Any) -> Coupon:
    """A coupon of 10 % for everybody and everything, unless told."""
    defaults: dict[str, Any] = {"name": code, "kind": CouponKind.PERCENTAGE, "percent": Decimal(10)}
    if rules.get("kind"):
        defaults.pop("percent")
    return Coupon.objects.create(code=code, **{**defaults, **rules})


def order_with(*codes: str, **choices: Any) -> Order:
    return make_order(coupon_codes=codes, **choices)


def amounts(order: Order) -> Money:
    return order.subtotal_kobo, order.shipping_kobo, order.discount_kobo, order.total_kobo


def refused(code: str, **choices: Any) -> str:
    """Which refusal an order with a code meets; no order is left behind."""
    before = Order.objects.count()
    with pytest.raises(CouponRefused) as refusal:
        order_with(code, **choices)
    assert (Order.objects.count(), refusal.value.field) == (before, "coupon_code")
    return refusal.value.code


def uses(coupon: Coupon) -> tuple[int, int]:
    """How often a coupon says that it was used, and how many redemptions say so."""
    coupon.refresh_from_db()
    return coupon.usage_count, coupon.redemptions.filter(released_at=None).count()


def refusal_of(*codes: str, **choices: Any) -> tuple[str, str, str | None]:
    """The code, message and field of the refusal that an order with these codes meets; no order is left behind."""
    before = Order.objects.count()
    with pytest.raises(CouponRefused) as refusal:
        order_with(*codes, **choices)
    assert Order.objects.count() == before
    return refusal.value.code, refusal.value.message, refusal.value.field
