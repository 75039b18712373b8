"""Pets' scheduled jobs: thin, tolerant of unknown keywords, safe to run twice. When they run: `zuka/schedule.py`."""

from __future__ import annotations

from typing import Any

from pets.retention import forget_old
from zuka.platform.clock import now
from zuka.platform.queues.declared import SLOW
from zuka.platform.queues.declaring import background


@background(name="pets.tasks.forget_conversations", queue=SLOW)
def forget_conversations(**_unknown: Any) -> None:
    """Delete conversations that are over for long enough, and what thinking cost then."""
    forget_old(at=now())
