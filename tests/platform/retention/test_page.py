"""The page of what is kept reads what was measured: sizes, growth, the disk, and what goes next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from analytics.ask import ask
from analytics.rollup.disk import measure_disk_use, read_disk
from analytics.store.models import DiskUse, RefreshRun
from tests.commerce.factories import UserFactory
from zuka.platform.models import TableSize
from zuka.platform.retention import storage
from zuka.platform.retention.declaring import kept_entries
from zuka.platform.retention.pages import areas, bytes_text, shown_entries
from zuka.platform.retention.sizes import measure_tables, read_sizes, size_of
from zuka.platform.retention.storage import Tier, bind_tiers
from zuka.platform.tasks import measure_tables as job

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
MEGABYTE = 1_000_000


@pytest.fixture
def staff() -> Client:
    person = UserFactory.create(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_tablesize"))
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def no_tiers() -> Iterator[None]:
    held = list(storage._tiers)
    yield
    storage._tiers[:] = held


def measured(days: int, name: str, megabytes: int, *, oldest_at: datetime | None = None) -> None:
    size = megabytes * MEGABYTE
    TableSize.objects.create(
        day=TODAY - timedelta(days=days), name=name, table_bytes=size, index_bytes=0, rows=7, oldest_at=oldest_at
    )


def disk(days: int, size: int, free: int | None) -> None:
    facts = {"database_bytes": size * MEGABYTE, "free_bytes": free and free * MEGABYTE, "measured_at": NOON}
    DiskUse.objects.create(day=TODAY - timedelta(days=days), **facts)


def row(table: str) -> Any:
    shown = shown_entries(at=NOON, sizes=read_sizes()[1])
    return next(each for each in shown if table in each.entry.tables)


def test_tables_are_measured_with_their_oldest_row_and_once_a_day() -> None:
    RefreshRun.objects.create(view="top_products_7d", started_at=NOON - timedelta(days=5), seconds=1, outcome="done")
    count = measure_tables(at=NOON)
    assert measure_tables(at=NOON) == count == TableSize.objects.filter(day=TODAY).count()
    runs = TableSize.objects.get(name="analytics_refresh_runs")
    assert (runs.oldest_at, runs.total_bytes > 8_000) == (NOON - timedelta(days=5), True)
    measured_tables = set(TableSize.objects.values_list("name", flat=True))
    assert {name for each in kept_entries() for name in each.db_tables} - measured_tables == set()


def test_growth_is_since_the_first_day_that_was_measured_within_thirty() -> None:
    measured(40, "commerce_order", 1)
    for name, then, now in (("commerce_order", 10, 30), ("commerce_order_line", 20, 20)):
        measured(20, name, then)
        measured(0, name, now)
    measured(0, "commerce_shipment", 20)
    day, sizes = read_sizes()
    orders = size_of(["commerce_order", "commerce_order_line", "commerce_shipment", "commerce_return"], sizes)
    assert (day, orders.bytes, orders.growth, orders.rows) == (TODAY, 70 * MEGABYTE, 2 * MEGABYTE, 21)
    TableSize.objects.exclude(day=TODAY).delete()
    assert size_of(["commerce_order"], read_sizes()[1]).growth is None


def test_the_page_says_what_goes_next() -> None:
    told = {
        "analytics_refresh_runs": NOON - timedelta(days=60),
        "platform_validation_day": NOON - timedelta(days=36 * 31),
        "commerce_notification": NOON - timedelta(days=1),
        "platform_audit_entry": datetime(2020, 2, 29, 23, tzinfo=UTC),
    }
    for name, oldest in told.items():
        measured(0, name, 1, oldest_at=oldest)
    PeriodicTask.objects.filter(name="Forget old notices").update(enabled=False)
    tables = ("analytics.refreshrun", "platform.validationday", "commerce.notification", "platform.auditentry")
    assert [(row(each).next, row(each).job.name) for each in tables] == [
        ("22 Dec 2026", "Forget what is over"),
        ("With the job's next run", "Forget what is over"),
        ("Its job is paused", "Forget old notices"),
        ("1 Apr 2027", "Keep the audit log"),
    ]
    assert [row(each).next for each in ("commerce.order", "platform.outgoingmail", "pets.petspend")] == [
        "Never",
        "Each day, what is over",
        "Nothing there yet",
    ]
    assert row("platform.auditentry").oldest == "1 Mar 2020"
    assert [row(each).rows for each in ("commerce.notification", "commerce.order")] == ["7", "0"]
    TableSize.objects.update(rows=0)
    assert row("commerce.notification").rows == "–"


def test_what_is_largest_stands_first() -> None:
    for name, size in (("commerce_order", 5), ("platform_api_usage", 3), ("platform_audit_entry", 4)):
        measured(0, name, size)
    found = areas(shown_entries(at=NOON, sizes=read_sizes()[1]))
    assert [(area.name, area.text) for area in found] == [
        ("Platform", "7.0 MB"),
        ("Shop", "5.0 MB"),
        ("Analytics", "0 B"),
        ("Pets", "0 B"),
    ]
    assert [each.entry.tables[0] for each in found[0].goes[:2]] == ["platform.auditentry", "platform.apiusage"]
    assert (found[1].staying, found[1].stays[0].entry.tables[0]) == ("5.0 MB", "commerce.order")


def test_the_disk_is_told_of_and_warned_about(staff: Client, settings: Any) -> None:
    settings.DISK_WARNING_DAYS = 30
    disk(20, 100, None)
    disk(0, 300, 290)
    measured(0, "commerce_order", 1)
    with time_machine.travel(NOON, tick=False):
        page = staff.get(reverse("admin:kept")).content.decode()
    assert "the disk is full in 29 days" in page
    assert ["300 MB" in page, "10.0 MB" in page, "290 MB" in page] == [True, True, True]
    settings.DISK_WARNING_DAYS = 29
    assert "the disk is full" not in staff.get(reverse("admin:kept")).content.decode()


def test_the_disk_is_an_alerts_figure(settings: Any) -> None:
    from analytics.report.alerts import metric_choices

    assert ("disk_use.days_left", "Disk: Days left") in metric_choices()
    disk(20, 100, None)
    disk(1, 300, 290)
    week = {"from": "2026-11-16", "to": "2026-11-22"}
    assert ask("disk_use", **week).totals == {
        "database_mb": 300.0,
        "growth_mb": pytest.approx(200 / 19),
        "free_mb": 290.0,
        "days_left": 27,
    }
    assert set(ask("disk_use", **{"from": "2025-01-01", "to": "2025-01-02"}).totals.values()) == {None}


@pytest.mark.parametrize(("gigabytes", "known"), [(0, False), (50, True), (1, True)])
def test_without_a_folder_the_declared_size_says_what_is_free(settings: Any, gigabytes: int, known: bool) -> None:
    settings.DATABASE_DISK_PATH, settings.DATABASE_DISK_GB = "", gigabytes
    row = measure_disk_use(at=NOON)
    assert row.free_bytes == (max(gigabytes * 1_000 * MEGABYTE - row.database_bytes, 0) if known else None)
    found = read_disk()
    assert found is not None
    assert found.source == (f"of {gigabytes} GB, as DATABASE_DISK_GB says" if known else "")


def test_tiers_are_shown_where_something_lies_in_them(staff: Client, no_tiers: None) -> None:
    bind_tiers(lambda: [Tier("Hot", "Raw, indexed", 3, 5 * MEGABYTE, 0, "1 Jan 2027")])
    page = staff.get(reverse("admin:kept")).content.decode()
    assert ["Events and counts by age" in page, "Raw, indexed" in page, "1 Jan 2027" in page] == [True, True, True]
    bind_tiers(list)
    assert "Events and counts by age" not in staff.get(reverse("admin:kept")).content.decode()


def test_only_who_may_sees_the_page_and_it_asks_little(staff: Client) -> None:
    stranger = Client()
    stranger.force_login(UserFactory.create(is_staff=True))
    assert stranger.get(reverse("admin:kept")).status_code == 403
    empty = staff.get(reverse("admin:kept"))
    assert "Nothing was measured yet" in empty.content.decode()
    measured(3, "commerce_order", 1)
    measured(0, "commerce_order", 1)
    counts = []
    for name in ("commerce_return", "commerce_shipment"):
        with CaptureQueriesContext(connection) as asked:
            staff.get(reverse("admin:kept"))
        counts.append(len(asked))
        measured(0, name, 1)
    assert counts[0] == counts[1]


def test_the_job_measures(settings: Any) -> None:
    with time_machine.travel(NOON, tick=False):
        job.apply(throw=True)
    assert TableSize.objects.filter(day=TODAY).exists()


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, "–"), (0, "0 B"), (999, "999 B"), (1_234, "1.2 kB"), (99_949_000, "99.9 MB"), (1.5e12, "1.5 TB")],
)
def test_bytes_are_told_as_people_read_them(size: float | None, text: str) -> None:
    assert bytes_text(size) == text
