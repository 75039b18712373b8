"""Finding coupons by what customers type, so that guessing is slow and tells little.

A code that is unknown, switched off, not valid yet, over or used up gets one answer, and counts as a guess. Who had it
accepted before is told the reason, and keeps using it when others behind the same address have used up the guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models.functions import Upper

from commerce.promotions.models import Coupon
from commerce.promotions.services.refusals import (
    MOST_CODES,
    CouponGuesses,
    CouponNotYet,
    CouponOver,
    CouponRefused,
    CouponsTooMany,
    CouponUnknown,
    CouponUsedUp,
    naming,
)
from zuka.platform.limits import Limit, network_of

# Who has a leaflet in hand mistypes its code some times: ten an hour are enough for an account or a cart.
GUESSES_OF_ONE = Limit("coupons-of-one", most=10, seconds=3600)
# Carts cost nothing, so the address counts too. Behind one of a mobile network are hundreds of shoppers: 200 an hour is
# three slips of each of 66, and 1.8 million guesses a year, of 2.2 billion codes of six letters and digits.
GUESSES_OF_ADDRESS = Limit("coupons-of-address", most=200, seconds=3600)
ACCEPTED_FOR = timedelta(days=1)
UNKNOWN = (
    "We cannot take this code. It may be mistyped, not valid at the moment, or used up: "
    "look at its letters and its dates again."
)
USED_UP = "This code was used as often as it may be."
GUESSED = "Too many codes that we cannot take were tried. Wait {minutes} min for another, or order without it."


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for codes: an account or a cart, and a network address; None for what is not known.

    The visitor that a browser names is no part of it: who guesses would name another one each time.
    """

    name: str | None
    address: str | None

    def limits(self) -> list[tuple[Limit, str]]:
        """Return what counts their guesses, and as whose."""
        named = [(GUESSES_OF_ONE, self.name)] if self.name else []
        return [*named, (GUESSES_OF_ADDRESS, network_of(self.address))] if self.address else named

    def accepted_key(self, coupon: Coupon) -> str:
        """Return where the cache keeps that they had a coupon accepted."""
        return f"coupon-accepted:{self.name}:{coupon.pk}"

    def knows(self, coupon: Coupon | None) -> bool:
        """Say whether they had a coupon accepted within the last day."""
        return bool(coupon and self.name and cache.get(self.accepted_key(coupon)))

    def note(self, coupon: Coupon) -> None:
        """Remember that they had a coupon accepted."""
        if self.name:
            cache.set(self.accepted_key(coupon), 1, timeout=int(ACCEPTED_FOR.total_seconds()))


def find_coupons(*, codes: Sequence[str], asker: Asker | None, at: datetime) -> list[Coupon]:
    """Return the coupons of codes in their order, each once, whatever the case; blank ones are left out.

    `asker` None is somebody who may be told everything: staff, and servers with a secret key. Raises `CouponUnknown`,
    `CouponGuesses`, `CouponsTooMany`; `CouponNotYet`, `CouponOver` and `CouponUsedUp` to who knows the code.
    """
    wanted = list(dict.fromkeys(code.replace("\x00", "").strip().upper() for code in codes if code.strip()))
    if len(wanted) > MOST_CODES:
        raise CouponsTooMany(f"An order takes {MOST_CODES} codes at most. Keep those that take off the most.")
    rows = Coupon.objects.alias(capitals=Upper("code")).filter(capitals__in=wanted) if wanted else ()
    found = {coupon.code.upper(): coupon for coupon in rows}
    accepted = []
    for position, code in enumerate(wanted):
        with naming(wanted, position):
            accepted.append(accept_coupon(found.get(code), asker=asker, at=at))
    return accepted


def accept_coupon(coupon: Coupon | None, *, asker: Asker | None, at: datetime) -> Coupon:
    """Return a coupon that can be used now; guesses of who does not know it are counted. Raises `CouponRefused`."""
    reason = refusal_of(coupon, at=at)
    if asker is None or asker.knows(coupon):
        if reason:
            raise reason
    else:
        count_guess(asker, at=at)
        if reason:
            raise CouponUnknown(UNKNOWN)
        for limit, who in asker.limits():
            limit.give_back(who, at=at)
    if coupon is None:
        raise CouponUnknown(UNKNOWN)
    if asker:
        asker.note(coupon)
    return coupon


def count_guess(asker: Asker, *, at: datetime) -> None:
    """Count a code that somebody tries, before they are told of it. Raises `CouponGuesses`."""
    for limit, who in asker.limits():
        if seconds := limit.take(who, at=at):
            raise CouponGuesses(GUESSED.format(minutes=-(-seconds // 60)), retry_after=seconds)


def refusal_of(coupon: Coupon | None, *, at: datetime) -> CouponRefused | None:
    """Return why nobody can use a coupon at a moment; None when they can."""
    if coupon is None or not coupon.is_active:
        return CouponUnknown(UNKNOWN)
    if coupon.valid_from and at < coupon.valid_from:
        return CouponNotYet("This code cannot be used yet.")
    if coupon.valid_until and at >= coupon.valid_until:
        return CouponOver("This code is no longer valid.")
    return CouponUsedUp(USED_UP) if coupon.is_used_up else None
