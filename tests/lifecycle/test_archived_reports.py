"""Reports, counts and the ledger over a month whose events are in the archive."""

import shutil
from datetime import date

import pytest
import time_machine
from django.core.cache import cache

from analytics.lifecycle.archive import tables
from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.files import day_files, read_parts
from analytics.lifecycle.archive.places import open_place
from analytics.lifecycle.archive.restoring import restore_month
from analytics.registry.reports import REPORTS
from analytics.report.archived import ArchiveAway, ArchiveTooLarge, event_views, words_of
from analytics.report.export.cells import table_json
from analytics.report.query import parse_query
from analytics.report.reading import read_batches
from analytics.report.run import run_query
from analytics.report.scope import ALL_WITH_PEOPLE
from analytics.rollup.fill import fill_day, fill_dirty, rebuild
from analytics.rollup.nightly import verify_day
from analytics.rollup.verify import verify
from analytics.store.models import ArchivedMonth, DirtyDay, VisitorSession
from analytics.store.report_files import FOLDER
from commerce.orders.models import Order
from tests.lifecycle.months import DAYS, LAST, MARCH, NOW, counted, read, tell

pytestmark = pytest.mark.django_db
PERIOD = {"from": "2025-03-10", "to": "2025-04-02"}
FILTERED = {"step1": "product.viewed?properties.colour=red", "step2": "cart.item_added?product_ref=gown"}


@pytest.fixture
def told(settings, tmp_path):
    settings.ARCHIVE_URL = str(tmp_path)
    with time_machine.travel(NOW, tick=False):
        yield tell()


def reads_events(report):
    texts = [path.read_text() for path in FOLDER.glob(f"{report.id}*.sql")]
    return any(words_of(text) & {"analytics_events", *event_views()} for text in texts)


RAW = [each.id for each in REPORTS.values() if reads_events(each)] + ["event_funnel", "paths", "experiments"]


def ask(report_id, **params):
    report = REPORTS[report_id]
    period = {} if report.fixed_period else PERIOD
    query = parse_query(report=report, params={**period, **params}, today=NOW.date(), scope=ALL_WITH_PEOPLE)
    cache.clear()
    return query, run_query(query, now=NOW)


def questions():
    """Every report that reads events, and what they are asked with."""
    visit = VisitorSession.objects.filter(day=DAYS[2]).order_by("id")[0].pk
    own = {
        "event_funnel": FILTERED,
        "paths": {"of": "events"},
        "session_path": {"visit": str(visit)},
        "person_timeline": {"person": "bola"},
        "person_products": {"person": "u-ada"},
    }
    return [(name, own.get(name, {})) for name in dict.fromkeys(RAW)] + [("recent_events", {"type": "product.viewed"})]


def answers():
    found = []
    for name, params in questions():
        query, table = ask(name, **params)
        batches = [row for batch in read_batches(query, now=NOW) for row in batch.rows]
        found.append((name, table.rows, table.totals, table.series, table.previous, batches))
    return found


def test_reports_over_an_archived_month_answer_the_same(told, monkeypatch):
    before, numbers = answers(), counted()
    assert all(rows for name, rows, *_ in before if name in {"event_funnel", "paths", "recent_events", "session_path"})
    # Files of more than one part.
    monkeypatch.setattr(tables, "BATCH_ROWS", 4)
    stored = archive_month(month=MARCH, at=NOW)
    parts = read_parts(place=open_place(), month=MARCH, edition=1, file=day_files(stored.files)[1])
    assert [part.num_rows for part in parts] == [4, 4, 1]
    assert answers() == before
    assert read("SELECT count(*) FROM pg_class WHERE relname = 'archived_events'") == [(0,)]
    _, table = ask("event_funnel", **FILTERED)
    assert (table.archived, table_json(table)["archived"]) == (("2025-03",), ["2025-03"])
    assert ask("revenue")[1].archived == ()
    restore_month(month=MARCH, at=NOW)
    assert answers() == before
    assert counted() == numbers


def test_a_recount_never_zeroes_what_is_archived(told):
    numbers = counted()
    archive_month(month=MARCH, at=NOW)
    for day in (date(2025, 2, 28), *DAYS[1:4], date(2025, 4, 1)):
        fill_day(day=day)
    rebuild(first=DAYS[0], last=DAYS[-1])
    fill_dirty(oldest_first=True)
    assert counted() == numbers
    assert verify(first=DAYS[0], last=DAYS[-1]) == []
    assert [run.differing for run in [verify_day(day=DAYS[2], at=NOW)] if run] == [0]
    assert ArchivedMonth.objects.get().changed_days[:2] == [date(2025, 2, 28), MARCH]


def test_orders_that_change_later_are_counted_and_the_rest_when_the_month_is_back(told):
    archive_month(month=MARCH, at=NOW)
    was = counted()
    Order.objects.filter(pk=told[3].pk).update(status="cancelled")
    assert DirtyDay.objects.filter(day=DAYS[3]).exists()
    fill_dirty(oldest_first=True)
    now = counted()
    changed = {name for name, rows in now.items() if rows != was[name]}
    assert "rollup_orders" in changed
    assert not changed & {"visits", "rollup_visitors", "rollup_events", "rollup_traffic", "rollup_journeys"}
    assert ArchivedMonth.objects.get().changed_days == [DAYS[3]]
    restore_month(month=MARCH, at=NOW)
    assert set(DirtyDay.objects.values_list("day", flat=True)) == {DAYS[3]}
    fill_dirty(oldest_first=True)
    assert verify(first=DAYS[0], last=LAST) == []


def test_more_than_one_may_wait_for_is_refused_by_name_before_a_file_is_read(told, settings, tmp_path):
    archive_month(month=MARCH, at=NOW)
    shutil.rmtree(tmp_path / "events")
    settings.ARCHIVE_QUERY_ROWS = 3
    with pytest.raises(ArchiveTooLarge, match=r"more than 3 events .* --restore 2025-03") as refusal:
        ask("paths", of="events")
    assert refusal.value.field == "period"


def test_an_archive_that_is_gone_is_named(told, settings, tmp_path):
    archive_month(month=MARCH, at=NOW)
    settings.ARCHIVE_URL = str(tmp_path / "elsewhere")
    with pytest.raises(ArchiveAway, match="elsewhere failed"):
        ask("paths", of="events")
    assert ask("revenue")[1].rows
