"""How background tasks went: the last run of each, for staff and for alerts."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.db.models import F

from zuka.platform.models import JobRun, JobState


def note_run(*, task: str, began: float, error: str) -> None:
    """Keep how a task went. `began` is in seconds of the epoch, `error` the kind of error, empty when it ended well.

    Only the kind: what an error says may hold personal data, and is in the log.
    """
    started_at = datetime.fromtimestamp(began, UTC)
    facts: dict[str, Any] = {"started_at": started_at, "seconds": max(time.time() - began, 0.0), "error": error[:200]}
    if error:
        new = {**facts, "outcome": JobState.Outcome.FAILED, "failed_at": started_at}
        again, first = {**new, "failures": F("failures") + 1}, {**new, "failures": 1}
    else:
        again = first = {**facts, "outcome": JobState.Outcome.DONE, "done_at": started_at, "failures": 0}
    JobState.objects.update_or_create(task=task, defaults=again, create_defaults=first)
    JobRun.objects.create(task=task, **facts, outcome=first["outcome"])
