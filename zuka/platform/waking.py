"""Asking a worker to do something soon that a job of the schedule would do later anyway."""

from __future__ import annotations

import structlog
from celery import current_app
from django.conf import settings
from django.core.cache import cache

log = structlog.get_logger(__name__)
# A connection of its own: that of a usual task tries for six seconds, in which a customer would wait.
HURRIED = {"max_retries": 1, "interval_start": 0, "interval_max": 0, "socket_connect_timeout": 1, "socket_timeout": 1}


def wake_worker(task: str) -> None:
    """Queue a task, where there is a worker; otherwise its job does the work within a minute. Never raises."""
    if not settings.REDIS_URL or getattr(cache, "is_away", False):
        return
    try:
        with current_app.connection_for_write(transport_options=HURRIED) as connection:
            current_app.send_task(task, connection=connection, retry=False, expires=60)
    except Exception as error:  # noqa: BLE001 - what is to be done is in the database, whatever is wrong with the broker
        log.warning("worker.not_woken", task=task, error=str(error))
