"""Whatever happened long ago: over whole months and years every report says after compaction what it said before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from analytics.rollup.fill import fill_dirty
from analytics.rollup.verify import verify
from analytics.track import track_many
from commerce.orders.models import Order
from tests.lifecycle.ages import PRODUCTS, answers, compact, look, moment, read, today
from tests.rollup.story import place

pytestmark = pytest.mark.django_db
DAYS = [
    date(2022, 11, 28),
    date(2022, 12, 31),
    date(2023, 1, 1),
    date(2023, 1, 15),
    date(2023, 1, 31),
    date(2023, 2, 1),
]
WHEN = st.sampled_from(DAYS)
VISITS = st.tuples(
    st.just("visit"),
    WHEN,
    st.integers(0, 1439),
    st.sampled_from(["ada", "bola", "chidi"]),
    st.lists(st.sampled_from(PRODUCTS), max_size=3),
)
ORDERS = st.tuples(st.just("order"), WHEN, st.integers(0, 1439), st.sampled_from(PRODUCTS), st.booleans())
STORIES = st.lists(st.one_of(VISITS, ORDERS), min_size=1, max_size=10)
PERIODS = [
    (date(2022, 11, 1), date(2022, 11, 30)),
    (date(2022, 12, 1), date(2023, 1, 31)),
    (date(2023, 1, 1), date(2023, 12, 31)),
    (date(2022, 1, 1), date(2024, 6, 30)),
]
VIEWS = ["product_views_monthly", "product_views_annual"]


def tell(story: list[tuple[Any, ...]]) -> None:
    for kind, day, minute, *rest in story:
        if kind == "visit":
            visitor, products = rest
            track_many(look(day, visitor, *products, minute=minute))
        else:
            product, is_cancelled = rest
            order = place(product, moment(day, minute), quantity=2)
            if is_cancelled:
                Order.objects.filter(pk=order.pk).update(status="cancelled")


def said(*periods: tuple[date, date], year: int = 0) -> dict[Any, Any]:
    """Return the tables of all reports over whole periods, and of the views by month, but of a year, and by year."""
    views = {name: sorted(read(f"SELECT * FROM {name}")) for name in VIEWS}
    by_month = [row for row in views[VIEWS[0]] if row[0].year != year]
    return {**answers(*periods), **views, VIEWS[0]: by_month}


class CompactedEqualsByDay(TestCase):
    @given(STORIES, STORIES, st.booleans())
    @example_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_after_any_story_and_any_late_change_tables_agree(self, story, late, is_by_year):
        years = 3 if is_by_year else 0
        with today(), self.settings(ROLLUP_MONTH_YEARS=years):
            tell(story)
            fill_dirty(oldest_first=True)
            periods, year = (PERIODS[2:], 2022) if is_by_year else (PERIODS, 0)
            before = said(*periods, year=year)
            compact()
            assert said(*periods) == before
            tell(late)
            fill_dirty(oldest_first=True)
            assert [found for day in DAYS for found in verify(first=day, last=day)] == []
