"""Counts of products and pages are kept by month, then by year, and say what they said."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.restoring import restore_month
from analytics.registry.rollups import ROLLUPS
from analytics.rollup.fill import fill_dirty, rebuild
from analytics.rollup.nightly import verify_day
from analytics.rollup.verify import verify
from analytics.store.models import ArchivedMonth, DirtyDay, FillState
from analytics.tasks import compact_counts
from analytics.track import track_many
from commerce.orders.models import Order
from tests.lifecycle.ages import (
    BY_DAY,
    DECEMBER,
    JANUARY,
    NOW,
    TOLD,
    answers,
    compact,
    kept,
    look,
    moment,
    read,
    tell,
    today,
)
from tests.lifecycle.months import counted
from tests.rollup.story import pay, refund

pytestmark = pytest.mark.django_db
FEBRUARY = date(2023, 2, 1)
LAST = date(2023, 1, 31)
WHOLES = [
    (JANUARY, LAST),
    (DECEMBER, LAST),
    (DECEMBER, date(2023, 10, 31)),
    (date(2022, 11, 30), date(2023, 2, 28)),
    (FEBRUARY, date(2024, 12, 31)),
]
YEAR = (JANUARY, date(2023, 12, 31))
MONTHS = [("December 2022", "month", 14, 7), ("January 2023", "month", 16, 8), ("February 2023", "month", 8, 7)]
PRODUCTS = "SELECT day, product_ref, views, viewers, cart_units, orders FROM rollup_products ORDER BY day, product_ref"
OF_JANUARY = [
    (JANUARY, "cap", 3, None, 0, 0),
    (JANUARY, "gown", 4, None, 8, 2),
    (JANUARY, "shoe", 2, None, 0, 0),
]
TOUCHED = {each.table for each in ROLLUPS.values() if each.compacts}


@pytest.fixture
def told(settings, tmp_path):
    settings.ARCHIVE_URL = str(tmp_path)
    with today():
        tell()
        yield


def run(*args):
    out = StringIO()
    call_command("compact", *args, stdout=out)
    return out.getvalue()


def wrong():
    """Every cell that differs of the days that are told of, and of the months and years that they are in."""
    return [found for day in TOLD for found in verify(first=day, last=day)]


def of_january():
    return [row for row in read(PRODUCTS) if row[0].strftime("%Y-%m") == "2023-01"]


def test_whole_months_say_what_their_days_said_and_nothing_else_changes(told):
    before, numbers = answers(*WHOLES), counted()
    run()
    assert kept() == MONTHS
    assert answers(*WHOLES) == before
    assert of_january() == OF_JANUARY
    assert [row[0] for row in read(PRODUCTS)] == [*[DECEMBER] * 3, *[JANUARY] * 3, *[FEBRUARY] * 3, *[BY_DAY] * 3]
    assert {table for table, rows in counted().items() if rows != numbers[table]} == TOUCHED
    assert wrong() == []


def test_a_year_of_months_becomes_one(told, settings):
    run()
    settings.ROLLUP_DAY_MONTHS, settings.ROLLUP_MONTH_YEARS = 25, 3
    assert run("--dry-run") == "November 2023: 7 rows would become 7.\n2022: 7 rows would become 7.\n"
    periods = [(DECEMBER, LAST), YEAR, (date(2022, 1, 1), date(2024, 12, 31))]
    before = answers(*periods)
    settings.ROLLUP_MONTH_YEARS = 0
    run()
    settings.ROLLUP_MONTH_YEARS = 2
    run()
    assert answers(*periods[1:]) == {key: table for key, table in before.items() if key[1] != periods[0]}
    assert kept() == [("2022", "year", 14, 7), ("2023", "year", 31, 8)]
    assert wrong() == []
    assert run() == "Nothing is due.\n"


def test_what_is_due_is_told_first_done_once_and_listed(told):
    assert run("--list") == "All counts are by day.\n"
    lines = ["December 2022: 14 rows would become 7.", "January 2023: 16 rows would become 8."]
    assert run("--dry-run") == "\n".join([*lines, "February 2023: 8 rows would become 7.\n"])
    assert kept() == []
    done = "December 2022: 14 rows by day, 7 in their place.\nJanuary 2023: 16 rows by day, 8 in their place.\n"
    assert run() == run("--list") == done + "February 2023: 8 rows by day, 7 in their place.\n"
    assert run() == run("--dry-run") == "Nothing is due.\n"


def test_the_job_counts_what_waits_first_and_what_still_waits_stays_by_day(told):
    DirtyDay.objects.create(day=LAST, cause="orders")
    outcome = compact()
    assert [str(each) for each in outcome.compacted] == ["December 2022", "February 2023"]
    assert outcome.waiting == {"January 2023": "1 of its days are to be counted first."}
    compact_counts()
    assert kept() == MONTHS


def test_switched_off_all_stays_by_day(told, settings):
    settings.ROLLUP_DAY_MONTHS = 0
    compact_counts()
    assert compact().compacted == []
    for way in ([], ["--dry-run"]):
        with pytest.raises(CommandError, match="Compaction is off: set ROLLUP_DAY_MONTHS"):
            run(*way)


def test_late_changes_are_counted_with_the_whole_month(told):
    run()
    track_many(look(date(2023, 1, 20), "dayo", "cap"))
    Order.objects.filter(placed_at=moment(date(2023, 1, 17), 700)).update(status="cancelled")
    fill_dirty(oldest_first=True)
    assert of_january() == [(JANUARY, "cap", 4, None, 2, 0), (JANUARY, "gown", 4, None, 8, 1), OF_JANUARY[2]]
    assert wrong() == []
    assert FillState.objects.filter(rollup="products", day=date(2023, 1, 20)).exists()


def test_of_many_days_that_changed_the_last_counts_their_month(told):
    run()
    track_many(look(date(2023, 1, 20), "dayo", "cap"))
    FillState.objects.all().delete()
    changed = [date(2023, 1, 4), date(2023, 1, 17), date(2023, 1, 20)]
    DirtyDay.objects.bulk_create([DirtyDay(day=day, cause="orders") for day in changed])
    fill_dirty(oldest_first=True)
    filled = FillState.objects.filter(rollup="products", day__range=(JANUARY, LAST))
    assert len(filled.values_list("day", flat=True)) == 1
    assert of_january()[0] == (JANUARY, "cap", 4, None, 2, 0)
    assert wrong() == []


def test_money_that_goes_back_is_counted_on_its_own_day_as_always(told):
    run()
    order = Order.objects.get(placed_at=moment(date(2023, 1, 17), 700))
    refund(pay(order, moment(date(2023, 1, 18))), moment(date(2023, 1, 25)), 100_000)
    numbers = [row for row in counted()["rollup_products"] if row[0] == JANUARY]
    fill_dirty(oldest_first=True)
    found = read("SELECT day, captured_kobo, refunded_kobo FROM rollup_orders WHERE captured_kobo + refunded_kobo > 0")
    assert sorted(found) == [(date(2023, 1, 18), 500_000, 0), (date(2023, 1, 25), 0, 100_000)]
    assert [row for row in counted()["rollup_products"] if row[0] == JANUARY] == numbers
    assert wrong() == []


def test_a_recount_of_some_days_counts_the_month_once_and_changes_nothing(told):
    run()
    numbers = counted()
    rebuild(first=date(2022, 12, 20), last=date(2023, 1, 10))
    assert counted() == numbers


def test_what_differs_is_found_in_a_month_as_a_whole(told):
    run()
    read("UPDATE rollup_products SET views = 5 WHERE day = '2023-01-01' AND product_ref = 'shoe' RETURNING 1")
    found = verify(first=date(2023, 1, 20), last=date(2023, 1, 21))
    assert [(each.rollup, each.day, each.key, each.measure, each.stored, each.counted) for each in found] == [
        ("products", JANUARY, ("shoe", "NGN"), "views", 5, 2)
    ]
    nightly = verify_day(day=date(2023, 1, 20), at=NOW)
    assert nightly is not None
    assert [each["measure"] for each in nightly.differences] == ["views"]


def test_archived_months_keep_their_counts_until_all_that_makes_them_is_back(told):
    run()
    for month in (DECEMBER, JANUARY, FEBRUARY):
        archive_month(month=month, at=NOW)
    before, numbers = answers(*WHOLES), counted()
    for month in (DECEMBER, JANUARY):
        restore_month(month=month, at=NOW)
    fill_dirty(oldest_first=True)
    Order.objects.filter(placed_at=moment(date(2023, 1, 17), 700)).update(status="cancelled")
    fill_dirty(oldest_first=True)
    assert (answers(*WHOLES), of_january()) == (before, OF_JANUARY)
    assert {table for table, rows in counted().items() if rows != numbers[table]} & TOUCHED == set()
    assert date(2023, 1, 17) in ArchivedMonth.objects.get(month=FEBRUARY).changed_days
    restore_month(month=FEBRUARY, at=NOW)
    fill_dirty(oldest_first=True)
    assert of_january()[1] == (JANUARY, "gown", 4, None, 8, 1)
    assert wrong() == []


def test_a_month_whose_events_are_gone_keeps_its_counts(told):
    run()
    read("DROP TABLE analytics_events_2023_01")
    Order.objects.filter(placed_at=moment(date(2023, 1, 17), 700)).update(status="cancelled")
    fill_dirty(oldest_first=True)
    assert of_january() == OF_JANUARY


def test_events_for_an_archived_month_bring_back_all_that_it_is_counted_from(told):
    run()
    for month in (DECEMBER, JANUARY, FEBRUARY):
        archive_month(month=month, at=NOW)
    track_many(look(date(2023, 1, 20), "dayo", "cap"))
    assert set(ArchivedMonth.objects.values_list("state", flat=True)) == {"restored"}
    fill_dirty(oldest_first=True)
    assert of_january()[0] == (JANUARY, "cap", 4, None, 2, 0)
    assert wrong() == []
