"""kill -9 in mid-load: what was acknowledged is there afterwards, once; so is what was not, and was sent again."""

from __future__ import annotations

import os
import signal
from datetime import date, timedelta

import psycopg
import pytest
from celery import Celery

from bench.rig.site import Site
from tests.journeys.crowd import Crowd, sending, stored_ids
from tests.journeys.mortal import Mortal, kill_hard, wait_until
from zuka.platform import clock
from zuka.platform.queues.declared import broker_url
from zuka.up.processes import find_process

pytestmark = pytest.mark.journey

LOAD = 400
DAYS = 12
MOST_KILLS = 10


def assert_once(crowd: Crowd) -> None:
    """Everything was acknowledged in the end, and is stored exactly once."""
    assert crowd.unanswered == []
    assert set(crowd.answers) - {"200"}, "the kill went unnoticed, so nothing was shown"
    assert set(crowd.answers) <= {"200", "503", "away"}
    assert stored_ids(crowd.site, crowd.name) == dict.fromkeys(crowd.acknowledged, 1)
    assert crowd.site.sql("SELECT reason, message FROM analytics_rejected_events") == []


def kill_worker(site: Site) -> None:
    """Kill the newest process of web, and wait until it starts another or, as `./run.sh up` then does, ends with it."""
    web, members = site.processes["web"], set(site.members("web"))
    os.kill(max(members), signal.SIGKILL)
    wait_until(
        lambda: web.poll() is not None or bool(set(site.members("web")) - members), what="web ends, or mends itself"
    )


def test_a_killed_web_worker_loses_no_acknowledged_event(mortal: Mortal) -> None:
    site = mortal.site
    with sending(site, "worker") as crowd:
        crowd.wait_for(LOAD)
        web = site.processes["web"]
        for _ in range(MOST_KILLS):  # a worker that has no call just then is missed by nobody
            if crowd.has_trouble or web.poll() is not None:
                break
            kill_worker(site)
        crowd.wait_for_trouble()
        if web.poll() is not None:
            site.kill("web")
            site.start_web()
        crowd.wait_for(LOAD)
    assert_once(crowd)


def test_a_killed_web_loses_no_acknowledged_event(mortal: Mortal) -> None:
    site = mortal.site
    with sending(site, "web") as crowd:
        crowd.wait_for(LOAD)
        site.kill("web")
        crowd.wait_for_trouble()
        site.start_web()
        crowd.wait_for(LOAD)
    assert_once(crowd)


def test_a_killed_postgresql_loses_no_acknowledged_event(mortal: Mortal) -> None:
    with sending(mortal.site, "postgres") as crowd:
        crowd.wait_for(LOAD)
        pid = mortal.postgres.pid()
        kill_hard(pid)
        crowd.wait_for_trouble()
        mortal.postgres.start()
        assert mortal.postgres.pid() != pid
        crowd.wait_for(LOAD)
    assert_once(crowd)


def test_a_killed_celery_worker_leaves_days_that_can_be_counted_again(mortal: Mortal) -> None:
    site = mortal.site
    assert mortal.valkey.pid() is not None
    today = clock.local_day(clock.now())
    days = [today - timedelta(days=back) for back in range(DAYS)]
    mark_days(site, days)
    middle = days[DAYS // 2]
    with psycopg.connect(site.database_url) as blocker:
        # The worker's day waits for this row with all its counting done, and nothing committed.
        blocker.execute(
            "INSERT INTO analytics_fill_state (rollup, day, filled_at, rows, seconds) "
            "VALUES ('visitors', %s, now(), 0, 0)",
            [middle],
        )
        worker = site.start("worker")
        broker = broker_url(site.environment["REDIS_URL"])
        Celery("kill", broker=broker, set_as_current=False).send_task("analytics.tasks.fill_rollups")
        wait_until(
            lambda: dirty_days(site) == days[DAYS // 2 :] and is_waiting(site), what="half of the days", seconds=90
        )
        site.kill("worker")
        assert find_process(worker.pid) is None
        blocker.rollback()

    assert set(counted_days(site)) == set(days[: DAYS // 2])
    # Counting the newest days first has marked the others again: whose visitor had been away for how long changed.
    assert site.manage("rollup", "fill") == f"{DAYS} days counted.\n"
    assert "Every cell agrees" in site.manage("rollup", "verify")
    assert set(counted_days(site)) == set(days)


def mark_days(site: Site, days: list[date]) -> None:
    """Send an event of each day, with the scope to import; what the other journeys left is counted first."""
    site.manage("rollup", "fill")
    site.sql("TRUNCATE analytics_events, analytics_fill_state, analytics_dirty_days")
    moments = [clock.day_bounds(day)[0] for day in days]
    events = [
        {"type": "page", "message_id": f"day-{number}", "visitor_id": "visitor-1", "occurred_at": moment.isoformat()}
        for number, moment in enumerate(moments)
    ]
    headers = {"Authorization": f"Bearer {site.keys['secret']}"}
    status, answer = site.send("POST", "/api/v1/events", {"events": events}, headers=headers)
    assert (status, answer["accepted"]) == (200, len(days))


def dirty_days(site: Site) -> list[date]:
    """The days that were marked by what came in, and not by counting another one; latest first."""
    query = "SELECT DISTINCT day FROM analytics_dirty_days WHERE cause NOT IN ('people', 'touches') ORDER BY day DESC"
    return [row[0] for row in site.sql(query)]


def counted_days(site: Site) -> list[date]:
    """The days that have visitors counted."""
    return [row[0] for row in site.sql("SELECT day FROM rollup_visitors WHERE person = 'visitor-1'")]


def is_waiting(site: Site) -> bool:
    """Whether a session of this database waits for another's row."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(site.sql(waiting))
