from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from analytics.store.models import Event
from commerce.accounts.models import User
from commerce.orders.models import Order
from commerce.orders.services import settle_due_orders
from commerce.orders.services.rewarding import settle_order
from commerce.rewards.models import Referral
from commerce.rewards.services import (
    NotReferred,
    OwnReferral,
    ReferralDecided,
    UnknownCode,
    decide_referral,
    invite_friend,
    join_by_code,
    profile_of,
)
from commerce.rewards.services.referring import TooManyCodesTried
from tests.commerce.factories import ADDRESS, NOON, UserFactory, at_once, in_threads
from tests.commerce.rewards.stories import WINDOW, ledger, paid
from zuka.platform.actor import NOBODY, Actor

pytestmark = pytest.mark.django_db
ELSEWHERE = {**ADDRESS, "street_address": "5 Marina", "city": "Lagos Island"}


def newcomer(**columns: Any) -> User:
    user: User = UserFactory.create(created_at=NOON, **columns)
    return user


def join(user: User, referrer: User, at: Any = NOON) -> Referral:
    return join_by_code(user=user, code=profile_of(referrer.pk).referral_code.lower(), at=at, actor=NOBODY)


def first_order(user: User, **choices: Any) -> None:
    paid(1, user=user, **{"shipping_address": ELSEWHERE, "actor": Actor(visitor_id=f"v-{user.pk}"), **choices})


def status_of(referral: Referral) -> tuple[str, str]:
    referral.refresh_from_db()
    return referral.status, referral.reason


def test_both_are_rewarded_once_the_first_order_cannot_be_sent_back(alice: User) -> None:
    friend = newcomer()
    referral = join(friend, alice)
    first_order(friend)
    first_order(friend)
    settle_due_orders(at=NOON + timedelta(days=3))
    assert status_of(referral) == ("joined", "")

    settle_due_orders(at=NOON + WINDOW)

    assert status_of(referral) == ("rewarded", "")
    assert ledger(alice) == [("referral", 500, 500)]
    assert sorted(ledger(friend)) == [("order", 20, 20), ("order", 20, 340), ("welcome", 300, 320)]
    kinds = Event.objects.filter(event_type__startswith="referral.").values_list("event_type", "user_id")
    assert sorted(kinds) == [("referral.joined", str(friend.pk)), ("referral.rewarded", str(alice.pk))]


def test_a_referral_that_a_broken_run_left_behind_is_settled_by_the_next(alice: User) -> None:
    friend = newcomer()
    referral = join(friend, alice)
    first_order(friend)
    settle_due_orders(at=NOON + WINDOW)
    # As it was between the two transactions.
    other = newcomer()
    left_behind = join(other, alice)
    Order.objects.filter(user=friend).update(user=other)

    settle_due_orders(at=NOON + WINDOW)

    assert [status_of(each)[0] for each in (referral, left_behind)] == ["rewarded", "rewarded"]
    assert ledger(alice) == [("referral", 500, 500), ("referral", 500, 1_000)]


def test_an_order_from_before_somebody_came_by_a_friend_brings_nothing(alice: User) -> None:
    friend = newcomer()
    first_order(friend)
    settle_due_orders(at=NOON + WINDOW)
    referral = join(friend, alice, at=NOON + WINDOW + timedelta(hours=1))

    settle_due_orders(at=NOON + WINDOW + timedelta(hours=2))

    assert status_of(referral) == ("joined", "")


def test_a_small_first_order_waits_for_a_later_one(alice: User, settings: Any) -> None:
    settings.REFERRAL_LEAST_KOBO = 200_001
    friend = newcomer()
    referral = join(friend, alice)
    first_order(friend)
    settle_due_orders(at=NOON + WINDOW)
    assert status_of(referral) == ("joined", "")
    paid(2, user=friend, shipping_address=ELSEWHERE, actor=Actor(visitor_id="another"))

    settle_due_orders(at=NOON + WINDOW)

    assert status_of(referral) == ("rewarded", "")


@pytest.mark.parametrize(
    ("alices", "friends", "reason"),
    [
        ({"shipping_address": {**ELSEWHERE, "street_address": "5, MARINA."}}, {}, "The same address"),
        ({"actor": Actor(visitor_id="one")}, {"actor": Actor(visitor_id="one")}, "The same device"),
        (
            {"shipping_address": {**ADDRESS, "phone": "08031234567"}},
            {"shipping_address": {**ELSEWHERE, "phone": "+234 803 123 4567"}},
            "The same phone",
        ),
    ],
)
def test_who_may_be_one_person_is_held_for_staff(
    alice: User, alices: dict[str, Any], friends: dict[str, Any], reason: str
) -> None:
    first_order(alice, **{"shipping_address": ADDRESS, **alices})
    friend = newcomer()
    referral = join(friend, alice)
    first_order(friend, **friends)

    settle_due_orders(at=NOON + WINDOW)

    assert status_of(referral) == ("held", reason)
    assert [source for source, _, _ in ledger(alice) + ledger(friend)] == ["order", "order"]


def test_more_friends_than_a_month_allows_are_held(alice: User, settings: Any) -> None:
    settings.REFERRALS_MONTHLY = 1
    referrals = []
    for _ in range(2):
        friend = newcomer()
        referrals.append(join(friend, alice))
        first_order(friend, shipping_address={**ELSEWHERE, "street_address": f"{friend.pk}"})

    settle_due_orders(at=NOON + WINDOW)

    assert [status_of(each) for each in referrals] == [("rewarded", ""), ("held", "More than 1 friends in 30 days")]


def test_codes_that_bring_nobody(alice: User) -> None:
    friend = newcomer()
    with pytest.raises(UnknownCode):
        join_by_code(user=friend, code="NOBODY23", at=NOON, actor=NOBODY)
    with pytest.raises(NotReferred, match="your own code"):
        join(newcomer_self := newcomer(), newcomer_self)
    with pytest.raises(NotReferred, match="just signed up"):
        join(friend, alice, at=NOON + timedelta(days=31))
    join(friend, alice)
    with pytest.raises(NotReferred, match="came by a friend's code before"):
        join(friend, newcomer())
    User.objects.filter(pk=alice.pk).update(created_at=NOON)
    with pytest.raises(NotReferred, match="came by your own code"):
        join(alice, friend)
    assert Referral.objects.count() == 1


def test_a_code_that_is_told_again_changes_nothing(alice: User) -> None:
    friend = newcomer()

    assert join(friend, alice) == join(friend, alice)
    assert Event.objects.filter(event_type="referral.joined").count() == 1


def test_codes_are_not_guessed(alice: User) -> None:
    for _ in range(10):
        with pytest.raises(UnknownCode):
            join_by_code(user=alice, code="GUESS234", at=NOON, actor=NOBODY)
    with pytest.raises(TooManyCodesTried):
        join_by_code(user=alice, code=profile_of(newcomer().pk).referral_code, at=NOON, actor=NOBODY)


def test_staff_decide_on_what_is_held_once_and_never_on_their_own(alice: User) -> None:
    staff = UserFactory.create(is_staff=True)
    held = []
    for _ in range(2):
        referral = join(newcomer(), alice)
        Referral.objects.filter(pk=referral.pk).update(status="held", reason="The same address")
        held.append(referral)
    with pytest.raises(OwnReferral):
        decide_referral(referral=held[0], is_approved=True, at=NOON, staff_id=alice.pk)

    decide_referral(referral=held[0], is_approved=True, at=NOON, staff_id=staff.pk)
    decide_referral(referral=held[1], is_approved=False, at=NOON, staff_id=staff.pk, reason="One household")

    assert [status_of(each) for each in held] == [
        ("rewarded", "The same address"),
        ("refused", "The same address: One household"),
    ]
    assert ledger(alice) == [("referral", 500, 500)]
    for each in held:
        with pytest.raises(ReferralDecided):
            decide_referral(referral=each, is_approved=True, at=NOON, staff_id=staff.pk)


def test_a_friend_who_is_invited_is_tracked_once_a_day_and_way(alice: User, settings: Any) -> None:
    settings.SHOP_URL = "https://shop.example"
    links = {invite_friend(user=alice, at=NOON, actor=NOBODY, channel="copy") for _ in range(2)}

    assert links == {f"https://shop.example/shop/rewards/?friend={profile_of(alice.pk).referral_code}"}
    assert Event.objects.filter(event_type="referral.invited").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_month_of_friends_is_counted_however_many_orders_are_settled_at_once(alice: User, settings: Any) -> None:
    settings.REFERRALS_MONTHLY = 2
    orders = []
    for place in range(6):
        friend = newcomer()
        join(friend, alice)
        address = {**ELSEWHERE, "street_address": f"{place} Marina"}
        orders.append(paid(1, user=friend, shipping_address=address, actor=Actor(visitor_id=f"v-{place}")).pk)
    left = [*orders, *orders]

    in_threads(12, lambda: settle_order(pk=left.pop(), at=NOON + WINDOW))

    statuses = sorted(Referral.objects.values_list("status", flat=True))
    assert statuses == ["held"] * 4 + ["rewarded"] * 2
    assert ledger(alice) == [("referral", 500, 500), ("referral", 500, 1_000)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_join_by_one_another_at_once_one_comes_by_the_other() -> None:
    for _round in range(6):
        first, second = newcomer(), newcomer()
        codes = {user.pk: profile_of(user.pk).referral_code for user in (first, second)}

        def tried(user: User, code: str) -> bool:
            try:
                join_by_code(user=user, code=code, at=NOON, actor=NOBODY)
            except NotReferred as refusal:  # which refusal it was is what is compared
                return refusal.message != "This friend came by your own code."
            return True

        done = at_once(partial(tried, first, codes[second.pk]), partial(tried, second, codes[first.pk]))
        assert sorted(done) == [False, True]
    assert Referral.objects.count() == 6
