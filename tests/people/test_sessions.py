"""Where one visit ends and the next begins."""

from datetime import UTC, timedelta
from uuid import UUID

import pytest

from analytics.people.sessions import Seen, activity_bounds, activity_day, cut_sessions
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at

INSTAGRAM = ("instagram", "social", "detty", None, None, None)
TIKTOK = ("tiktok", "paid_social", "detty", None, None, None)
CLICK = (None, None, None, None, None, "gclid:1")
SECOND = timedelta(seconds=1)


def seen(number, moment, event_type="page.viewed", campaign=None):
    return Seen(UUID(int=number), moment, event_type, campaign)


def visits(*events):
    return [[each.id.int for each in visit] for visit in cut_sessions(events)]


@pytest.mark.parametrize(
    ("pause", "expected"),
    [
        (timedelta(minutes=30) - timedelta(microseconds=1), [[1, 2]]),
        (timedelta(minutes=30), [[1], [2]]),
        (timedelta(0), [[1, 2]]),
    ],
)
def test_half_an_hour_without_an_event_ends_a_visit(pause, expected):
    assert visits(seen(1, at(FRIDAY, 9)), seen(2, at(FRIDAY, 9) + pause)) == expected


def test_the_order_in_which_events_come_is_no_matter():
    story = [seen(number, at(FRIDAY, 9, minute)) for number, minute in ((1, 0), (2, 20), (3, 40), (4, 59))]
    assert visits(*story) == visits(*reversed(story)) == [[1, 2, 3, 4]]
    assert visits(story[0], story[2]) == [[1], [3]]


@pytest.mark.parametrize(
    ("campaigns", "expected"),
    [
        ([INSTAGRAM, None, None], [[1, 2, 3]]),
        ([INSTAGRAM, INSTAGRAM, None], [[1, 2, 3]]),
        ([INSTAGRAM, TIKTOK, None], [[1], [2, 3]]),
        ([INSTAGRAM, TIKTOK, INSTAGRAM], [[1], [2], [3]]),
        ([INSTAGRAM, None, CLICK], [[1, 2], [3]]),
        ([None, INSTAGRAM, INSTAGRAM], [[1], [2, 3]]),
        ([None, None, None], [[1, 2, 3]]),
    ],
)
def test_an_arrival_by_another_campaign_is_another_visit(campaigns, expected):
    story = [seen(number, at(FRIDAY, 9, number), campaign=each) for number, each in enumerate(campaigns, start=1)]
    assert visits(*story) == expected


def test_only_arrivals_bring_a_campaign():
    facts = [
        seen(1, at(FRIDAY, 9, 1), "cart.item_added", TIKTOK),
        seen(2, at(FRIDAY, 9, 2), "page.viewed", INSTAGRAM),
        seen(3, at(FRIDAY, 9, 3), "cart.item_added", TIKTOK),
        seen(4, at(FRIDAY, 9, 4), "screen.viewed", INSTAGRAM),
    ]
    assert visits(*facts) == [[1, 2, 3, 4]]


def test_nobody_stays_past_four_in_the_morning():
    night = [seen(hour * 10 + quarter, at(FRIDAY, hour, quarter * 15)) for hour in (3, 4) for quarter in range(4)]
    assert visits(*night) == [[30, 31, 32, 33], [40, 41, 42, 43]]
    late = [seen(1, at(THURSDAY, 23, 50)), seen(2, at(FRIDAY, 0, 10))]
    assert visits(*late) == [[1, 2]]


def test_an_activity_day_is_a_day_that_begins_at_four():
    assert [activity_day(moment) for moment in (at(FRIDAY, 3, 59), at(FRIDAY, 4), at(SATURDAY, 3, 59))] == [
        THURSDAY,
        FRIDAY,
        FRIDAY,
    ]
    assert activity_bounds(FRIDAY) == (at(FRIDAY, 4), at(SATURDAY, 4))
    assert activity_day(activity_bounds(FRIDAY)[1] - SECOND) == FRIDAY


def test_days_that_are_longer_than_others_are_cut_as_well(settings):
    settings.TIME_ZONE = "Europe/London"
    for day in (FRIDAY.replace(month=3, day=29), FRIDAY.replace(month=10, day=25)):
        start, end = (moment.astimezone(UTC) for moment in activity_bounds(day))
        assert [activity_day(moment) for moment in (start - SECOND, start, end - SECOND, end)] == [
            day - timedelta(days=1),
            day,
            day,
            day + timedelta(days=1),
        ]
