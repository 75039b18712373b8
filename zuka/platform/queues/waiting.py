"""How many tasks wait for a worker, by queue."""

from __future__ import annotations

from typing import Any

import redis
import structlog
from django.conf import settings

from zuka.platform.queues.declared import EARLIER, NAMES, QUEUES

log = structlog.get_logger(__name__)
SECONDS = 2


def count_waiting() -> dict[str, int]:
    """Return how many tasks wait in each queue; nothing without a broker. Raises RedisError."""
    if not settings.REDIS_URL:
        return {}
    with (
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as client,
        client.pipeline(transaction=False) as asked,
    ):
        for name in NAMES:
            asked.llen(name)
        return dict(zip(NAMES, asked.execute(), strict=True))


def waiting_rows() -> list[dict[str, Any]]:
    """Return the queues as the page of jobs shows them; `waiting` is None where nobody can say."""
    try:
        waiting = count_waiting()
    except redis.RedisError as error:
        log.warning("queues.unread", error=type(error).__name__)
        waiting = {}
    rows = [{"name": each.name, "text": each.text, "waiting": waiting.get(each.name)} for each in QUEUES]
    if left := waiting.get(EARLIER):
        rows.append({"name": EARLIER, "text": "Queued by an earlier release.", "waiting": left})
    return rows
