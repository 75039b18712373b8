"""Keeping what providers send, each message once."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from commerce.payments.models import WebhookDelivery

LONGEST_KEY, LONGEST_EVENT, LONGEST_OUTCOME = 400, 100, 200


def keep_delivery(*, provider: str, event: str, key: str, body: str, at: datetime) -> tuple[WebhookDelivery, bool]:
    """Store a message of a provider; return it, and whether it is new: of 20 requests at once one is told so."""
    return WebhookDelivery.objects.get_or_create(
        provider=provider,
        dedupe_key=key[:LONGEST_KEY],
        defaults={"event": event[:LONGEST_EVENT], "body": body, "received_at": at},
    )


def note_attempt(delivery: WebhookDelivery) -> None:
    """Count that a message is being handled."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(attempts=F("attempts") + 1)


def note_handled(delivery: WebhookDelivery, *, outcome: str, at: datetime) -> None:
    """Note what a message led to: it needs no more attempts."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(handled_at=at, outcome=outcome[:LONGEST_OUTCOME])
