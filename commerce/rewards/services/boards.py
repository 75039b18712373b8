"""Leaderboards: who has the best score of a game today, this week and ever.

The table `GameScore` is the truth, written under the lock of the player's row. Valkey holds the first thousand of each
board as a sorted set made of it; where Valkey is away or has lost them, the table answers, by an index in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from commerce.accounts.models import User, UserStatus
from commerce.rewards.models import GameScore, Period, RewardProfile
from commerce.rewards.services import sets
from commerce.rewards.services.games import UnknownGame, find_game
from commerce.rewards.services.naming import shown_name
from commerce.rewards.services.sets import Best
from zuka.platform.clock import local_day

EVER = date(1970, 1, 1)
MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A row of a leaderboard. `name` is a nickname or initials."""

    position: int
    name: str
    score: int
    reached_at: datetime
    is_you: bool


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The best of a game in a span that begins on `start_date`, None of all time; `you` wherever you are, if at all."""

    game: str
    title: str
    period: str
    start_date: date | None
    rows: tuple[BoardRow, ...]
    you: BoardRow | None


@dataclass(frozen=True, slots=True)
class Board:
    """Which board: a game, a span, and its first day."""

    game: str
    period: str
    start_date: date

    @property
    def key(self) -> str:
        """Return where Valkey keeps it."""
        return f"board:{self.game}:{self.period}:{self.start_date.isoformat()}"


def board_at(game: str, period: str, day: date) -> Board:
    """Return the board of a span that holds a day of the shop. Weeks begin on Monday."""
    starts = {Period.DAY: day, Period.WEEK: day - timedelta(days=day.weekday()), Period.ALL: EVER}
    return Board(game, period, starts[Period(period)])


def post_score(*, user_id: UUID, game: str, score: int, at: datetime) -> None:
    """Keep a score where it is the player's best of the day, the week or ever; their row is locked.

    The first to reach a score is ahead: to be no worse is not to be better.
    """
    reached_at = at.replace(microsecond=0)
    boards = [board_at(game, period, local_day(at)) for period in Period]
    improved = [board for board in boards if keep_best(board, user_id=user_id, score=score, reached_at=reached_at)]
    if improved:
        best = Best(user_id, score, reached_at)
        transaction.on_commit(lambda: sets.raise_scores([each.key for each in improved], best))


def keep_best(board: Board, *, user_id: UUID, score: int, reached_at: datetime) -> bool:
    """Write a score where it is a player's best of a board; say whether it was."""
    best, is_new = GameScore.objects.get_or_create(
        user_id=user_id,
        game=board.game,
        period=board.period,
        start_date=board.start_date,
        defaults={"score": score, "reached_at": reached_at},
    )
    if is_new or best.score >= score:
        return is_new
    best.score, best.reached_at = score, reached_at
    best.save(update_fields=["score", "reached_at"])
    return True


def read_leaderboard(*, game: str, period: str, limit: int, at: datetime, user: User | None = None) -> Leaderboard:
    """Return the first of a board, up to 100, and where `user` stands. Raises `UnknownGame`, also without a board."""
    declared = find_game(game)
    if not declared.is_ranked or period not in Period.values:
        raise UnknownGame(f"{declared.title} has no such leaderboard.")
    board = board_at(game, period, local_day(at))
    limit = max(1, min(limit, MOST_ROWS))
    found = top_of(board, limit=limit)
    yours = next(((place, best) for place, best in enumerate(found) if user and best.user_id == user.pk), None)
    if user and yours is None:
        yours = place_of(board, user_id=user.pk)
    names = names_of({best.user_id for best in found} | ({user.pk} if yours and user else set()))
    rows = tuple(row_of(place, best, names, user=user) for place, best in enumerate(found) if best.user_id in names)
    start = None if period == Period.ALL else board.start_date
    you = row_of(*yours, names, user=user) if yours and yours[1].user_id in names else None
    return Leaderboard(game, declared.title, period, start, rows, you)


def row_of(place: int, best: Best, names: dict[UUID, str], *, user: User | None) -> BoardRow:
    """Return a row as it is shown; places count from 0, positions from 1."""
    is_you = user is not None and best.user_id == user.pk
    return BoardRow(place + 1, names[best.user_id], best.score, best.reached_at, is_you)


def top_of(board: Board, *, limit: int) -> Sequence[Best]:
    """Return the first of a board: from Valkey, which is filled where it has none, else from the table."""
    try:
        known = sets.read_top(board.key, limit=limit)
        if known is None:
            kept = best_rows(board, limit=sets.KEPT)
            sets.fill(board.key, kept)
            return kept[:limit]
    except sets.Away:  # the table knows as much
        return best_rows(board, limit=limit)
    return [Best(UUID(member), score, datetime.fromtimestamp(second, UTC)) for member, score, second in known]


def best_rows(board: Board, *, limit: int) -> list[Best]:
    """Return the first of a board from the table: by score, then who was first, then by id."""
    rows = scores_of(board).order_by("-score", "reached_at", "-user_id")
    return [Best(*each) for each in rows.values_list("user_id", "score", "reached_at")[:limit]]


def scores_of(board: Board) -> QuerySet[GameScore]:
    """Return the rows of a board."""
    return GameScore.objects.filter(game=board.game, period=board.period, start_date=board.start_date)


def place_of(board: Board, *, user_id: UUID) -> tuple[int, Best] | None:
    """Return where a player stands and their best, by the table; None for who is not on the board."""
    own = scores_of(board).filter(user_id=user_id).first()
    if own is None:
        return None
    tied = Q(score=own.score, reached_at=own.reached_at, user_id__gt=user_id)
    ahead = Q(score__gt=own.score) | Q(score=own.score, reached_at__lt=own.reached_at) | tied
    return scores_of(board).filter(ahead).count(), Best(user_id, own.score, own.reached_at)


def names_of(user_ids: set[UUID]) -> dict[UUID, str]:
    """Return what others see of players by their ids; those whose account is closed are left out."""
    try:
        known = sets.read_names(user_ids)
    except sets.Away:  # the table knows as much
        return look_up_names(user_ids)
    if missing := user_ids - set(known):
        found = look_up_names(missing)
        if found:
            sets.keep_names(found)
        known |= found
    return known


def look_up_names(user_ids: set[UUID]) -> dict[UUID, str]:
    """Return the names of players from their accounts."""
    people = User.objects.filter(pk__in=user_ids, status=UserStatus.ACTIVE).select_related("reward_profile")
    people = people.only("name", "reward_profile__nickname")
    return {each.pk: shown_name(each, getattr(each, "reward_profile", None)) for each in people}


def forget_player(*, user_id: UUID) -> None:
    """Take a player off every board, and forget what they are called, in the caller's transaction."""
    rows = GameScore.objects.filter(user_id=user_id)
    keys = [Board(*each).key for each in rows.values_list("game", "period", "start_date")]
    rows.delete()
    RewardProfile.objects.filter(user_id=user_id).delete()
    transaction.on_commit(lambda: sets.drop(keys))
    transaction.on_commit(lambda: sets.forget_name(user_id))
