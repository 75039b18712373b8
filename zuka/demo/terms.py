"""What the invented shop takes for delivery and tax, and its coupons: the rules by which past orders were priced."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from commerce.delivery.models import ShippingRate, ShippingZone
from commerce.promotions.models import Coupon, CouponKind, CouponRedemption
from commerce.taxes.models import TaxRate
from zuka.demo.orders import COUPONS, FREE_DELIVERY_KOBO, VAT, Bought
from zuka.demo.tables.places import PLACES

MOTORBIKE_KOBO, ELSEWHERE_KOBO = 450_000, 500_000
NEAR, FAR, FARTHEST = (1, 3), (3, 6), (4, 8)
HOME = "Lagos"


def save_terms(*, opened_at: datetime) -> None:
    """Save a zone for each state that customers live in and one for the rest, VAT, and a coupon a campaign."""
    for place in PLACES:
        zone = ShippingZone.objects.create(name=place.state, states=[place.state], created_at=opened_at)
        save_rate(zone, "Standard", place.delivery_kobo, NEAR if place.state == HOME else FAR)
        if place.state == HOME:
            save_rate(zone, "By motorbike", MOTORBIKE_KOBO, (1, 1), is_free=False)
    save_rate(ShippingZone.objects.create(name="Rest of Nigeria", created_at=opened_at), "Standard", ELSEWHERE_KOBO)
    TaxRate.objects.create(
        name=VAT.name,
        country=VAT.country,
        basis_points=VAT.basis_points,
        is_included=VAT.is_included,
        created_at=opened_at,
    )
    Coupon.objects.bulk_create(make_coupon(campaign, opened_at=opened_at) for campaign in COUPONS)


def save_rate(
    zone: ShippingZone, name: str, amount_kobo: int, days: tuple[int, int] = FARTHEST, *, is_free: bool = True
) -> None:
    """Save a way to deliver; free from the worth on from which the shop's past orders were."""
    ShippingRate.objects.create(
        zone=zone,
        name=name,
        amount_kobo=amount_kobo,
        free_from_kobo=FREE_DELIVERY_KOBO if is_free else None,
        min_days=days[0],
        max_days=days[1],
        created_at=zone.created_at,
    )


def make_coupon(campaign: str, *, opened_at: datetime) -> Coupon:
    """Return the coupon that a campaign shows."""
    code, percent = COUPONS[campaign]
    return Coupon(
        code=code,
        name=campaign.replace("-", " ").capitalize(),
        kind=CouponKind.PERCENTAGE,
        percent=Decimal(percent),
        created_at=opened_at,
    )


def save_redemptions(bought: Iterable[Bought]) -> None:
    """Save the uses of coupons by saved orders; those of cancelled ones are given back."""
    coupons = {coupon.code: coupon for coupon in Coupon.objects.all()}
    orders = [each.order for each in bought if each.order.coupon_code]
    CouponRedemption.objects.bulk_create(
        CouponRedemption(
            coupon=coupons[order.coupon_code or ""],
            order=order,
            user_id=order.user_id,
            guest="" if order.user_id else (order.guest_email or order.guest_phone or ""),
            discount_kobo=order.discount_kobo,
            redeemed_at=order.placed_at,
            released_at=order.cancelled_at,
        )
        for order in orders
    )
    for coupon in coupons.values():
        coupon.usage_count = coupon.redemptions.filter(released_at=None).count()
    Coupon.objects.bulk_update(coupons.values(), ["usage_count"])
