from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from analytics.store.models import Event
from commerce.accounts.models import User
from commerce.rewards.models import GamePlay, GameScore
from commerce.rewards.services import (
    GAMES,
    NoSuchPlay,
    PlayedToday,
    PlayOver,
    PlayRefused,
    UnknownGame,
    drop_unfinished_plays,
    find_game,
    start_play,
    token_of,
)
from commerce.rewards.services.games.memory import MEMORY
from commerce.rewards.services.games.quiz import QUESTIONS
from commerce.rewards.services.games.wheel import SEGMENTS
from tests.commerce.factories import NOON, in_threads
from tests.commerce.rewards.stories import finish, ledger, memory_flips, play_memory, play_snake
from zuka.platform.actor import NOBODY

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def start(user: User, game: str, **choices: Any) -> GamePlay:
    return start_play(user=user, game=game, **{"at": NOON, "actor": NOBODY, **choices})


def verdict_on(play: GamePlay) -> str:
    play.refresh_from_db()
    return f"{play.status}: {play.refusal}"


@pytest.mark.parametrize("game", GAMES.values(), ids=lambda game: game.name)
def test_a_game_is_declared_whole(game: Any) -> None:
    state = game.deal(Random(1))

    assert (game.max_seconds > game.min_seconds, game.plays_a_day > 0, game.max_score < 2**21) == (True, True, True)
    assert list(game.steps) == sorted(game.steps, reverse=True)
    assert isinstance(game.show(state), dict)


def test_a_round_of_memory_is_played_again_by_the_shop_and_earns(alice: User) -> None:
    finished = play_memory(alice, seconds=30)

    play = finished.play
    assert (play.status, play.score, play.points, finished.shown) == ("finished", 940, 10, {"turns": 8, "seconds": 30})
    assert ledger(alice) == [("game", 10, 10)]
    types = Event.objects.filter(user_id=str(alice.pk)).values_list("event_type", flat=True)
    assert Counter(types) == Counter(
        ["game.started", "game.finished", "game.score_posted", "points.earned", "achievement.unlocked"]
    )
    spans = GameScore.objects.order_by("start_date").values_list("period", "score")
    assert sorted(spans) == [("all", 940), ("day", 940), ("week", 940)]


@pytest.mark.parametrize(
    ("flips", "seconds", "words"),
    [
        ("whole", 3, "It took 3.0 seconds; 4 is the least."),
        ("whole", 900, "It came after 900 seconds; 900 are allowed."),
        ([0, 1] * 100, 20, "200 cards in 20 seconds; nobody is that quick."),
        ([0, 0], 20, "A card was turned that lay open or was gone."),
        ([0], 20, "The last turn has one card."),
        ([], 20, "0 of 8 pairs were found."),
        ([16, 1], 20, "flips holds something else than numbers from 0 to 15."),
        ([True, 1], 20, "flips holds something else than numbers from 0 to 15."),
        ("none", 20, "flips is not a list of at most 400 numbers."),
    ],
)
def test_a_round_of_memory_that_nobody_can_have_played(alice: User, flips: Any, seconds: int, words: str) -> None:
    play = start(alice, "memory")
    sent = {"whole": memory_flips(play)}.get(flips, flips) if isinstance(flips, str) else flips

    with pytest.raises(PlayRefused):
        finish(play, {"flips": sent}, at=NOON + seconds * SECOND)

    assert verdict_on(play) == f"refused: {words}"
    assert (ledger(alice), GameScore.objects.count()) == ([], 0)
    with pytest.raises(PlayOver):
        finish(play, {"flips": memory_flips(play)}, at=NOON + 20 * SECOND)


@pytest.mark.parametrize(
    ("game", "score", "words"),
    [
        ("snake", 305, "Snake counts in tens, not 305."),
        ("snake", 310, "310 in 20 seconds; 15 a second are possible."),
        ("tetris", 2_401, "2401 in 20 seconds; 120 a second are possible."),
        ("snake", -10, "score is not a whole number."),
        ("tetris", "many", "score is not a whole number."),
        ("tetris", True, "score is not a whole number."),
        ("tetris", 1.5, "score is not a whole number."),
        ("tetris", None, "score is not a whole number."),
    ],
)
def test_a_score_that_nobody_can_have(alice: User, game: str, score: Any, words: str) -> None:
    play = start(alice, game)

    with pytest.raises(PlayRefused):
        finish(play, {"score": score}, at=NOON + 20 * SECOND)

    assert verdict_on(play) == f"refused: {words}"


def test_a_score_above_the_most_there_is(alice: User) -> None:
    play = start(alice, "snake")
    with pytest.raises(PlayRefused):
        finish(play, {"score": 4_010}, at=NOON + 1_000 * SECOND)
    assert verdict_on(play) == "refused: 4010 is more than 4000, the most there is."


def test_the_quiz_keeps_its_answers_and_counts_the_right_ones(alice: User) -> None:
    play = start(alice, "quiz")
    shown = find_game("quiz").show(play.state)["questions"]
    right = {question.text: question.answers[0] for question in QUESTIONS}
    answers = [each["answers"].index(right[each["text"]]) for each in shown]
    assert start(alice, "quiz", at=NOON + SECOND) == play  # the same questions, not others

    finished = finish(play, {"answers": answers}, at=NOON + 20 * SECOND)

    assert (finished.play.score, finished.shown) == (540, {"right": answers})
    wrong = start(alice, "quiz", at=NOON + 60 * SECOND)
    missed = [(place.index(0) + 1) % 4 for place in wrong.state["orders"]]
    assert finish(wrong, {"answers": missed}, at=NOON + 80 * SECOND).play.score == 0


def test_the_wheel_is_drawn_by_the_shop_once_a_day(alice: User) -> None:
    play = start(alice, "wheel")
    finished = finish(play, {"segment": 7, "score": 50}, at=NOON + SECOND)

    assert finished.play.score == SEGMENTS[finished.shown["segment"]] == finished.play.points
    with pytest.raises(PlayedToday) as refusal:
        start(alice, "wheel", at=NOON + SECOND)
    assert refusal.value.retry_after == 12 * 3600
    assert start(alice, "wheel", at=NOON + timedelta(hours=12)) != play
    assert GameScore.objects.count() == 0


def test_a_token_is_good_for_its_play_and_player_alone(alice: User, charlie: User) -> None:
    mine, yours = start(alice, "memory"), start(charlie, "memory")
    later = NOON + 20 * SECOND

    for token in ("", "x", "ü", token_of(yours), f"{token_of(mine)}x"):
        with pytest.raises(NoSuchPlay):
            finish(mine, {"flips": memory_flips(mine)}, at=later, token=token)
    yours.user = alice
    with pytest.raises(NoSuchPlay):
        finish(yours, {"flips": []}, at=later)
    mine.game = "snake"
    with pytest.raises(NoSuchPlay):
        finish(mine, {"score": 10}, at=later)
    with pytest.raises(UnknownGame):
        start(alice, "poker")


def test_points_of_games_end_with_the_day(alice: User) -> None:
    for turn in range(12):
        play_memory(alice, at=NOON + turn * timedelta(minutes=1))
    assert sum(points for _, points, _ in ledger(alice)) == 100

    for turn in range(12, 20):
        play_memory(alice, at=NOON + turn * timedelta(minutes=1))
    with pytest.raises(PlayedToday):
        start(alice, "memory")
    play_memory(alice, at=NOON + timedelta(hours=12))
    assert sum(points for _, points, _ in ledger(alice)) == 110


def test_plays_that_nobody_finished_are_forgotten(alice: User) -> None:
    start(alice, "memory")
    play_snake(alice, 100)

    assert drop_unfinished_plays(at=NOON + timedelta(days=31)) == 1
    assert GamePlay.objects.get().game == "snake"


@pytest.mark.django_db(transaction=True)
def test_a_result_that_is_replayed_counts_once(alice: User) -> None:
    play = start(alice, "memory")

    def work() -> str:
        try:
            return finish(play, {"flips": memory_flips(play)}, at=NOON + 20 * SECOND).play.status
        except PlayOver:  # what the race is about: it is played once
            return "over"

    assert Counter(in_threads(12, work)) == {"finished": 1, "over": 11}
    assert ledger(alice) == [("game", 10, 10)]
    assert Event.objects.filter(event_type="game.finished").count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_more_plays_are_begun_at_once_than_one_may_in_a_day(alice: User) -> None:
    def work() -> bool:
        try:
            start(alice, "memory")
        except PlayedToday:  # what the race is about: the day's most
            return False
        return True

    assert sum(in_threads(30, work)) == MEMORY.plays_a_day == GamePlay.objects.count()
