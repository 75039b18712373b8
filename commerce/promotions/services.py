"""What a coupon takes off, why it is refused, and its uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from commerce.catalog.models import Category, Product
from commerce.money import spread_kobo
from commerce.promotions.models import Coupon, CouponKind, CouponRedemption
from zuka.platform.errors import Refused
from zuka.platform.money import format_money


class CouponRefused(Refused):
    """The code takes nothing off this order; each reason has a code of its own."""

    code = "coupon_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="coupon_code")


class CouponUnknown(CouponRefused):
    """There is no such code, or it is switched off."""

    code = "coupon_unknown"


class CouponNotYet(CouponRefused):
    """Its time has not come."""

    code = "coupon_not_yet"


class CouponOver(CouponRefused):
    """Its time is over."""

    code = "coupon_over"


class CouponUsedUp(CouponRefused):
    """It was used as often as it may be."""

    code = "coupon_used_up"


class CouponUsedByYou(CouponRefused):
    """This customer has used it as often as one may."""

    code = "coupon_used_by_you"


class CouponNotForThese(CouponRefused):
    """None of the goods is among those it is for, or they have another currency."""

    code = "coupon_not_for_these"


class CouponMinSpend(CouponRefused):
    """The goods are worth less than it asks for."""

    code = "coupon_min_spend"


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of what is bought, in kobo."""

    product_id: int
    category_id: int | None
    total_kobo: int
    is_reduced: bool


@dataclass(frozen=True, slots=True)
class Basket:
    """What a coupon is asked about: the goods, what their delivery costs, and when."""

    goods: Sequence[Goods]
    shipping_kobo: int
    currency: str
    at: datetime


def goods_of(product: Product, *, unit_price_kobo: int, total_kobo: int) -> Goods:
    """Return a line of a cart or an order as coupons see it."""
    return Goods(product.pk, product.category_id, total_kobo, unit_price_kobo < product.price_kobo)


def find_coupon(code: str) -> Coupon:
    """Return the coupon that customers call by this code, whatever the case. Raises `CouponUnknown`."""
    coupon = Coupon.objects.filter(code__iexact=code.strip().replace("\x00", ""), is_active=True).first()
    if coupon is None:
        raise CouponUnknown("We do not know this code.")
    return coupon


@dataclass(frozen=True, slots=True)
class Discount:
    """What a coupon takes off, in kobo, and each of the goods' share of it: what is no one's is off the delivery."""

    kobo: int
    shares: Sequence[int]


def discount_of(*, coupon: Coupon, basket: Basket) -> Discount:
    """Return what a coupon takes off, never more than what it is for costs. Raises `CouponRefused`."""
    refuse_outside_window(coupon, at=basket.at)
    if coupon.usage_limit is not None and coupon.usage_count >= coupon.usage_limit:
        raise CouponUsedUp("This code was used as often as it may be.")
    if coupon.currency != basket.currency:
        raise CouponNotForThese(f"This code is for prices in {coupon.currency}.")
    weights = qualifying_kobo(coupon, basket.goods)
    worth = sum(weights)
    if worth == 0:
        raise CouponNotForThese("This code is for other products than these.")
    if coupon.min_spend_kobo and worth < coupon.min_spend_kobo:
        least = format_money(coupon.min_spend_kobo, coupon.currency)
        raise CouponMinSpend(f"This code needs {least} of products that it is for; yours are {format_money(worth)}.")
    is_delivery = coupon.kind == CouponKind.FREE_SHIPPING
    off = basket.shipping_kobo if is_delivery else min(worth, off_goods(coupon, worth))
    off = min(off, coupon.max_discount_kobo) if coupon.max_discount_kobo else off
    return Discount(off, spread_kobo(0 if is_delivery else off, weights))


def refuse_outside_window(coupon: Coupon, *, at: datetime) -> None:
    """Raise `CouponNotYet` or `CouponOver` unless a coupon may be used at a moment."""
    if coupon.valid_from and at < coupon.valid_from:
        raise CouponNotYet("This code cannot be used yet.")
    if coupon.valid_until and at >= coupon.valid_until:
        raise CouponOver("This code is no longer valid.")


def qualifying_kobo(coupon: Coupon, goods: Sequence[Goods]) -> list[int]:
    """Return the worth of each of the goods to a coupon: 0 of one that it is not for."""
    kept = {each for each in goods if coupon.for_reduced or not each.is_reduced}
    if not coupon.for_all_goods:
        slugs = coupon.categories.values_list("slug", flat=True)
        categories = set().union(*(Category.objects.ids_within(slug) for slug in slugs))
        products = set(coupon.products.values_list("id", flat=True))
        kept = {each for each in kept if each.product_id in products or each.category_id in categories}
    return [each.total_kobo if each in kept else 0 for each in goods]


def off_goods(coupon: Coupon, worth: int) -> int:
    """Return what a coupon takes off goods of this worth, half a kobo rounded up."""
    if coupon.kind == CouponKind.FIXED:
        return coupon.amount_kobo or 0
    share = Decimal(worth) * (coupon.percent or 0) / 100
    return int(share.quantize(Decimal(1), ROUND_HALF_UP))


@transaction.atomic
def redeem_coupon(
    *, coupon: Coupon, order_id: int, user_id: UUID | None, guest: str, discount_kobo: int, at: datetime
) -> CouponRedemption:
    """Use a coupon for an order, within its limits however many do so at once. Raises `CouponRefused`.

    A customer is an account, or a guest's e-mail, else their phone.
    """
    usable = Coupon.objects.filter(pk=coupon.pk, is_active=True)
    usable = usable.filter(Q(usage_limit=None) | Q(usage_count__lt=F("usage_limit")))
    # Locks the coupon's row: who comes next counts this use too.
    if not usable.update(usage_count=F("usage_count") + 1):
        raise CouponUsedUp("This code was used as often as it may be.")
    guest = "" if user_id else guest.casefold()
    refuse_repeated(coupon=coupon, user_id=user_id, guest=guest)
    return CouponRedemption.objects.create(
        coupon=coupon,
        order_id=order_id,
        user_id=user_id,
        guest=guest,
        discount_kobo=discount_kobo,
        redeemed_at=at,
    )


def refuse_repeated(*, coupon: Coupon, user_id: UUID | None, guest: str) -> None:
    """Raise `CouponUsedByYou` when a customer has used a coupon as often as one may."""
    if coupon.user_limit is None:
        return
    mine = Q(user_id=user_id) if user_id else Q(guest=guest, user=None)
    if coupon.redemptions.filter(mine, released_at=None).count() >= coupon.user_limit:
        raise CouponUsedByYou("You have used this code already.")


@transaction.atomic
def release_coupons(*, order_id: int, at: datetime) -> None:
    """Give the uses of an order back; a second call changes nothing."""
    for redemption in CouponRedemption.objects.select_for_update().filter(order_id=order_id, released_at=None):
        redemption.released_at = at
        redemption.save(update_fields=["released_at"])
        Coupon.objects.filter(pk=redemption.coupon_id, usage_count__gt=0).update(usage_count=F("usage_count") - 1)
