from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from analytics.store.models import Event
from commerce.accounts.models import User
from commerce.notifications.models import Notification
from commerce.rewards.models import PointsEntry, PointsLot
from commerce.rewards.services import (
    TooFewPoints,
    check_in,
    earn_points,
    find_points_drift,
    lapse_points,
    points_of,
    spend_points,
    take_back_points,
)
from commerce.tasks import check_points
from tests.commerce.factories import NOON, UserFactory, in_threads
from tests.commerce.rewards.stories import give, ledger, lots

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def spend(user: User, points: int, source_id: str = "1") -> PointsEntry:
    return spend_points(user_id=user.pk, source_type="checkout", source_id=source_id, points=points, at=NOON)


def test_what_lapses_first_is_spent_first(alice: User) -> None:
    give(alice, 30, expires_at=NOON + 90 * DAY)
    give(alice, 20, expires_at=NOON + 10 * DAY)
    give(alice, 40, expires_at=NOON + 50 * DAY)

    entry = spend(alice, 35)

    assert ledger(alice) == [
        ("adjustment", 30, 30),
        ("adjustment", 20, 50),
        ("adjustment", 40, 90),
        ("checkout", -35, 55),
    ]
    assert sorted(lots(alice)) == [(25, NOON + 50 * DAY), (30, NOON + 90 * DAY)]
    assert entry.expires_at == NOON + 50 * DAY
    with pytest.raises(TooFewPoints, match="You have 55 points"):
        spend(alice, 56, "2")
    assert ledger(alice)[-1] == ("checkout", -35, 55)


def test_points_lapse_once_and_are_no_ones_to_spend_before_the_job_has_run(alice: User) -> None:
    give(alice, 20, expires_at=NOON - DAY)
    give(alice, 5, expires_at=NOON + DAY)
    assert points_of(user=alice, at=NOON).points == 5
    with pytest.raises(TooFewPoints):
        spend(alice, 6)

    assert [lapse_points(at=NOON), lapse_points(at=NOON)] == [1, 0]

    assert ledger(alice) == [("adjustment", 20, 20), ("adjustment", 5, 25), ("lapse", -20, 5)]
    expired = Event.objects.get(event_type="points.expired")
    assert (expired.user_id, expired.properties) == (str(alice.pk), {"points": 20, "source_type": "lapse"})


def test_a_source_earns_once_and_is_tracked_with_what_it_unlocks(alice: User) -> None:
    for _ in range(2):
        earn_points(user_id=alice.pk, source_type="review", source_id="7", points=20, xp=260, at=NOON)

    assert ledger(alice) == [("review", 20, 20)]
    events = Event.objects.filter(user_id=str(alice.pk)).values_list("event_type", "properties")
    assert sorted(events, key=str) == [
        ("achievement.unlocked", {"achievement": "first_review"}),
        ("game.levelled_up", {"level": "sapphire"}),
        ("points.earned", {"points": 20, "source_type": "review"}),
    ]
    assert (alice.total_xp, alice.gem_level) == (260, "sapphire")
    assert [notice.title for notice in Notification.objects.filter(user=alice)] == ["You have reached Sapphire"]


def test_what_was_given_is_taken_back_as_far_as_it_is_there(alice: User) -> None:
    earn_points(user_id=alice.pk, source_type="review", source_id="7", points=20, xp=260, at=NOON)
    spend(alice, 15)

    for _ in range(2):
        take_back_points(user_id=alice.pk, source_type="review_back", source_id="7", points=20, xp=260, at=NOON)

    assert ledger(alice) == [("review", 20, 20), ("checkout", -15, 5), ("review_back", -5, 0)]
    assert (alice.total_xp, alice.gem_level) == (0, "quartz")


def test_a_day_in_a_row_earns_and_the_seventh_more(alice: User) -> None:
    days = [0, 0, 1, 2, 3, 4, 5, 6, 8]
    for day in days:
        check_in(user=alice, at=NOON + day * DAY)

    assert [points for _, points, _ in ledger(alice)] == [5, 5, 5, 5, 5, 5, 25, 5]
    state = points_of(user=alice, at=NOON + 8 * DAY)
    assert (state.streak_days, state.checked_in_today, state.points, state.xp) == (1, True, 60, 40)
    assert points_of(user=alice, at=NOON + 10 * DAY).streak_days == 0


def test_the_state_of_who_has_nothing(alice: User) -> None:
    state = points_of(user=alice, at=NOON)

    assert (state.points, state.value_kobo, state.level, state.next_level, state.xp_to_next) == (
        0,
        0,
        "quartz",
        "sapphire",
        250,
    )
    assert (state.expiring_points, state.expiring_at, state.streak_days, state.name) == (0, None, 0, "A.")


@pytest.mark.parametrize("change", ["UPDATE commerce_points_entry SET points = 9", "DELETE FROM commerce_points_entry"])
def test_the_database_keeps_every_change(alice: User, change: str) -> None:
    give(alice, 5)

    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(change)

    assert ledger(alice) == [("adjustment", 5, 5)]


def test_drift_is_found_and_reported(alice: User, charlie: User, caplog: pytest.LogCaptureFixture) -> None:
    bob = UserFactory.create()
    for person in (alice, bob, charlie):
        give(person, 5, xp=1)
    User.objects.filter(pk=alice.pk).update(reward_points=6)
    PointsLot.objects.filter(user=bob).update(points_left=4)

    assert set(find_points_drift()) == {alice, bob}
    check_points()
    assert "'event': 'points.drift'" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_points_are_spent_once_however_many_spend_them(alice: User) -> None:
    give(alice, 30)
    give(alice, 70)
    numbers = iter(range(20))

    def work() -> str:
        try:
            return str(spend(alice, 25, str(next(numbers))).points)
        except TooFewPoints:  # what the race is about: one of two
            return "refused"

    assert Counter(in_threads(20, work)) == {"-25": 4, "refused": 16}
    assert ledger(alice)[-1][2] == 0


@pytest.mark.django_db(transaction=True)
def test_a_source_earns_once_however_many_give_it(alice: User) -> None:
    def work() -> None:
        earn_points(user_id=alice.pk, source_type="order", source_id="ZUKA-1", points=50, xp=5, at=NOON)

    in_threads(12, work)

    assert ledger(alice) == [("order", 50, 50)]
    assert Event.objects.filter(event_type="points.earned").count() == 1


def test_points_that_do_not_add_up_keep_nobody_elses_from_lapsing(alice: User) -> None:
    bola = UserFactory.create()
    for person, days in ((alice, 1), (bola, 2)):
        give(person, 100, expires_at=NOON + timedelta(days=days))
    User.objects.filter(pk=alice.pk).update(reward_points=50)

    assert lapse_points(at=NOON + timedelta(days=3)) == 1
    bola.refresh_from_db()
    assert (bola.reward_points, lots(bola), lots(alice)) == (0, [], [(100, NOON + timedelta(days=1))])
