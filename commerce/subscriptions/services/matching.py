"""Which of our refunds a provider's list means: each of its refunds is one of ours at most, and the other way round."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from commerce.orders.services import Round
from commerce.payments.gateways import GATEWAYS, GatewayRefused, GatewayUnavailable, ListedRefund, RefundState
from commerce.subscriptions.models import (
    ChargeStatus,
    SubscriptionCharge,
    SubscriptionRefund,
    SubscriptionRefundStatus,
)
from commerce.subscriptions.services.refunding import (
    AT_ONCE,
    AT_PROVIDER,
    apply_refund,
    begin_refund,
    lock_charge,
    room_kobo,
)

log = structlog.get_logger(__name__)
ASKED_AGAIN = timedelta(minutes=10)
# Clocks differ, and a refund is a row here before it is one there.
AROUND = timedelta(hours=1)
# Those that failed last: of two with one amount the one that failed must not take the other's place.
ORDER = (RefundState.DONE, RefundState.OPEN, RefundState.FAILED)
STATUS = {
    RefundState.DONE: SubscriptionRefundStatus.SUCCEEDED,
    RefundState.OPEN: SubscriptionRefundStatus.PENDING,
    RefundState.FAILED: SubscriptionRefundStatus.FAILED,
}


def take_listed(*, provider: str, refunds: Iterable[ListedRefund], at: datetime) -> set[str]:
    """Apply what a provider lists as refunds of our charges; return the ids of those that our rows now agree with."""
    listed = list(refunds)
    named = Q(reference__in=[each.payment_reference for each in listed if each.payment_reference])
    with_id = Q(provider_id__in=[each.charge_id for each in listed if each.charge_id])
    rows = SubscriptionCharge.objects.filter(named | with_id, provider=provider, status=ChargeStatus.PAID)
    found = list(rows.values_list("pk", "reference", "provider_id")) if listed else []
    by_reference = {reference: pk for pk, reference, _ in found}
    by_id = {provider_id: pk for pk, _, provider_id in found if provider_id}
    taken = set()
    for each in sorted(listed, key=lambda one: (ORDER.index(one.answer.state), one.provider_id)):
        pk = by_reference.get(each.payment_reference) if each.payment_reference else by_id.get(each.charge_id)
        is_real = settings.PAYMENTS_TEST_MODE or not each.is_test
        if pk and is_real and settle_listed(charge_id=pk, listed=each, at=at):
            taken.add(each.provider_id)
    return taken


@transaction.atomic
def settle_listed(*, charge_id: int, listed: ListedRefund, at: datetime) -> bool:
    """Apply one refund of a list to ours that it is, and say whether both say the same of it then.

    One that went back and is none of ours was made on the provider's own pages, and is recorded if there is room for
    it. One that has not gone back, and of which we know nothing, is no difference.
    """
    charge = lock_charge(charge_id)
    if listed.currency not in {"", charge.currency}:
        return False
    refund = claim_listed(charge, listed)
    state = listed.answer.state
    if refund is None and state == RefundState.DONE and 0 < listed.amount_kobo <= room_kobo(charge):
        refund = begin_refund(
            charge, amount_kobo=listed.amount_kobo, reason=AT_PROVIDER, at=at, listed_id=listed.provider_id
        )
    if refund is None:
        return state != RefundState.DONE
    refund = apply_refund(refund_id=refund.pk, answer=listed.answer, at=at)
    return refund.status == STATUS[state] and refund.amount_kobo == listed.amount_kobo


def claim_listed(charge: SubscriptionCharge, listed: ListedRefund) -> SubscriptionRefund | None:
    """Return our refund of a locked charge that a listed one is, and remember that it is; None where we have none.

    It is what was remembered before, or has the provider's name of it; else one of its amount that is no other's: one
    in its own state first, then one under way that was begun here no later than there.
    """
    name, refunds = listed.answer.reference, charge.refunds.order_by("id")
    known = refunds.filter(Q(listed_id=listed.provider_id) | (Q(provider_reference=name) & ~Q(provider_reference="")))
    alike = refunds.filter(listed_id="", amount_kobo=listed.amount_kobo)
    alike = alike.filter(provider_reference="") if name else alike
    refund = known.first() or first_alike(alike, listed)
    if refund and not refund.listed_id:
        refund.listed_id = listed.provider_id
        refund.save(update_fields=["listed_id", "updated_at"])
    return refund


def first_alike(alike: QuerySet[SubscriptionRefund], listed: ListedRefund) -> SubscriptionRefund | None:
    """Return the one of some refunds that a listed one most likely is."""
    same = alike.filter(status=STATUS[listed.answer.state]) if listed.answer.state != RefundState.OPEN else alike.none()
    begun = alike.filter(status=SubscriptionRefundStatus.PENDING, created_at__lte=listed.made_at + AROUND)
    return same.first() or begun.first()


def settle_waiting_refunds(*, at: datetime, round_: Round | None = None) -> int:
    """Ask after refunds of whose end nobody told us, where the provider can be asked; return how many have ended."""
    run, ended = round_ or Round(at=at), 0
    waiting = SubscriptionRefund.objects.filter(
        status=SubscriptionRefundStatus.PENDING, created_at__lt=at - ASKED_AGAIN
    ).select_related("charge")
    for refund in waiting.order_by("id")[:AT_ONCE]:
        if run.may_ask(refund.charge.provider):
            ended += refund_ended(refund, run=run)
    return ended


def refund_ended(refund: SubscriptionRefund, *, run: Round) -> bool:
    """Ask after one refund and say whether it is over."""
    charge = refund.charge
    try:
        listed = GATEWAYS[charge.provider].find_refunds(reference=charge.reference, provider_id=charge.provider_id)
    except (GatewayUnavailable, GatewayRefused) as refusal:
        log.warning("subscriptions.provider_away", provider=charge.provider, message=refusal.message)
        run.note(charge.provider, answered=False)
        return False
    run.note(charge.provider, answered=True)
    take_listed(provider=charge.provider, refunds=listed, at=run.at)
    refund.refresh_from_db()
    return refund.status != SubscriptionRefundStatus.PENDING
