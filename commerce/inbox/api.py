"""A customer's notices and preferences over HTTP. Their tables lie in `notifications`, below who is signed in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import CustomerView
from commerce.accounts.authentication import customer_of
from commerce.accounts.models import User
from commerce.notifications.kinds import GROUPS
from commerce.notifications.models import Channel, NoticeGroup, Notification
from commerce.notifications.preferences import Preference, Reader, choose_preference, preferences_of
from commerce.notifications.services import read_notices
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer


class NotificationSerializer(Answer, serializers.ModelSerializer[Notification]):
    """A notice. `link` is a path of the shop, or empty; `read_at` is null until it is read."""

    class Meta:
        model = Notification
        fields = ["id", "kind", "title", "body", "link", "created_at", "read_at"]
        read_only_fields = fields


class UnreadSerializer(serializers.Serializer[Any]):
    """How many notices nobody has read."""

    unread = serializers.IntegerField()


class PreferenceSerializer(Answer, serializers.Serializer[Any]):
    """Whether a customer is told of a group by a channel. One that `is_fixed` cannot be changed."""

    group = serializers.ChoiceField(choices=NoticeGroup.choices)
    channel = serializers.ChoiceField(choices=Channel.choices)
    title = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)
    is_on = serializers.BooleanField()
    is_fixed = serializers.BooleanField(read_only=True)


def reader_of(user: User) -> Reader:
    """Return a customer as who is told things."""
    is_confirmed = user.email_verified_at is not None
    return Reader(user.pk, user.email or "", has_agreed=user.accepts_marketing, is_confirmed=is_confirmed)


def preference_json(preference: Preference) -> dict[str, Any]:
    """Return a preference as the API shows it."""
    group = GROUPS[preference.group]
    return {
        "group": preference.group,
        "channel": preference.channel,
        "title": group.title,
        "text": group.text,
        "is_on": preference.is_on,
        "is_fixed": preference.is_fixed,
    }


def preferences_json(user: User) -> list[dict[str, Any]]:
    """Return all preferences of a customer."""
    return [preference_json(each) for each in preferences_of(reader_of(user))]


@extend_schema_view(
    get=extend_schema(
        operation_id="listNotifications",
        summary="List your notices",
        tags=["Notifications"],
        responses={200: NotificationSerializer(many=True), 401: ErrorSerializer},
    )
)
class NotificationCollection(CustomerView, generics.ListAPIView[Notification]):
    """The customer's notices, newest first."""

    serializer_class = NotificationSerializer
    queryset = Notification.objects.none()

    def get_queryset(self) -> QuerySet[Notification]:
        """Return the customer's notices."""
        return Notification.objects.filter(user=customer_of(self.request))


class UnreadCount(CustomerView):
    """How many notices the customer has not read."""

    @extend_schema(
        operation_id="countUnreadNotifications",
        summary="Count your unread notices",
        tags=["Notifications"],
        responses={200: UnreadSerializer, 401: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return the number."""
        return Response({"unread": Notification.objects.unread().filter(user=customer_of(request)).count()})


class ReadAll(CustomerView):
    """Reading all notices at once."""

    @extend_schema(
        operation_id="readAllNotifications",
        summary="Mark all your notices as read",
        tags=["Notifications"],
        request=None,
        responses={204: None, 401: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Mark all that there are now as read."""
        read_notices(user_id=customer_of(request).pk, at=now())
        return Response(status=204)


class ReadOne(CustomerView):
    """Reading one notice; to everyone else there is no such notice."""

    @extend_schema(
        operation_id="readNotification",
        summary="Mark a notice as read",
        tags=["Notifications"],
        request=None,
        responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def post(self, request: Request, notice_id: int) -> Response:
        """Mark it as read; the first time counts."""
        read_notices(user_id=customer_of(request).pk, at=now(), notice_id=notice_id)
        return Response(status=204)


class Preferences(CustomerView):
    """What the customer is told, and how."""

    @extend_schema(
        operation_id="getNotificationPreferences",
        summary="Read what you are told",
        tags=["Notifications"],
        responses={200: PreferenceSerializer(many=True), 401: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return every group and channel there is, with what is chosen."""
        return Response(preferences_json(customer_of(request)))

    @extend_schema(
        operation_id="changeNotificationPreference",
        summary="Choose what you are told",
        tags=["Notifications"],
        request=PreferenceSerializer,
        responses={
            200: PreferenceSerializer(many=True),
            400: ErrorSerializer,
            401: ErrorSerializer,
            409: ErrorSerializer,
        },
    )
    def patch(self, request: Request) -> Response:
        """Switch one group on or off in one channel, and return all."""
        body = PreferenceSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        chosen, user = body.validated_data, customer_of(request)
        choose_preference(
            reader=reader_of(user),
            group=NoticeGroup(chosen["group"]),
            channel=Channel(chosen["channel"]),
            is_on=chosen["is_on"],
            at=now(),
        )
        return Response(preferences_json(user))
