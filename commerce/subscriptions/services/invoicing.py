"""Invoices of subscriptions and the tries to take their money. Callers hold the lock on the subscription."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from commerce.payments.models import Provider
from commerce.subscriptions.models import (
    ChargeStatus,
    InvoiceKind,
    InvoiceStatus,
    Plan,
    Subscription,
    SubscriptionCharge,
    SubscriptionInvoice,
)
from commerce.subscriptions.services.proration import Due

PREFIX = "SUB"
# So long somebody may pay on a page, also after a card was declined on it; then it is over.
PAGE_LASTS = timedelta(days=1)


def open_invoice(
    *,
    subscription: Subscription,
    kind: InvoiceKind,
    plan: Plan,
    plan_price_kobo: int,
    start: datetime,
    end: datetime,
    due: Due,
    at: datetime,
    turn: int = 1,
) -> SubscriptionInvoice:
    """Write what is owed for a period."""
    return SubscriptionInvoice.objects.create(
        subscription=subscription,
        kind=kind,
        plan=plan,
        period_start=start,
        period_end=end,
        turn=turn,
        currency=subscription.currency,
        plan_price_kobo=plan_price_kobo,
        price_kobo=due.price_kobo,
        credit_kobo=due.credit_kobo,
        tax_kobo=due.tax_kobo,
        tax_is_included=due.tax_is_included,
        tax_title=due.tax_title,
        total_kobo=due.total_kobo,
        created_at=at,
    )


def next_turn(subscription: Subscription, kind: InvoiceKind) -> int:
    """Return the number of the next invoice of a kind."""
    return (subscription.invoices.filter(kind=kind).aggregate(last=Max("turn"))["last"] or 0) + 1


def reference_of(invoice: SubscriptionInvoice, attempt: int) -> str:
    """Return the reference of a try: of the same subscription, period and try it is always the same."""
    return f"{PREFIX}{invoice.subscription_id}-{invoice.kind}-{invoice.period_start:%Y%m%d}-{invoice.turn}-{attempt}"


def open_charge(
    *, invoice: SubscriptionInvoice, provider: Provider, is_checkout: bool, is_test: bool, at: datetime
) -> SubscriptionCharge:
    """Write a try to take an invoice's money, before the provider is asked."""
    attempt = (invoice.charges.aggregate(last=Max("attempt"))["last"] or 0) + 1
    return SubscriptionCharge.objects.create(
        invoice=invoice,
        attempt=attempt,
        provider=provider,
        reference=reference_of(invoice, attempt),
        currency=invoice.currency,
        amount_kobo=invoice.total_kobo,
        is_checkout=is_checkout,
        is_test=is_test,
        created_at=at,
    )


def pending_charge(invoice: SubscriptionInvoice, *, is_checkout: bool | None = None) -> SubscriptionCharge | None:
    """Return the newest try that nobody knows the end of; None where there is none."""
    charges = invoice.charges.filter(status=ChargeStatus.PENDING)
    if is_checkout is not None:
        charges = charges.filter(is_checkout=is_checkout)
    return charges.order_by("-id").first()


def void_open(subscription: Subscription, *, at: datetime, status: InvoiceStatus = InvoiceStatus.VOID) -> None:
    """Owe no more what is open."""
    subscription.invoices.filter(status=InvoiceStatus.OPEN).update(status=status, updated_at=at)


def void_upgrades(subscription: Subscription, *, at: datetime) -> None:
    """Owe changes no more that wait to be paid."""
    subscription.invoices.filter(kind=InvoiceKind.UPGRADE, status=InvoiceStatus.OPEN).update(
        status=InvoiceStatus.VOID, updated_at=at
    )
