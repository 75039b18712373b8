"""What an order of a cart would cost, by the same rules by which it is placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commerce.accounts.services import entitled
from commerce.cart.services.pricing import PricedCart
from commerce.delivery.services import Offer, choose_offer, find_offers
from commerce.promotions.services import (
    Asker,
    Basket,
    Discount,
    discounts_of,
    find_coupons,
    goods_of,
    naming,
    refuse_repeated,
    shares_of,
)
from commerce.rewards.services import TooFewPoints, most_points, points_discount, points_to_spend
from commerce.taxes.services import Tax, Taxed, tax_of
from zuka.platform.errors import Refused
from zuka.platform.limits import Limit

# The page asks anew for each thing a customer changes, some in a minute. A quote with codes for some goods asks the
# database some dozen times: of one cart, once a second is enough.
QUOTES_OF_ONE = Limit("quotes-of-one", most=60, seconds=60)


class QuotedTooOften(Refused):
    """More quotes of one cart or account than people ask for."""

    status = 429
    code = "quoted_too_often"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a customer has said so far; without a state delivery is not known."""

    country: str = "NG"
    state: str = ""
    delivery_rate: int | None = None
    coupon_codes: Sequence[str] = ()
    points: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """A cart's cost in kobo: goods, delivery in the chosen way, what coupons and points take off, and tax.

    `points_most` is how many points its customer could pay with.
    """

    priced: PricedCart
    offers: Sequence[Offer]
    shipping_kobo: int
    discounts: Sequence[Discount]
    tax: Tax
    points_most: int = 0
    points_kobo: int = 0

    @property
    def discount_kobo(self) -> int:
        """Return what coupons and points take off together."""
        return sum(each.kobo for each in self.discounts) + self.points_kobo

    @property
    def total_kobo(self) -> int:
        """Return what the customer would pay."""
        return self.priced.subtotal_kobo + self.shipping_kobo + self.tax.added_kobo - self.discount_kobo


def quote_cart(
    *, priced: PricedCart, choices: Choices, at: datetime, user_id: UUID | None = None, asker: Asker | None = None
) -> Quote:
    """Return what an order of a cart would cost its customer; who a guest is, only the order says.

    `asker` is who tries codes, as `find_coupons` takes it. Raises `NoDelivery`, `CouponRefused`,
    `PointsNotTaken`, `TooFewPoints`.
    """
    offers: Sequence[Offer] = ()
    if choices.state.strip():
        address = {"country": choices.country, "state": choices.state}
        offers = find_offers(address=address, subtotal_kobo=priced.subtotal_kobo, currency=priced.currency)
    asked_kobo = choose_offer(offers, choices.delivery_rate).price_kobo if offers else 0
    shipping_kobo = delivery_kobo(asked_kobo, user_id=user_id)
    coupons = find_coupons(codes=choices.coupon_codes, asker=asker, at=at)
    codes = [coupon.code for coupon in coupons]
    for position, coupon in enumerate(coupons if user_id else ()):
        with naming(codes, position):
            refuse_repeated(coupon=coupon, user_id=user_id, guest="")
    discounts = discounts_of(coupons=coupons, basket=basket_of(priced, shipping_kobo=shipping_kobo))
    shares = shares_of(discounts, lines=len(priced.goods))
    left = [each.total_kobo - share for each, share in zip(priced.goods, shares, strict=True)]
    paid = points_discount(points=choices.points, goods=left, currency=priced.currency)
    may_pay = spendable(user_id=user_id, most=most_points(goods=left, currency=priced.currency), at=at)
    if choices.points > may_pay:
        raise TooFewPoints(f"{may_pay} of your points can pay for these goods. Use no more.", field="points")
    tax = tax_of(
        address={"country": choices.country, "state": choices.state},
        goods=[
            Taxed(kobo - share, each.line.variant.product.category_id)
            for each, kobo, share in zip(priced.goods, left, paid.shares, strict=True)
        ],
        delivery_kobo=shipping_kobo - (sum(each.kobo for each in discounts) - sum(shares)),
    )
    return Quote(priced, offers, shipping_kobo, discounts, tax, points_most=may_pay, points_kobo=paid.kobo)


def delivery_kobo(kobo: int, *, user_id: UUID | None) -> int:
    """Return what delivery costs somebody: nothing where their plan gives it."""
    return 0 if kobo and user_id and entitled(user_id).free_shipping else kobo


def spendable(*, user_id: UUID | None, most: int, at: datetime) -> int:
    """Return how many of up to so many points an account has; 0 for guests."""
    return min(points_to_spend(user_id=user_id, at=at), most) if user_id and most else 0


def count_quote(*, asker: Asker, at: datetime) -> None:
    """Count a quote of an account or a cart. Raises `QuotedTooOften`."""
    if asker.name and (seconds := QUOTES_OF_ONE.take(asker.name, at=at)):
        raise QuotedTooOften(f"That was too often. Wait {seconds} seconds, then try again.", retry_after=seconds)


def basket_of(priced: PricedCart, *, shipping_kobo: int) -> Basket:
    """Return a cart as coupons see it."""
    goods = [
        goods_of(each.line.variant.product, unit_price_kobo=each.unit_price_kobo, total_kobo=each.total_kobo)
        for each in priced.goods
    ]
    return Basket(goods, shipping_kobo, priced.currency)
