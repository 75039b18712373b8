"""Every report from a real replica: the same tables, honest about until when, and from the primary where it must be."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from analytics.registry.reports import REPORTS
from analytics.report import reading
from analytics.report.archived import Loan
from analytics.report.keeping import version_of
from analytics.report.query import Query, parse_query
from analytics.report.reading import ReplicaLost, read_batches
from analytics.report.replica import check_there
from analytics.report.run import make_table, run_query
from analytics.report.scope import ALL, Scope
from analytics.report.table import Table
from analytics.rollup.fill import fill_dirty
from analytics.store.models import ArchivedMonth
from commerce.catalog.models import Brand
from tests.replica.conftest import ask, catch_up, pause, reads, resume
from tests.report.test_builder import build
from tests.report.test_drill_downs import EVENING, open_shop
from tests.report.test_segments import segment_of
from tests.rollup.story import FRIDAY, at, event, pay, place
from zuka.platform.clock import local_day
from zuka.platform.db.databases import PRIMARY, REPLICA
from zuka.platform.replica.reading import NotOnReplica, reading_from
from zuka.up.replica import Replica

pytestmark = pytest.mark.django_db(transaction=True, databases=[PRIMARY, REPLICA])
NEEDED = {
    "person_timeline": {"person": "ada"},
    "session_path": {"visit": "00000000-0000-0000-0000-000000000001"},
}


def question(report_id: str, **params: str) -> Query:
    days = {"from": "2026-11-19", "to": "2026-11-21"} if REPORTS[report_id].has_period else {}
    asked = {**days, **NEEDED.get(report_id, {}), **params}
    return parse_query(report=REPORTS[report_id], params=asked, today=local_day(EVENING), scope=ALL)


@pytest.fixture
def story(replica: Replica) -> Replica:
    with time_machine.travel(EVENING, tick=True):
        open_shop()
    catch_up()
    return replica


def table_on(alias: str, query: Query) -> Table:
    with reading_from(alias):
        return make_table(query, now=EVENING)


@pytest.mark.usefixtures("story")
def test_every_report_gives_the_same_table_on_both() -> None:
    asked = {each.id: question(each.id) for each in REPORTS.values() if not each.of_primary}
    different = {name for name, query in asked.items() if table_on(PRIMARY, query) != table_on(REPLICA, query)}
    assert different == set()
    iro = Scope((Brand.objects.get(slug="iro").pk,))
    limited = {name: replace(query, scope=iro) for name, query in asked.items() if query.report.brand_scopable}
    assert {name for name, query in limited.items() if table_on(PRIMARY, query) != table_on(REPLICA, query)} == set()
    whole = {name for name, query in limited.items() if table_on(REPLICA, query) != table_on(REPLICA, asked[name])}
    assert whole >= {"category_sales", "product_performance", "top_products"}
    filled = {name for name, query in asked.items() if table_on(REPLICA, query).rows}
    assert len(filled) > len(asked) // 2


@pytest.mark.usefixtures("story")
def test_every_file_has_the_same_rows_whoever_writes_it() -> None:
    for name in ("revenue", "order_list", "event_funnel"):
        query = replace(question(name), limit=10_000)
        with reading_from(PRIMARY):
            expected = make_table(query, now=EVENING).rows
        for is_job in (False, True):
            rows = [row for batch in read_batches(query, now=EVENING, is_job=is_job) for row in batch.rows]
            assert (name, is_job, rows) == (name, is_job, expected)
    assert {server for server, _ in reads()} == {"replica"}


@pytest.mark.usefixtures("story")
def test_pages_api_and_built_reports_read_there(admin_client: Client) -> None:
    query = question("revenue")
    assert run_query(query, now=EVENING) == table_on(PRIMARY, query)
    assert reads() == {("replica", ""): 1}
    assert run_query(query, now=EVENING).rows  # it is kept, and nobody is asked
    assert reads() == {("replica", ""): 1}
    with time_machine.travel(EVENING, tick=True):
        assert build(metric="product_value", by="brand", interval="none").rows
        assert reads() == {("replica", ""): 2}
        assert admin_client.get("/api/v1/reports/revenue?period=7d").status_code == 200
    assert reads() == {("replica", ""): 3}


@pytest.mark.usefixtures("replica")
def test_what_a_replica_that_is_behind_told_is_not_kept_for_what_the_primary_has_counted(settings: Any) -> None:
    with time_machine.travel(EVENING, tick=True):
        pay(place("gown", at(FRIDAY, 12)), at(FRIDAY, 13))
        fill_dirty()
        catch_up()
        query = question("revenue")
        assert run_query(query, now=EVENING).totals["placed_orders"] == 1
        pause()
        place("gown", at(FRIDAY, 14))
        fill_dirty()
        newer = version_of(query.report)
        behind = run_query(query, now=EVENING)
        assert behind.totals["placed_orders"] == 1
        with reading_from(REPLICA):
            assert version_of(query.report) != newer
        with reading_from(PRIMARY):
            newest = make_table(query, now=EVENING)
        assert behind.as_of is not None
        assert newest.as_of is not None
        assert behind.as_of < newest.as_of
        resume()
        assert run_query(query, now=EVENING).totals["placed_orders"] == 2
        assert run_query(query, now=EVENING).totals["placed_orders"] == 2
    assert reads() == {("replica", ""): 3}


@pytest.mark.usefixtures("replica")
def test_what_is_asked_of_rows_says_until_when_the_replica_has_them() -> None:
    now = ask(PRIMARY, "SELECT clock_timestamp()")
    with time_machine.travel(now, tick=True):
        query = question("order_list")
        pause()
        place("gown", now)
        time.sleep(1.5)  # until it is in the log on disk: these servers do not wait for that
        later = ask(PRIMARY, "SELECT clock_timestamp()")
        table = run_query(query, now=later)
        assert table.as_of is not None
        assert table.as_of < later
        resume()


def test_a_file_whose_replica_dies_in_the_middle_says_so(story: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 1)
    batches = read_batches(replace(question("revenue"), limit=10_000), now=EVENING, is_job=True)
    assert len(next(batches).rows) == 1
    story.kill()
    with pytest.raises(ReplicaLost):
        list(batches)
    assert reads() == {("replica", ""): 1, ("primary", "failed"): 1}
    assert list(read_batches(question("revenue"), now=EVENING, is_job=True))
    assert reads()["primary", "away"] == 1


@pytest.mark.usefixtures("story")
def test_people_of_a_segment_that_were_found_just_now_are_asked_of_the_primary() -> None:
    pause()
    with time_machine.travel(EVENING, tick=True):
        segment = segment_of("bola")
        query = question("revenue", segment=str(segment.pk))
        assert run_query(query, now=EVENING).totals == table_on(PRIMARY, query).totals
        assert reads() == {("primary", "not there yet"): 1}
        resume()
        assert table_on(REPLICA, query) == table_on(PRIMARY, query)


@pytest.mark.usefixtures("replica")
def test_a_month_that_is_back_from_the_archive_is_asked_of_the_primary_until_the_replica_has_it() -> None:
    away = ArchivedMonth.objects.create(month=date(2026, 11, 1), state=ArchivedMonth.State.ARCHIVED)
    catch_up()
    pause()
    ArchivedMonth.objects.filter(pk=away.pk).update(state=ArchivedMonth.State.RESTORED)
    with time_machine.travel(EVENING, tick=True):
        event("product.searched", at(FRIDAY, 12), visitor_id="v", search_query="gown")
        query = question("search_list")
        assert len(run_query(query, now=EVENING).rows) == 1
        assert reads() == {("primary", "not there yet"): 1}
        resume()
        assert len(run_query(query, now=EVENING).rows) == 1
    assert reads()["replica", ""] == 1


@pytest.mark.usefixtures("story")
def test_what_a_replica_cannot_know_is_asked_of_the_primary() -> None:
    run_query(question("slow_queries"), now=EVENING)
    run_query(question("table_sizes"), now=EVENING)
    assert reads() == {("primary", "its own"): 2}
    with reading_from(REPLICA), pytest.raises(NotOnReplica):
        check_there(question("revenue"), Loan((), frozenset(), (), (), ()))
