from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import CustomerView, PublicView
from commerce.accounts.authentication import customer_of
from commerce.catalog.api import MoneySerializer
from commerce.money import Money, money
from commerce.rewards.models import Reward, UserReward
from commerce.rewards.services import offered_rewards, redeem_reward
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import CursorPages
from zuka.platform.idempotency import key_header, read_key

KEY_HEADER = key_header("reward", "takes it")


class RewardSerializer(Answer, serializers.ModelSerializer[Reward]):
    """What points are given for. `left` is null where there is no end of them."""

    percent = serializers.CharField(allow_null=True)
    amount = serializers.SerializerMethodField()
    min_spend = serializers.SerializerMethodField()
    left = serializers.SerializerMethodField()

    class Meta:
        model = Reward
        fields = ["id", "name", "description", "points", "kind", "percent", "amount", "min_spend", "valid_days", "left"]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_amount(self, reward: Reward) -> Money | None:
        """Return what its code takes off, where that is an amount."""
        return money(reward.amount_kobo, settings.SHOP_CURRENCY) if reward.amount_kobo else None

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_min_spend(self, reward: Reward) -> Money | None:
        """Return what its code needs of goods, if anything."""
        return money(reward.min_spend_kobo, settings.SHOP_CURRENCY) if reward.min_spend_kobo else None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_left(self, reward: Reward) -> int | None:
        """Return how many are left."""
        return None if reward.stock is None else max(reward.stock - reward.redeemed_count, 0)


class TakenRewardSerializer(Answer, serializers.ModelSerializer[UserReward]):
    """A reward that was taken, with its code."""

    name = serializers.CharField(source="reward.name", read_only=True)
    coupon_code = serializers.CharField(source="coupon.code", read_only=True)
    is_used = serializers.BooleanField(source="coupon.is_used_up", read_only=True)

    class Meta:
        model = UserReward
        fields = ["id", "name", "coupon_code", "points", "is_used", "redeemed_at", "expires_at"]
        read_only_fields = fields


class RewardCollection(PublicView):
    """What points are given for."""

    @extend_schema(
        operation_id="listRewards",
        summary="List what points are given for",
        tags=["Rewards"],
        responses={200: RewardSerializer(many=True)},
    )
    def get(self, _request: Request) -> Response:
        """Return what is offered now, the cheapest first."""
        return Response(RewardSerializer(offered_rewards(at=now()), many=True).data)


class RewardRedemption(CustomerView):
    """Taking a reward."""

    @extend_schema(
        operation_id="redeemReward",
        summary="Take a reward for points",
        tags=["Rewards"],
        parameters=[KEY_HEADER],
        request=None,
        responses={
            201: TakenRewardSerializer,
            400: ErrorSerializer,
            401: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
        },
    )
    def post(self, request: Request, reward_id: int) -> Response:
        """Give its code for its points."""
        key = read_key(request)
        taken = redeem_reward(user=customer_of(request), reward_id=reward_id, at=now(), idempotency_key=key)
        return Response(TakenRewardSerializer(taken).data, status=201)


class TakenPages(CursorPages):
    """Pages of rewards taken, newest first."""

    ordering: Any = ("-id",)


@extend_schema_view(
    get=extend_schema(
        operation_id="listTakenRewards",
        summary="List the rewards you have taken",
        tags=["Rewards"],
        responses={200: TakenRewardSerializer(many=True), 401: ErrorSerializer},
    )
)
class TakenRewards(CustomerView, generics.ListAPIView[UserReward]):
    """The customer's rewards, newest first."""

    serializer_class = TakenRewardSerializer
    pagination_class = TakenPages
    queryset = UserReward.objects.none()

    def get_queryset(self) -> QuerySet[UserReward]:
        """Return the customer's own with what their rows name."""
        return UserReward.objects.filter(user=customer_of(self.request)).select_related("reward", "coupon")
