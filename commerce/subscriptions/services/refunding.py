"""Money of subscriptions that goes back: a row before the provider is asked, done when it says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum

from commerce.orders.services import Round
from commerce.payments.gateways import (
    GATEWAYS,
    GatewayNotReached,
    GatewayRefused,
    GatewayUnavailable,
    RefundAnswer,
    RefundState,
    Return,
)
from commerce.subscriptions.models import (
    ChargeStatus,
    Happening,
    InvoiceKind,
    SubscriptionCharge,
    SubscriptionInvoice,
    SubscriptionRefund,
    SubscriptionRefundStatus,
)
from commerce.subscriptions.services.invoicing import void_upgrades
from commerce.subscriptions.services.telling import tell
from commerce.subscriptions.services.timeline import get_locked, write_event
from zuka.platform.actor import NOBODY, Actor
from zuka.platform.errors import Refused
from zuka.platform.money import format_money

log = structlog.get_logger(__name__)
HELD = (SubscriptionRefundStatus.PENDING, SubscriptionRefundStatus.SUCCEEDED)
CARD_CHECK = "The check of another card"
AT_PROVIDER = "Refunded at the provider"
NEVER_MADE = "Never made, as staff saw at the provider"
AT_ONCE = 100
SENT_AGAIN, SENT_FOR = timedelta(days=1), timedelta(days=30)


class RefundTooMuch(Refused):
    """More would go back than came in."""

    code = "refund_too_large"


class RefundNeedsSecond(Refused):
    """More would go back than one member of staff may send."""

    code = "refund_needs_second"


class RefundSent(Refused):
    """This very refund was sent before: its button was pressed twice."""

    code = "refund_repeated"


def lock_charge(charge_id: int) -> SubscriptionCharge:
    """Return a charge locked with its subscription."""
    subscription_id = SubscriptionCharge.objects.values_list("invoice__subscription_id", flat=True).get(pk=charge_id)
    subscription = get_locked(subscription_id)
    charge = SubscriptionCharge.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=charge_id)
    charge.invoice.subscription = subscription
    return charge


def room_kobo(charge: SubscriptionCharge) -> int:
    """Return how much of a locked charge can go back: what came in, less what went or is on its way."""
    held = charge.refunds.filter(status__in=HELD).aggregate(total=Sum("amount_kobo"))["total"] or 0
    return max(charge.amount_kobo - held, 0) if charge.status == ChargeStatus.PAID else 0


def refund_charge(
    *, charge_id: int, amount_kobo: int, reason: str, at: datetime, actor: Actor, request_key: UUID | None = None
) -> SubscriptionRefund:
    """Send a part of a charge back; its invoice and timeline say so. The subscription goes on: end it apart from this.

    Above REFUND_FOUR_EYES it is made on the provider's own page, whose message is then recorded. While the provider
    does not answer it stays pending. Raises `RefundTooMuch`, `RefundNeedsSecond`, `RefundSent`, and `GatewayRefused`
    or `GatewayNotReached` (it has failed then).
    """
    with transaction.atomic():
        charge = lock_charge(charge_id)
        if request_key and SubscriptionRefund.objects.filter(request_key=request_key).exists():
            raise RefundSent("This refund was sent already.")
        room = room_kobo(charge)
        if not 0 < amount_kobo <= room:
            most = format_money(room, charge.currency)
            raise RefundTooMuch(f"At most {most} of this charge can be refunded.", field="amount_kobo")
        refuse_alone(charge, amount_kobo=amount_kobo, room=room)
        refund = begin_refund(
            charge,
            amount_kobo=amount_kobo,
            reason=reason[:300],
            at=at,
            refunded_by_id=actor.account_id,
            request_key=request_key,
        )
    return send(refund, at=at, actor=actor)


def begin_refund(
    charge: SubscriptionCharge,
    *,
    amount_kobo: int,
    reason: str,
    at: datetime,
    refunded_by_id: UUID | None = None,
    request_key: UUID | None = None,
    listed_id: str = "",
) -> SubscriptionRefund:
    """Write a refund of a locked charge."""
    drop_changes(charge, at=at)
    return SubscriptionRefund.objects.create(
        charge=charge,
        currency=charge.currency,
        amount_kobo=amount_kobo,
        reason=reason,
        refunded_by_id=refunded_by_id,
        request_key=request_key,
        listed_id=listed_id,
        created_at=at,
    )


def drop_changes(charge: SubscriptionCharge, *, at: datetime) -> None:
    """Owe no change of plan any more whose price took off what goes back: the money of the current period."""
    invoice = charge.invoice
    is_current = invoice.period_end == invoice.subscription.current_period_end
    if is_current and not charge.attention and invoice.kind != InvoiceKind.CARD:
        void_upgrades(invoice.subscription, at=at)


def refuse_alone(charge: SubscriptionCharge, *, amount_kobo: int, room: int) -> None:
    """Raise `RefundNeedsSecond` where with this more than the limit would go back of a charge."""
    limit = settings.REFUND_FOUR_EYES * 100
    if limit and charge.amount_kobo - room + amount_kobo > limit:
        most = format_money(limit, settings.SHOP_CURRENCY)
        message = f"More than {most} goes back on the provider's own page only; it is recorded here then."
        raise RefundNeedsSecond(message, field="amount_kobo")


def send(refund: SubscriptionRefund, *, at: datetime, actor: Actor) -> SubscriptionRefund:
    """Have the provider send a begun refund back. Raises `GatewayRefused`, `GatewayNotReached`."""
    charge = refund.charge
    wanted = Return(charge.reference, charge.provider_id, refund.amount_kobo, refund.reason)
    try:
        answer = GATEWAYS[charge.provider].refund(wanted)
    except (GatewayRefused, GatewayNotReached) as refusal:
        words = refusal.words if isinstance(refusal, GatewayRefused) else refusal.message
        apply_refund(refund_id=refund.pk, answer=RefundAnswer(RefundState.FAILED, "", words), at=at, actor=actor)
        raise
    except GatewayUnavailable as away:
        answer = RefundAnswer(RefundState.OPEN, "", away.message)
    return apply_refund(refund_id=refund.pk, answer=answer, at=at, actor=actor)


@transaction.atomic
def apply_refund(*, refund_id: int, answer: RefundAnswer, at: datetime, actor: Actor = NOBODY) -> SubscriptionRefund:
    """Apply what a provider says of a refund; what is said again changes nothing.

    One that we took for failed, and that went back after all, has succeeded, unless its room is another's by now.
    """
    charge = lock_charge(SubscriptionRefund.objects.values_list("charge_id", flat=True).get(pk=refund_id))
    refund = SubscriptionRefund.objects.select_for_update(of=("self",)).get(pk=refund_id)
    refund.charge = charge
    is_back = refund.status == SubscriptionRefundStatus.FAILED and answer.state == RefundState.DONE
    if refund.status != SubscriptionRefundStatus.PENDING and not (is_back and refund.amount_kobo <= room_kobo(charge)):
        return refund
    if is_back:
        drop_changes(charge, at=at)
    refund.provider_reference = answer.reference or refund.provider_reference
    if answer.state == RefundState.FAILED:
        refund.status, refund.failure_reason = SubscriptionRefundStatus.FAILED, answer.words[:300]
    elif answer.state == RefundState.DONE:
        refund.status, refund.refunded_at, refund.failure_reason = SubscriptionRefundStatus.SUCCEEDED, at, ""
    refund.save()
    if refund.status == SubscriptionRefundStatus.SUCCEEDED:
        note_refunded(refund, at=at, actor=actor)
    return refund


def give_up_refund(*, refund_id: int, at: datetime, actor: Actor) -> bool:
    """Note that a refund whose answer was lost was never made, as staff saw at the provider; say whether it waited.

    What it held can be refunded again.
    """
    answer = RefundAnswer(RefundState.FAILED, "", NEVER_MADE)
    with transaction.atomic():
        lock_charge(SubscriptionRefund.objects.values_list("charge_id", flat=True).get(pk=refund_id))
        status = SubscriptionRefund.objects.values_list("status", flat=True).get(pk=refund_id)
        if status == SubscriptionRefundStatus.PENDING:
            apply_refund(refund_id=refund_id, answer=answer, at=at, actor=actor)
    return status == SubscriptionRefundStatus.PENDING


def note_refunded(refund: SubscriptionRefund, *, at: datetime, actor: Actor) -> None:
    """Count money that went back with its charge and invoice, and write to the customer."""
    charge = refund.charge
    kobo = F("refunded_kobo") + refund.amount_kobo
    SubscriptionCharge.objects.filter(pk=charge.pk).update(refunded_kobo=kobo, updated_at=at)
    if not charge.attention:
        SubscriptionInvoice.objects.filter(pk=charge.invoice_id).update(refunded_kobo=kobo, updated_at=at)
    subscription = charge.invoice.subscription
    amount = format_money(refund.amount_kobo, refund.currency)
    write_event(
        subscription=subscription,
        kind=Happening.REFUNDED,
        from_status=subscription.status,
        before_kobo=subscription.mrr_kobo,
        at=at,
        actor=actor,
        note=f"{amount} refunded. {refund.reason}",
    )
    tell(subscription=subscription, kind="subscription.refunded", turn=str(refund.pk), at=at, kobo=refund.amount_kobo)


@transaction.atomic
def hear_of_refund(
    *, charge_id: int, amount_kobo: int, answer: RefundAnswer, at: datetime
) -> SubscriptionRefund | None:
    """Apply a provider's message about a refund: to the one it names, else to one under way of that amount.

    One that nobody here began was made on the provider's own pages, and is recorded when it is done. None for one that
    cannot be ours: it failed before we knew of it, or is more than came in.
    """
    charge = lock_charge(charge_id)
    refunds = charge.refunds.order_by("id")
    named = refunds.filter(provider_reference=answer.reference).exclude(provider_reference="").first()
    refund = (
        named
        or refunds.filter(
            status=SubscriptionRefundStatus.PENDING, amount_kobo=amount_kobo, provider_reference=""
        ).first()
    )
    if refund is None and answer.state == RefundState.DONE and 0 < amount_kobo <= room_kobo(charge):
        refund = begin_refund(charge, amount_kobo=amount_kobo, reason=AT_PROVIDER, at=at)
    return apply_refund(refund_id=refund.pk, answer=answer, at=at) if refund else None


def return_card_checks(*, at: datetime, round_: Round | None = None) -> int:
    """Send back what was charged to know another card; return how many were sent. Up to 100 a run.

    One that failed is sent again a day later, for a month; then it is left to staff, who see its rows.
    """
    run, sent = round_ or Round(at=at), 0
    kept = SubscriptionCharge.objects.filter(
        status=ChargeStatus.PAID, attention="", invoice__kind=InvoiceKind.CARD, captured_at__gt=at - SENT_FOR
    )
    kept = kept.exclude(refunds__status__in=HELD).exclude(refunds__created_at__gt=at - SENT_AGAIN)
    for charge in kept.order_by("id")[:AT_ONCE]:
        if run.may_ask(charge.provider):
            sent += is_returned(charge, run=run)
    return sent


def is_returned(charge: SubscriptionCharge, *, run: Round) -> bool:
    """Try to send one check back, and say whether that was begun; one that failed is tried again tomorrow."""
    try:
        refund_charge(charge_id=charge.pk, amount_kobo=charge.amount_kobo, reason=CARD_CHECK, at=run.at, actor=NOBODY)
    except (Refused, GatewayUnavailable) as refusal:
        log.warning("subscriptions.card_check_kept", reference=charge.reference, message=refusal.message)
        run.note(charge.provider, answered=not isinstance(refusal, GatewayUnavailable))
        return False
    run.note(charge.provider, answered=True)
    return True
