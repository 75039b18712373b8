"""What became of a charge, applied once, however many hear of it: webhooks, the job, the customer who comes back."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from commerce.payments.gateways import Charge, ChargeState, GatewayUnavailable
from commerce.subscriptions.models import (
    ChargeAttention,
    ChargeStatus,
    Happening,
    InvoiceKind,
    InvoiceStatus,
    Subscription,
    SubscriptionCharge,
    SubscriptionInvoice,
    SubscriptionStatus,
)
from commerce.subscriptions.services.beginning import take_first
from commerce.subscriptions.services.dunning import note_failure, note_page_over
from commerce.subscriptions.services.taking import is_owed, take_card, take_renewal, take_upgrade
from commerce.subscriptions.services.timeline import get_locked, write_event
from zuka.platform.actor import NOBODY, Actor
from zuka.platform.money import format_money

UNDECIDED = frozenset({ChargeState.OPEN, ChargeState.UNDER_WAY})
TAKERS = {
    InvoiceKind.FIRST: take_first,
    InvoiceKind.RENEWAL: take_renewal,
    InvoiceKind.UPGRADE: take_upgrade,
    InvoiceKind.CARD: take_card,
}
TEST_MONEY = "Made with the provider's test keys"


@transaction.atomic
def apply_charge(
    *, charge_id: int, said: Charge | None, at: datetime, failure: str = "", actor: Actor = NOBODY
) -> SubscriptionCharge:
    """Apply what a provider said of a charge, or why it `failure` refused to make it; return it fresh.

    Money that came in is kept whatever the subscription is by now; where nothing was owed, staff see it. One that is
    paid is never changed. Raises `GatewayUnavailable` for an answer about another charge.
    """
    subscription_id = SubscriptionCharge.objects.values_list("invoice__subscription_id", flat=True).get(pk=charge_id)
    subscription = get_locked(subscription_id)
    charge = (
        SubscriptionCharge.objects.select_for_update(of=("self",)).select_related("invoice__plan").get(pk=charge_id)
    )
    charge.invoice.subscription = subscription
    if said and said.reference != charge.reference:
        raise GatewayUnavailable("The payment provider answered about another payment.")
    charge.checked_at = at
    if charge.status == ChargeStatus.PAID:
        return charge
    if failure or (said and said.state not in UNDECIDED and said.state != ChargeState.PAID):
        fail(charge, reason=failure or (said.words if said else ""), at=at, is_over=bool(failure))
    elif said is None or said.state in UNDECIDED:
        charge.save(update_fields=["checked_at", "updated_at"])
    elif said.is_test and not settings.PAYMENTS_TEST_MODE:
        charge.is_test = True
        fail(charge, reason=TEST_MONEY, at=at, is_over=False)
    else:
        take(charge, said=said, at=at, actor=actor)
    return charge


def fail(charge: SubscriptionCharge, *, reason: str, at: datetime, is_over: bool) -> None:
    """Note that a locked charge brought nothing; the first time a card's counts as a try of its invoice.

    On a page where a card was declined another one may pay, under the same reference: only one that `is_over` ends it.
    """
    is_known = charge.status == ChargeStatus.FAILED
    if not is_known:
        charge.status, charge.failure_reason = ChargeStatus.FAILED, reason[:300]
    charge.save()
    if charge.is_checkout and is_over:
        note_page_over(charge=charge, at=at)
    elif not charge.is_checkout and not is_known:
        note_failure(charge=charge, at=at)


def take(charge: SubscriptionCharge, *, said: Charge, at: datetime, actor: Actor) -> None:
    """Keep money that came in, and do what it was for if that is still owed."""
    invoice = charge.invoice
    subscription = invoice.subscription
    charge.attention = attention_for(charge, said=said, at=at)
    charge.status, charge.failure_reason = ChargeStatus.PAID, ""
    charge.captured_at = moment_of(charge, said=said, at=at)
    charge.amount_kobo, charge.currency = said.amount_kobo, said.currency
    charge.fee_kobo, charge.provider_id, charge.raw_answer = said.fee_kobo, said.provider_id, said.raw
    # Money of test keys is no revenue, whoever paid it.
    charge.is_test = charge.is_test or said.is_test
    charge.save()
    if charge.attention:
        note_stray(charge, at=at)
        return
    SubscriptionInvoice.objects.filter(pk=invoice.pk).update(
        status=InvoiceStatus.PAID, paid_at=charge.captured_at, updated_at=at
    )
    invoice.status, invoice.paid_at = InvoiceStatus.PAID, charge.captured_at
    if charge.is_checkout and said.authorization:
        keep_card(subscription, charge=charge, said=said)
    TAKERS[InvoiceKind(invoice.kind)](invoice=invoice, charge=charge, at=at, actor=actor)


def keep_card(subscription: Subscription, *, charge: SubscriptionCharge, said: Charge) -> None:
    """Remember the card with which a customer paid: it is the one that is charged from now on."""
    card = said.authorization
    if card is None:
        return
    subscription.provider, subscription.authorization = charge.provider, card.code
    subscription.authorized_email = card.email
    subscription.card = " ".join(
        filter(None, (card.brand.title(), f"•••• {card.last4}" if card.last4 else "", card.expires))
    )[:40]
    subscription.save(update_fields=["provider", "authorization", "authorized_email", "card", "updated_at"])


def attention_for(charge: SubscriptionCharge, *, said: Charge, at: datetime) -> str:
    """Return why staff must look at money that came in; empty when all is well."""
    invoice = charge.invoice
    rules = (
        (said.currency != invoice.currency, ChargeAttention.WRONG_CURRENCY),
        (invoice.status != InvoiceStatus.OPEN or not is_owed(invoice, at=at), ChargeAttention.NOT_OWED),
        (said.amount_kobo != invoice.total_kobo, ChargeAttention.WRONG_AMOUNT),
    )
    return next((attention.value for holds, attention in rules if holds), "")


def moment_of(charge: SubscriptionCharge, *, said: Charge, at: datetime) -> datetime:
    """Return when the money came in: as the provider says, unless its clock says what cannot be."""
    return said.paid_at if said.paid_at and charge.created_at <= said.paid_at <= at else at


def note_stray(charge: SubscriptionCharge, *, at: datetime) -> None:
    """Write into the timeline that money came in which the subscription does not take."""
    subscription = charge.invoice.subscription
    amount = format_money(charge.amount_kobo, charge.currency)
    write_event(
        subscription=subscription,
        kind=Happening.CARD,
        from_status=SubscriptionStatus(subscription.status),
        before_kobo=subscription.mrr_kobo,
        at=at,
        note=f"{amount} by {charge.provider}, {charge.reference}: {charge.get_attention_display()}. Refund it.",
    )
