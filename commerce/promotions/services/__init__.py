"""What coupons take off, why one is refused, and their uses."""

from commerce.promotions.services.discounting import (
    TURNS,
    Basket,
    Discount,
    discounts_of,
    goods_of,
    shares_of,
)
from commerce.promotions.services.finding import Asker, find_coupons
from commerce.promotions.services.minting import mint_coupon
from commerce.promotions.services.redeeming import redeem_coupons, refuse_repeated, release_coupons
from commerce.promotions.services.refusals import (
    MOST_CODES,
    CouponRefused,
    CouponUsedByYou,
    naming,
)

__all__ = [
    "MOST_CODES",
    "TURNS",
    "Asker",
    "Basket",
    "CouponRefused",
    "CouponUsedByYou",
    "Discount",
    "discounts_of",
    "find_coupons",
    "goods_of",
    "mint_coupon",
    "naming",
    "redeem_coupons",
    "refuse_repeated",
    "release_coupons",
    "shares_of",
]
