"""Handling what providers send: a charge's message makes us ask, a refund's message is matched with its refund."""

from __future__ import annotations

import json
from datetime import datetime

import structlog

from commerce.orders.services.refunding import hear_of_refund
from commerce.orders.services.rounds import Round
from commerce.orders.services.settling import UNDECIDED, ask_and_apply
from commerce.payments.gateways import GATEWAYS, GatewayRefused, GatewayUnavailable, Notice
from commerce.payments.models import Payment, WebhookDelivery
from commerce.payments.services import handled_elsewhere, note_attempt, note_handled
from zuka.platform.actor import NOBODY

log = structlog.get_logger(__name__)
AT_ONCE = 100
MOST_ATTEMPTS = 288  # every 5 minutes


def handle_delivery(*, delivery: WebhookDelivery, at: datetime) -> str:
    """Do what a provider's message asks for, and return the outcome in words. Safe to run twice, and at once.

    Raises `GatewayUnavailable`, `GatewayRefused`, `NotYet`: then it waits for the next run of the job.
    """
    note_attempt(delivery)
    notice = GATEWAYS[delivery.provider].read_notice(json.loads(delivery.body))
    outcome = handle_notice(provider=delivery.provider, notice=notice, at=at)
    note_handled(delivery, outcome=outcome, at=at)
    return outcome


class NotYet(Exception):  # noqa: N818 - named for what is the case
    """A message says that a payment has ended, and its provider does not know of that yet."""


def handle_notice(*, provider: str, notice: Notice, at: datetime) -> str:
    """Act on a message and return what came of it."""
    reference = notice.refund.payment_reference if notice.refund else notice.charge_reference
    if reference is None:
        return "nothing to do"
    payment = Payment.objects.filter(provider=provider, reference=reference).first()
    if payment is None:
        return handled_elsewhere(provider=provider, notice=notice, at=at) or f"no payment {reference}"
    # A refund's message may overtake that of its charge.
    payment, charge = ask_and_apply(payment=payment, at=at, actor=NOBODY)
    if not payment.is_received and (charge is None or charge.state in UNDECIDED):
        raise NotYet
    if notice.refund is None or not payment.is_received:
        return f"payment {payment.status}"
    refund = hear_of_refund(
        payment=payment, amount_kobo=notice.refund.amount_kobo, answer=notice.refund.answer, at=at, actor=NOBODY
    )
    return f"refund {refund.status}" if refund else "refund not ours"


def handle_waiting_deliveries(*, at: datetime, round_: Round | None = None) -> int:
    """Handle messages whose provider did not answer when it was asked; return how many are done. Up to 100 a run.

    Each is tried for a day; then staff find it among those that are not handled.
    """
    run, done = round_ or Round(at=at), 0
    waiting = WebhookDelivery.objects.filter(handled_at=None, attempts__lt=MOST_ATTEMPTS)
    for delivery in waiting.order_by("attempts", "id")[:AT_ONCE]:
        if run.may_ask(delivery.provider):
            done += is_handled(delivery=delivery, run=run)
    return done


def is_handled(*, delivery: WebhookDelivery, run: Round) -> bool:
    """Try to handle one message and say whether that is done."""
    try:
        handle_delivery(delivery=delivery, at=run.at)
    except (GatewayUnavailable, GatewayRefused) as refusal:
        log.warning("webhooks.provider_away", provider=delivery.provider, message=refusal.message)
        run.note(delivery.provider, answered=False)
        return False
    except NotYet:
        return False  # it was too early, and is tried again with the next run
    except Exception:  # one that cannot be handled must not keep the others from it
        log.exception("webhooks.failed", delivery=delivery.pk)
        return False
    run.note(delivery.provider, answered=True)
    return True
