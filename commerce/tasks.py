"""The shop's scheduled jobs: thin, tolerant of unknown keywords, safe to run twice. When they run: `zuka/celery.py`."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from commerce.orders.services import expire_unpaid_orders, handle_waiting_deliveries, settle_waiting_payments
from zuka.platform.clock import now


@shared_task(name="commerce.tasks.forget_expired_sessions")
def forget_expired_sessions(**_unknown: Any) -> None:
    """Delete sign-ins that are over, of customers and staff: each adds a row for two weeks."""
    SessionStore.clear_expired()


@shared_task(name="commerce.tasks.watch_payments")
def watch_payments(**_unknown: Any) -> None:
    """Handle messages of providers that wait, ask after payments nobody told us of, and expire what nobody paid."""
    handle_waiting_deliveries(at=now())
    settle_waiting_payments(at=now())
    expire_unpaid_orders(at=now())
