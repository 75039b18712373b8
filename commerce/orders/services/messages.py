"""Handling what providers send: a charge's message makes us ask, a refund's message is matched with its refund."""

from __future__ import annotations

import json
from datetime import datetime

import structlog

from commerce.orders.services.refunding import hear_of_refund
from commerce.orders.services.settling import settle_payment
from commerce.payments.gateways import GATEWAYS, GatewayRefused, GatewayUnavailable, Notice
from commerce.payments.models import Payment, WebhookDelivery
from commerce.payments.services import note_attempt, note_handled
from zuka.platform.actor import NOBODY

log = structlog.get_logger(__name__)
AT_ONCE = 100
MOST_ATTEMPTS = 288  # every 5 minutes


def handle_delivery(*, delivery: WebhookDelivery, at: datetime) -> str:
    """Do what a provider's message asks for, and return the outcome in words. Safe to run twice, and at once.

    Raises `GatewayUnavailable`, `GatewayRefused`: then it waits for the next run of the job.
    """
    note_attempt(delivery)
    notice = GATEWAYS[delivery.provider].read_notice(json.loads(delivery.body))
    outcome = handle_notice(provider=delivery.provider, notice=notice, at=at)
    note_handled(delivery, outcome=outcome, at=at)
    return outcome


def handle_notice(*, provider: str, notice: Notice, at: datetime) -> str:
    """Act on a message and return what came of it."""
    reference = notice.refund.payment_reference if notice.refund else notice.charge_reference
    if reference is None:
        return "nothing to do"
    payment = Payment.objects.filter(provider=provider, reference=reference).first()
    if payment is None:
        return f"no payment {reference}"
    # A refund's message may overtake that of its charge.
    payment = settle_payment(payment=payment, at=at, actor=NOBODY)
    if notice.refund is None or not payment.is_received:
        return f"payment {payment.status}"
    refund = hear_of_refund(
        payment=payment, amount_kobo=notice.refund.amount_kobo, answer=notice.refund.answer, at=at, actor=NOBODY
    )
    return f"refund {refund.status}" if refund else "refund not ours"


def handle_waiting_deliveries(*, at: datetime) -> int:
    """Handle messages whose provider did not answer when it was asked; return how many are done. Up to 100 a run.

    Each is tried for a day; then staff find it among those that are not handled.
    """
    done = 0
    waiting = WebhookDelivery.objects.filter(handled_at=None, attempts__lt=MOST_ATTEMPTS)
    for delivery in waiting.order_by("received_at", "id")[:AT_ONCE]:
        try:
            handle_delivery(delivery=delivery, at=at)
        except (GatewayUnavailable, GatewayRefused) as refusal:
            log.warning("webhooks.provider_away", provider=delivery.provider, message=refusal.message)
            continue
        except Exception:  # one that cannot be handled must not keep the others from it
            log.exception("webhooks.failed", delivery=delivery.pk)
            continue
        done += 1
    return done
