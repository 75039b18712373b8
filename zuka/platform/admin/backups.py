"""Backups in the back office: which there are, and a word when the last good one is too old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.utils.timesince import timesince

from zuka.platform.admin.job_runs import duration_text
from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.backup_runs import BackupRun, last_good, place_text
from zuka.platform.clock import now

COLOURS = {"done": "success", "removed": "info", "failed": "danger"}


@admin.register(BackupRun)
class BackupRunAdmin(RecordAdmin):
    """Backups, the latest first."""

    nothing_yet = "Each backup is listed here with its size and whether it could be read back."

    list_display = ("began_at", "show_outcome", "show_size", "rows", "show_took", "verified_at", "place")
    list_filter = ("outcome", "began_at")
    fields = (
        ("name", "version"),
        ("began_at", "ended_at"),
        ("show_outcome", "error"),
        ("show_size", "rows"),
        ("verified_at", "removed_at"),
        "place",
    )
    readonly_fields = ("show_outcome", "show_size")

    @column(description="State", ordering="outcome", label=COLOURS)
    def show_outcome(self, run: BackupRun) -> tuple[str, str]:
        """Return what became of it."""
        if run.outcome == BackupRun.Outcome.FAILED:
            return "failed", f"Failed: {run.error}"
        return ("removed", "Removed, as too old") if run.removed_at else ("done", "Whole")

    @column(description="Size", ordering="bytes")
    def show_size(self, run: BackupRun) -> str:
        """Return its size."""
        return filesizeformat(run.bytes) if run.bytes else "–"

    @column(description="Took")
    def show_took(self, run: BackupRun) -> str:
        """Return how long it took, reading back included."""
        return duration_text((run.ended_at - run.began_at).total_seconds())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the list, under a word of warning where there is need of one."""
        if request.method == "GET" and (warning := backup_warning(at=now())):
            messages.warning(request, warning)
        return super().changelist_view(request, extra_context)  # type: ignore[no-any-return]  # Unfold's has no types


def backup_warning(*, at: datetime) -> str:
    """Return what an owner must know: that none are made, or that the last good one is too old; else nothing."""
    last = last_good(place=settings.BACKUP_URL and place_text(settings.BACKUP_URL))
    if not settings.BACKUP_URL:
        made = f"The last was made by hand {timesince(last.began_at, at)} ago." if last else "There is none yet."
        return f"Backups are not made by themselves: whoever runs the server sets BACKUP_URL. {made}"
    if last is None:
        return "There is no good backup yet. The job Back up makes the first within the hour."
    if last.began_at < at - timedelta(hours=settings.BACKUP_LATE_HOURS):
        return f"The last good backup was {timesince(last.began_at, at)} ago. See the job Back up for why."
    return ""
