"""Tables that are kept: made once under a crowd, made anew when counts change; and what takes too long."""

from __future__ import annotations

import threading
import time
from datetime import date

import pytest
import time_machine
from django.core.cache import cache
from django.db import InternalError, connections
from django.test import Client

from analytics.ask import ask
from analytics.registry.reports import REPORTS
from analytics.report.keeping import keep_table, key_of
from analytics.report.limits import reading_report
from analytics.report.query import Query, TooSlow, parse_query
from analytics.report.run import make_table
from analytics.report.scope import ALL
from analytics.rollup.fill import fill_dirty
from commerce.orders.models import Order
from tests.commerce.factories import in_threads
from tests.rollup.story import FRIDAY, SATURDAY, at, pay, place
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 12


def question(report_id: str = "revenue", **params: str) -> Query:
    return parse_query(report=REPORTS[report_id], params=params, today=date(2026, 11, 21), scope=ALL)


class Maker:
    """Makes tables, counts them, and can be held in the middle."""

    def __init__(self) -> None:
        self.made = 0
        self.may_end = threading.Event()
        self.may_end.set()
        self.has_begun = threading.Event()

    def __call__(self, query, *, now):
        self.made += 1
        self.has_begun.set()
        table = make_table(query, now=now)
        self.may_end.wait(10)
        return table


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture(autouse=True)
def _evening():
    with time_machine.travel(at(SATURDAY, 20), tick=True):
        yield


def keep(maker: Maker, report_id: str = "revenue", **params: str):
    return keep_table(question(report_id, **params), now=at(SATURDAY, 20), make=maker)


def test_the_same_question_is_answered_once_until_something_was_counted(maker):
    pay(place("gown", at(FRIDAY, 12)), at(FRIDAY, 13))
    fill_dirty()
    tables = [keep(maker), keep(maker), keep(maker, period="30d")]
    assert (maker.made, tables[0]) == (1, tables[1])
    keep(maker, period="7d")
    assert maker.made == 2
    place("gown", at(FRIDAY, 14))
    assert keep(maker).totals["placed_orders"] == 1  # it is not counted yet
    assert maker.made == 2
    fill_dirty()
    assert keep(maker).totals["placed_orders"] == 2
    assert maker.made == 3


def test_what_reads_the_ledger_follows_it_at_once(maker):
    reduced = {"subtotal_kobo": 500_000, "discount_kobo": 1, "total_kobo": 499_999}
    assert keep(maker, report_id="coupons").totals["orders"] == 0
    place("gown", at(FRIDAY, 12), **reduced)
    assert keep(maker, report_id="coupons").totals["orders"] == 1
    keep(maker, report_id="coupons")
    assert maker.made == 2


def test_what_nobody_marks_is_made_each_time(maker):
    keep(maker, report_id="cart_abandonment")
    keep(maker, report_id="cart_abandonment")
    keep(maker, report_id="recent_events")
    keep(maker, report_id="recent_events")
    assert maker.made == 4


def test_what_took_long_is_kept_in_proportion_whatever_changes(maker, monkeypatch):
    monkeypatch.setattr("analytics.report.keeping.DEAR_SECONDS", 0.0)
    monkeypatch.setattr("analytics.report.keeping.SECONDS_A_SECOND", 10_000.0)
    keep(maker)
    place("gown", at(FRIDAY, 12))
    fill_dirty()
    assert keep(maker).totals["placed_orders"] == 0
    assert maker.made == 1


def test_a_crowd_makes_a_table_once(maker):
    place("gown", at(FRIDAY, 12))
    fill_dirty()
    maker.may_end.clear()
    threading.Timer(0.3, maker.may_end.set).start()
    tables = in_threads(CROWD, lambda: keep(maker))
    assert (maker.made, len(tables)) == (1, CROWD)
    assert all(table == tables[0] for table in tables)


def test_who_comes_while_it_is_made_anew_gets_the_one_before(maker):
    before = keep(maker)
    place("gown", at(FRIDAY, 12))
    fill_dirty()
    maker.may_end.clear()
    maker.has_begun.clear()
    made: list[object] = []

    def make_anew() -> None:
        made.append(keep(maker))
        connections.close_all()

    thread = threading.Thread(target=make_anew)
    thread.start()
    assert maker.has_begun.wait(10)
    assert keep(maker) == before
    maker.may_end.set()
    thread.join()
    assert keep(maker) == made[0] != before
    assert maker.made == 2


def test_when_making_fails_those_who_wait_try_themselves(maker):
    def fail(_query, *, now):
        raise TooSlow(f"not by {now}")

    with pytest.raises(TooSlow):
        keep_table(question(), now=at(SATURDAY, 20), make=fail)
    assert cache.get(f"{key_of(question())}:making") is None
    keep(maker)
    assert maker.made == 1


def test_a_table_that_is_never_made_is_not_waited_for_for_ever(maker, monkeypatch):
    monkeypatch.setattr("analytics.report.keeping.PATIENCE_SECONDS", 0.1)
    cache.add(f"{key_of(question())}:making", value=True, timeout=60)
    keep(maker)
    assert maker.made == 1


@pytest.fixture
def locked_counts():
    """Somebody holds the table of counted orders, so that whoever reads it waits."""
    other = connections.create_connection("default")
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE rollup_orders IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        other.close()


def test_what_takes_too_long_is_refused_by_name(locked_counts, settings):
    settings.REPORT_SECONDS = 0.2
    began = time.monotonic()
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/reports/revenue")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (503, "too_slow", "period")
    assert "Choose a shorter period" in answer.json()["message"]
    assert time.monotonic() - began < 10


def test_the_page_says_so_too(locked_counts, settings, admin_client):
    settings.REPORT_SECONDS = 0.2
    page = admin_client.get("/admin/reports/revenue/")
    assert page.status_code == 503
    assert "Choose a shorter period" in page.content.decode()


def test_all_parts_of_a_report_are_of_one_moment_and_nothing_is_written():
    with reading_report():
        before = Order.objects.count()

        def order_elsewhere() -> None:
            place("gown", at(FRIDAY, 12))
            connections.close_all()

        thread = threading.Thread(target=order_elsewhere)
        thread.start()
        thread.join()
        assert Order.objects.count() == before
    assert Order.objects.count() == before + 1
    with pytest.raises(InternalError, match="read-only"), reading_report():
        place("gown", at(FRIDAY, 12))


def test_ask_answers_from_what_is_kept():
    place("gown", at(FRIDAY, 12))
    fill_dirty()
    first, again = ask("revenue"), ask("revenue")
    assert first == again
    assert first.totals["placed_orders"] == 1
