"""Jobs as staff see them: how they went last, when they run next, and their runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from tests.commerce.factories import UserFactory
from zuka.platform.admin.job_runs import duration_text
from zuka.platform.admin.jobs import JobAdmin
from zuka.platform.admin.site import BackOffice
from zuka.platform.job_runs import KEPT_RUNS, JobRun, forget_old_runs
from zuka.platform.jobs import note_run
from zuka.platform.tasks import forget_job_runs

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIST = "admin:django_celery_beat_periodictask_changelist"


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def run(task: str, *, minutes: int, seconds: float = 2.0, error: str = "") -> None:
    began = NOON - timedelta(minutes=minutes)
    with time_machine.travel(began + timedelta(seconds=seconds), tick=False):
        note_run(task=task, began=began.timestamp(), error=error)


def job(name: str, *, task: str, enabled: bool = True) -> None:
    PeriodicTask.objects.filter(name=name).update(task=task, enabled=enabled, last_run_at=NOON - timedelta(minutes=20))


def test_each_job_says_how_it_went_and_when_it_runs_next() -> None:
    PeriodicTask.objects.exclude(name__in=["Fill rollups", "Check alerts", "Send mails"]).delete()
    job("Fill rollups", task="one")  # every minute
    job("Check alerts", task="two")  # every ten
    job("Send mails", task="three", enabled=False)
    run("one", minutes=2, seconds=0.25)
    run("two", minutes=14)
    run("two", minutes=4, seconds=125, error="LookupError")
    pages = JobAdmin(PeriodicTask, BackOffice())
    shown = (pages.show_last, pages.show_took, pages.show_next, pages.show_failures, pages.show_error)
    with time_machine.travel(NOON, tick=False):
        found = pages.get_queryset(RequestFactory().get("/")).order_by("name")
        rows = {each.name: tuple(show(each) for show in shown) for each in found}
    assert rows == {
        "Check alerts": (
            *("21 Nov 2026, 12:56", "2 min 5 s", "21 Nov 2026, 13:06"),
            *(("failed", "1"), "LookupError"),
        ),
        "Fill rollups": ("21 Nov 2026, 12:58", "250 ms", "Due now", None, "–"),
        "Send mails": ("21 Nov 2026, 12:40", "–", "Paused", None, "–"),
    }


def test_a_job_s_page_shows_its_runs(staff: Client) -> None:
    row = PeriodicTask.objects.get(name="Fill rollups")
    page = reverse("admin:django_celery_beat_periodictask_change", args=[row.pk])
    assert "It has not run" in staff.get(page).content.decode()
    for minutes in range(70):
        run(row.task, minutes=minutes, seconds=1 + minutes % 3, error="LookupError" if minutes == 7 else "")
    content = staff.get(page).content.decode()
    drawn = (content.count("<rect"), content.count('class="job-failed"'), content.count("Failed: LookupError"))
    assert drawn == (60, 1, 2)
    assert "the longest took 3.0 s" in content
    assert JobRun.objects.count() == 70


def test_the_list_of_jobs_costs_the_same_for_one_and_for_three(staff: Client) -> None:
    counts: list[int] = []
    staff.get(reverse(LIST))
    for names in (["Fill rollups"], ["Fill rollups", "Check alerts", "Send mails"]):
        PeriodicTask.objects.update(enabled=False)
        PeriodicTask.objects.filter(name__in=names).update(enabled=True)
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(reverse(LIST), {"enabled__exact": 1}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_last_runs_of_each_job_are_kept() -> None:
    facts = {"seconds": 1, "outcome": "done"}
    JobRun.objects.bulk_create(
        [JobRun(task="busy", started_at=NOON + timedelta(minutes=n), **facts) for n in range(KEPT_RUNS + 3)]
    )
    JobRun.objects.create(task="rare", started_at=NOON - timedelta(days=400), **facts)
    assert (forget_old_runs(), forget_old_runs()) == (3, 0)
    assert JobRun.objects.filter(task="busy").earliest("started_at").started_at == NOON + timedelta(minutes=3)
    assert JobRun.objects.filter(task="rare").count() == 1
    forget_job_runs.apply(throw=True)


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "–"), (0.0421, "42 ms"), (3.14, "3.1 s"), (60, "1 min 0 s"), (3725, "62 min 5 s")]
)
def test_durations_in_words(seconds: float | None, text: str) -> None:
    assert duration_text(seconds) == text
