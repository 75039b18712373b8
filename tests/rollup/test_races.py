"""Counting while events come: what commits after a count began is counted by the next."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, connections

from analytics.registry.rollups import MATERIALIZED_VIEWS
from analytics.rollup.fill import fill_day, fill_dirty
from analytics.rollup.refresh import refresh_view, refresh_views
from analytics.rollup.verify import verify
from analytics.store.models import RefreshRun
from tests.ingest.factories import make_key, page_view, send
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, day_after, event, rows
from zuka.platform.clock import local_day

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(*jobs):
    def run(job):
        try:
            job()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_events_that_arrive_while_days_are_counted_are_never_missed():
    key, now = make_key(), datetime.now(UTC)
    stop = threading.Event()

    def keep_filling():
        while not stop.is_set():
            fill_dirty()

    def keep_sending():
        try:
            for number in range(150):
                send(page_view(message_id=str(number), occurred_at=now.isoformat()), key=key)
        finally:
            stop.set()

    in_threads(keep_sending, keep_filling, keep_filling)
    fill_dirty()
    day = local_day(now)
    assert rows("rollup_events", "day", "event_type", "events") == [(day, "page.viewed", 150)]
    assert verify(first=day, last=day) == []


def test_one_day_counted_by_many_at_once_is_counted_once():
    for hour in range(10):
        event("page.viewed", at(FRIDAY, hour), user_id=f"u{hour}")
    in_threads(*[lambda: fill_day(day=FRIDAY)] * 8)
    assert rows("rollup_events", "day", "events") == [(FRIDAY, 10)]
    assert rows("analytics_dirty_days", "day") == []


def test_neighbours_counted_at_once_wait_for_one_another():
    """Each recuts the activity day before its own as well, and a visitor of all days becomes known meanwhile."""
    days = [THURSDAY, FRIDAY, SATURDAY]
    for day in days:
        event("page.viewed", at(day, 23, 50), visitor_id="ada")
        event("page.viewed", at(day_after(day), 0, 10), visitor_id="ada", user_id="u1" if day == SATURDAY else None)
    in_threads(*[lambda day=day: fill_day(day=day) for day in [*days, *reversed(days)] * 3])
    fill_dirty()
    assert rows("analytics_sessions", "day", "person", "events") == [(day, "u1", 2) for day in days]
    assert rows("analytics_dirty_days", "day") == []
    assert verify(first=THURSDAY, last=day_after(SATURDAY)) == []


def test_days_counted_at_once_do_not_lose_who_somebody_is():
    """A day that is being counted while another learns whose it is."""
    for _ in range(3):
        event("page.viewed", at(THURSDAY, 9), visitor_id="ada")
        event("page.viewed", at(day_after(SATURDAY), 9), visitor_id="ada", user_id="u1")
        in_threads(lambda: fill_day(day=THURSDAY), lambda: fill_day(day=day_after(SATURDAY)))
        fill_dirty()
        assert set(rows("analytics_sessions", "person")) == {("u1",)}
        assert verify(first=THURSDAY, last=day_after(SATURDAY)) == []
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE analytics_events, analytics_sessions, analytics_identity_links")


def test_views_are_refreshed_and_each_run_is_noted():
    now = datetime.now(UTC)
    event("product.viewed", now, user_id="u1", product_ref="gown")
    fill_dirty()
    refresh_views(at=now)
    runs = [(run.view, run.outcome, run.rows) for run in RefreshRun.objects.order_by("pk")]
    counted = {
        "product_analytics_daily": 1,
        "top_products_7d": 1,
        "visitor_retention": 2,
        "active_people_daily": 830,
    }
    assert runs == [(name, "done", counted.get(name, 0)) for name in MATERIALIZED_VIEWS]
    assert rows("top_products_7d", "product_ref", "views_last_7d", "sold_last_7d") == [("gown", 1, 0)]


def test_a_view_is_never_refreshed_twice_at_once():
    view = MATERIALIZED_VIEWS["top_products_7d"]
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)  # behind a pooler, too, a transaction has its session to itself
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zuka:refresh'), hashtext(%s))", [view.name])
        run = refresh_view(view=view, at=at(FRIDAY, 12))
    finally:
        other.close()
    assert (run.outcome, run.rows) == (RefreshRun.Outcome.BUSY, None)
    assert RefreshRun.objects.get().outcome == RefreshRun.Outcome.BUSY
