"""What carts and orders share of coupons over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from commerce.accounts.models import User
from commerce.catalog.api import MoneySerializer
from commerce.money import money
from commerce.promotions.services import MOST_CODES, Asker
from zuka.platform.http import client_ip

CODE_LENGTH = 40


class CouponCodesSerializer(serializers.Serializer[Any]):
    """The codes of a quote or an order: one in `coupon_code`, or all in `coupon_codes`.

    One code is refused under the field `coupon_code`, one of several under `coupon_codes.0` and the like.
    """

    coupon_code = serializers.CharField(
        max_length=CODE_LENGTH, required=False, allow_blank=True, help_text="One code; several go into coupon_codes."
    )
    coupon_codes = serializers.ListField(
        child=serializers.CharField(max_length=CODE_LENGTH, allow_blank=True),
        required=False,
        help_text=f"Up to {MOST_CODES} codes. Those that may not be combined are refused; then leave coupon_code out.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return what was sent with all codes in `coupon_codes`. Refuses codes in both fields."""
        one, several = attrs.pop("coupon_code", ""), attrs.get("coupon_codes", [])
        if one and several:
            raise serializers.ValidationError({"coupon_code": "Write all codes in coupon_codes, or one here."})
        return {**attrs, "coupon_codes": tuple(several or filter(None, [one]))}


class AppliedCouponSerializer(serializers.Serializer[Any]):
    """A coupon, and what it takes off the goods or the delivery."""

    code = serializers.CharField()
    discount = MoneySerializer()


def coupons_json(discounts: Iterable[tuple[str, int]], currency: str) -> list[dict[str, Any]]:
    """Return codes with what each takes off as the API shows them."""
    return [{"code": code, "discount": money(kobo, currency)} for code, kobo in discounts]


def asker_of(request: Request, *, user: User | None, cart_id: UUID | None) -> Asker:
    """Return whose guesses at codes a request counts among."""
    guest = f"cart:{cart_id}" if cart_id else None
    return Asker(f"user:{user.pk}" if user else guest, client_ip(request))
