"""What an order of a cart would cost, by the same rules by which it is placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commerce.cart.services.pricing import PricedCart
from commerce.delivery.services import Offer, choose_offer, find_offers
from commerce.promotions.services import Basket, Discount, discount_of, find_coupon, goods_of, refuse_repeated
from commerce.taxes.services import Tax, Taxed, tax_of


@dataclass(frozen=True, slots=True)
class Choices:
    """What a customer has said so far; without a state delivery is not known."""

    country: str = "NG"
    state: str = ""
    delivery_rate: int | None = None
    coupon_code: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A cart's cost in kobo: goods, delivery in the chosen way, what a coupon takes off, and tax."""

    priced: PricedCart
    offers: Sequence[Offer]
    shipping_kobo: int
    discount_kobo: int
    coupon_code: str | None
    tax: Tax

    @property
    def total_kobo(self) -> int:
        """Return what the customer would pay."""
        return self.priced.subtotal_kobo + self.shipping_kobo + self.tax.added_kobo - self.discount_kobo


def quote_cart(*, priced: PricedCart, choices: Choices, at: datetime, user_id: UUID | None = None) -> Quote:
    """Return what an order of a cart would cost its customer; who a guest is, only the order says.

    Raises `NoDelivery`, `CouponRefused`.
    """
    offers: Sequence[Offer] = ()
    if choices.state.strip():
        address = {"country": choices.country, "state": choices.state}
        offers = find_offers(address=address, subtotal_kobo=priced.subtotal_kobo, currency=priced.currency)
    shipping_kobo = choose_offer(offers, choices.delivery_rate).price_kobo if offers else 0
    code, off = None, Discount(0, [0] * len(priced.lines))
    if choices.coupon_code.strip():
        coupon = find_coupon(choices.coupon_code)
        if user_id:
            refuse_repeated(coupon=coupon, user_id=user_id, guest="")
        basket = basket_of(priced, shipping_kobo=shipping_kobo, at=at)
        code, off = coupon.code, discount_of(coupon=coupon, basket=basket)
    tax = tax_of(
        address={"country": choices.country, "state": choices.state},
        goods=[
            Taxed(each.total_kobo - share, each.line.variant.product.category_id)
            for each, share in zip(priced.lines, off.shares, strict=True)
        ],
        delivery_kobo=shipping_kobo - (off.kobo - sum(off.shares)),
    )
    return Quote(priced, offers, shipping_kobo, off.kobo, code, tax)


def basket_of(priced: PricedCart, *, shipping_kobo: int, at: datetime) -> Basket:
    """Return a cart as coupons see it."""
    goods = [
        goods_of(each.line.variant.product, unit_price_kobo=each.unit_price_kobo, total_kobo=each.total_kobo)
        for each in priced.lines
    ]
    return Basket(goods, shipping_kobo, priced.currency, at)
