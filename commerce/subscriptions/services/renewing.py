"""The job: renews what is due, tries again what failed, ends what is over, and asks after what nobody knows the end of.

Of two workers each takes other rows; a row that is being taken is passed over. Before the provider is asked, the try is
committed and its subscription put off for `LEASE`: who comes after a crash asks what became of that very try.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from commerce.orders.services import Round
from commerce.payments.gateways import GATEWAYS, GatewayRefused, GatewayUnavailable
from commerce.subscriptions.models import (
    ChargeStatus,
    InvoiceKind,
    InvoiceStatus,
    Subscription,
    SubscriptionCharge,
    SubscriptionInvoice,
    SubscriptionStatus,
)
from commerce.subscriptions.services.asking import ChargeUnderWay, settle_charge
from commerce.subscriptions.services.dunning import dun, ends_with_period
from commerce.subscriptions.services.invoicing import PAGE_LASTS, open_charge, open_invoice, pending_charge
from commerce.subscriptions.services.periods import period_from
from commerce.subscriptions.services.proration import due_for
from commerce.subscriptions.services.settling import apply_charge
from commerce.subscriptions.services.taking import end_subscription
from commerce.subscriptions.services.telling import tell
from commerce.subscriptions.services.timeline import lock_subscription
from zuka.platform.actor import NOBODY

log = structlog.get_logger(__name__)
AT_ONCE = 200
# How long a try is its taker's alone; a provider answers within 20 seconds or not at all.
LEASE = timedelta(minutes=10)
# So long a customer may be at the provider's page to pay what is owed: their card is left alone meanwhile.
PAGE_OPEN = timedelta(minutes=30)
# After so long what was declined on a page is closed no more: the job was away, and nobody is at the page.
CLOSED = timedelta(days=7)
ASKED_AGAIN = timedelta(minutes=5)
NO_CARD = "There is no card to charge."
NO_END = "The bank gave no answer within a day."
NOBODY_PAID = "Nobody paid on this page."


def renew_due(*, at: datetime, round_: Round | None = None) -> int:
    """Look at every subscription that is due; return how many were looked at. Up to 200 a run."""
    run, looked = round_ or Round(at=at), 0
    due = Subscription.objects.filter(next_look_at__lte=at).order_by("next_look_at", "id")
    for subscription_id, provider in list(due.values_list("pk", "provider")[:AT_ONCE]):
        if run.is_over:
            break
        if GATEWAYS[provider].is_configured() and not run.may_ask(provider):
            continue
        looked += look_at(subscription_id=subscription_id, provider=provider, run=run)
    return looked


def look_at(*, subscription_id: int, provider: str, run: Round) -> bool:
    """Do what is due for one subscription, and say whether something was; one that breaks keeps no other from it."""
    try:
        found = claim(subscription_id=subscription_id, at=run.at)
        if found is None:
            return False
        charge, is_new = found
        if charge is not None:
            settle_charge(charge=charge, at=run.at, is_new=is_new)
            run.note(provider, answered=True)
    except (GatewayUnavailable, GatewayRefused, ChargeUnderWay) as refusal:
        # The try stays pending; the lease says when it is asked after.
        log.warning("subscriptions.provider_away", provider=provider, message=refusal.message)
        run.note(provider, answered=isinstance(refusal, ChargeUnderWay))
        return False
    except Exception:  # it is tried again when its lease is over, and the log says why
        log.exception("subscriptions.failed", subscription=subscription_id)
        return False
    return True


@transaction.atomic
def claim(*, subscription_id: int, at: datetime) -> tuple[SubscriptionCharge | None, bool] | None:
    """Take what is due for a subscription; return the charge to settle, if any, and whether its row is new.

    None where another worker has the row, or nothing is due any more.
    """
    subscription = lock_subscription(subscription_id, skip_locked=True)
    if subscription is None or subscription.next_look_at is None or subscription.next_look_at > at:
        return None
    end = subscription.current_period_end
    if not subscription.is_live or end is None:
        Subscription.objects.filter(pk=subscription.pk).update(next_look_at=None)
        return None, False
    if at < end:
        remind(subscription, at=at)
        return None, False
    return claim_renewal(subscription, start=end, at=at)


def claim_renewal(
    subscription: Subscription, *, start: datetime, at: datetime
) -> tuple[SubscriptionCharge | None, bool]:
    """Take the period of a locked subscription that begins at `start`: as `claim` returns it."""
    invoice = renewal_of(subscription, start=start, at=at)
    charge = pending_charge(invoice, is_checkout=False)
    is_new = charge is None
    page = pending_charge(invoice, is_checkout=True)
    if charge is None and ends_with_period(subscription):
        end_subscription(subscription=subscription, to=SubscriptionStatus.CANCELED, at=at, actor=NOBODY)
        return None, False
    if charge is None and page and page.created_at > at - PAGE_OPEN:
        Subscription.objects.filter(pk=subscription.pk).update(next_look_at=page.created_at + PAGE_OPEN)
        return None, False
    if charge is None and not subscription.authorization:
        dun(invoice, why=NO_CARD, at=at)
        return None, False
    if charge is None and not can_charge(subscription):
        # The shop lacks the keys of its provider: customers do not pay for that with their plan.
        log.error("subscriptions.no_keys", provider=subscription.provider, subscription=subscription.pk)
        Subscription.objects.filter(pk=subscription.pk).update(next_look_at=at + LEASE)
        return None, False
    if charge is None:
        charge = open_charge(
            invoice=invoice,
            provider=subscription.provider_name,
            is_checkout=False,
            is_test=subscription.user.is_test,
            at=at,
        )
    Subscription.objects.filter(pk=subscription.pk).update(next_look_at=at + LEASE)
    charge.invoice = invoice
    return charge, is_new


def can_charge(subscription: Subscription) -> bool:
    """Say whether there is a card, and a provider with keys to charge it by."""
    return bool(subscription.authorization) and GATEWAYS[subscription.provider].is_configured()


def remind(subscription: Subscription, *, at: datetime) -> None:
    """Write to a customer whose trial ends soon, and look again when the period is over."""
    if subscription.status == SubscriptionStatus.TRIALING:
        tell(
            subscription=subscription,
            kind="subscription.trial_ending",
            turn="",
            at=at,
            kobo=subscription.next_plan.price_kobo if subscription.next_plan else subscription.price_kobo,
            why="" if subscription.authorization else NO_CARD,
        )
    Subscription.objects.filter(pk=subscription.pk).update(next_look_at=subscription.current_period_end)


def renewal_of(subscription: Subscription, *, start: datetime, at: datetime) -> SubscriptionInvoice:
    """Return what is owed for the period from `start` on: written once, with the plan that was planned for it."""
    known = subscription.invoices.filter(kind=InvoiceKind.RENEWAL, period_start=start).first()
    if known:
        known.subscription = subscription
        return known
    plan = subscription.next_plan or subscription.plan
    price = plan.price_kobo if subscription.next_plan else subscription.price_kobo
    is_anew = plan.months != subscription.plan.months or subscription.trial_end == start
    anchor = start if is_anew else subscription.anchor_at or start
    invoice = open_invoice(
        subscription=subscription,
        kind=InvoiceKind.RENEWAL,
        plan=plan,
        plan_price_kobo=price,
        start=start,
        end=period_from(anchor=anchor, start=start, months=plan.months),
        due=due_for(user=subscription.user, price_kobo=price),
        at=at,
    )
    invoice.subscription = subscription
    return invoice


def settle_waiting_charges(*, at: datetime, round_: Round | None = None) -> int:
    """Ask after charges of whose end nobody told us; return how many have ended. Up to 200 a run."""
    run, ended = round_ or Round(at=at), 0
    waiting = SubscriptionCharge.objects.filter(not_over(at), created_at__lt=at - ASKED_AGAIN)
    waiting = waiting.filter(Q(checked_at=None) | Q(checked_at__lte=at - ASKED_AGAIN))
    chosen = waiting.select_related("invoice__subscription", "invoice__plan").order_by("checked_at", "id")
    for charge in chosen[:AT_ONCE]:
        if run.may_ask(charge.provider):
            ended += has_ended(charge, run=run)
    return ended


def not_over(at: datetime) -> Q:
    """Return the condition of charges that may still be paid: pending, or declined on a page that is open."""
    lasts = Q(created_at__gt=at - PAGE_LASTS) | (~Q(invoice__kind=InvoiceKind.RENEWAL) & Q(created_at__gt=at - CLOSED))
    declined = Q(status=ChargeStatus.FAILED, is_checkout=True, invoice__status=InvoiceStatus.OPEN)
    return Q(status=ChargeStatus.PENDING) | (declined & lasts & ~Q(checkout_url=""))


def has_ended(charge: SubscriptionCharge, *, run: Round) -> bool:
    """Ask after one charge and say whether it has ended now; one that nobody has paid in a day is over."""
    before = charge.status
    try:
        charge = settle_charge(charge=charge, at=run.at)
    except (GatewayUnavailable, GatewayRefused, ChargeUnderWay) as refusal:
        log.warning("subscriptions.provider_away", provider=charge.provider, message=refusal.message)
        run.note(charge.provider, answered=isinstance(refusal, ChargeUnderWay))
        return False
    except Exception:  # one that cannot be settled must not keep the others from it
        log.exception("subscriptions.failed", reference=charge.reference)
        return False
    run.note(charge.provider, answered=True)
    if charge.status != ChargeStatus.PAID and charge.created_at <= run.at - PAGE_LASTS:
        failure = NOBODY_PAID if charge.is_checkout else NO_END
        charge = apply_charge(charge_id=charge.pk, said=None, failure=failure, at=run.at)
    return charge.status != before


def open_renewal(subscription: Subscription) -> SubscriptionInvoice | None:
    """Return the renewal that is owed; None where nothing is."""
    found = subscription.invoices.filter(kind=InvoiceKind.RENEWAL, status=InvoiceStatus.OPEN)
    return found.select_related("plan").order_by("-id").first()
