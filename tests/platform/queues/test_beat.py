"""Beat goes on when the clock is set back: moments of the clock that was do not keep jobs waiting for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError
from django_celery_beat.models import PeriodicTask

from zuka.celery import app, write_schedule
from zuka.platform.queues.beat import AWAY_SECONDS, SteadyEntry, SteadyScheduler
from zuka.schedule import SCHEDULE

pytestmark = pytest.mark.django_db(transaction=True)  # beat closes connections that are old
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAME = "Fill rollups"


@pytest.fixture(autouse=True)
def _schedule() -> None:
    write_schedule(SCHEDULE)


@pytest.mark.parametrize(
    ("ahead", "is_due"),
    [
        (timedelta(days=30), True),
        (timedelta(minutes=2), True),
        (timedelta(seconds=30), False),  # another machine's clock
        (timedelta(0), False),
        (-timedelta(seconds=61), True),
    ],
)
def test_a_job_that_ran_in_the_future_is_due(ahead: timedelta, is_due: bool) -> None:
    PeriodicTask.objects.filter(name=NAME).update(last_run_at=NOON + ahead)
    with time_machine.travel(NOON, tick=False):
        assert SteadyEntry(PeriodicTask.objects.get(name=NAME), app=app).is_due().is_due is is_due


def test_one_that_staff_paused_is_not() -> None:
    PeriodicTask.objects.filter(name=NAME).update(last_run_at=NOON + timedelta(days=1), enabled=False)
    with time_machine.travel(NOON, tick=False):
        assert not SteadyEntry(PeriodicTask.objects.get(name=NAME), app=app).is_due().is_due


def test_beat_goes_on_while_postgresql_is_away() -> None:
    class Away(SteadyScheduler):
        def all_as_schedule(self) -> dict[str, SteadyEntry]:
            if is_away:
                raise OperationalError("the database system is starting up")
            found: dict[str, SteadyEntry] = super().all_as_schedule()
            return found

    is_away = False
    with time_machine.travel(NOON, tick=False) as clock:
        PeriodicTask.objects.update(last_run_at=NOON)
        scheduler = Away(app=app)
        scheduler.tick()
        is_away = True
        clock.shift(301)  # rows are read anew after five minutes
        assert scheduler.tick() == AWAY_SECONDS
    scheduler.sync()


def test_every_job_runs_once_when_the_clock_is_set_back_and_then_as_often_as_ever() -> None:
    sent: list[str] = []

    class Noting(SteadyScheduler):
        def apply_async(self, entry: SteadyEntry, *, advance: bool = True, **_producer: object) -> None:
            sent.append(self.reserve(entry).name if advance else entry.name)

    def tick_until_idle(scheduler: Noting) -> list[str]:
        sent.clear()
        for _ in range(1000):
            if scheduler.tick() > 0:
                break
        return sorted(sent)

    names = sorted(PeriodicTask.objects.values_list("name", flat=True))
    minutely = sorted(PeriodicTask.objects.filter(interval__every=60).values_list("name", flat=True))
    PeriodicTask.objects.update(last_run_at=NOON)
    with time_machine.travel(NOON, tick=False) as clock:
        scheduler = Noting(app=app)
        assert tick_until_idle(scheduler) == []
        clock.shift(61)
        assert tick_until_idle(scheduler) == minutely
        clock.move_to(NOON - timedelta(days=30))
        assert tick_until_idle(scheduler) == names
        assert tick_until_idle(scheduler) == []
        clock.shift(61)
        assert tick_until_idle(scheduler) == minutely
    scheduler.sync()  # what it has not written yet it would write as Python ends
