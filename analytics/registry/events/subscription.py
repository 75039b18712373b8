"""Subscriptions to plans: the shop's own ledger says them, nobody else."""

from __future__ import annotations

from analytics.registry.types import EventType, Payload, Said, Text


class Subscription(Payload):
    """Which subscription, to which plan, for how much a period."""

    subscription_id: Text
    plan: Text | None = None
    interval: Text | None = None
    value_kobo: int | None = None
    currency: Text | None = None


EXAMPLE = {"subscription_id": "7", "plan": "professional", "interval": "month", "value_kobo": 1_000_000}
TYPES = tuple(
    # Renewals come by a job; nobody need be there.
    EventType(name, text, Subscription, EXAMPLE, {"plan": "basic"}, (), Said.SERVER, is_visit=False)
    for name, text in (
        ("subscription.trial_started", "A trial of a plan began."),
        ("subscription.started", "A plan was paid for the first time."),
        ("subscription.renewed", "Another period of a plan was paid."),
        ("subscription.upgraded", "Somebody changed to a plan that costs more."),
        ("subscription.downgraded", "A plan that was planned for the next period came."),
        ("subscription.payment_failed", "A renewal could not be charged."),
        ("subscription.ended", "A plan ended: its customer's wish, or nobody paid."),
    )
)
