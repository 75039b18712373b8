"""What a pet says of points and boards: its own person's, and of others no more than the boards themselves show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from commerce.rewards.services import UnknownGame, choose_nickname
from pets.models import PetAction
from pets.tools import TOOLS, BadArguments, Context
from pets.tools.rewards import RANKED
from tests.commerce.factories import UserFactory
from tests.commerce.rewards.stories import empty_boards, give, play_memory, play_snake
from tests.pets.talking import Person
from zuka.platform.actor import NOBODY
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _boards() -> Iterator[None]:
    empty_boards()
    yield
    empty_boards()


def play(person: Person, seconds: int) -> None:
    """Play memory without a mistake, to this moment. Valkey hears of it at a commit, which a test has none of."""
    play_memory(person.user, at=now() - timedelta(seconds=seconds), seconds=seconds)
    empty_boards()


def read_board(person: Person, **asked: str) -> Any:
    """Call the tool as a model may."""
    tool, context = TOOLS["leaderboard"], Context(user=person.user, pet=person.pet, actor=NOBODY, at=now())
    return tool.run(context, tool.read(asked)).data["board"]


def test_who_has_no_points_is_told_how_they_come(alice):
    said = alice.last("how many points do I have")
    assert (said["kind"], said["metadata"]["points"]) == (
        "points",
        {
            "points": 0,
            "worth": {"kobo": 0, "currency": "NGN", "display": "₦0.00"},
            "expiring_points": 0,
            "expiring_at": None,
            "xp": 0,
            "level": "Quartz",
            "next_level": "Sapphire",
            "xp_to_next": 250,
            "streak_days": 0,
        },
    )
    assert PetAction.objects.get().tool == "points"


@pytest.mark.parametrize(("points", "words"), [(1, "1 point"), (1_250, "1,250 points")])
def test_points_are_told_with_their_worth_and_what_of_them_lapses(alice, charlie, settings, points, words):
    settings.POINTS_VALUE_KOBO = 100
    give(charlie.user, 7_777, at=now())
    give(alice.user, points, at=now(), expires_at=now() + DAY, xp=260)
    said = alice.last("my points")
    have = said["metadata"]["points"]
    assert words in said["text"]
    assert f"₦{points:,}.00" in said["text"]
    assert (have["points"], have["worth"]["kobo"], have["expiring_points"]) == (points, points * 100, points)
    assert (have["level"], have["next_level"], have["xp_to_next"], have["expiring_at"][:4].isdigit()) == (
        "Sapphire",
        "Ruby",
        740,
        True,
    )


def test_a_board_shows_others_by_initials_and_where_the_person_stands(alice, charlie):
    asked = "who is on top of the leaderboard"
    empty = alice.last(asked)
    assert empty["metadata"]["board"] == {
        "game": "memory",
        "title": "Memory",
        "period": "week",
        "rows": [],
        "you": None,
    }
    play(charlie, 60)
    stranger = alice.last(asked)["metadata"]["board"]
    other = {"position": 1, "name": "C.", "score": 880, "is_you": False}
    assert (stranger["rows"], stranger["you"]) == ([other], None)
    choose_nickname(user=alice.user, nickname="Queen A")
    play(alice, 10)
    said = alice.last(asked)
    own = {"position": 1, "name": "Queen A", "score": 980, "is_you": True}
    assert (said["metadata"]["board"]["rows"], said["metadata"]["board"]["you"]) == (
        [own, {**other, "position": 2}],
        own,
    )
    assert "umber 1" in said["text"]
    assert "charlie" not in str(said).casefold()


def test_of_a_long_board_the_first_five_are_shown_and_the_person_all_the_same(alice):
    for score in range(20, 80, 10):
        play_snake(UserFactory.create(name="Bola Ade"), score, at=now() - timedelta(hours=1))
    play_snake(alice.user, 10, at=now() - timedelta(hours=1))
    board = read_board(alice, game="snake", period="all")
    assert ([row["position"] for row in board["rows"]], board["you"]["position"]) == ([1, 2, 3, 4, 5], 7)


@pytest.mark.parametrize(
    ("text", "read", "words"),
    [
        ("leaderboard", ("memory", "week"), "Memory"),
        ("leaderboard of snake", ("snake", "week"), "Snake"),
        ("who is best at tetris today", ("tetris", "day"), "Tetris today"),
        ("abeg who dey lead quiz of all time", ("quiz", "all"), "Quiz of all time"),
        ("who is best at chess today", ("memory", "day"), "Memory today"),
    ],
)
def test_the_game_and_the_time_that_are_named_are_read(alice, text, read, words):
    said = alice.last(text)
    board = said["metadata"]["board"]
    assert ((board["game"], board["period"]), words in said["text"]) == (read, True)


@pytest.mark.parametrize("game", ["wheel", "chess", "snake\x00x"], ids=["no board", "no game", "NUL"])
def test_a_game_without_a_board_is_refused(alice, game):
    with pytest.raises(UnknownGame):
        read_board(alice, game=game)


def test_another_time_than_there_is_is_named(alice):
    with pytest.raises(BadArguments, match="period"):
        read_board(alice, period="year")


def test_a_model_is_told_which_games_there_are():
    assert RANKED == ("memory", "quiz", "snake", "tetris")
    game = TOOLS["leaderboard"].schema()["properties"]["game"]
    assert (game["description"], game["default"]) == ("One of memory, quiz, snake, tetris.", "memory")
    assert game["enum"] == list(RANKED)
