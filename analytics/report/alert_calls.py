"""Telling webhooks what alerts found: after the firing is kept, tried again for a day, each try by one worker."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db.models import F

from analytics.store.models import AlertFiring
from zuka.platform.webhooks import BadAddress, call_webhook

log = structlog.get_logger(__name__)
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60, 360, 1_440))
LEASE = timedelta(minutes=2)  # longer than a call may take
AT_ONCE = 50


def call_body(firing: AlertFiring) -> bytes:
    """Return what a webhook is told; `id` is the same for each try."""
    told = {
        "id": firing.pk,
        "alert": firing.alert.name,
        "kind": firing.alert.kind,
        "metric": firing.alert.metric or None,
        "value": firing.value,
        "message": firing.message,
        "fired_at": firing.fired_at.isoformat(),
        "shop": settings.SHOP_NAME,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def call_waiting(*, at: datetime) -> int:
    """Call the webhooks whose time has come; return how many took it."""
    waiting = AlertFiring.objects.filter(call=AlertFiring.Call.WAITING, next_call_at__lte=at)
    due = list(waiting.select_related("alert").order_by("next_call_at")[:AT_ONCE])
    return sum(call_one(firing, at=at) for firing in due)


def call_one(firing: AlertFiring, *, at: datetime) -> bool:
    """Call one webhook, unless another worker is at it; return whether it took the message."""
    mine = AlertFiring.objects.filter(
        pk=firing.pk, call=AlertFiring.Call.WAITING, calls=firing.calls, next_call_at__lte=at
    )
    if not mine.update(calls=F("calls") + 1, next_call_at=at + LEASE):
        return False
    problem = try_call(firing, at)
    outcome: dict[str, Any] = {"call": AlertFiring.Call.TAKEN, "next_call_at": None, "call_error": problem[:300]}
    if problem:
        log.warning("alert.call_failed", firing=firing.pk, problem=problem)
        is_last = firing.calls >= len(RETRIES)
        outcome["call"] = AlertFiring.Call.FAILED if is_last else AlertFiring.Call.WAITING
        outcome["next_call_at"] = None if is_last else at + RETRIES[firing.calls]
    AlertFiring.objects.filter(pk=firing.pk).update(**outcome)
    return not problem


def try_call(firing: AlertFiring, at: datetime) -> str:
    """Call the webhook of a firing; return what went wrong, empty when it was taken."""
    try:
        status = call_webhook(firing.alert.webhook_url, call_body(firing), secret=firing.alert.webhook_secret, at=at)
    except (BadAddress, OSError) as error:
        return str(error) or type(error).__name__
    return "" if 200 <= status < 300 else f"The answer was {status}."
