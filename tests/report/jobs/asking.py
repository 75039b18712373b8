"""Exports of tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analytics.report.jobs import Owner, start_export
from analytics.store.models import ExportJob
from tests.rollup.story import SATURDAY, at

NOW = at(SATURDAY, 20)


def start(person: Any = None, **choices: Any) -> ExportJob:
    """An export of the list of events, as CSV."""
    asked: dict[str, Any] = {"report_id": "recent_events", "format_id": "csv", "params": {}, "at": NOW}
    return start_export(**{**asked, "owner": Owner(user_id=person and person.pk), **choices})


def state(job: ExportJob) -> tuple[str, int, int, str]:
    """Where it stands: status, rows, attempts, why it failed."""
    job.refresh_from_db()
    return job.status, job.rows, job.attempts, job.failure


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []
