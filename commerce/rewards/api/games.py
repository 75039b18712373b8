from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commerce.accounts.api.base import CustomerView, PublicView, read_body
from commerce.accounts.authentication import CUSTOMER_AUTHENTICATION, customer_of
from commerce.accounts.models import User
from commerce.rewards.models import GamePlay, Period
from commerce.rewards.services import (
    GAMES,
    BoardRow,
    find_game,
    finish_play,
    read_leaderboard,
    start_play,
    token_of,
)
from zuka.platform.actor import actor_for
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer

SHOWN = 10
PERIOD = OpenApiParameter("period", str, OpenApiParameter.QUERY, enum=Period.values, default=Period.WEEK.value)
LIMIT = OpenApiParameter("limit", int, OpenApiParameter.QUERY, default=SHOWN, description="1 to 100 rows.")


class GameSerializer(Answer, serializers.Serializer[Any]):
    """A game of the shop."""

    name = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    plays_a_day = serializers.IntegerField()
    most_points = serializers.IntegerField(help_text="What a play earns at most.")
    is_ranked = serializers.BooleanField(help_text="It has leaderboards.")


class QuestionSerializer(Answer, serializers.Serializer[Any]):
    """A question of the quiz; the places of its answers count from 0."""

    text = serializers.CharField()
    answers = serializers.ListField(child=serializers.CharField())


class DealtSerializer(Answer, serializers.Serializer[Any]):
    """What the shop has dealt: cards of memory, questions of the quiz, or what is on the wheel."""

    cards = serializers.ListField(child=serializers.CharField(), required=False)
    questions = QuestionSerializer(many=True, required=False)
    segments = serializers.ListField(child=serializers.IntegerField(), required=False)


class PlaySerializer(Answer, serializers.Serializer[Any]):
    """A play that has begun. Its token is good for one result until `expires_at`."""

    id = serializers.UUIDField()
    token = serializers.CharField()
    started_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    dealt = DealtSerializer()


class GameResultSerializer(serializers.Serializer[Any]):
    """How a play ended: the score of snake and tetris, the turned cards of memory, the answers of the quiz."""

    score = serializers.IntegerField(required=False, min_value=0, max_value=10_000_000)
    flips = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=99), required=False, max_length=400
    )
    answers = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=9), required=False, max_length=20
    )


class FinishSerializer(serializers.Serializer[Any]):
    """The result of a play, with the token that beginning it returned. The wheel needs no result."""

    token = serializers.CharField(max_length=200)
    result = GameResultSerializer(required=False, default=dict)


class OutcomeSerializer(Answer, serializers.Serializer[Any]):
    """What a play was worth. `segment` is where the wheel stopped, `right` the right answers of the quiz."""

    score = serializers.IntegerField()
    points = serializers.IntegerField(help_text="That it earned; the day's most may be reached.")
    turns = serializers.IntegerField(required=False)
    seconds = serializers.IntegerField(required=False)
    segment = serializers.IntegerField(required=False)
    right = serializers.ListField(child=serializers.IntegerField(), required=False)


class BoardRowSerializer(Answer, serializers.Serializer[Any]):
    """A row of a leaderboard: a nickname or initials, and the best score."""

    position = serializers.IntegerField()
    shown_name = serializers.CharField()
    score = serializers.IntegerField()
    reached_at = serializers.DateTimeField()
    is_you = serializers.BooleanField()


class LeaderboardSerializer(Answer, serializers.Serializer[Any]):
    """The best of a game. `start_date` is null of all time, `you` null for who is not on it."""

    game = serializers.CharField()
    title = serializers.CharField()
    period = serializers.ChoiceField(choices=Period.choices)
    start_date = serializers.DateField(allow_null=True)
    rows = BoardRowSerializer(many=True)
    you = BoardRowSerializer(allow_null=True)


class LeaderboardQuery(serializers.Serializer[Any]):
    """Which board, and how much of it."""

    period = serializers.ChoiceField(choices=Period.choices, default=Period.WEEK)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=SHOWN)


def play_json(play: GamePlay) -> dict[str, Any]:
    """Return a play that has begun as the API shows it."""
    return {
        "id": str(play.pk),
        "token": token_of(play),
        "started_at": play.started_at,
        "expires_at": play.expires_at,
        "dealt": find_game(play.game).show(play.state),
    }


def row_json(row: BoardRow) -> dict[str, Any]:
    """Return a row of a leaderboard as the API shows it."""
    return {
        "position": row.position,
        "shown_name": row.name,
        "score": row.score,
        "reached_at": row.reached_at,
        "is_you": row.is_you,
    }


class GameCollection(PublicView):
    """The shop's games."""

    @extend_schema(
        operation_id="listGames", summary="List the games", tags=["Games"], responses={200: GameSerializer(many=True)}
    )
    def get(self, _request: Request) -> Response:
        """Return all of them."""
        return Response(
            [
                {
                    "name": game.name,
                    "title": game.title,
                    "text": game.text,
                    "plays_a_day": game.plays_a_day,
                    "most_points": game.points_of(game.max_score),
                    "is_ranked": game.is_ranked,
                }
                for game in GAMES.values()
            ]
        )


class PlayCollection(CustomerView):
    """Plays of a game."""

    @extend_schema(
        operation_id="startPlay",
        summary="Begin to play",
        tags=["Games"],
        request=None,
        responses={201: PlaySerializer, 401: ErrorSerializer, 404: ErrorSerializer, 429: ErrorSerializer},
    )
    def post(self, request: Request, game: str) -> Response:
        """Begin a play, and return its token and what is dealt."""
        user = customer_of(request)
        play = start_play(user=user, game=game, at=now(), actor=actor_for(user_id=user.pk))
        return Response(play_json(play), status=201)


class PlayDetail(CustomerView):
    """One play."""

    @extend_schema(
        operation_id="finishPlay",
        summary="Post how a play ended",
        tags=["Games"],
        request=FinishSerializer,
        responses={
            200: OutcomeSerializer,
            400: ErrorSerializer,
            401: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
        },
    )
    def post(self, request: Request, game: str, play_id: UUID) -> Response:
        """Take the one result of a play; 409 `play_refused` where nobody can have played it."""
        said, user = read_body(request, FinishSerializer), customer_of(request)
        finished = finish_play(
            user=user,
            game=game,
            play_id=play_id,
            token=said["token"],
            result=said["result"],
            at=now(),
            actor=actor_for(user_id=user.pk),
        )
        return Response({"score": finished.play.score, "points": finished.play.points, **finished.shown})


class GameLeaderboard(APIView):
    """The leaderboards of a game, for everybody."""

    authentication_classes = CUSTOMER_AUTHENTICATION
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="getLeaderboard",
        summary="Read a leaderboard",
        tags=["Games"],
        parameters=[PERIOD, LIMIT],
        responses={200: LeaderboardSerializer, 400: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, game: str) -> Response:
        """Return the first rows, and where the caller stands."""
        query = LeaderboardQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        user = request.user if isinstance(request.user, User) else None
        board = read_leaderboard(game=game, at=now(), user=user, **query.validated_data)
        answer = {
            "game": board.game,
            "title": board.title,
            "period": board.period,
            "start_date": board.start_date,
            "rows": [row_json(row) for row in board.rows],
            "you": row_json(board.you) if board.you else None,
        }
        return Response(LeaderboardSerializer(answer).data, headers={"Cache-Control": "private, no-store"})
