from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import CustomerView, read_body
from commerce.accounts.authentication import customer_of
from commerce.accounts.models import User
from commerce.catalog.api import MoneySerializer
from commerce.money import money
from commerce.rewards.models import PointsEntry
from commerce.rewards.services import LEVELS, RULES, check_in, choose_nickname, points_of
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import CursorPages


class LevelSerializer(Answer, serializers.Serializer[Any]):
    """A gem level, and the XP from which on one has it."""

    name = serializers.CharField()
    title = serializers.CharField()
    xp = serializers.IntegerField()


class PointsSerializer(Answer, serializers.Serializer[Any]):
    """A customer's points, level and streak. `next_level` and `xp_to_next` are null at the highest level."""

    points = serializers.IntegerField(help_text="That can be spent now.")
    value = MoneySerializer(help_text="What they are worth at checkout; 0 where it takes none.")
    xp = serializers.IntegerField()
    level = serializers.CharField()
    level_title = serializers.CharField()
    next_level = serializers.CharField(allow_null=True)
    next_level_title = serializers.CharField(allow_null=True)
    xp_to_next = serializers.IntegerField(allow_null=True)
    levels = LevelSerializer(many=True)
    expiring_points = serializers.IntegerField(help_text="That lapse within 30 days.")
    expiring_at = serializers.DateTimeField(allow_null=True, help_text="When the first of them do.")
    streak_days = serializers.IntegerField()
    checked_in_today = serializers.BooleanField()
    shown_name = serializers.CharField(help_text="What leaderboards call you.")


class NicknameSerializer(serializers.Serializer[Any]):
    """What leaderboards call a customer; empty for their initials."""

    nickname = serializers.CharField(max_length=40, allow_blank=True)


class PointsEntrySerializer(Answer, serializers.ModelSerializer[PointsEntry]):
    """A change of a customer's points."""

    title = serializers.SerializerMethodField()

    class Meta:
        model = PointsEntry
        fields = ["id", "source_type", "title", "points", "xp", "balance_after", "expires_at", "note", "occurred_at"]
        read_only_fields = fields

    def get_title(self, entry: PointsEntry) -> str:
        """Return for what it was."""
        return RULES[entry.source_type].title if entry.source_type in RULES else entry.source_type


def points_json(user: User) -> dict[str, Any]:
    """Return what a customer has as the API shows it."""
    state = points_of(user=user, at=now())
    return {
        "points": state.points,
        "value": money(state.value_kobo, state.currency),
        "xp": state.xp,
        "level": state.level,
        "level_title": state.level_title,
        "next_level": state.next_level,
        "next_level_title": state.next_level_title,
        "xp_to_next": state.xp_to_next,
        "levels": [{"name": level.name, "title": level.title, "xp": level.xp} for level in LEVELS],
        "expiring_points": state.expiring_points,
        "expiring_at": state.expiring_at,
        "streak_days": state.streak_days,
        "checked_in_today": state.checked_in_today,
        "shown_name": state.name,
    }


class Points(CustomerView):
    """What the customer has."""

    @extend_schema(
        operation_id="getPoints",
        summary="Read your points and level",
        tags=["Rewards"],
        responses={200: PointsSerializer, 401: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return points, level and streak."""
        return Response(PointsSerializer(points_json(customer_of(request))).data)


class CheckIn(CustomerView):
    """Coming by once a day."""

    @extend_schema(
        operation_id="checkIn",
        summary="Come by for the day's points",
        tags=["Rewards"],
        request=None,
        responses={200: PointsSerializer, 401: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Give the points of the day, the first time it is asked for."""
        user = customer_of(request)
        check_in(user=user, at=now())
        return Response(PointsSerializer(points_json(user)).data)


class Nickname(CustomerView):
    """What leaderboards call the customer."""

    @extend_schema(
        operation_id="chooseNickname",
        summary="Choose your name on leaderboards",
        tags=["Rewards"],
        request=NicknameSerializer,
        responses={200: PointsSerializer, 400: ErrorSerializer, 401: ErrorSerializer},
    )
    def put(self, request: Request) -> Response:
        """Set it; an empty one shows initials."""
        user = customer_of(request)
        choose_nickname(user=user, **read_body(request, NicknameSerializer))
        return Response(PointsSerializer(points_json(user)).data)


class EntryPages(CursorPages):
    """Pages of changes, newest first."""

    ordering: Any = ("-id",)


@extend_schema_view(
    get=extend_schema(
        operation_id="listPointsEntries",
        summary="List the changes of your points",
        tags=["Rewards"],
        responses={200: PointsEntrySerializer(many=True), 401: ErrorSerializer},
    )
)
class PointsEntries(CustomerView, generics.ListAPIView[PointsEntry]):
    """The customer's changes of points, newest first."""

    serializer_class = PointsEntrySerializer
    pagination_class = EntryPages
    queryset = PointsEntry.objects.none()

    def get_queryset(self) -> QuerySet[PointsEntry]:
        """Return the customer's own."""
        return PointsEntry.objects.filter(user=customer_of(self.request))
