"""Why codes are refused, and which of several it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from zuka.platform.errors import Refused

MOST_CODES = 5


class CouponRefused(Refused):
    """The code takes nothing off this order; each reason has a code of its own."""

    code = "coupon_refused"
    # Whether its message says itself which codes it is about.
    names_codes: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message, field="coupon_code", retry_after=retry_after)


class CouponUnknown(CouponRefused):
    """There is no such code, or it cannot be used now: which of these, only who used it before is told."""

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


class CouponNotCombinable(CouponRefused):
    """It is for use without other codes, and there are others."""

    code = "coupon_not_combinable"
    names_codes = True


class CouponDeliveryTwice(CouponRefused):
    """Another code takes off the delivery already."""

    code = "coupon_delivery_twice"
    names_codes = True


class CouponNothingLeft(CouponRefused):
    """The other codes pay for all that it is for."""

    code = "coupon_nothing_left"


class CouponsTooMany(CouponRefused):
    """More codes than an order takes."""

    code = "coupons_too_many"


class CouponGuesses(CouponRefused):
    """Too many codes that are none were tried; `Retry-After` says for how long no others are looked at."""

    status = 429
    code = "coupon_guesses"
    names_codes = True


@contextmanager
def naming(codes: Sequence[str], position: int) -> Iterator[None]:
    """Let a refusal say which of several codes it is about: in its field, and before its message unless that does."""
    try:
        yield
    except CouponRefused as refusal:
        if len(codes) > 1:
            refusal.field = f"coupon_codes.{position}"
            if not refusal.names_codes:
                refusal.message = f"{codes[position]}: {refusal.message}"
        raise
