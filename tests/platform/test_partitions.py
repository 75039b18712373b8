from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import connection

from analytics.store.event import Event
from analytics.store.partitioning import TABLE, ensure_event_partitions, months_ahead
from analytics.track import track_many
from zuka.platform.clock import add_months, day_bounds, local_day
from zuka.platform.db.partitions import create_partition, drop_partition, ensure_partitions, list_partitions

pytestmark = pytest.mark.django_db


def event(number, moment):
    return Event(id=UUID(int=number), event_type="page.viewed", source_name="x", occurred_at=moment, received_at=moment)


def test_a_month_begins_at_midnight_in_lagos():
    name = create_partition(table=TABLE, month=date(2019, 3, 1))
    found = next(each for each in list_partitions(table=TABLE) if each.name == name)
    assert (name, found.start, found.end) == (
        "analytics_events_2019_03",
        datetime(2019, 2, 28, 23, tzinfo=UTC),
        datetime(2019, 3, 31, 23, tzinfo=UTC),
    )


def test_events_go_to_the_partition_of_their_lagos_month():
    track_many([event(1, datetime(2019, 2, 28, 22, 59, tzinfo=UTC)), event(2, datetime(2019, 2, 28, 23, tzinfo=UTC))])
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, count(*) FROM analytics_events GROUP BY 1 ORDER BY 1")
        assert cursor.fetchall() == [("analytics_events_2019_02", 1), ("analytics_events_2019_03", 1)]


def test_months_are_made_ahead_once_and_back_to_the_retention(settings):
    settings.EVENT_RETENTION_MONTHS = 2
    today = date(2021, 1, 15)
    names = [
        f"analytics_events_{month}" for month in ("2020_11", "2020_12", "2021_01", "2021_02", "2021_03", "2021_04")
    ]
    assert ensure_event_partitions(today=today) == names
    assert ensure_event_partitions(today=today) == []
    starts = [local_day(each.start) for each in list_partitions(table=TABLE) if each.start.year in {2020, 2021}]
    assert months_ahead(today, starts) == 3


def test_a_partition_is_dropped_with_its_rows_and_only_a_partition():
    ensure_partitions(table=TABLE, first=date(2019, 3, 5), last=date(2019, 4, 1))
    track_many([event(1, datetime(2019, 3, 9, tzinfo=UTC))])
    drop_partition(table=TABLE, name="analytics_events_2019_03")
    names = {each.name for each in list_partitions(table=TABLE)}
    assert ("analytics_events_2019_03" in names, "analytics_events_2019_04" in names) == (False, True)
    with pytest.raises(ValueError, match="is not a partition"):
        drop_partition(table=TABLE, name="platform_api_key")


@pytest.mark.parametrize(
    ("months", "expected"), [(1, date(2027, 1, 1)), (-12, date(2025, 12, 1)), (0, date(2026, 12, 1))]
)
def test_months_are_added_over_years(months, expected):
    assert add_months(date(2026, 12, 31), months) == expected


def test_sql_and_python_agree_on_days():
    start, end = day_bounds(date(2026, 11, 20))
    with connection.cursor() as cursor:
        for moment in (
            start,
            end,
            datetime(2026, 11, 20, 22, 59, 59, tzinfo=UTC),
            datetime(2026, 11, 20, 23, tzinfo=UTC),
        ):
            cursor.execute("SELECT zuka_local_day(%s)", [moment])
            assert cursor.fetchone() == (local_day(moment),)
