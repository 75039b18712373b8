"""How the machine does, as staff see it: whole tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from celery import shared_task
from django.db import connection
from django_celery_beat.models import PeriodicTask

from analytics.ask import ask
from analytics.rollup.disk import measure_disk_use
from analytics.rollup.fill import fill_dirty
from analytics.rollup.nightly import sample_days, verify_day, verify_sample
from analytics.store.extensions import count_statements
from analytics.store.models import DiskUse, FillState, RefreshRun, RollupEvent, VerifyRun
from analytics.tasks import fold_ingest_counts, measure_disk, verify_counts
from tests.report.test_alerts import run_until_counted
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event
from zuka.platform import clock
from zuka.platform.keys.issuing import issue_key
from zuka.platform.models import JobState, ValidationDay

pytestmark = pytest.mark.django_db
WEEK = {"from": "2026-11-16", "to": "2026-11-22"}


@shared_task(name="tests.fails")
def fails() -> None:
    raise LookupError("ada@example.com is not there")


def rows(report: str, *names: str, **params: str) -> list[tuple[Any, ...]]:
    table = ask(report, **params)
    places = [[column.name for column in table.columns].index(name) for name in names]
    return [tuple(row[place] for place in places) for row in table.rows]


def schedule(name: str, task: str, *, enabled: bool = True) -> PeriodicTask:
    job = PeriodicTask.objects.get(name=name)
    PeriodicTask.objects.filter(pk=job.pk).update(
        task=task, enabled=enabled, date_changed=clock.now() - timedelta(days=30)
    )
    return job


def test_jobs_show_how_they_went() -> None:
    names = {"Add up ingest counts": "Done", "Watch keys": "Failed", "Fill rollups": "Overdue", "Send mails": "Paused"}
    PeriodicTask.objects.exclude(name__in=names).delete()
    schedule("Add up ingest counts", "analytics.tasks.fold_ingest_counts")
    schedule("Watch keys", "tests.fails")
    schedule("Fill rollups", "analytics.tasks.fill_rollups")
    schedule("Send mails", "zuka.platform.tasks.send_waiting_mails", enabled=False)
    fold_ingest_counts.apply()
    fails.apply()
    fails.apply()
    assert rows("jobs", "name", "state", "failures", "error", "every_seconds") == [
        ("Fill rollups", "Overdue", 0, None, 60),
        ("Watch keys", "Failed", 2, "LookupError", 600),
        ("Add up ingest counts", "Done", 0, None, 60),
        ("Send mails", "Paused", 0, None, 60),
    ]


def test_a_job_that_ends_well_has_not_failed_any_more() -> None:
    fails.apply()
    JobState.objects.filter(task="tests.fails").update(task="analytics.tasks.fold_ingest_counts")
    failed_at = JobState.objects.get().failed_at
    fold_ingest_counts.apply()
    state = JobState.objects.get()
    assert (state.outcome, state.error, state.failures, state.failed_at) == ("done", "", 0, failed_at)
    assert (state.done_at == state.started_at, 0 <= state.seconds < 60) == (True, True)


def test_counting_says_what_waits_and_what_was_refreshed() -> None:
    noon = at(SATURDAY, 12)
    event("page.viewed", at(FRIDAY, 9), visitor_id="ada")
    FillState.objects.create(rollup="events", day=FRIDAY, filled_at=noon, rows=7, seconds=0.5)
    FillState.objects.create(rollup="events", day=SATURDAY, filled_at=noon - timedelta(hours=1), rows=9, seconds=0.1)
    for minutes, outcome in ((30, "done"), (15, "failed")):
        started_at = noon - timedelta(minutes=minutes)
        RefreshRun.objects.create(view="top", started_at=started_at, seconds=1.5, outcome=outcome, message="")
    shown = ("name", "kind", "last_at", "seconds", "rows", "state", "days")
    assert rows("counting", *shown) == [
        ("Days waiting to be counted", "Fill", None, None, None, "Waiting", 1),
        ("events", "Rollup", noon, 0.5, 7, "Done", None),
        ("top", "View", noon - timedelta(minutes=15), 1.5, None, "Failed", None),
    ]


def test_days_that_agree_and_days_that_differ_are_kept_with_their_cells() -> None:
    event("page.viewed", at(FRIDAY, 9), visitor_id="ada")
    assert verify_day(day=FRIDAY, at=at(SATURDAY, 3)) is None  # it waits to be counted
    fill_dirty()
    agreed = verify_day(day=FRIDAY, at=at(SATURDAY, 3))
    assert agreed is not None
    RollupEvent.objects.update(events=5)
    verify_day(day=FRIDAY, at=at(SATURDAY, 4))
    assert rows("verify_runs", "started_at", "day", "result", "cells", "differing", "differences", **WEEK) == [
        (
            *(at(SATURDAY, 4), FRIDAY, "Differs", agreed.cells, 1),
            'events events ["page.viewed", "web"]: stored 5, counted 1',
        ),
        (at(SATURDAY, 3), FRIDAY, "Agrees", agreed.cells, 0, None),
    ]
    assert agreed.cells > 20


def test_each_night_three_days_are_drawn() -> None:
    assert sample_days(first=FRIDAY, last=FRIDAY) == [FRIDAY]
    nights = [sample_days(first=THURSDAY - timedelta(days=400), last=THURSDAY + timedelta(days=n)) for n in range(30)]
    assert nights[0] == sample_days(first=THURSDAY - timedelta(days=400), last=THURSDAY)
    assert {len(days) for days in nights} <= {2, 3}
    assert len({day for days in nights for day in days}) > 60


def test_the_nightly_job_compares_what_is_over_and_forgets_old_runs() -> None:
    old = VerifyRun.objects.create(day=FRIDAY, started_at=at(FRIDAY, 1), seconds=1, cells=1, differing=0)
    event("page.viewed", at(FRIDAY, 9), visitor_id="ada")
    fill_dirty()
    assert [run.day for run in verify_sample(at=at(FRIDAY, 23))] == []
    assert [run.day for run in verify_sample(at=at(SATURDAY, 3))] == [FRIDAY]
    verify_sample(at=at(FRIDAY, 2) + timedelta(days=400))
    assert not VerifyRun.objects.filter(pk=old.pk).exists()
    verify_counts.apply(throw=True)


def test_without_its_extension_the_page_says_how_to_switch_it_on_and_migrate_does_so() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION IF EXISTS pg_stat_statements")
        table = ask("slow_queries")
        assert (table.rows, "CREATE EXTENSION pg_stat_statements;" in table.report.empty) == ([], True)
        count_statements()
        assert ask("slow_queries").rows
        count_statements()  # again, as every migrate does


def test_slow_queries_are_shown_without_values() -> None:
    run_until_counted(
        "-- a word on why\nSELECT pg_sleep(0.51), 'ada@example.com' AS who",
        "COPY (SELECT pg_sleep(0.51), 'ada@example.com') TO '/dev/null'",
        "SELECT pg_sleep(CASE WHEN 1 = 1 THEN 0 END), 'bola@example.com' AS who",
    )
    found = rows("slow_queries", "query", "state", "calls", "rows", "rows_a_call")
    assert sorted(found[:2]) == [
        ("COPY (SELECT …", "On average", 1, 1, 1.0),
        ("SELECT pg_sleep($1), $2 AS who", "On average", 1, 1, 1.0),
    ]
    assert [each > 500 for (each,) in rows("slow_queries", "max_ms")[:2]] == [True, True]
    assert ("SELECT pg_sleep(CASE WHEN $1 = $2 THEN $3 END), $4 AS who", None, 1, 1, 1.0) in found[2:]
    assert sum(share for (share,) in rows("slow_queries", "share", limit="1000")) == pytest.approx(1)
    assert "example.com" not in str(found)


def test_partitions_count_for_their_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'analytics_events'::regclass")
        months = cursor.fetchone()[0]
    found = dict(rows("table_sizes", "name", "partitions", limit="1000"))
    assert (found["analytics_events"], found["commerce_order"]) == (months, 0)
    assert [name for name in found if name.startswith("analytics_events_2")] == []
    assert sum(share for (share,) in rows("table_sizes", "share", limit="1000")) == pytest.approx(1)


def test_the_disk_lasts_as_long_as_it_grows() -> None:
    for day, size, free in ((THURSDAY, 100, None), (FRIDAY, 110, 200), (SATURDAY, 140, 170)):
        free_bytes = free and free * 1_000_000
        DiskUse.objects.create(day=day, database_bytes=size * 1_000_000, free_bytes=free_bytes, measured_at=at(day, 1))
    assert ask("disk_use", **WEEK).rows == [
        (THURSDAY, 100.0, None, None, None),
        (FRIDAY, 110.0, 10.0, 200.0, 20),
        (SATURDAY, 140.0, 20.0, 170.0, 8),
    ]


@pytest.mark.parametrize(("path", "is_known"), [("", False), ("/", True), ("/nowhere/at/all", False)])
def test_what_is_free_is_known_of_the_disk_that_was_named(settings: Any, path: str, *, is_known: bool) -> None:
    settings.DATABASE_DISK_PATH = path
    first = measure_disk_use(at=at(SATURDAY, 1))
    measure_disk.apply(throw=True)
    assert (first.free_bytes is not None, first.database_bytes > 1_000_000) == (is_known, True)
    measure_disk_use(at=at(SATURDAY, 2))
    assert DiskUse.objects.filter(day=SATURDAY).values_list("measured_at", flat=True).get() == at(SATURDAY, 2)


def test_validations_are_shown_by_key_and_day() -> None:
    key = issue_key(name="Partner app", kind="secret", scopes=["track"])[0]
    told = [(key, THURSDAY, "success", 3), (key, THURSDAY, "expired", 1), (None, SATURDAY, "invalid_key", 2)]
    for whose, day, result, validations in told:
        ValidationDay.objects.create(key=whose, day=day, result=result, validations=validations)
    table = ask("key_validations", **WEEK)
    assert table.rows == [
        ("Partner app", 4, 3, 0, 1, 0, 0, 0.25, THURSDAY),
        ("No such key", 2, 0, 2, 0, 0, 0, 1, SATURDAY),
    ]
    assert [row for row in table.series or () if any(row[1:])] == [
        (THURSDAY, 3, 0, 1, 0, 0),
        (SATURDAY, 0, 2, 0, 0, 0),
    ]
