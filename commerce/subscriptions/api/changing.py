from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import CustomerView, read_body
from commerce.accounts.authentication import customer_of
from commerce.catalog.api import MoneySerializer
from commerce.money import Money, money
from commerce.subscriptions.api.plans import PlanSerializer, return_page
from commerce.subscriptions.api.subscriptions import ASKING, ERRORS, TakenSerializer
from commerce.subscriptions.services import Change, change_plan, find_plan, preview_change
from zuka.platform.actor import actor_for
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer


class WantedPlanSerializer(serializers.Serializer[Any]):
    """Which plan, by its id."""

    plan = serializers.IntegerField(min_value=1)


class WantedChangeSerializer(WantedPlanSerializer):
    """Which plan, and the most kobo the customer has agreed to pay for it now, with the `as_of` of the preview.

    The preview's price holds for 15 minutes in the same period, unless something else happens to the subscription.
    """

    agreed_kobo = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)
    as_of = serializers.DateTimeField(required=False, allow_null=True, default=None)


class ChangeSerializer(serializers.Serializer[Change]):
    """What a change means: now, for `total`, or `is_now` false at the end of the period, for nothing now.

    `total` is the `price` of the rest of the period, or of a longer one, less the `credit` for what is not used yet,
    `as_of` a moment: send it back with the change, and the price is the same.
    """

    plan = PlanSerializer(read_only=True)
    is_now = serializers.BooleanField(read_only=True)
    starts_at = serializers.SerializerMethodField()
    price = serializers.SerializerMethodField()
    credit = serializers.SerializerMethodField()
    tax = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()
    as_of = serializers.DateTimeField(read_only=True)

    @extend_schema_field(serializers.DateTimeField())
    def get_starts_at(self, change: Change) -> datetime:
        """Return from when on the plan holds."""
        return change.as_of if change.is_now else change.starts_at

    @extend_schema_field(MoneySerializer)
    def get_price(self, change: Change) -> Money:
        """Return what the new plan costs for what is left, or for its period."""
        return money(change.due.price_kobo if change.due else 0, change.plan.currency)

    @extend_schema_field(MoneySerializer)
    def get_credit(self, change: Change) -> Money:
        """Return what the old plan was paid for and is not used."""
        return money(change.due.credit_kobo if change.due else 0, change.plan.currency)

    @extend_schema_field(MoneySerializer)
    def get_tax(self, change: Change) -> Money:
        """Return the tax in the total."""
        return money(change.due.tax_kobo if change.due else 0, change.plan.currency)

    @extend_schema_field(MoneySerializer)
    def get_total(self, change: Change) -> Money:
        """Return what is charged now."""
        return money(change.due.total_kobo if change.due else 0, change.plan.currency)


class PlanChangePreview(CustomerView):
    """What a change would cost."""

    @extend_schema(
        operation_id="previewPlanChange",
        summary="Show what changing your plan would mean",
        tags=["Subscriptions"],
        request=WantedPlanSerializer,
        responses={200: ChangeSerializer, 400: ErrorSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        """Return it to the kobo, as of now; nothing is changed."""
        said = read_body(request, WantedPlanSerializer)
        change = preview_change(user=customer_of(request), plan=find_plan(said["plan"]), at=now())
        return Response(ChangeSerializer(change).data)


class PlanChange(CustomerView):
    """Changing the plan."""

    @extend_schema(
        operation_id="changePlan",
        summary="Change your plan",
        tags=["Subscriptions"],
        request=WantedChangeSerializer,
        responses={200: TakenSerializer, 400: ErrorSerializer, **ASKING},
    )
    def post(self, request: Request) -> Response:
        """Charge the card for what is due and change at once, or plan the change for the period's end.

        Without a card the charge has a page to pay on; while it is pending, the plan is the old one. Who had ended
        their subscription goes on with the plan they choose.
        """
        said, user = read_body(request, WantedChangeSerializer), customer_of(request)
        subscription, charge = change_plan(
            user=user,
            plan=find_plan(said["plan"]),
            return_url=return_page(request),
            agreed_kobo=said["agreed_kobo"],
            as_of=said["as_of"],
            at=now(),
            actor=actor_for(user_id=user.pk),
        )
        return Response(TakenSerializer({"subscription": subscription, "charge": charge}).data)
