"""How a subscription begins: with a trial, or with its first payment."""

from __future__ import annotations

from datetime import datetime, timedelta

from commerce.subscriptions.models import (
    Happening,
    Subscription,
    SubscriptionCharge,
    SubscriptionInvoice,
    SubscriptionStatus,
)
from commerce.subscriptions.services.periods import months_after
from commerce.subscriptions.services.telling import tell
from commerce.subscriptions.services.timeline import follow, write_event
from zuka.platform.actor import Actor

# So long before the end of a trial its customer is written to.
REMINDED = timedelta(days=3)


def begin_trial(*, subscription: Subscription, at: datetime, actor: Actor) -> None:
    """Begin the trial of a locked subscription that has not begun: no card, and nothing to pay until it is over."""
    end = at + timedelta(days=subscription.plan.trial_days)
    before = subscription.status
    subscription.status = SubscriptionStatus.TRIALING
    subscription.started_at = subscription.anchor_at = subscription.current_period_start = at
    subscription.current_period_end = subscription.trial_end = end
    subscription.next_look_at = max(end - REMINDED, at)
    subscription.save()
    follow(subscription, at=at)
    write_event(subscription=subscription, kind=Happening.TRIAL, from_status=before, before_kobo=0, at=at, actor=actor)
    tell(subscription=subscription, kind="subscription.trial", turn="", at=at)


def take_first(*, invoice: SubscriptionInvoice, charge: SubscriptionCharge, at: datetime, actor: Actor) -> None:
    """Begin the first period with its payment."""
    subscription = invoice.subscription
    before = subscription.status
    start = at
    end = months_after(start, invoice.plan.months)
    subscription.plan, subscription.price_kobo = invoice.plan, invoice.plan_price_kobo
    subscription.status = SubscriptionStatus.ACTIVE
    subscription.started_at = subscription.anchor_at = subscription.current_period_start = start
    subscription.current_period_end = subscription.next_look_at = end
    subscription.save()
    invoice.period_start, invoice.period_end = start, end
    invoice.save(update_fields=["period_start", "period_end", "updated_at"])
    follow(subscription, at=at)
    write_event(
        subscription=subscription, kind=Happening.STARTED, from_status=before, before_kobo=0, at=at, actor=actor
    )
    tell(subscription=subscription, kind="subscription.started", turn="", at=at, kobo=charge.amount_kobo)
