"""Pets' scheduled jobs: thin, tolerant of unknown keywords, safe to run twice. When they run: `zuka/celery.py`."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from pets.retention import forget_old
from zuka.platform.clock import now


@shared_task(name="pets.tasks.forget_conversations")
def forget_conversations(**_unknown: Any) -> None:
    """Delete conversations that are over for long enough, and what thinking cost then."""
    forget_old(at=now())
