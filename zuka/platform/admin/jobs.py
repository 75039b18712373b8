"""Jobs in the back office: the schedule is declared in code, staff may pause a job or run it now (decision 36)."""

from __future__ import annotations

import json
from typing import Any

from celery import current_app
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    PeriodicTasks,
    SolarSchedule,
)

from zuka.platform.admin.menu import MenuGroup, MenuItem, add_menu
from zuka.platform.admin.rows import RecordAdmin, column

UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))

for _model in (PeriodicTask, ClockedSchedule, CrontabSchedule, IntervalSchedule, SolarSchedule):
    admin.site.unregister(_model)


@admin.register(PeriodicTask)
class JobAdmin(RecordAdmin):
    """The jobs that run on a schedule."""

    list_display = ("name", "show_schedule", "show_state", "last_run_at", "total_run_count")
    list_filter = ("enabled",)
    list_select_related = ("interval", "crontab", "solar", "clocked")
    ordering = ("name",)
    fields = (
        ("name", "task"),
        ("show_schedule", "enabled"),
        ("last_run_at", "total_run_count"),
        ("queue", "kwargs"),
        "description",
    )
    readonly_fields = ("show_schedule",)
    actions = ("pause_jobs", "resume_jobs", "run_jobs")

    def has_control_permission(self, request: HttpRequest) -> bool:
        """Say whether a person may pause, resume and run jobs."""
        return bool(request.user.has_perm("django_celery_beat.change_periodictask"))

    @column(description="Schedule")
    def show_schedule(self, job: PeriodicTask) -> str:
        """Return when the job runs, in words."""
        return interval_text(job.interval) if job.interval else str(job.scheduler)

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
        ],
    )
)
