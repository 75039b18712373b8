"""Plays: the shop begins one with a signed token, and takes one result for it that somebody can have played."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction

from analytics.track import track
from commerce.accounts.models import User
from commerce.accounts.services import hold_account
from commerce.rewards.models import GamePlay, PlayStatus
from commerce.rewards.services.boards import post_score
from commerce.rewards.services.games import Game, Implausible, find_game
from commerce.rewards.services.games.forms import Result, Verdict
from commerce.rewards.services.ledger import earn_points
from commerce.rewards.services.rules import xp_for
from zuka.platform.actor import Actor, actor_for
from zuka.platform.clock import day_bounds, local_day
from zuka.platform.errors import Refused

SALT = "commerce.rewards.play"


class NoSuchPlay(Refused):
    """There is no such play of this customer, or its token is another one's."""

    status = 404
    code = "not_found"


class PlayedToday(Refused):
    """The customer has begun as many plays of the game as one may in a day."""

    status = 429
    code = "played_today"


class PlayOver(Refused):
    """A result was taken for this play before."""

    code = "play_over"


class PlayRefused(Refused):
    """The result does not count: it came too late, or nobody can have played it."""

    code = "play_refused"


@dataclass(frozen=True, slots=True)
class Finished:
    """A play that is over, and what its player is shown of how it came about."""

    play: GamePlay
    shown: dict[str, Any]


def token_of(play: GamePlay) -> str:
    """Return the token that a result of a play needs: an HMAC over who plays what, from when, until when."""
    return signing.Signer(salt=SALT).signature(
        ":".join([str(play.pk), str(play.user_id), play.game, play.nonce, play.expires_at.isoformat()])
    )


@transaction.atomic
def start_play(*, user: User, game: str, at: datetime, actor: Actor) -> GamePlay:
    """Begin a play, or return the unfinished one of a game that resumes, and track `game.started`.

    Raises `UnknownGame`, `PlayedToday`, `AccountClosed`.
    """
    declared = find_game(game)
    hold_account(user_id=user.pk)  # who begins two at once has them counted one after the other
    plays = GamePlay.objects.filter(user=user, game=game)
    unfinished = plays.filter(status=PlayStatus.OPEN, expires_at__gt=at).order_by("-started_at").first()
    if declared.resumes and unfinished:
        return unfinished
    start, end = day_bounds(local_day(at))
    if plays.filter(started_at__gte=start, started_at__lt=end).count() >= declared.plays_a_day:
        seconds = int((end - at).total_seconds()) + 1
        raise PlayedToday(f"{declared.title}: that was all for today. Come back tomorrow.", retry_after=seconds)
    play = GamePlay.objects.create(
        user=user,
        game=game,
        nonce=secrets.token_hex(16),
        state=declared.deal(SystemRandom()),
        started_at=at,
        expires_at=at + timedelta(seconds=declared.max_seconds),
    )
    track_play("game.started", play, at=at, actor=actor)
    return play


def finish_play(
    *, user: User, game: str, play_id: UUID, token: str, result: Result, at: datetime, actor: Actor
) -> Finished:
    """Take the one result of a play: score, points, leaderboards, and the facts `game.finished`, `game.score_posted`.

    A result that does not count is kept with its reason, and uses the play up. Raises `UnknownGame`, `NoSuchPlay`,
    `PlayOver`, `PlayRefused`, `AccountClosed`.
    """
    finished = write_result(
        user=user, declared=find_game(game), play_id=play_id, token=token, result=result, at=at, actor=actor
    )
    if finished.play.status == PlayStatus.REFUSED:
        raise PlayRefused("This result does not count. Play again.", field="result")
    return finished


@transaction.atomic
def write_result(
    *, user: User, declared: Game, play_id: UUID, token: str, result: Result, at: datetime, actor: Actor
) -> Finished:
    """Write what became of a play, once, under the lock of its player's row."""
    player = hold_account(user_id=user.pk)
    play = GamePlay.objects.select_for_update().filter(pk=play_id, user=player, game=declared.name).first()
    if play is None or not secrets.compare_digest(token_of(play).encode(), token.encode()):
        raise NoSuchPlay("There is no such play.")
    if play.status != PlayStatus.OPEN:
        raise PlayOver("A result was taken for this play already.")
    play.finished_at = at
    try:
        verdict = judge(declared, play, result, at=at)
    except Implausible as verdict_against:
        play.status, play.refusal = PlayStatus.REFUSED, str(verdict_against)[:200]
        play.save(update_fields=["status", "refusal", "finished_at"])
        return Finished(play, {})
    play.status, play.score = PlayStatus.FINISHED, verdict.score
    points = declared.points_of(verdict.score)
    if points:
        entry = earn_points(
            user_id=player.pk,
            source_type="game",
            source_id=str(play.pk),
            points=points,
            xp=xp_for(points),
            note=declared.title,
            at=at,
        )
        play.points = entry.points if entry else 0
    play.save(update_fields=["status", "score", "points", "finished_at"])
    track_play("game.finished", play, at=at, actor=actor)
    if declared.is_ranked and not (player.is_staff or player.is_test):
        post_score(user_id=player.pk, game=declared.name, score=verdict.score, at=at)
        track_play("game.score_posted", play, at=at, actor=actor)
    return Finished(play, verdict.shown)


def judge(declared: Game, play: GamePlay, result: Result, *, at: datetime) -> Verdict:
    """Return what a result is worth. Raises `Implausible`."""
    seconds = (at - play.started_at).total_seconds()
    if at >= play.expires_at:
        raise Implausible(f"It came after {seconds:.0f} seconds; {declared.max_seconds} are allowed.")
    if seconds < declared.min_seconds:
        raise Implausible(f"It took {seconds:.1f} seconds; {declared.min_seconds:g} is the least.")
    verdict = declared.judge(play.state, result, seconds)
    if verdict.score > declared.max_score:
        raise Implausible(f"{verdict.score} is more than {declared.max_score}, the most there is.")
    return verdict


def track_play(event_type: str, play: GamePlay, *, at: datetime, actor: Actor) -> None:
    """Track a step of a play, once each."""
    track(
        event_type,
        actor=actor_for(user_id=play.user_id, base=actor),
        at=at,
        message_id=f"{event_type}:{play.pk}",
        game=play.game,
        **({} if play.score is None else {"score": play.score}),
    )
