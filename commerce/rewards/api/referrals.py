from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import CustomerView, read_body
from commerce.accounts.authentication import customer_of
from commerce.accounts.models import User
from commerce.catalog.api import MoneySerializer
from commerce.money import money
from commerce.rewards.models import Referral, ReferralStatus
from commerce.rewards.services import RULES, invite_friend, join_by_code, profile_of, referral_link
from zuka.platform.actor import actor_for
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.live_settings.reading import live

CHANNELS = ("copy", "whatsapp", "share")


class ReferralsSerializer(Answer, serializers.Serializer[Any]):
    """A customer's code for friends, and what became of those who came by it. Nobody is named."""

    code = serializers.CharField()
    link = serializers.CharField()
    joined = serializers.IntegerField(help_text="Friends who came.")
    rewarded = serializers.IntegerField(help_text="Friends for whom both were given points.")
    points = serializers.IntegerField(help_text="What a friend's first order brings you.")
    friend_points = serializers.IntegerField(help_text="What it brings the friend.")
    min_order = MoneySerializer(help_text="What that order has to be worth in goods; a smaller one waits for a later.")
    came_by_a_friend = serializers.BooleanField(help_text="You came by a code yourself.")


class JoinSerializer(serializers.Serializer[Any]):
    """The code of a friend."""

    code = serializers.CharField(max_length=20)


class InviteSerializer(serializers.Serializer[Any]):
    """How the link was sent on."""

    channel = serializers.ChoiceField(choices=CHANNELS)


def referrals_json(user: User) -> dict[str, Any]:
    """Return a customer's code and counts as the API shows them."""
    profile = profile_of(user.pk)
    counts = Referral.objects.filter(referrer=user).aggregate(
        joined=Count("pk"), rewarded=Count("pk", filter=Q(status=ReferralStatus.REWARDED))
    )
    return {
        "code": profile.referral_code,
        "link": referral_link(profile.referral_code),
        **counts,
        "points": RULES["referral"].points,
        "friend_points": RULES["welcome"].points,
        "min_order": money(live.REFERRAL_LEAST_KOBO, settings.SHOP_CURRENCY),
        "came_by_a_friend": Referral.objects.filter(referred=user).exists(),
    }


class Referrals(CustomerView):
    """The customer's code for friends."""

    @extend_schema(
        operation_id="getReferrals",
        summary="Read your code for friends",
        tags=["Rewards"],
        responses={200: ReferralsSerializer, 401: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return the code, its link, and how many came."""
        return Response(referrals_json(customer_of(request)))

    @extend_schema(
        operation_id="joinByCode",
        summary="Come by a friend's code",
        tags=["Rewards"],
        request=JoinSerializer,
        responses={201: ReferralsSerializer, 400: ErrorSerializer, 401: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Note who brought the customer; both get points for the first order that is kept."""
        user = customer_of(request)
        join_by_code(user=user, at=now(), actor=actor_for(user_id=user.pk), **read_body(request, JoinSerializer))
        return Response(referrals_json(user), status=201)


class Invitations(CustomerView):
    """Sending the link on."""

    @extend_schema(
        operation_id="inviteFriend",
        summary="Say that you send your link on",
        tags=["Rewards"],
        request=InviteSerializer,
        responses={204: None, 400: ErrorSerializer, 401: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Note it, once a day and way."""
        user = customer_of(request)
        said = read_body(request, InviteSerializer)
        invite_friend(user=user, at=now(), actor=actor_for(user_id=user.pk), channel=said["channel"])
        return Response(status=204)
