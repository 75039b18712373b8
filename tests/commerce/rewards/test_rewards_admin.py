from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.accounts.models import User
from commerce.rewards.models import PointsAdjustment, Referral, Reward
from commerce.rewards.services import PlayRefused, join_by_code, profile_of, redeem_reward, start_play
from tests.commerce.factories import NOON, UserFactory
from tests.commerce.rewards.stories import finish, give, ledger
from zuka.platform.actor import NOBODY

pytestmark = pytest.mark.django_db
SUBMITTED = {"_form_submitted": "True"}
LISTS = ("pointsentry", "pointsadjustment", "reward", "userreward", "referral", "gameplay")


def listed(model: str) -> str:
    return reverse(f"admin:commerce_{model}_changelist")


def add_adjustment(client: Client, user: User, points: int, reason: str = "Late parcel") -> Any:
    data = {"user": str(user.pk), "points": str(points), "reason": reason}
    return client.post(reverse("admin:commerce_pointsadjustment_add"), data, follow=True)


def press(client: Client, row: Any, button: str, **fields: str) -> Any:
    name = f"admin:commerce_{row._meta.model_name}_{button}"
    return client.post(reverse(name, args=[row.pk]), {**SUBMITTED, **fields})


def everything(person: User) -> None:
    """A row of every list about one person."""
    give(person, 5_000)
    reward = Reward.objects.create(name="Off", points=10, kind="fixed", amount_kobo=1)
    redeem_reward(user=person, reward_id=reward.pk, at=NOON)
    friend = UserFactory.create(created_at=NOON)
    join_by_code(user=friend, code=profile_of(person.pk).referral_code, at=NOON, actor=NOBODY)
    PointsAdjustment.objects.create(
        user=person, points=5, reason="Late", status="asked", asked_by=person, asked_at=NOON
    )
    cheat = start_play(user=person, game="snake", at=NOON, actor=NOBODY)
    with pytest.raises(PlayRefused):
        finish(cheat, {"score": 4_000}, at=NOON + timedelta(seconds=9))


def test_each_list_shows_its_rows_in_as_many_queries_for_three_as_for_one(staff_client: Client) -> None:
    seen: dict[str, list[int]] = {name: [] for name in LISTS}
    staff_client.get(listed("reward"))  # who asks is remembered from now on
    for people in (1, 2):
        for person in (UserFactory.create() for _ in range(people)):
            everything(person)
        for name in LISTS:
            with CaptureQueriesContext(connection) as queries:
                assert staff_client.get(listed(name)).status_code == 200
            seen[name].append(len(queries))
    assert {name: counts for name, counts in seen.items() if counts[0] != counts[1]} == {}


def test_why_a_play_was_refused_is_shown(staff_client: Client, alice: User) -> None:
    everything(alice)
    page = staff_client.get(listed("gameplay"), {"status": "refused"}).content.decode()
    assert "It took" not in page
    assert "4000 in 9 seconds; 15 a second are possible." in page
    assert "Off" in staff_client.get(listed("userreward")).content.decode()
    found = staff_client.get(listed("pointsentry"), {"q": "alice@example.com"}).content.decode()
    assert "+5,000" in found


def test_staff_give_points_and_a_colleague_approves_many(staff_client: Client, alice: User, settings: Any) -> None:
    settings.POINTS_FOUR_EYES = 100
    assert "was added successfully" in add_adjustment(staff_client, alice, 80).content.decode()
    assert "A colleague has to approve" in add_adjustment(staff_client, alice, 80).content.decode()
    assert ledger(alice) == [("adjustment", 80, 80)]
    asked = PointsAdjustment.objects.get(status="asked")

    press(staff_client, asked, "approve")
    assert ledger(alice) == [("adjustment", 80, 80)]
    colleague = Client()
    colleague.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    press(colleague, asked, "approve")

    assert ledger(alice) == [("adjustment", 80, 80), ("adjustment", 80, 160)]
    assert LogEntry.objects.filter(object_id=str(asked.pk), change_message="Done.").count() == 1


@pytest.mark.parametrize(("points", "words"), [(0, "Write how many points"), (-1, "They have 0 points")])
def test_points_that_cannot_be_changed(staff_client: Client, alice: User, points: int, words: str) -> None:
    assert words in add_adjustment(staff_client, alice, points).content.decode()
    assert PointsAdjustment.objects.count() == 0


def test_staff_give_themselves_nothing(staff_client: Client) -> None:
    own = User.objects.get(email="staff@example.com")
    assert "Somebody else has to change" in add_adjustment(staff_client, own, 5).content.decode()
    assert (PointsAdjustment.objects.count(), ledger(own)) == (0, [])


def test_staff_decide_on_friends_who_are_held(staff_client: Client, alice: User) -> None:
    held = []
    for _ in range(2):
        friend = UserFactory.create(created_at=NOON)
        referral = join_by_code(user=friend, code=profile_of(alice.pk).referral_code, at=NOON, actor=NOBODY)
        Referral.objects.filter(pk=referral.pk).update(status="held", reason="The same phone")
        held.append(referral)

    press(staff_client, held[0], "reward")
    press(staff_client, held[1], "refuse", reason="One person")

    assert list(Referral.objects.order_by("id").values_list("status", "reason")) == [
        ("rewarded", "The same phone"),
        ("refused", "The same phone: One person"),
    ]
    assert ledger(alice) == [("referral", 500, 500)]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "percentage"}, "This kind of reward needs it."),
        ({"points": "0"}, "One or more."),
        ({"stock": "0"}, "1 are taken already."),
    ],
)
def test_a_reward_is_declared_whole(staff_client: Client, alice: User, said: dict[str, str], words: str) -> None:
    everything(alice)
    reward = Reward.objects.get()
    page = reverse("admin:commerce_reward_change", args=[reward.pk])
    whole = {"name": "Off", "points": "10", "kind": "fixed", "amount_kobo": "10.00", "valid_days": "30"}
    assert words in staff_client.post(page, {**whole, **said}).content.decode()
    assert staff_client.post(page, {**whole, "stock": "1"}).status_code == 302
    reward.refresh_from_db()
    assert (reward.stock, reward.amount_kobo, reward.redeemed_count) == (1, 1_000, 1)
