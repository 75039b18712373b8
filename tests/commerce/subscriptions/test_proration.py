from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.subscriptions.services import used_kobo
from commerce.subscriptions.services.periods import months_after, period_from
from tests.commerce.factories import NOON


@given(
    prices=st.lists(st.integers(1, 10**9), min_size=1, max_size=5),
    moments=st.lists(st.integers(0, 31 * 86_400 * 10**6), min_size=5, max_size=5),
)
def test_changes_one_after_the_other_lose_nothing(prices: list[int], moments: list[int]) -> None:
    """What is paid in a period is each price for the time of its own: nothing more, nothing less, to the kobo."""
    start, end = NOON, NOON + timedelta(days=31)
    times = sorted(NOON + timedelta(microseconds=each) for each in moments[: len(prices) - 1])

    def used(price: int, at: datetime) -> int:
        return used_kobo(price_kobo=price, start=start, end=end, at=at)

    paid = prices[0]
    for old, new, at in zip(prices, prices[1:], times, strict=False):
        credit, cost = old - used(old, at), new - used(new, at)
        assert 0 <= credit <= old
        paid += cost - credit
    spans = zip(prices, [start, *times], [*times, end], strict=True)
    assert paid == sum(used(price, until) - used(price, since) for price, since, until in spans)


@pytest.mark.parametrize(
    ("months", "expected"), [(0, (2028, 1, 31)), (1, (2028, 2, 29)), (2, (2028, 3, 31)), (13, (2029, 2, 28))]
)
def test_months_keep_the_day_where_they_have_it(months: int, expected: tuple[int, int, int]) -> None:
    moment = months_after(datetime(2028, 1, 31, 9, tzinfo=UTC), months)
    assert (moment.year, moment.month, moment.day) == expected


def test_periods_follow_one_another() -> None:
    anchor = start = datetime(2026, 8, 31, 9, tzinfo=UTC)
    days = []
    for _ in range(4):
        start = period_from(anchor=anchor, start=start, months=1)
        days.append((start.month, start.day))
    assert days == [(9, 30), (10, 31), (11, 30), (12, 31)]
