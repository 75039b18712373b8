"""What a paid invoice does: the next period, another plan, another card."""

from __future__ import annotations

from datetime import datetime

from commerce.subscriptions.models import (
    LIVE,
    Happening,
    InvoiceKind,
    InvoiceStatus,
    Subscription,
    SubscriptionCharge,
    SubscriptionInvoice,
    SubscriptionStatus,
)
from commerce.subscriptions.services.telling import tell
from commerce.subscriptions.services.timeline import follow, write_event
from zuka.platform.actor import Actor


def is_owed(invoice: SubscriptionInvoice, *, at: datetime) -> bool:
    """Say whether what an open invoice is for can still be had."""
    subscription = invoice.subscription
    if invoice.kind == InvoiceKind.FIRST:
        others = Subscription.objects.live().filter(user_id=subscription.user_id)
        return subscription.started_at is None and subscription.user.is_active and not others.exists()
    if not subscription.is_live:
        return False
    if invoice.kind != InvoiceKind.UPGRADE:
        return True
    start, end = subscription.current_period_start, subscription.current_period_end
    in_period = start is not None and end is not None and start <= invoice.created_at < end and at < end
    return in_period and subscription.status == SubscriptionStatus.ACTIVE


def take_renewal(*, invoice: SubscriptionInvoice, charge: SubscriptionCharge, at: datetime, actor: Actor) -> None:
    """Begin the period that was paid, with the plan that was planned for it."""
    subscription = invoice.subscription
    before, before_kobo, old = subscription.status, subscription.mrr_kobo, subscription.plan
    is_longer = old.months != invoice.plan.months
    subscription.plan, subscription.price_kobo, subscription.next_plan = invoice.plan, invoice.plan_price_kobo, None
    subscription.status = SubscriptionStatus.ACTIVE
    subscription.current_period_start, subscription.current_period_end = invoice.period_start, invoice.period_end
    if is_longer or before == SubscriptionStatus.TRIALING or subscription.trial_end == invoice.period_start:
        subscription.anchor_at = invoice.period_start
    subscription.next_look_at = invoice.period_end
    subscription.save()
    follow(subscription, at=at)
    kind = Happening.RENEWED if old == invoice.plan else Happening.DOWNGRADED
    if subscription.trial_end == invoice.period_start:
        kind = Happening.STARTED
    write_event(
        subscription=subscription,
        kind=kind,
        from_status=before,
        before_kobo=before_kobo,
        at=at,
        actor=actor,
        key=charge.reference,
    )
    tell(subscription=subscription, kind="subscription.renewed", turn=str(invoice.pk), at=at, kobo=charge.amount_kobo)


def take_upgrade(*, invoice: SubscriptionInvoice, charge: SubscriptionCharge, at: datetime, actor: Actor) -> None:
    """Change to the plan that was paid for."""
    subscription = invoice.subscription
    before, before_kobo = subscription.status, subscription.mrr_kobo
    if subscription.plan.months != invoice.plan.months:
        subscription.anchor_at = invoice.period_start
    subscription.plan, subscription.price_kobo, subscription.next_plan = invoice.plan, invoice.plan_price_kobo, None
    subscription.current_period_start, subscription.current_period_end = invoice.period_start, invoice.period_end
    subscription.cancel_at_period_end = False
    subscription.next_look_at = invoice.period_end
    subscription.save()
    follow(subscription, at=at)
    write_event(
        subscription=subscription,
        kind=Happening.UPGRADED,
        from_status=before,
        before_kobo=before_kobo,
        at=at,
        actor=actor,
        key=charge.reference,
    )
    tell(subscription=subscription, kind="subscription.changed", turn=str(invoice.pk), at=at, kobo=charge.amount_kobo)


def take_card(*, invoice: SubscriptionInvoice, charge: SubscriptionCharge, at: datetime, actor: Actor) -> None:
    """Charge the new card from now on; what is owed is tried at once. The money of the check goes back by the job."""
    subscription = invoice.subscription
    if subscription.status == SubscriptionStatus.PAST_DUE:
        subscription.next_look_at = at
        subscription.save(update_fields=["next_look_at", "updated_at"])
    write_event(
        subscription=subscription,
        kind=Happening.CARD,
        from_status=subscription.status,
        before_kobo=subscription.mrr_kobo,
        at=at,
        actor=actor,
        note=subscription.card or f"Paid by {charge.provider}; it gave no card to charge.",
    )


def end_subscription(
    *, subscription: Subscription, to: SubscriptionStatus, at: datetime, actor: Actor, note: str = ""
) -> None:
    """End a locked subscription that is live: nothing is owed any more, and nothing is given."""
    if subscription.status not in LIVE:
        return
    before, before_kobo = subscription.status, subscription.mrr_kobo
    subscription.status, subscription.ended_at, subscription.next_look_at = to, at, None
    subscription.cancel_at_period_end, subscription.next_plan = False, None
    subscription.authorization = subscription.authorized_email = ""
    subscription.save()
    is_given_up = to == SubscriptionStatus.UNPAID
    closed = InvoiceStatus.UNCOLLECTIBLE if is_given_up else InvoiceStatus.VOID
    subscription.invoices.filter(status=InvoiceStatus.OPEN).update(status=closed, updated_at=at)
    follow(subscription, at=at)
    write_event(
        subscription=subscription,
        kind=Happening.UNPAID if is_given_up else Happening.CANCELED,
        from_status=before,
        before_kobo=before_kobo,
        at=at,
        actor=actor,
        note=note,
        key="ended",
    )
    kind = "subscription.unpaid" if is_given_up else "subscription.ended"
    tell(subscription=subscription, kind=kind, turn="", at=at)
