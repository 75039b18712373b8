"""The shop's scheduled jobs: thin, tolerant of unknown keywords, safe to run twice. When they run: `zuka/celery.py`."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore


@shared_task(name="commerce.tasks.forget_expired_sessions")
def forget_expired_sessions(**_unknown: Any) -> None:
    """Delete sign-ins that are over, of customers and staff: each adds a row for two weeks."""
    SessionStore.clear_expired()
