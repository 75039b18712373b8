"""Jobs in the back office: the schedule is declared in code, staff may pause a job or run it now (decision 36)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from celery import current_app
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    PeriodicTasks,
    SolarSchedule,
)

from zuka.platform.admin.job_runs import duration_text, show_runs
from zuka.platform.admin.menu import MenuGroup, MenuItem, add_menu
from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.clock import now
from zuka.platform.models import JobState
from zuka.platform.queues.routing import queue_of
from zuka.platform.queues.waiting import waiting_rows

STATE = ("started_at", "seconds", "failures", "error")
UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))

for _model in (PeriodicTask, ClockedSchedule, CrontabSchedule, IntervalSchedule, SolarSchedule):
    admin.site.unregister(_model)


@admin.register(PeriodicTask)
class JobAdmin(RecordAdmin):
    """The jobs that run on a schedule."""

    list_display = (
        *("name", "show_schedule", "show_queue", "show_state", "show_last", "show_took", "show_next", "show_failures"),
        "show_error",
    )
    list_filter = ("enabled",)
    list_select_related = ("interval", "crontab", "solar", "clocked")
    ordering = ("name",)
    fields = (
        ("name", "task"),
        ("show_schedule", "enabled"),
        ("show_last", "show_next"),
        ("show_took", "show_failures"),
        "show_error",
        ("show_queue", "kwargs"),
        "description",
        "show_history",
    )
    readonly_fields = (
        *("show_schedule", "show_queue", "show_last", "show_took", "show_next", "show_failures"),
        *("show_error", "show_history"),
    )
    actions = ("pause_jobs", "resume_jobs", "run_jobs")
    list_before_template = "platform/job_queues.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show above the jobs what waits in each queue."""
        return super().changelist_view(request, {**(extra_context or {}), "queues": waiting_rows()})

    def has_control_permission(self, request: HttpRequest) -> bool:
        """Say whether a person may pause, resume and run jobs."""
        return bool(request.user.has_perm("django_celery_beat.change_periodictask"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the jobs, each with how its last run went."""
        state = JobState.objects.filter(task=OuterRef("task"))
        facts = {f"state_{name}": Subquery(state.values(name)[:1]) for name in STATE}
        found: QuerySet[Any] = super().get_queryset(request).annotate(**facts)
        return found

    @column(description="Last run", ordering="state_started_at")
    def show_last(self, job: Any) -> str:
        """Return when the job last began."""
        return moment_text(last_run(job))

    @column(description="Took", ordering="state_seconds")
    def show_took(self, job: Any) -> str:
        """Return how long its last run took."""
        return duration_text(job.state_seconds)

    @column(description="Next run")
    def show_next(self, job: Any) -> str:
        """Return when the job runs next."""
        due = next_run(job, at=now())
        return due if isinstance(due, str) else moment_text(due)

    @column(description="Failed in a row", ordering="state_failures", label={"failed": "danger"})
    def show_failures(self, job: Any) -> tuple[str, str] | None:
        """Return how often it has failed since it last ended well."""
        return ("failed", str(job.state_failures)) if job.state_failures else None

    @column(description="Last error", ordering="state_error")
    def show_error(self, job: Any) -> str:
        """Return the kind of error that its last run ended with; the log of the worker has the rest."""
        return job.state_error or "–"

    @column(description="Runs")
    def show_history(self, job: PeriodicTask) -> SafeString:
        """Return its last runs, and how long each took."""
        return show_runs(job.task)

    @column(description="Schedule")
    def show_schedule(self, job: PeriodicTask) -> str:
        """Return when the job runs, in words."""
        return interval_text(job.interval) if job.interval else str(job.scheduler)

    @column(description="Queue")
    def show_queue(self, job: PeriodicTask) -> str:
        """Return the queue that its runs wait in."""
        return job.queue or queue_of(job.task)

    @column(description="State", ordering="enabled", label={"on": "success", "paused": "warning"})
    def show_state(self, job: PeriodicTask) -> tuple[str, str]:
        """Return whether the job runs."""
        return ("on", "On") if job.enabled else ("paused", "Paused")

    @admin.action(description="Pause", permissions=["control"])
    def pause_jobs(self, request: HttpRequest, jobs: QuerySet[Any]) -> None:
        """Keep jobs from running until they are resumed."""
        self.set_enabled(jobs, is_enabled=False)
        messages.success(request, f"{jobs.count()} paused.")

    @admin.action(description="Resume", permissions=["control"])
    def resume_jobs(self, request: HttpRequest, jobs: QuerySet[Any]) -> None:
        """Let jobs run again."""
        self.set_enabled(jobs, is_enabled=True)
        messages.success(request, f"{jobs.count()} resumed.")

    @admin.action(description="Run now", permissions=["control"])
    def run_jobs(self, request: HttpRequest, jobs: QuerySet[Any]) -> None:
        """Queue jobs once, beside their schedule."""
        for job in jobs:
            current_app.send_task(job.task, kwargs=json.loads(job.kwargs or "{}"), queue=job.queue)
        messages.success(request, f"{jobs.count()} queued.")

    @staticmethod
    def set_enabled(jobs: QuerySet[Any], *, is_enabled: bool) -> None:
        """Pause or resume jobs, and tell the running scheduler."""
        jobs.update(enabled=is_enabled)
        PeriodicTasks.update_changed()


def moment_text(moment: datetime | None) -> str:
    """Return a moment as the back office writes them."""
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment else "–"


def last_run(job: Any) -> datetime | None:
    """Return when a job last began: as its worker says, or as it was last queued."""
    moments = [each for each in (job.state_started_at, job.last_run_at) if each is not None]
    return max(moments, default=None)


def next_run(job: Any, *, at: datetime) -> datetime | str:
    """Return when a job runs next, as far as that is known: the scheduler counts from when it was last queued."""
    if not job.enabled:
        return "Paused"
    last = last_run(job)
    if job.interval is None:
        return str(job.scheduler)
    due = last + job.interval.schedule.run_every if last else at
    return due if due > at else "Due now"


def interval_text(interval: IntervalSchedule) -> str:
    """Return an interval in the largest unit that divides it: `every 15 minutes`, `every day`."""
    seconds = int(interval.schedule.run_every.total_seconds())
    size, unit = next((pair for pair in UNITS if seconds % pair[0] == 0), (1, "second"))
    count = seconds // size
    return f"every {unit}" if count == 1 else f"every {count} {unit}s"


add_menu(
    MenuGroup(
        "Platform",
        90,
        [
            MenuItem(
                "Jobs", "schedule", "django_celery_beat_periodictask_changelist", "django_celery_beat.view_periodictask"
            ),
            MenuItem("Backups", "backup", "platform_backuprun_changelist", "platform.view_backuprun"),
            MenuItem("Flags", "flag", "platform_featureflag_changelist", "platform.view_featureflag"),
            MenuItem("Settings", "tune", "settings", "platform.view_settingchange"),
            MenuItem("What is kept", "inventory_2", "kept", "platform.view_tablesize"),
        ],
    )
)
