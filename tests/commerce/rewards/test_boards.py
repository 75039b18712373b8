from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest

from commerce.accounts.models import User
from commerce.accounts.services import close_account
from commerce.rewards.models import GameScore, RewardProfile
from commerce.rewards.services import InvalidNickname, UnknownGame, choose_nickname, read_leaderboard, sets
from commerce.rewards.services.boards import best_rows, board_at, post_score
from tests.commerce.factories import NOON, UserFactory, in_threads
from tests.commerce.rewards.stories import empty_boards, play_memory, play_snake
from zuka.platform.clock import local_day

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
Rows = list[tuple[int, str, int]]


@pytest.fixture(autouse=True)
def _empty_boards(settings: Any) -> Iterator[None]:
    """Valkey without boards; it is asked again at once, whatever a test before did to it."""
    empty_boards()
    yield
    sets._pause["until"] = 0.0


def board(game: str = "snake", period: str = "day", at: datetime = NOON, **choices: Any) -> Rows:
    found = read_leaderboard(game=game, period=period, limit=10, at=at, **choices)
    return [(row.position, row.name, row.score) for row in found.rows]


@pytest.fixture
def players(django_capture_on_commit_callbacks: Any) -> list[User]:
    """Four players of one day, of whom two have the same score: Bola was first."""
    people = [UserFactory.create(name=name) for name in ("Ada Obi", "Bola Ade", "Chi", "Dayo Eze")]
    with django_capture_on_commit_callbacks(execute=True):
        for turn, (person, score) in enumerate(zip(people, (300, 500, 500, 100), strict=True)):
            play_snake(person, score, at=NOON + turn * MINUTE)
        play_snake(people[0], 200, at=NOON + 9 * MINUTE)
        play_snake(people[1], 500, at=NOON + 9 * MINUTE)
    return people


def test_a_board_ranks_by_score_then_by_who_was_first(players: list[User]) -> None:
    expected = [(1, "B. A.", 500), (2, "C.", 500), (3, "A. O.", 300), (4, "D. E.", 100)]

    assert board() == expected  # from the table, which fills Valkey
    assert board() == expected  # from Valkey
    assert board(period="week") == board(period="all") == expected
    assert board("memory") == board(at=NOON + timedelta(days=1)) == []
    you = read_leaderboard(game="snake", period="day", limit=1, at=NOON, user=players[3])
    assert [(row.position, row.is_you) for row in you.rows] == [(1, False)]
    assert you.you is not None
    assert (you.you.position, you.you.name, you.you.is_you, you.start_date) == (4, "D. E.", True, date(2026, 3, 10))


def test_what_valkey_holds_is_what_the_table_says(players: list[User]) -> None:
    day = board_at("snake", "day", local_day(NOON))
    board()

    held = sets.read_top(day.key, limit=10)

    assert held == [(str(b.user_id), b.score, int(b.reached_at.timestamp())) for b in best_rows(day, limit=10)]


def test_a_board_is_made_again_when_valkey_loses_it(players: list[User]) -> None:
    expected = board()
    for key in sets.client().scan_iter("board:*"):
        sets.client().delete(key)
    assert board() == board() == expected


def test_a_board_is_read_from_the_table_while_valkey_is_away(players: list[User], settings: Any) -> None:
    expected = board()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert board() == expected
    play_snake(players[3], 900, at=NOON + timedelta(hours=1))
    assert board()[0] == (1, "D. E.", 900)
    settings.REDIS_URL = ""
    sets._pause["until"] = 0.0
    assert board()[0] == (1, "D. E.", 900)


def test_days_end_at_midnight_in_lagos_and_weeks_on_monday(alice: User) -> None:
    sunday = datetime(2026, 3, 15, 22, 30, tzinfo=UTC)  # half past eleven at night in Lagos
    play_memory(alice, at=sunday)
    play_memory(alice, at=sunday + timedelta(hours=1), seconds=100)

    spans = GameScore.objects.order_by("period", "start_date").values_list("period", "start_date", "score")
    assert list(spans) == [
        ("all", date(1970, 1, 1), 960),
        ("day", date(2026, 3, 15), 960),
        ("day", date(2026, 3, 16), 800),
        ("week", date(2026, 3, 9), 960),
        ("week", date(2026, 3, 16), 800),
    ]


@pytest.mark.parametrize(("game", "period"), [("wheel", "day"), ("snake", "month"), ("poker", "day")])
def test_what_has_no_board(game: str, period: str) -> None:
    with pytest.raises(UnknownGame):
        read_leaderboard(game=game, period=period, limit=10, at=NOON)


def test_others_see_a_nickname_or_initials_and_nothing_else(
    players: list[User], django_capture_on_commit_callbacks: Any
) -> None:
    choose_nickname(user=players[1], nickname="  Queen   B ")
    UserFactory.create(name="")

    assert [name for _, name, _ in board()] == ["Queen B", "C.", "A. O.", "D. E."]
    for nickname in ("a@b.ng", "x", "shop.ng", "08031234567", "<b>ad</b>", "https://x", "n" * 21, "www ng"):
        with pytest.raises(InvalidNickname):
            choose_nickname(user=players[0], nickname=nickname)
    with django_capture_on_commit_callbacks(execute=True):
        choose_nickname(user=players[1], nickname="")
    assert board()[0][1] == "B. A."


def test_staff_and_test_accounts_are_on_no_board(alice: User) -> None:
    for person in ({"is_staff": True}, {"is_test": True}):
        play_snake(UserFactory.create(**person), 900)
    assert board() == []


def test_who_closes_their_account_is_gone_from_boards(
    players: list[User], django_capture_on_commit_callbacks: Any
) -> None:
    choose_nickname(user=players[1], nickname="Queen B")
    board()
    with django_capture_on_commit_callbacks(execute=True):
        close_account(user=players[1], at=NOON)

    assert board() == [(1, "C.", 500), (2, "A. O.", 300), (3, "D. E.", 100)]
    assert not RewardProfile.objects.filter(user=players[1]).exists()


@pytest.mark.django_db(transaction=True)
def test_boards_are_exact_under_concurrent_scores() -> None:
    people = [UserFactory.create() for _ in range(12)]
    draw, turns = Random(7), count()
    posts = [(draw.choice(people), draw.randrange(40), draw.randrange(3)) for _ in range(96)]

    def work() -> None:
        for _ in range(12):
            person, score, second = posts[next(turns)]
            keep(person, score, NOON + timedelta(seconds=second))
            board()

    in_threads(8, work)

    day = board_at("snake", "day", local_day(NOON))
    held = sets.read_top(day.key, limit=100)
    assert held == [(str(b.user_id), b.score, int(b.reached_at.timestamp())) for b in best_rows(day, limit=100)]
    best = {person.pk: max(score for one, score, _ in posts if one == person) for person, _, _ in posts}
    assert {b.user_id: b.score for b in best_rows(day, limit=100)} == best


def keep(person: User, score: int, at: datetime) -> None:
    """Post a score as a finished play does: under the player's row."""
    from django.db import transaction

    from commerce.accounts.services import hold_account

    with transaction.atomic():
        hold_account(user_id=person.pk)
        post_score(user_id=person.pk, game="snake", score=score, at=at)
