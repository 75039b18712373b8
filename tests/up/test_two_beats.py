"""Two beats queue every job twice: what each job leaves is the same as if it had run once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from tests.emptying import Emptying
from tests.report.selling import sell
from zuka.backup.database import direct_params, read_restored
from zuka.celery import SCHEDULE, app

pytestmark = pytest.mark.django_db(transaction=True)
# Each run says that it ran.
DIARIES = {"analytics_refresh_runs", "analytics_verify_runs"}


def run_once(job: Callable[[], Any]) -> list[Exception]:
    job()
    return []


def run_twice(job: Callable[[], Any]) -> list[Exception]:
    """Run a job by two workers at one moment; return what went wrong."""
    barrier, wrong = threading.Barrier(2), []

    def work() -> None:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            job()
        except Exception as error:  # noqa: BLE001 - told by the test that asked
            wrong.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return wrong


def rows_after(
    run: Callable[[Callable[[], Any]], list[Exception]],
) -> tuple[dict[str, int], dict[str, list[Exception]]]:
    """Tell the story of a shop, run every job, and return how many rows each table has, and which jobs failed."""
    sell()
    failed = {job.task: wrong for job in SCHEDULE if (wrong := run(app.tasks[job.task]))}
    return {
        table: facts.rows for table, facts in read_restored(direct_params()).items() if table not in DIARIES
    }, failed


def test_every_job_run_twice_at_once_leaves_what_it_leaves_once():
    app.loader.import_default_modules()
    emptying = Emptying()
    once, _ = rows_after(run_once)
    emptying.empty()
    twice, failed = rows_after(run_twice)
    assert failed == {}
    assert twice == once
