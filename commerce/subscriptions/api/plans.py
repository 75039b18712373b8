from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import PublicView
from commerce.catalog.api import MoneySerializer
from commerce.money import Money, money
from commerce.subscriptions.models import Plan, PlanLevel
from commerce.subscriptions.services import offered_plans
from zuka.platform.answers import Answer


class PlanSerializer(Answer, serializers.ModelSerializer[Plan]):
    """A plan and what it gives. `points_percent` is what points of orders are multiplied by: 150 is 1.5 times."""

    plan_level = serializers.ChoiceField(choices=PlanLevel.choices, source="level", read_only=True)
    price = serializers.SerializerMethodField()

    class Meta:
        model = Plan
        fields = [
            "id",
            "plan_level",
            "interval",
            "name",
            "description",
            "price",
            "trial_days",
            "key_tier",
            "free_shipping",
            "points_percent",
        ]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_price(self, plan: Plan) -> Money:
        """Return the price of a period."""
        return money(plan.price_kobo, plan.currency)


class PlanCollection(PublicView):
    """What customers can subscribe to."""

    @extend_schema(
        operation_id="listPlans",
        summary="List the plans",
        tags=["Subscriptions"],
        responses={200: PlanSerializer(many=True)},
    )
    def get(self, _request: Request) -> Response:
        """Return what is offered now: by the month, then by the year, the cheapest first."""
        return Response(PlanSerializer(offered_plans(), many=True).data)


def return_page(request: HttpRequest) -> str:
    """Return where a provider sends a customer back to: their page of the plan."""
    if settings.SHOP_URL:
        return f"{settings.SHOP_URL}{settings.SUBSCRIPTION_PATH}"
    return request.build_absolute_uri(settings.SUBSCRIPTION_PATH)
