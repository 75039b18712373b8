"""What follows from what was measured."""

from __future__ import annotations

import pytest

from zuka.deployment.sizing import MACHINES, VOLUMES, machine_for, size_of


def test_ten_million_events_a_month() -> None:
    size = size_of(10_000_000)
    assert (size.monthly, size.fresh_minutes) == (10_000_000, 1)
    said = (size.peak_a_second, size.cores, size.disk_gb, size.archive_gb)
    assert said == pytest.approx((19.290, 0.013272, 89.7, 3.96), rel=1e-4)
    assert (size.beside_clickhouse_gb, size.clickhouse_gb) == pytest.approx((33.38, 28.21), rel=1e-4)


def test_what_is_counted_later_than_each_minute_says_so() -> None:
    assert [(each, size_of(each).fresh_minutes) for each in VOLUMES[:5]] == [
        *((1_000_000, 1), (5_000_000, 1), (10_000_000, 1), (50_000_000, 2), (200_000_000, 5)),
    ]


def test_the_smallest_machine_that_is_large_enough() -> None:
    assert [machine_for(each.most_monthly) for each in MACHINES] == list(MACHINES)
    assert machine_for(MACHINES[0].most_monthly + 1) is MACHINES[1]
    assert machine_for(MACHINES[-1].most_monthly + 1) is None


def test_only_what_was_in_a_database_is_called_measured() -> None:
    assert [size_of(each).is_measured for each in (1_000_000, 3_000_000, 5_000_000)] == [True, True, False]
