from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commerce.accounts.models import User
from commerce.rewards.models import GamePlay, PointsEntry, Reward
from commerce.rewards.services import choose_nickname, profile_of
from tests.commerce.accounts.doors import token_of as session_of
from tests.commerce.factories import UserFactory, VariantFactory
from tests.commerce.rewards.stories import give, memory_flips, play_memory
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db
JSON = "application/json"
API = "/api/v1"
PRIVATE = "private, no-store"


@pytest.fixture
def me(alice: User) -> Client:
    """A client in which Alice is signed in."""
    return Client(headers={"X-Session-Token": session_of(alice)})


def reward(**columns: Any) -> Reward:
    return Reward.objects.create(
        **{"name": "A thousand off", "points": 800, "kind": "fixed", "amount_kobo": 100_000, **columns}
    )


def test_points_level_and_streak(me: Client, alice: User) -> None:
    give(alice, 120, at=now(), xp=30, expires_at=now() + timedelta(days=20))

    answer = me.post(f"{API}/rewards/check-in/")
    assert answer["Cache-Control"] == PRIVATE
    body = answer.json()
    assert body == me.get(f"{API}/rewards/").json() == me.post(f"{API}/rewards/check-in/").json()
    assert (body["points"], body["value"]["display"], body["xp"], body["xp_to_next"]) == (125, "₦125.00", 35, 215)
    assert (body["level"], body["next_level_title"], [level["name"] for level in body["levels"]]) == (
        "quartz",
        "Sapphire",
        ["quartz", "sapphire", "ruby", "emerald", "diamond"],
    )
    assert (body["expiring_points"], body["streak_days"], body["checked_in_today"], body["shown_name"]) == (
        120,
        1,
        True,
        "A.",
    )


def test_a_nickname_is_chosen_and_refused(me: Client) -> None:
    assert me.put(f"{API}/rewards/nickname/", {"nickname": "Queen A"}, JSON).json()["shown_name"] == "Queen A"
    answer = me.put(f"{API}/rewards/nickname/", {"nickname": "a@b.ng"}, JSON)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "invalid_nickname", "nickname")


def test_changes_are_ones_own_and_read_in_one_query(me: Client, alice: User, charlie: User) -> None:
    give(charlie, 7)
    give(alice, 5)
    seen = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            body = me.get(f"{API}/rewards/entries/").json()
        seen.append(len(queries))
        for points in (6, 8):
            give(alice, points)
    assert seen[0] == seen[1]
    (row,) = [
        {name: row[name] for name in ("source_type", "title", "points", "balance_after")} for row in body["results"][2:]
    ]
    assert row == {"source_type": "adjustment", "title": "By staff", "points": 5, "balance_after": 5}
    assert [each["points"] for each in body["results"]] == [8, 6, 5]


def test_rewards_are_listed_for_everybody_and_taken_by_who_has_the_points(me: Client, alice: User) -> None:
    give(alice, 1_000, at=now())
    offered = reward(stock=3, description="Off anything")
    reward(is_active=False)
    (listed,) = Client().get(f"{API}/rewards/catalogue/").json()
    assert (listed["id"], listed["amount"]["display"], listed["left"], listed["percent"]) == (
        offered.pk,
        "₦1,000.00",
        3,
        None,
    )

    taken = me.post(f"{API}/rewards/catalogue/{offered.pk}/redeem/")
    assert (taken.status_code, taken.json()["points"], taken.json()["is_used"]) == (201, 800, False)
    assert me.get(f"{API}/rewards/taken/").json()["results"] == [taken.json()]
    again = me.post(f"{API}/rewards/catalogue/{offered.pk}/redeem/")
    assert (again.status_code, again.json()["code"]) == (409, "too_few_points")
    assert me.post(f"{API}/rewards/catalogue/999/redeem/").status_code == 404


def test_a_reward_that_is_asked_for_again_with_its_key_is_the_same(me: Client, alice: User) -> None:
    give(alice, 2_000, at=now())
    path = f"{API}/rewards/catalogue/{reward().pk}/redeem/"

    answers = [me.post(path, headers={"Idempotency-Key": "pressed"}) for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert me.post(path, headers={"Idempotency-Key": "k" * 201}).status_code == 400


def test_points_are_worth_nothing_where_the_checkout_takes_none(me: Client, alice: User, settings: Any) -> None:
    give(alice, 500, at=now())
    assert me.get(f"{API}/rewards/").json()["value"]["kobo"] == 50_000
    settings.POINTS_MOST_PERCENT = 0
    assert me.get(f"{API}/rewards/").json()["value"]["kobo"] == 0


def test_taken_rewards_are_read_in_as_many_queries_for_three_as_for_one(me: Client, alice: User) -> None:
    give(alice, 10_000, at=now())
    offered, seen = reward(), []
    for count in (1, 2):
        for _ in range(count):
            me.post(f"{API}/rewards/catalogue/{offered.pk}/redeem/")
        with CaptureQueriesContext(connection) as queries:
            assert len(me.get(f"{API}/rewards/taken/").json()["results"]) in {1, 3}
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_a_code_for_friends_is_read_sent_on_and_come_by(me: Client, alice: User) -> None:
    friend = UserFactory.create(created_at=now())
    body = me.get(f"{API}/rewards/referrals/").json()
    assert body == {
        "code": profile_of(alice.pk).referral_code,
        "link": f"/shop/rewards/?friend={profile_of(alice.pk).referral_code}",
        "joined": 0,
        "rewarded": 0,
        "points": 500,
        "friend_points": 300,
        "min_order": {"kobo": 200_000, "currency": "NGN", "display": "₦2,000.00"},
        "came_by_a_friend": False,
    }
    assert me.post(f"{API}/rewards/invitations/", {"channel": "whatsapp"}, JSON).status_code == 204
    assert me.post(f"{API}/rewards/invitations/", {"channel": "pigeon"}, JSON).status_code == 400
    theirs = Client(headers={"X-Session-Token": session_of(friend)})
    assert theirs.post(f"{API}/rewards/referrals/", {"code": body["code"]}, JSON).json()["came_by_a_friend"] is True
    assert me.get(f"{API}/rewards/referrals/").json()["joined"] == 1
    wrong = theirs.post(f"{API}/rewards/referrals/", {"code": "NOBODY22"}, JSON)
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (409, "unknown_code", "code")


def test_a_play_is_begun_and_ended_once(me: Client, alice: User) -> None:
    assert [game["name"] for game in Client().get(f"{API}/games/").json()] == [
        "memory",
        "wheel",
        "quiz",
        "snake",
        "tetris",
    ]
    begun = me.post(f"{API}/games/memory/plays/")
    play = begun.json()
    assert (begun.status_code, len(play["dealt"]["cards"])) == (201, 16)
    stored = GamePlay.objects.get()
    GamePlay.objects.update(started_at=now() - timedelta(seconds=30))
    url, result = f"{API}/games/memory/plays/{play['id']}/", {"flips": memory_flips(stored)}

    ended = me.post(url, {"token": play["token"], "result": result}, JSON)

    assert ended.json() == {"score": 940, "points": 10, "turns": 8, "seconds": 30}
    replayed = me.post(url, {"token": play["token"], "result": result}, JSON)
    assert (replayed.status_code, replayed.json()["code"]) == (409, "play_over")
    assert PointsEntry.objects.count() == 1


def test_a_result_that_nobody_can_have_played_is_kept_with_its_reason(me: Client) -> None:
    play = me.post(f"{API}/games/snake/plays/").json()
    url = f"{API}/games/snake/plays/{play['id']}/"

    answer = me.post(url, {"token": play["token"], "result": {"score": 4000}}, JSON)

    assert (answer.status_code, answer.json()["code"]) == (409, "play_refused")
    assert GamePlay.objects.get().status == "refused"


def test_the_wheel_turns_once_a_day(me: Client) -> None:
    play = me.post(f"{API}/games/wheel/plays/").json()
    assert me.post(f"{API}/games/wheel/plays/").json() == play
    ended = me.post(f"{API}/games/wheel/plays/{play['id']}/", {"token": play["token"]}, JSON).json()
    assert play["dealt"]["segments"][ended["segment"]] == ended["score"]
    again = me.post(f"{API}/games/wheel/plays/")
    assert (again.status_code, again.json()["code"], "Retry-After" in again.headers) == (429, "played_today", True)


def test_a_leaderboard_names_nobody_and_asks_as_often_for_three_as_for_one(
    me: Client, alice: User, settings: Any
) -> None:
    settings.REDIS_URL = ""
    seen: list[int] = []
    for people in ([alice], [UserFactory.create(name="Bola Ade"), UserFactory.create(name="Chi Obi")]):
        for person in people:
            play_memory(person, at=now() - timedelta(minutes=5), seconds=30 + len(seen))
        me.get(f"{API}/games/memory/leaderboard/?period=all")
        with CaptureQueriesContext(connection) as queries:
            body = me.get(f"{API}/games/memory/leaderboard/?period=all").json()
        seen.append(len(queries))
    choose_nickname(user=alice, nickname="Queen A")
    body = me.get(f"{API}/games/memory/leaderboard/?period=all&limit=2").json()
    assert seen[0] == seen[1]
    assert (body["title"], body["start_date"], len(body["rows"])) == ("Memory", None, 2)
    assert (body["rows"][0]["shown_name"], body["rows"][0]["is_you"], body["you"]["position"]) == ("Queen A", True, 1)
    text = Client().get(f"{API}/games/memory/leaderboard/?period=all").content.decode()
    assert [name for name in ("Bola", "example.com", str(alice.pk)) if name in text] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [("poker/leaderboard/", 404), ("wheel/leaderboard/", 404), ("snake/leaderboard/?period=year", 400)],
)
def test_boards_that_are_not_there(path: str, status: int) -> None:
    assert Client().get(f"{API}/games/{path}").status_code == status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "rewards/"),
        ("get", "rewards/entries/"),
        ("post", "rewards/check-in/"),
        ("put", "rewards/nickname/"),
        ("post", "rewards/catalogue/1/redeem/"),
        ("get", "rewards/taken/"),
        ("get", "rewards/referrals/"),
        ("post", "rewards/referrals/"),
        ("post", "rewards/invitations/"),
        ("post", "games/memory/plays/"),
        ("post", "games/memory/plays/0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f/"),
    ],
)
def test_guests_are_asked_to_sign_in(method: str, path: str) -> None:
    assert getattr(Client(), method)(f"{API}/{path}").status_code == 401


def test_an_order_is_paid_with_points_and_says_so(me: Client, alice: User) -> None:
    give(alice, 500, at=now())
    sku = VariantFactory.create().sku
    me.post(f"{API}/cart/lines/", {"sku": sku, "quantity": 1}, JSON)
    quote = me.post(f"{API}/checkout/", {"points": 300}, JSON).json()
    assert (quote["points_most"], quote["points_discount"]["kobo"], quote["total"]["kobo"]) == (500, 30_000, 170_000)
    assert (quote["discount"]["kobo"], quote["coupons"]) == (30_000, [])
    refused = me.post(f"{API}/checkout/", {"points": 501}, JSON)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "too_few_points", "points")
    address = {"recipient_name": "A", "street_address": "1 Allen", "city": "Ikeja", "state": "Lagos"}
    body = {"shipping_address": address, "payment_method": "cash_on_delivery", "points": 300}

    order = me.post(f"{API}/orders/", {**body, "expected_total_kobo": 170_000}, JSON).json()

    assert (order["points_used"], order["points_discount"]["kobo"], order["points_earned"]) == (300, 30_000, 0)
    assert (order["discount"]["kobo"], order["total"]["kobo"], order["coupons"]) == (30_000, 170_000, [])
