"""Uses of coupons: counted when an order is placed, given back when it is cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from commerce.promotions.models import Coupon, CouponRedemption
from commerce.promotions.services.discounting import Discount
from commerce.promotions.services.finding import USED_UP
from commerce.promotions.services.refusals import CouponUsedByYou, CouponUsedUp, naming


@transaction.atomic
def redeem_coupons(
    *, discounts: Sequence[Discount], order_id: int, user_id: UUID | None, guest: str, at: datetime
) -> list[CouponRedemption]:
    """Use coupons for an order, each within its limits however many do so at once. Raises `CouponRefused`.

    A customer is an account, or a guest's e-mail, else their phone. The coupons' rows are locked by their ids, as
    giving back does: two orders with the same codes wait for one another, never both.
    """
    codes = [each.coupon.code for each in sorted(discounts, key=lambda each: each.position)]
    guest = "" if user_id else guest.casefold()
    for each in sorted(discounts, key=lambda each: each.coupon.pk):
        with naming(codes, each.position):
            count_use(each.coupon)
            refuse_repeated(coupon=each.coupon, user_id=user_id, guest=guest)
    return CouponRedemption.objects.bulk_create(
        CouponRedemption(
            coupon=each.coupon,
            order_id=order_id,
            user_id=user_id,
            guest=guest,
            discount_kobo=each.kobo,
            redeemed_at=at,
        )
        for each in discounts
    )


def count_use(coupon: Coupon) -> None:
    """Count a use, which locks the coupon's row: who comes next counts it too. Raises `CouponUsedUp`."""
    usable = Coupon.objects.filter(pk=coupon.pk, is_active=True)
    usable = usable.filter(Q(usage_limit=None) | Q(usage_count__lt=F("usage_limit")))
    if not usable.update(usage_count=F("usage_count") + 1):
        raise CouponUsedUp(USED_UP)


def refuse_repeated(*, coupon: Coupon, user_id: UUID | None, guest: str) -> None:
    """Raise `CouponUsedByYou` when a customer has used a coupon as often as one may."""
    if coupon.user_limit is None:
        return
    mine = Q(user_id=user_id) if user_id else Q(guest=guest, user=None)
    if coupon.redemptions.filter(mine, released_at=None).count() >= coupon.user_limit:
        raise CouponUsedByYou("You have used this code already.")


@transaction.atomic
def release_coupons(*, order_id: int, at: datetime) -> None:
    """Give the uses of an order back, once each: a second call changes nothing."""
    given = CouponRedemption.objects.select_for_update().filter(order_id=order_id, released_at=None)
    for redemption in given.order_by("coupon_id"):
        redemption.released_at = at
        redemption.save(update_fields=["released_at"])
        Coupon.objects.filter(pk=redemption.coupon_id, usage_count__gt=0).update(usage_count=F("usage_count") - 1)
