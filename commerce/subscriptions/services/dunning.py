"""What follows when money does not come: tries on declared days, then the end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from commerce.subscriptions.models import (
    ChargeStatus,
    Happening,
    InvoiceKind,
    InvoiceStatus,
    Subscription,
    SubscriptionCharge,
    SubscriptionInvoice,
    SubscriptionStatus,
)
from commerce.subscriptions.services.invoicing import PAGE_LASTS
from commerce.subscriptions.services.taking import end_subscription
from commerce.subscriptions.services.telling import tell
from commerce.subscriptions.services.timeline import write_event
from zuka.platform.actor import NOBODY

REST = timedelta(days=1)


def note_page_over(*, charge: SubscriptionCharge, at: datetime) -> None:
    """Owe what a page was for no more, unless it is a renewal, or can still be paid in another way."""
    invoice = charge.invoice
    if invoice.status == InvoiceStatus.OPEN and invoice.kind != InvoiceKind.RENEWAL and not is_payable(charge, at=at):
        close_invoice(invoice, at=at)


def is_payable(charge: SubscriptionCharge, *, at: datetime) -> bool:
    """Say whether another charge of the same invoice is pending, or was declined on a page that is still open."""
    others = charge.invoice.charges.exclude(pk=charge.pk)
    declined = Q(status=ChargeStatus.FAILED, is_checkout=True, created_at__gt=at - PAGE_LASTS) & ~Q(checkout_url="")
    return others.filter(Q(status=ChargeStatus.PENDING) | declined).exists()


def note_failure(*, charge: SubscriptionCharge, at: datetime) -> None:
    """Do what follows on a card of a locked subscription that was charged in vain."""
    invoice = charge.invoice
    if invoice.status != InvoiceStatus.OPEN:
        return
    if invoice.kind == InvoiceKind.UPGRADE:
        close_invoice(invoice, at=at)
    elif invoice.kind == InvoiceKind.RENEWAL:
        dun(invoice, why=charge.failure_reason, at=at)


def close_invoice(invoice: SubscriptionInvoice, *, at: datetime) -> None:
    """Owe an invoice no more."""
    SubscriptionInvoice.objects.filter(pk=invoice.pk).update(status=InvoiceStatus.VOID, updated_at=at)
    invoice.status = InvoiceStatus.VOID


def ends_with_period(subscription: Subscription) -> bool:
    """Say whether no period follows: its customer wants none, or their account is suspended."""
    return subscription.cancel_at_period_end or not subscription.user.is_active


def dun(invoice: SubscriptionInvoice, *, why: str, at: datetime) -> None:
    """Count a try of a renewal that failed: when the next one is, or that there is none.

    Tries are SUBSCRIPTION_RETRY_DAYS after the first. One that `ends_with_period` ends with the first.
    """
    subscription = invoice.subscription
    if not subscription.is_live:
        return
    invoice.attempts += 1
    invoice.failed_at = invoice.failed_at or at
    invoice.save(update_fields=["attempts", "failed_at", "updated_at"])
    if ends_with_period(subscription):
        end_subscription(subscription=subscription, to=SubscriptionStatus.CANCELED, at=at, actor=NOBODY, note=why)
        return
    days = settings.SUBSCRIPTION_RETRY_DAYS
    if invoice.attempts > len(days):
        end_subscription(subscription=subscription, to=SubscriptionStatus.UNPAID, at=at, actor=NOBODY, note=why)
        return
    before, before_kobo = subscription.status, subscription.mrr_kobo
    subscription.status = SubscriptionStatus.PAST_DUE
    # A job that was away does not make up for the days all at once: a card rests for a day at least.
    subscription.next_look_at = max(invoice.failed_at + timedelta(days=days[invoice.attempts - 1]), at + REST)
    subscription.save()
    write_event(
        subscription=subscription,
        kind=Happening.FAILED,
        from_status=before,
        # A trial whose first charge failed has brought nothing yet.
        before_kobo=before_kobo,
        at=at,
        note=why,
        key=f"{invoice.pk}:{invoice.attempts}",
    )
    turn = f"{invoice.pk}:{invoice.attempts}"
    tell(
        subscription=subscription,
        kind="subscription.payment_failed",
        turn=turn,
        at=at,
        kobo=invoice.total_kobo,
        why=why,
    )
