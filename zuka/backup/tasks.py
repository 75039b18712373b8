"""The jobs of backups: thin, tolerant of unknown keywords. Only one backup of a shop is made at a time."""

from __future__ import annotations

from typing import Any

from zuka.backup import running
from zuka.platform.clock import now
from zuka.platform.queues.declared import SLOW, SOON
from zuka.platform.queues.declaring import background


@background(name="zuka.backup.tasks.back_up", queue=SLOW)
def back_up(**_unknown: Any) -> None:
    """Take a backup when one is due."""
    running.back_up_when_due(at=now())


@background(name="zuka.backup.tasks.watch_backups", queue=SOON)
def watch_backups(**_unknown: Any) -> None:
    """Fail when the last good backup is too old: alerts on jobs tell of it."""
    running.refuse_late(at=now())
