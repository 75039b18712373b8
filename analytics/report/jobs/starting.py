"""Asking for an export, and thinking better of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from analytics.report.export import FORMATS
from analytics.report.query import BadQuery, Query, find_report, parse_query
from analytics.report.scope import NOBODY, Scope, scope_of, scope_of_key
from analytics.store.models import ExportJob, ExportStatus
from zuka.platform.clock import local_day
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused
from zuka.platform.keys.finding import load_grant
from zuka.platform.waking import wake_worker

WRITE = "analytics.tasks.write_exports"
MOST_OPEN = 5


class ExportRefused(Refused):
    """An export cannot take this step."""

    code = "export_refused"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who asks for an export: a member of staff, or a key. The other is None."""

    user_id: UUID | None = None
    key_id: UUID | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Return what finds their exports."""
        return {"user_id": self.user_id, "key_id": self.key_id}


def exports_folder() -> Path | None:
    """Return where exports are kept; None where the shop has no such place."""
    if settings.EXPORTS_ROOT:
        return Path(settings.EXPORTS_ROOT)
    return Path(settings.MEDIA_ROOT) / "exports" if settings.MEDIA_ROOT else None


def query_of(job: ExportJob) -> Query:
    """Return an export's query, as it was meant when it was asked for: `today` is that day. Raises BadQuery."""
    largest = FORMATS[job.format].most_rows
    today = local_day(job.created_at)
    report, scope = find_report(job.report), scope_of_job(job)
    return parse_query(report=report, params=job.params, today=today, scope=scope, largest=largest)


def scope_of_job(job: ExportJob) -> Scope:
    """Return what who asked for an export may see now."""
    if job.user is not None:
        return scope_of(job.user)
    grant = load_grant(pk=job.key_id)
    return scope_of_key(grant.scopes) if grant else NOBODY


@transaction.atomic
def start_export(*, report_id: str, format_id: str, params: Mapping[str, str], owner: Owner, at: datetime) -> ExportJob:
    """Keep an export to be written, and ask a worker to.

    Raises UnknownReport, BadQuery for a parameter or kind of file that there is not, and ExportRefused where the shop
    has no folder for exports or somebody has too many under way.
    """
    if format_id not in FORMATS:
        raise BadQuery(f"format must be one of {', '.join(FORMATS)}, not {format_id[:30]!r}.", field="format")
    # PostgreSQL's JSON cannot hold it, and no filter means it.
    asked = {name: value.replace("\x00", "") for name, value in params.items()}
    job = ExportJob(report=find_report(report_id).id, format=format_id, params=asked, created_at=at, **owner.columns)
    if query_of(job).scope.is_limited:
        raise ExportRefused("Exports are for the shop's own staff. Download the report from its page.")
    if exports_folder() is None:
        raise ExportRefused("The shop has no folder for exports yet. Set EXPORTS_ROOT or MEDIA_ROOT.")
    take_turns(f"exports of {owner.user_id or owner.key_id}")
    if ExportJob.objects.open().filter(**owner.columns).count() >= MOST_OPEN:
        raise ExportRefused(f"{MOST_OPEN} of your exports are under way. Wait for one, or cancel it.")
    job.save(force_insert=True)
    transaction.on_commit(lambda: wake_worker(WRITE), robust=True)
    return job


@transaction.atomic
def cancel_export(*, job: ExportJob, at: datetime) -> ExportJob:
    """End an export that is not over; a worker that writes it stops at its next batch. Raises ExportRefused."""
    job = ExportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.status not in {ExportStatus.WAITING, ExportStatus.RUNNING}:
        raise ExportRefused(f"Too late: {job.get_status_display().lower()}.")
    job.status, job.ended_at = ExportStatus.CANCELLED, at
    job.save(update_fields=["status", "ended_at"])
    return job
