"""What all verbs of subscriptions share: the lock, the timeline, what customers are entitled to, tracked facts."""

from __future__ import annotations

from datetime import datetime

from analytics.track import track
from commerce.accounts.models import KeyTier, User
from commerce.accounts.services import Entitled, entitle
from commerce.subscriptions.models import Happening, Plan, Subscription, SubscriptionEvent
from zuka.platform.actor import NOBODY, Actor

SOURCE = "subscription"
FACTS = {
    Happening.TRIAL: "subscription.trial_started",
    Happening.STARTED: "subscription.started",
    Happening.RENEWED: "subscription.renewed",
    Happening.UPGRADED: "subscription.upgraded",
    Happening.DOWNGRADED: "subscription.downgraded",
    Happening.FAILED: "subscription.payment_failed",
    Happening.CANCELED: "subscription.ended",
    Happening.UNPAID: "subscription.ended",
}


def lock_subscription(pk: int, *, skip_locked: bool = False) -> Subscription | None:
    """Return a subscription fresh from its row, locked until the transaction ends; its customer's row first.

    None where there is none, or somebody else has it and we shall not wait.
    """
    user_id = Subscription.objects.filter(pk=pk).values_list("user_id", flat=True).first()
    users = User.objects.select_for_update(no_key=True, skip_locked=skip_locked).filter(pk=user_id)
    if user_id is None or users.first() is None:
        return None
    rows = Subscription.objects.select_for_update(no_key=True, skip_locked=skip_locked, of=("self",))
    return rows.select_related("user", "plan", "next_plan").filter(pk=pk).first()


def get_locked(pk: int) -> Subscription:
    """Return a locked subscription that is there. Raises `Subscription.DoesNotExist`."""
    found = lock_subscription(pk)
    if found is None:
        raise Subscription.DoesNotExist
    return found


def write_event(
    *,
    subscription: Subscription,
    kind: Happening,
    from_status: str,
    before_kobo: int,
    at: datetime,
    actor: Actor = NOBODY,
    note: str = "",
    plan: Plan | None = None,
    key: str = "",
) -> SubscriptionEvent:
    """Write what happened to a locked subscription, saved before, and track it.

    `from_status` and `before_kobo`, what it brought a month, are those of before; `key` tells apart what is tracked.
    """
    event = SubscriptionEvent.objects.create(
        subscription=subscription,
        kind=kind,
        from_status=from_status,
        to_status=subscription.status,
        plan=plan or subscription.plan,
        mrr_kobo=subscription.mrr_kobo,
        mrr_change_kobo=subscription.mrr_kobo - before_kobo,
        currency=subscription.currency,
        note=note[:300],
        actor_id=actor.account_id,
        occurred_at=at,
    )
    if kind in FACTS:
        track(
            FACTS[kind],
            actor=Actor(user_id=str(subscription.user_id)),
            at=at,
            message_id=f"{FACTS[kind]}:{subscription.pk}:{key or event.pk}",
            subscription_id=str(subscription.pk),
            plan=subscription.plan.level,
            interval=subscription.plan.interval,
            value_kobo=subscription.price_kobo,
            currency=subscription.currency,
        )
    return event


def follow(subscription: Subscription, *, at: datetime) -> None:
    """Give a locked subscription's customer what its plan gives while it is live, and nothing of it afterwards."""
    plan = subscription.plan
    gives = Entitled(
        free_shipping=plan.free_shipping, points_percent=plan.points_percent, key_tier=KeyTier(plan.key_tier)
    )
    entitle(
        user_id=subscription.user_id,
        source_type=SOURCE,
        source_id=str(subscription.pk),
        gives=gives if subscription.is_live else None,
        at=at,
    )
