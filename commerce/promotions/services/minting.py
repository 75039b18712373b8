"""Codes that the shop gives to one customer: used once, by whoever has them."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal

from commerce.promotions.models import Coupon, CouponKind

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are taken for one another
LENGTH = 12  # 60 bits: nobody guesses one


def mint_coupon(
    *,
    name: str,
    prefix: str,
    kind: CouponKind,
    currency: str,
    at: datetime,
    valid_until: datetime,
    percent: Decimal | None = None,
    amount_kobo: int | None = None,
    min_spend_kobo: int | None = None,
    max_discount_kobo: int | None = None,
) -> Coupon:
    """Make a coupon with a code of its own that is good for one order, and return it. Amounts in kobo of `currency`."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return Coupon.objects.create(
        code=f"{prefix}-{code}",
        name=name,
        kind=kind,
        currency=currency,
        percent=percent,
        amount_kobo=amount_kobo,
        min_spend_kobo=min_spend_kobo,
        max_discount_kobo=max_discount_kobo,
        usage_limit=1,
        user_limit=1,
        valid_from=at,
        valid_until=valid_until,
    )
