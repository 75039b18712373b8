"""Two beats queue every job twice: what each job leaves is the same as if it had run once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.at_once import do_at_once
from tests.emptying import Emptying
from tests.report.selling import sell
from zuka.backup.database import direct_params, read_restored
from zuka.celery import app
from zuka.schedule import SCHEDULE

pytestmark = pytest.mark.django_db(transaction=True)
# Each run says that it ran.
DIARIES = {"analytics_refresh_runs", "analytics_verify_runs"}


def run_once(job: Callable[[], Any]) -> list[Exception]:
    job()
    return []


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
    twice, failed = rows_after(do_at_once)
    assert failed == {}
    assert twice == once
