from __future__ import annotations

import pytest
from django.core.management import call_command
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from zuka.celery import app, write_schedule
from zuka.schedule import SCHEDULE, Job

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[str, str, int, str, bool]]:
    tasks = PeriodicTask.objects.select_related("interval").order_by("name")
    return [(task.name, task.task, task.interval.every, task.interval.period, task.enabled) for task in tasks]


def test_migrate_writes_the_schedule():
    expected = sorted((job.name, job.task, job.every, IntervalSchedule.SECONDS, True) for job in SCHEDULE)
    assert rows() == expected


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    assert [job.task for job in SCHEDULE if job.task not in app.tasks] == []


def test_names_are_unique():
    assert len({job.name for job in SCHEDULE}) == len(SCHEDULE)


def test_paused_rows_stay_paused_changed_ones_change_and_others_go():
    PeriodicTask.objects.filter(name=SCHEDULE[0].name).update(enabled=False)
    changed = Job(SCHEDULE[0].name, SCHEDULE[0].task, 5, "more often")
    write_schedule((changed,))
    assert rows() == [(changed.name, changed.task, 5, IntervalSchedule.SECONDS, False)]


def test_a_row_that_staff_invented_goes_at_the_next_migrate():
    interval = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.DAYS)
    PeriodicTask.objects.create(name="Invented", task="nothing", interval=interval)
    call_command("migrate", verbosity=0)
    assert [row[0] for row in rows()] == sorted(job.name for job in SCHEDULE)
