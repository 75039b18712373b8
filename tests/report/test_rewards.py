"""Points, games, friends and rewards, as whole tables."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from analytics.ask import ask
from commerce.accounts.models import User
from commerce.orders.services import OrderItem
from commerce.rewards.models import Referral, Reward
from commerce.rewards.services import (
    PlayRefused,
    check_in,
    join_by_code,
    lapse_points,
    profile_of,
    redeem_reward,
    start_play,
)
from tests.commerce.factories import NOON, UserFactory, VariantFactory, make_order
from tests.commerce.promotions.stories import make_coupon
from tests.commerce.rewards.stories import finish, give, play_memory, play_snake
from zuka.platform.actor import NOBODY

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)
ONE = timedelta(days=1)
DAYS = {"from": "2026-03-09", "to": "2026-03-10", "compare": "none"}


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(name="Ada", created_at=NOON)
    return user


def order_with_points(user: User, points: int, **choices: Any) -> None:
    sku = VariantFactory.create(product__price_kobo=200_000).sku
    make_order(user=user, lines=[OrderItem(sku, 1)], points=points, **choices)


def test_points_by_day_with_what_is_owed(ada: User) -> None:
    give(ada, 1_000, at=NOON - 2 * ONE)
    give(ada, 7, at=NOON - ONE, expires_at=NOON - timedelta(hours=1))
    give(UserFactory.create(is_test=True), 9_000)
    check_in(user=ada, at=NOON)
    order_with_points(ada, 300)
    lapse_points(at=NOON)

    table = ask("points", **DAYS)

    # Earned, paid, rewards, lapsed, taken back, by staff, earners, held, owed.
    assert table.rows == [
        (DAY - ONE, 0, 0, 0, 0, 0, 7, 0, 1_007, 100_700),
        (DAY, 5, 300, 0, 7, 0, 0, 1, 705, 70_500),
    ]
    assert tuple(table.totals.values()) == (5, 300, 0, 7, 0, 7, 1, 705, 70_500)


def test_games_with_what_was_refused(ada: User) -> None:
    charlie = UserFactory.create()
    play_snake(ada, 300)
    play_snake(charlie, 100)
    play_memory(ada)
    play_memory(UserFactory.create(is_staff=True))
    start_play(user=ada, game="memory", at=NOON, actor=NOBODY)
    cheat = start_play(user=charlie, game="snake", at=NOON, actor=NOBODY)
    with pytest.raises(PlayRefused):
        finish(cheat, {"score": 4_000}, at=NOON + timedelta(seconds=9))

    table = ask("games", **DAYS)

    assert table.rows == [
        ("Snake", 3, 1, 1 / 3, 2, 200.0, 300, 9),
        ("Memory", 1, 0, 0.0, 1, 960.0, 960, 10),
    ]
    assert table.totals == {"plays": 4, "refused": 1, "refusal": 0.25, "players": 2, "points": 19}
    assert table.series == [(DAY - ONE, 0), (DAY, 4)]


def test_friends_and_how_far_they_are(ada: User) -> None:
    code = profile_of(UserFactory.create().pk).referral_code
    people = [ada, *(UserFactory.create(created_at=NOON) for _ in range(3)), UserFactory.create(is_test=True)]
    for person in people:
        User.objects.filter(pk=person.pk).update(created_at=NOON)
        person.refresh_from_db()
        join_by_code(user=person, code=code, at=NOON, actor=NOBODY)
    for person in people[:2]:
        make_order(user=person)
    for person, status in zip(people, ("rewarded", "held", "refused"), strict=False):
        Referral.objects.filter(referred=person).update(status=status)

    table = ask("referrals", **DAYS)

    assert table.rows == [(DAY - ONE, 0, 0, None, 0, 0, 0), (DAY, 4, 2, 0.5, 1, 1, 1)]
    assert tuple(table.totals.values()) == (4, 2, 0.5, 1, 1, 1)


def test_rewards_and_what_their_codes_took_off(ada: User) -> None:
    give(ada, 5_000)
    reward = Reward.objects.create(name="A thousand off", points=800, kind="fixed", amount_kobo=100_000)
    taken = [redeem_reward(user=ada, reward_id=reward.pk, at=NOON) for _ in range(2)]
    make_order(user=ada, lines=[OrderItem(VariantFactory.create().sku, 1)], coupon_codes=[taken[0].coupon.code])

    table = ask("rewards", **DAYS)

    assert table.rows == [("A thousand off", 2, 1, 1_600, 1, 0.5, 100_000)]
    assert tuple(table.totals.values()) == (2, 1, 1_600, 1, 0.5, 100_000)


def test_what_points_paid_for_is_a_discount_of_its_own(ada: User) -> None:
    give(ada, 1_000)
    make_coupon(code="TEN")
    order_with_points(ada, 250, coupon_codes=["TEN"])
    order_with_points(ada, 100)

    table = ask("coupons", **DAYS)

    assert [row[:4] for row in table.rows] == [
        ("Points", "Paid with points", 2, 35_000),
        ("TEN", table.rows[1][1], 1, 20_000),
    ]
    assert (table.totals["orders"], table.totals["discount_kobo"]) == (2, 55_000)
