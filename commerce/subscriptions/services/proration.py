"""What a change of plan costs, to the kobo, and when it comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from commerce.accounts.models import KeyTier, User
from commerce.subscriptions.models import (
    InvoiceStatus,
    Plan,
    Subscription,
    SubscriptionInvoice,
    SubscriptionRefund,
    SubscriptionRefundStatus,
    SubscriptionStatus,
)
from commerce.subscriptions.services.periods import months_after
from commerce.taxes.services import Taxed, tax_of

GOING = (SubscriptionRefundStatus.PENDING, SubscriptionRefundStatus.SUCCEEDED)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be paid in kobo: the price less the credit, and the tax of the rest, in it or on top."""

    price_kobo: int
    credit_kobo: int
    tax_kobo: int
    tax_is_included: bool
    tax_title: str

    @property
    def total_kobo(self) -> int:
        """Return what is charged."""
        return self.price_kobo - self.credit_kobo + (0 if self.tax_is_included else self.tax_kobo)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of plan: now, for what is due, with the period that follows; or at the period's end, for nothing now.

    `as_of` is the moment for which the price was worked out.
    """

    plan: Plan
    is_now: bool
    starts_at: datetime
    ends_at: datetime | None
    due: Due | None
    as_of: datetime


def used_kobo(*, price_kobo: int, start: datetime, end: datetime, at: datetime) -> int:
    """Return what of a period's price is used up at a moment, rounded down.

    What a change credits and charges are differences of this, so that the parts of a period always add up to prices:
    used + unused is the price, and changes one after the other lose nothing.
    """
    passed = min(max(at, start), end) - start
    return price_kobo * (passed // TICK) // ((end - start) // TICK)


def due_for(*, user: User, price_kobo: int, credit_kobo: int = 0) -> Due:
    """Return what a customer owes for a price: with the tax of where they live, as for goods."""
    home = user.addresses.filter(is_default=True).first()
    address = {"country": home.country, "state": home.state} if home else {"country": user.country or "NG"}
    tax = tax_of(address=address, goods=[Taxed(price_kobo - credit_kobo, None)], delivery_kobo=0)
    is_included = tax.is_included or not tax.kobo
    return Due(price_kobo, credit_kobo, tax.kobo, is_included, tax.title if tax.kobo else "")


def unused_credit(*, subscription: Subscription, at: datetime) -> int:
    """Return the price of the current period's rest. What was refunded of it, or is on its way, is none."""
    start, end = subscription.current_period_start, subscription.current_period_end
    if start is None or end is None or subscription.status != SubscriptionStatus.ACTIVE:
        return 0
    price = subscription.price_kobo
    paid = SubscriptionInvoice.objects.filter(
        subscription=subscription, status=InvoiceStatus.PAID, period_end=end
    ).exclude(kind="card")
    going = SubscriptionRefund.objects.filter(charge__invoice__in=paid, charge__attention="", status__in=GOING)
    refunded = sum(going.values_list("amount_kobo", flat=True))
    return max(price - used_kobo(price_kobo=price, start=start, end=end, at=at) - refunded, 0)


def is_more_than(plan: Plan, subscription: Subscription) -> bool:
    """Say whether a plan is dearer by the month than a subscription, or gives anything that its plan does not."""
    now, tiers = subscription.plan, KeyTier.values
    return (
        plan.price_kobo * now.months > subscription.price_kobo * plan.months
        or plan.rank > now.rank
        or plan.points_percent > now.points_percent
        or (plan.free_shipping and not now.free_shipping)
        or tiers.index(plan.key_tier) > tiers.index(now.key_tier)
    )


def plan_change(*, subscription: Subscription, plan: Plan, at: datetime) -> Change:
    """Return what changing to a plan means now.

    Within a trial it costs nothing: what is no more comes at once, and what has a trial of its own that would last as
    long; everything else when the trial is over, and is paid then. A trial of little is none of much.

    More for as long, or at least as much for a year instead of a month, comes at once, for the difference; everything
    else at the end of the period.
    """
    start, end = subscription.current_period_start, subscription.current_period_end
    if start is None or end is None:
        raise ValueError("a subscription without a period cannot change")
    if subscription.status == SubscriptionStatus.TRIALING:
        own_end = start + timedelta(days=plan.trial_days)
        is_now = own_end >= end or not is_more_than(plan, subscription)
        return Change(
            plan, is_now, starts_at=start if is_now else end, ends_at=end if is_now else None, due=None, as_of=at
        )
    now = subscription.plan
    is_longer, is_same = plan.months > now.months, plan.months == now.months
    is_more = is_same and plan.price_kobo > subscription.price_kobo
    if is_more or (is_longer and plan.rank >= now.rank):
        credit = unused_credit(subscription=subscription, at=at)
        price = plan.price_kobo
        if is_more:
            price -= used_kobo(price_kobo=price, start=start, end=end, at=at)
        if price > credit:
            ends_at = end if is_more else months_after(at, plan.months)
            due = due_for(user=subscription.user, price_kobo=price, credit_kobo=credit)
            return Change(plan, is_now=True, starts_at=start if is_more else at, ends_at=ends_at, due=due, as_of=at)
    return Change(plan, is_now=False, starts_at=end, ends_at=None, due=None, as_of=at)
