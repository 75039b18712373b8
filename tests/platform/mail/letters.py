"""Mails of tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from zuka.platform.mail.models import OutgoingMail
from zuka.platform.mail.queueing import queue_mail

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def queue(number: int = 1, **choices: Any) -> OutgoingMail:
    """Queue a greeting to person number `number`."""
    defaults = {
        "key": f"test.greeting:{number}",
        "template": "test.greeting",
        "recipient": f"person{number}@example.com",
        "context": {"name": f"Person {number}"},
        "at": NOON,
    }
    return queue_mail(**{**defaults, **choices})


def states() -> list[tuple[str, str, int]]:
    """Where each mail stands: recipient, status, attempts."""
    return list(OutgoingMail.objects.order_by("id").values_list("recipient", "status", "attempts"))
