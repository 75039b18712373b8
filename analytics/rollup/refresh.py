"""Refreshing materialized views: CONCURRENTLY, so that readers never wait; never two at once; each run noted."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from analytics.registry.rollups import MATERIALIZED_VIEWS
from analytics.registry.types import MaterializedView
from analytics.store.models import RefreshRun
from zuka.platform.clock import local_day
from zuka.platform.db.days import tell_today

log = structlog.get_logger(__name__)
REFRESH = sql.SQL("REFRESH MATERIALIZED VIEW CONCURRENTLY {}")
COUNT = sql.SQL("SELECT count(*) FROM {}")


def run_refresh(view: MaterializedView, cursor: Any) -> int:
    """Refresh one view and return its number of rows."""
    name = sql.Identifier(view.name)
    cursor.execute(REFRESH.format(name))
    cursor.execute(COUNT.format(name))
    return int(cursor.fetchone()[0])


def refresh_view(*, view: MaterializedView, at: datetime) -> RefreshRun:
    """Refresh one view, unless another process is at it, and note the run."""
    run = RefreshRun(view=view.name, started_at=at, seconds=0.0, outcome=RefreshRun.Outcome.BUSY)
    began = time.monotonic()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # A lock of the transaction, not of the session: a pooler may give the next statement another session.
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('zuka:refresh'), hashtext(%s))", [view.name])
            if cursor.fetchone()[0]:
                tell_today(cursor, local_day(at))
                run.rows = run_refresh(view, cursor)
                run.outcome = RefreshRun.Outcome.DONE
    except DatabaseError as error:
        log.exception("refresh.failed", view=view.name)
        run.rows, run.outcome, run.message = None, RefreshRun.Outcome.FAILED, str(error)
    run.seconds = time.monotonic() - began
    run.save()
    return run


def refresh_views(*, at: datetime) -> list[RefreshRun]:
    """Refresh every materialized view and return the runs."""
    return [refresh_view(view=view, at=at) for view in MATERIALIZED_VIEWS.values()]
