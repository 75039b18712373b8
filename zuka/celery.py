"""Background work: the Celery app, and what it does with the jobs of `schedule.py`."""

from __future__ import annotations

import gc
import os
import time
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_before_create_process, worker_ready
from django.db.models.signals import post_migrate

from zuka.schedule import SCHEDULE, Job

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zuka.settings")
_began: dict[str, float] = {}  # of the tasks that run in this process
app = Celery("zuka")
app.config_from_object("django.conf:settings", namespace="CELERY")
# No results are kept, so beat need not invent a job that cleans them up.
app.add_defaults(lambda: {"result_expires": None})
app.autodiscover_tasks()
app.steps["consumer"].add("zuka.platform.queues.slots:KeepSlots")


@worker_before_create_process.connect(weak=False)
def share_memory(**_kwargs: Any) -> None:
    """Leave what is loaded out of collections of garbage, so that each slot's process shares it: 65 MB instead of 110.

    A collection writes to every object that it looks at, and a page that is written to is shared no more.
    """
    gc.collect()
    gc.freeze()


@worker_ready.connect(weak=False)
def send_jobs_at_start(**_kwargs: Any) -> None:
    """Queue the jobs that a start must not wait for."""
    for job in SCHEDULE:
        if job.at_start:
            app.send_task(job.task)


@task_prerun.connect(weak=False)
def note_start(*, task_id: str, **_kwargs: Any) -> None:
    """Remember when a task began."""
    _began[task_id] = time.time()


@task_postrun.connect(weak=False)
def note_job(*, task_id: str, task: Any, state: str | None = None, retval: Any = None, **_kwargs: Any) -> None:
    """Let `/readyz` say that a worker is there, and staff see how the task went."""
    # Models can be imported only once Django is set up.
    from zuka.platform.health import note_worker
    from zuka.platform.jobs import note_run

    note_worker()
    if state in {"SUCCESS", "FAILURE"}:
        error = type(retval).__name__ if state == "FAILURE" else ""
        note_run(task=task.name, began=_began.pop(task_id, time.time()), error=error)


def sync_schedule(*, sender: Any, using: str, **_kwargs: Any) -> None:
    """Make the rows that beat reads those of the table; whether staff have paused one stays as it is.

    After each migration, which may also have been one that took the rows' table away.
    """
    # Models can be imported only once Django is set up, and this module is what sets Celery up before it.
    from django.db import connections

    if sender.label != "django_celery_beat":
        return
    from django_celery_beat.models import PeriodicTask

    if PeriodicTask._meta.db_table in connections[using].introspection.table_names():  # noqa: SLF001 - public by Django's documentation
        write_schedule(SCHEDULE)


def write_schedule(schedule: tuple[Job, ...]) -> None:
    """Write the table's rows and delete all others; rows that are right already are left alone."""
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    # One by one: deleting a row tells beat to read the table again, which a bulk delete would not.
    for row in PeriodicTask.objects.exclude(name__in=[job.name for job in schedule]):
        row.delete()
    for job in schedule:
        interval, _ = IntervalSchedule.objects.get_or_create(every=job.every, period=IntervalSchedule.SECONDS)
        # A run that waited a whole period for a worker is not worth running beside the next.
        facts = {"task": job.task, "interval": interval, "description": job.why, "expire_seconds": job.every}
        row, created = PeriodicTask.objects.get_or_create(name=job.name, defaults=facts)
        if not created and any(getattr(row, name) != value for name, value in facts.items()):
            PeriodicTask.objects.update_or_create(name=job.name, defaults=facts)


post_migrate.connect(sync_schedule, dispatch_uid="zuka.sync_schedule")
