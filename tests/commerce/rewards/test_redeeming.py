from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from commerce.accounts.models import User
from commerce.orders.services import OrderItem
from commerce.promotions.models import Coupon
from commerce.promotions.services import CouponRefused
from commerce.rewards.models import AdjustmentStatus, Reward, UserReward
from commerce.rewards.services import (
    AdjustmentDecided,
    NoSuchReward,
    OwnAdjustment,
    RewardGone,
    RewardTaken,
    TooFewPoints,
    adjust_points,
    decide_adjustment,
    redeem_reward,
)
from tests.commerce.factories import NOON, UserFactory, VariantFactory, in_threads, make_order
from tests.commerce.rewards.stories import give, ledger
from zuka.platform.idempotency import KeyReused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_reward(**columns: Any) -> Reward:
    defaults = {"name": "A thousand off", "points": 800, "kind": "fixed", "amount_kobo": 100_000}
    return Reward.objects.create(**{**defaults, **columns})


def redeem(user: User, reward: Reward, **choices: Any) -> UserReward:
    return redeem_reward(user=user, reward_id=reward.pk, **{"at": NOON, **choices})


def order_with(code: str, user: User) -> int:
    line = OrderItem(VariantFactory.create().sku, 1)
    return make_order(user=user, lines=[line], coupon_codes=[code]).discount_kobo


def test_points_buy_a_code_that_is_good_once(alice: User) -> None:
    give(alice, 1_000)
    taken = redeem(alice, make_reward(valid_days=10, min_spend_kobo=150_000))

    coupon = taken.coupon
    assert (coupon.usage_limit, coupon.min_spend_kobo, coupon.valid_until) == (1, 150_000, NOON + 10 * DAY)
    assert ledger(alice)[-1] == ("reward", -800, 200)
    assert order_with(coupon.code, alice) == 100_000
    with pytest.raises(CouponRefused):
        order_with(coupon.code, alice)


def test_the_same_key_takes_a_reward_once(alice: User) -> None:
    give(alice, 1_000)
    reward = make_reward()
    first, again = (redeem(alice, reward, idempotency_key="pressed") for _ in range(2))

    assert (first, ledger(alice)[1:]) == (again, [("reward", -800, 200)])
    with pytest.raises(KeyReused):
        redeem(alice, make_reward(), idempotency_key="pressed")
    bola = UserFactory.create()
    give(bola, 1_000)
    assert redeem(bola, reward, idempotency_key="pressed") != first


@pytest.mark.parametrize(
    ("columns", "refusal"),
    [
        ({"points": 1_001}, TooFewPoints),
        ({"stock": 0}, RewardGone),
        ({"user_limit": 0}, RewardTaken),
        ({"is_active": False}, NoSuchReward),
        ({"starts_at": NOON + DAY}, NoSuchReward),
        ({"ends_at": NOON}, NoSuchReward),
    ],
)
def test_what_cannot_be_had_costs_nothing(alice: User, columns: dict[str, Any], refusal: type[Exception]) -> None:
    give(alice, 1_000)
    reward = make_reward(**columns)

    with pytest.raises(refusal):
        redeem(alice, reward)

    reward.refresh_from_db()
    assert (reward.redeemed_count, Coupon.objects.count(), ledger(alice)) == (0, 0, [("adjustment", 1_000, 1_000)])


def test_a_share_or_the_delivery_can_be_bought_too(alice: User) -> None:
    give(alice, 2_000)
    percent = make_reward(kind="percentage", percent=Decimal(10), amount_kobo=None)
    delivery = make_reward(kind="free_shipping", amount_kobo=None)

    assert order_with(redeem(alice, percent).coupon.code, alice) == 20_000
    assert order_with(redeem(alice, delivery).coupon.code, alice) == 0


@pytest.mark.django_db(transaction=True)
def test_no_more_are_taken_than_there_are_or_than_one_may() -> None:
    people = [UserFactory.create() for _ in range(4)]
    for person in people:
        give(person, 10_000)
    reward = make_reward(stock=5, user_limit=2)
    left = people * 3

    def work() -> str:
        try:
            redeem(left.pop(), reward)
        except (RewardGone, RewardTaken) as refusal:  # the outcome that is told
            return refusal.code
        return "taken"

    outcomes = Counter(in_threads(12, work))

    reward.refresh_from_db()
    assert (outcomes["taken"], reward.redeemed_count, UserReward.objects.count()) == (5, 5, 5)
    assert sum(-ledger(person)[-1][1] for person in people if len(ledger(person)) == 2) % 800 == 0


def test_staff_give_and_take_points_with_their_reason(alice: User) -> None:
    staff = UserFactory.create(is_staff=True)
    for points in (500, -200):
        adjust_points(user=alice, points=points, reason="Late parcel", at=NOON, staff_id=staff.pk)

    assert ledger(alice) == [("adjustment", 500, 500), ("adjustment", -200, 300)]
    assert [(each.note, each.actor_id) for each in alice.points_entries.all()] == [("Late parcel", staff.pk)] * 2
    with pytest.raises(TooFewPoints):
        adjust_points(user=alice, points=-301, reason="", at=NOON, staff_id=staff.pk)
    with pytest.raises(OwnAdjustment):
        adjust_points(user=staff, points=1, reason="", at=NOON, staff_id=staff.pk)


def test_many_points_need_a_second_pair_of_eyes(alice: User, settings: Any) -> None:
    settings.POINTS_FOUR_EYES = 1_000
    ada, bola = UserFactory.create(is_staff=True), UserFactory.create(is_staff=True)
    first, second = (
        adjust_points(user=alice, points=points, reason="Late", at=NOON, staff_id=ada.pk) for points in (600, 600)
    )
    assert (first.status, second.status) == (AdjustmentStatus.APPLIED, AdjustmentStatus.ASKED)
    assert ledger(alice) == [("adjustment", 600, 600)]

    with pytest.raises(OwnAdjustment):
        decide_adjustment(asked=second, is_approved=True, at=NOON, staff_id=ada.pk)
    decide_adjustment(asked=second, is_approved=True, at=NOON, staff_id=bola.pk)
    assert ledger(alice)[-1] == ("adjustment", 600, 1_200)
    with pytest.raises(AdjustmentDecided):
        decide_adjustment(asked=second, is_approved=False, at=NOON, staff_id=bola.pk)
    third = adjust_points(user=alice, points=1, reason="Late", at=NOON, staff_id=ada.pk)
    assert decide_adjustment(asked=third, is_approved=False, at=NOON, staff_id=ada.pk).status == "declined"


@pytest.mark.django_db(transaction=True)
def test_an_adjustment_is_applied_once_however_many_approve_it(alice: User, settings: Any) -> None:
    settings.POINTS_FOUR_EYES = 1
    staff = [UserFactory.create(is_staff=True) for _ in range(2)]
    asked = adjust_points(user=alice, points=50, reason="Late", at=NOON, staff_id=staff[0].pk)

    def work() -> str:
        try:
            decide_adjustment(asked=asked, is_approved=True, at=NOON, staff_id=staff[1].pk)
        except AdjustmentDecided:  # what the race is about: decided once
            return "decided"
        return "applied"

    assert Counter(in_threads(6, work)) == {"applied": 1, "decided": 5}
    assert ledger(alice) == [("adjustment", 50, 50)]
