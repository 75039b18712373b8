"""What coupons take off together, and why one of them does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from commerce.catalog.models import Category, Product
from commerce.money import spread_kobo
from commerce.promotions.models import Coupon, CouponKind
from commerce.promotions.services.refusals import (
    CouponDeliveryTwice,
    CouponMinSpend,
    CouponNotCombinable,
    CouponNotForThese,
    CouponNothingLeft,
    naming,
)
from zuka.platform.money import format_money

# Which kinds come off first: see `discounts_of`.
TURNS = (CouponKind.PERCENTAGE, CouponKind.FIXED, CouponKind.FREE_SHIPPING)


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of what is bought, in kobo."""

    product_id: int
    category_id: int | None
    total_kobo: int
    is_reduced: bool


@dataclass(frozen=True, slots=True)
class Basket:
    """What coupons are asked about: the goods, and what their delivery costs, in kobo of `currency`."""

    goods: Sequence[Goods]
    shipping_kobo: int
    currency: str


@dataclass(frozen=True, slots=True)
class Discount:
    """What a coupon takes off, in kobo, and each of the goods' share of it: what is no one's is off the delivery.

    `position` is where it stands among the codes that were asked for.
    """

    coupon: Coupon
    position: int
    kobo: int
    shares: Sequence[int]


@dataclass(frozen=True, slots=True)
class Claim:
    """A coupon that may be used for a basket, where it stands among those asked for, and its goods' full worth each."""

    coupon: Coupon
    position: int
    worths: Sequence[int]

    @property
    def turn(self) -> tuple[int, int, int]:
        """Return when it comes off: see `discounts_of`."""
        return TURNS.index(CouponKind(self.coupon.kind)), sum(self.worths), self.coupon.pk


def goods_of(product: Product, *, unit_price_kobo: int, total_kobo: int) -> Goods:
    """Return a line of a cart or an order as coupons see it."""
    return Goods(product.pk, product.category_id, total_kobo, unit_price_kobo < product.price_kobo)


def discounts_of(*, coupons: Sequence[Coupon], basket: Basket) -> list[Discount]:
    """Return what coupons take off together, in the order in which they do. Raises `CouponRefused`.

    However they were typed, percentages come off first, then amounts, then the delivery: as a rule customers get the
    most that way, and each code gives what it says of the prices that they see. Of one kind, the coupon for the fewest
    of the goods (by worth) comes first, so that the others find what they are for; then the older one. A percentage is
    one of what those before have left of its goods, and none takes off more. Least spend is asked of full prices.
    """
    codes = [coupon.code for coupon in coupons]
    refuse_together(coupons)
    claims = []
    for position, coupon in enumerate(coupons):
        with naming(codes, position):
            claims.append(Claim(coupon, position, claimed_kobo(coupon, basket)))
    left, discounts = [each.total_kobo for each in basket.goods], []
    for claim in sorted(claims, key=lambda claim: claim.turn):
        with naming(codes, claim.position):
            discount = take_off(claim, left=left, shipping_kobo=basket.shipping_kobo)
        left = [kobo - share for kobo, share in zip(left, discount.shares, strict=True)]
        discounts.append(discount)
    return discounts


def shares_of(discounts: Sequence[Discount], *, lines: int) -> list[int]:
    """Return what coupons take off each of so many lines together, in kobo."""
    return [sum(each.shares[line] for each in discounts) for line in range(lines)]


def refuse_together(coupons: Sequence[Coupon]) -> None:
    """Raise `CouponNotCombinable` or `CouponDeliveryTwice` where coupons may not be used together."""
    codes = [coupon.code for coupon in coupons]
    for position, coupon in enumerate(coupons):
        others = " and ".join(code for code in codes if code != coupon.code)
        if others and not coupon.stackable:
            with naming(codes, position):
                raise CouponNotCombinable(
                    f"{coupon.code} cannot be combined with other codes. Use it alone, or take it out to use {others}."
                )
    free = [position for position, coupon in enumerate(coupons) if coupon.kind == CouponKind.FREE_SHIPPING]
    if len(free) > 1:
        first, second = free[:2]
        with naming(codes, second):
            raise CouponDeliveryTwice(
                f"{codes[first]} takes off the delivery already. Take out {codes[first]} or {codes[second]}."
            )


def claimed_kobo(coupon: Coupon, basket: Basket) -> list[int]:
    """Return the full worth of each of the goods that a coupon is for. Raises what speaks against using it."""
    if coupon.currency != basket.currency:
        raise CouponNotForThese(f"This code is for prices in {coupon.currency}.")
    worths = qualifying_kobo(coupon, basket.goods)
    worth = sum(worths)
    if worth == 0:
        raise CouponNotForThese("This code is for other products than these.")
    if coupon.min_spend_kobo and worth < coupon.min_spend_kobo:
        least = format_money(coupon.min_spend_kobo, coupon.currency)
        raise CouponMinSpend(f"This code needs {least} of products that it is for; yours are {format_money(worth)}.")
    return worths


def take_off(claim: Claim, *, left: Sequence[int], shipping_kobo: int) -> Discount:
    """Return what a coupon takes off what is left of the goods, or off the delivery. Raises `CouponNothingLeft`."""
    coupon = claim.coupon
    weights = [kobo if worth else 0 for kobo, worth in zip(left, claim.worths, strict=True)]
    worth = sum(weights)
    if coupon.kind == CouponKind.FREE_SHIPPING:
        off = at_most(coupon.max_discount_kobo, shipping_kobo)
        return Discount(coupon, claim.position, off, [0] * len(weights))
    if worth == 0:
        raise CouponNothingLeft("The other codes pay for all that this one is for. Take it out and keep it.")
    off = at_most(coupon.max_discount_kobo, min(worth, off_goods(coupon, worth)))
    return Discount(coupon, claim.position, off, spread_kobo(off, weights))


def at_most(most: int | None, kobo: int) -> int:
    """Return an amount, or the most that is allowed, if any is."""
    return min(kobo, most) if most else kobo


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
