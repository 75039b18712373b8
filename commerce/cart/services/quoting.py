"""What an order of a cart would cost, by the same rules by which it is placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commerce.cart.services.carts import PricedCart
from commerce.delivery.services import Offer, choose_offer, find_offers
from commerce.promotions.services import Basket, discount_of, find_coupon, goods_of, refuse_repeated


@dataclass(frozen=True, slots=True)
class Choices:
    """What a customer has said so far; without a state delivery is not known."""

    country: str = "NG"
    state: str = ""
    delivery_rate: int | None = None
    coupon_code: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A cart's cost in kobo: goods, delivery in the chosen way, and what a coupon takes off."""

    priced: PricedCart
    offers: Sequence[Offer]
    shipping_kobo: int
    discount_kobo: int
    coupon_code: str | None

    @property
    def total_kobo(self) -> int:
        """Return what the customer would pay."""
        return self.priced.subtotal_kobo + self.shipping_kobo - self.discount_kobo


def quote_cart(*, priced: PricedCart, choices: Choices, at: datetime, user_id: UUID | None = None) -> Quote:
    """Return what an order of a cart would cost its customer; who a guest is, only the order says.

    Raises `NoDelivery`, `CouponRefused`.
    """
    offers: Sequence[Offer] = ()
    if choices.state.strip():
        address = {"country": choices.country, "state": choices.state}
        offers = find_offers(address=address, subtotal_kobo=priced.subtotal_kobo, currency=priced.currency)
    shipping_kobo = choose_offer(offers, choices.delivery_rate).price_kobo if offers else 0
    if not choices.coupon_code.strip():
        return Quote(priced, offers, shipping_kobo, 0, None)
    coupon = find_coupon(choices.coupon_code)
    if user_id:
        refuse_repeated(coupon=coupon, user_id=user_id, guest="")
    goods = [
        goods_of(each.line.variant.product, unit_price_kobo=each.unit_price_kobo, total_kobo=each.total_kobo)
        for each in priced.lines
    ]
    off = discount_of(coupon=coupon, basket=Basket(goods, shipping_kobo, priced.currency, at))
    return Quote(priced, offers, shipping_kobo, off.kobo, coupon.code)
