"""Tasks that a worker of a test loads beside Zuka's: each lasts until it is let go, or half a minute."""

from __future__ import annotations

import time
from typing import Any

import redis
from django.conf import settings

from zuka.platform.queues.declared import SLOW, SOON
from zuka.platform.queues.declaring import background

LETS_GO = "long_tasks:go"
RUNNING = "long_tasks:running"


def last(name: str) -> None:
    """Say that a task runs, and wait."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.sadd(RUNNING, name)
        end = time.monotonic() + 30
        while time.monotonic() < end and not client.exists(LETS_GO):
            time.sleep(0.05)


@background(name="tests.platform.queues.long_tasks.slowly", queue=SLOW)
def slowly(*, name: str, **_unknown: Any) -> None:
    """Take long, as an export may."""
    last(name)


@background(name="tests.platform.queues.long_tasks.soon", queue=SOON)
def soon(*, name: str, **_unknown: Any) -> None:
    """Take long, as counting a year may."""
    last(name)
