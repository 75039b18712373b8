"""Asking a provider for a charge, outside every lock of rows: exactly once, whoever dies in between.

The try is a row before it is asked for, under a reference that is always the same for it. Who finds one of somebody
else asks the provider what became of it first, and charges only what it knows nothing of; a provider that does know
refuses the reference. Two never ask for one subscription at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from commerce.payments.gateways import (
    GATEWAYS,
    Charge,
    Debit,
    Gateway,
    GatewayKeyRefused,
    GatewayRefused,
    GatewayUnavailable,
)
from commerce.payments.services import leased
from commerce.subscriptions.models import ChargeStatus, InvoiceStatus, SubscriptionCharge
from commerce.subscriptions.services.settling import apply_charge
from zuka.platform.actor import NOBODY, Actor
from zuka.platform.errors import Refused

# A provider is asked three times at most, and answers within 20 seconds or not at all.
ASKING_LASTS = timedelta(minutes=3)
NOT_OWED = "No longer owed"
KEY_REFUSED = "The payment provider does not take the shop's key."


class ChargeUnderWay(Refused):
    """Somebody else is charging for this subscription right now."""

    code = "charge_under_way"


def settle_charge(
    *, charge: SubscriptionCharge, at: datetime, actor: Actor = NOBODY, is_new: bool = False
) -> SubscriptionCharge:
    """Have a pending charge made, or ask what became of it, and apply the answer; return it fresh.

    `is_new`: the caller wrote its row in this run, so nobody can have asked for it. Raises `ChargeUnderWay`,
    `GatewayUnavailable` (it stays pending: it may have happened).
    """
    with leased(f"subscription:{charge.invoice.subscription_id}", lasts=ASKING_LASTS) as is_ours:
        if not is_ours:
            raise ChargeUnderWay("A charge of this subscription is under way. Try again in a moment.")
        charge.refresh_from_db(fields=["status"])
        if charge.status == ChargeStatus.PAID:
            return charge
        SubscriptionCharge.objects.filter(pk=charge.pk).update(checked_at=at)
        said, failure = ask(charge, is_new=is_new)
        return apply_charge(charge_id=charge.pk, said=said, failure=failure, at=at, actor=actor)


def ask(charge: SubscriptionCharge, *, is_new: bool) -> tuple[Charge | None, str]:
    """Return what the provider says of a charge, and why it was not made: refused, or not owed any more."""
    gateway = GATEWAYS[charge.provider]
    said = None if is_new else gateway.verify(charge.reference)
    if said is not None or charge.is_checkout or charge.status != ChargeStatus.PENDING:
        return said, ""
    # What the try was for may have been paid on a page, or ended, since its row was written.
    charge = SubscriptionCharge.objects.select_related("invoice__subscription", "invoice__plan").get(pk=charge.pk)
    if charge.invoice.status != InvoiceStatus.OPEN or not charge.invoice.subscription.authorization:
        return None, NOT_OWED
    return debit(gateway, charge)


def debit(gateway: Gateway, charge: SubscriptionCharge) -> tuple[Charge | None, str]:
    """Charge the card; a reference that the provider knows was charged by somebody else, and is asked after."""
    subscription = charge.invoice.subscription
    wanted = Debit(
        reference=charge.reference,
        amount_kobo=charge.amount_kobo,
        currency=charge.currency,
        code=subscription.authorization,
        email=subscription.authorized_email,
        title=f"{settings.SHOP_NAME}: {charge.invoice.plan.name}"[:100],
    )
    try:
        return gateway.debit(wanted), ""
    except GatewayKeyRefused as refusal:  # the shop's mistake must not count against its customers
        raise GatewayUnavailable(KEY_REFUSED) from refusal
    except GatewayRefused as refusal:
        if refusal.is_repeated:
            return gateway.verify(charge.reference), ""
        return None, refusal.words or refusal.message
