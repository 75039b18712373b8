from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import CustomerView, read_body
from commerce.accounts.authentication import customer_of
from commerce.catalog.api import MoneySerializer
from commerce.money import Money, money
from commerce.payments.gateways import GatewayRefused, GatewayUnavailable
from commerce.subscriptions.api.plans import PlanSerializer, return_page
from commerce.subscriptions.models import (
    ChargeStatus,
    InvoiceStatus,
    Subscription,
    SubscriptionCharge,
    SubscriptionInvoice,
)
from commerce.subscriptions.services import (
    ChargeUnderWay,
    cancel_subscription,
    find_plan,
    open_renewal,
    own_subscription,
    pay_by_page,
    resume_subscription,
    settle_charge,
    subscribe,
)
from zuka.platform.actor import actor_for
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import CursorPages

ERRORS: dict[int, Any] = {401: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer}
ASKING: dict[int, Any] = {**ERRORS, 503: ErrorSerializer}


class SubscriptionSerializer(Answer, serializers.ModelSerializer[Subscription]):
    """A customer's subscription. `next_plan` comes with the next period; `due` is owed now, null where nothing is.

    `card` is what is charged, empty where there is none; `retry_at` is when a charge that failed is tried again.
    """

    plan = PlanSerializer(read_only=True)
    next_plan = PlanSerializer(read_only=True, allow_null=True)
    provider = serializers.CharField(read_only=True)
    price = serializers.SerializerMethodField()
    due = serializers.SerializerMethodField()
    retry_at = serializers.SerializerMethodField()

    class Meta:
        model = Subscription
        fields = [
            "id",
            "status",
            "plan",
            "next_plan",
            "price",
            "due",
            "retry_at",
            "provider",
            "card",
            "current_period_start",
            "current_period_end",
            "trial_end",
            "cancel_at_period_end",
        ]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_price(self, subscription: Subscription) -> Money:
        """Return what a period costs this customer."""
        return money(subscription.price_kobo, subscription.currency)

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_due(self, subscription: Subscription) -> Money | None:
        """Return what is owed of a period that has begun."""
        owed = open_renewal(subscription) if subscription.status == "past_due" else None
        return money(owed.total_kobo, owed.currency) if owed else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_retry_at(self, subscription: Subscription) -> Any:
        """Return when what is owed is charged again."""
        return subscription.next_look_at if subscription.status == "past_due" else None


class ChargePageSerializer(Answer, serializers.ModelSerializer[SubscriptionCharge]):
    """A charge. While it is pending, send the customer to `checkout_url` where there is one."""

    provider = serializers.CharField(read_only=True)
    amount = serializers.SerializerMethodField()

    class Meta:
        model = SubscriptionCharge
        fields = ["reference", "provider", "status", "amount", "checkout_url"]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_amount(self, charge: SubscriptionCharge) -> Money:
        """Return what is to be paid, or was."""
        return money(charge.amount_kobo, charge.currency)


class TakenSerializer(serializers.Serializer[Any]):
    """A subscription, and the charge to pay for it; null where there is none to pay."""

    subscription = SubscriptionSerializer(read_only=True)
    charge = ChargePageSerializer(read_only=True, allow_null=True)


class SubscribeSerializer(serializers.Serializer[Any]):
    """Which plan, by its id, and by which provider; without one the shop's first."""

    plan = serializers.IntegerField(min_value=1)
    pay_by = serializers.ChoiceField(choices=["paystack", "flutterwave"], required=False, default="")


class ProviderSerializer(serializers.Serializer[Any]):
    """By which provider to pay; without one the shop's first."""

    pay_by = serializers.ChoiceField(choices=["paystack", "flutterwave"], required=False, default="")


class EndSerializer(serializers.Serializer[Any]):
    """Why somebody ends it, in their words."""

    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class InvoiceSerializer(Answer, serializers.ModelSerializer[SubscriptionInvoice]):
    """What was charged: the price of a period or its rest, less the credit for unused time, with its tax."""

    number = serializers.SerializerMethodField()
    kind = serializers.CharField(read_only=True)
    plan_name = serializers.CharField(source="plan.name", read_only=True)
    total = serializers.SerializerMethodField()
    credit = serializers.SerializerMethodField()
    tax = serializers.SerializerMethodField()
    refunded = serializers.SerializerMethodField()

    class Meta:
        model = SubscriptionInvoice
        fields = [
            "number",
            "kind",
            "status",
            "plan_name",
            "period_start",
            "period_end",
            "total",
            "credit",
            "tax",
            "refunded",
            "paid_at",
        ]
        read_only_fields = fields

    def get_number(self, invoice: SubscriptionInvoice) -> str:
        """Return its number."""
        return str(invoice)

    @extend_schema_field(MoneySerializer)
    def get_total(self, invoice: SubscriptionInvoice) -> Money:
        """Return what was or is to be paid."""
        return money(invoice.total_kobo, invoice.currency)

    @extend_schema_field(MoneySerializer)
    def get_credit(self, invoice: SubscriptionInvoice) -> Money:
        """Return what unused time took off."""
        return money(invoice.credit_kobo, invoice.currency)

    @extend_schema_field(MoneySerializer)
    def get_tax(self, invoice: SubscriptionInvoice) -> Money:
        """Return the tax in it."""
        return money(invoice.tax_kobo, invoice.currency)

    @extend_schema_field(MoneySerializer)
    def get_refunded(self, invoice: SubscriptionInvoice) -> Money:
        """Return what went back."""
        return money(invoice.refunded_kobo, invoice.currency)


class OwnSubscription(CustomerView):
    """The customer's own subscription."""

    @extend_schema(
        operation_id="getSubscription",
        summary="Show your subscription",
        tags=["Subscriptions"],
        responses={200: SubscriptionSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return it; 404 without one."""
        return Response(SubscriptionSerializer(own_subscription(customer_of(request))).data)

    @extend_schema(
        operation_id="subscribe",
        summary="Take a plan",
        tags=["Subscriptions"],
        request=SubscribeSerializer,
        responses={201: TakenSerializer, 400: ErrorSerializer, 401: ErrorSerializer, **ASKING},
    )
    def post(self, request: Request) -> Response:
        """Begin its trial, or its first payment: send the customer to the charge's page."""
        said, user = read_body(request, SubscribeSerializer), customer_of(request)
        subscription, charge = subscribe(
            user=user,
            plan=find_plan(said["plan"]),
            provider=said["pay_by"],
            return_url=return_page(request),
            at=now(),
            actor=actor_for(user_id=user.pk),
        )
        return Response(TakenSerializer({"subscription": subscription, "charge": charge}).data, status=201)


class SubscriptionEnd(CustomerView):
    """Ending a subscription."""

    @extend_schema(
        operation_id="cancelSubscription",
        summary="End your subscription with its period",
        tags=["Subscriptions"],
        request=EndSerializer,
        responses={200: SubscriptionSerializer, 400: ErrorSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        """Have it end with the period that is paid; one that is not paid ends at once."""
        said, user = read_body(request, EndSerializer), customer_of(request)
        ended = cancel_subscription(user=user, at=now(), actor=actor_for(user_id=user.pk), reason=said["reason"])
        return Response(SubscriptionSerializer(ended).data)


class SubscriptionResumption(CustomerView):
    """Going on after all."""

    @extend_schema(
        operation_id="resumeSubscription",
        summary="Go on with your subscription and its plan",
        tags=["Subscriptions"],
        request=None,
        responses={200: SubscriptionSerializer, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        """Take back that it ends, or that its plan changes."""
        user = customer_of(request)
        found = resume_subscription(user=user, at=now(), actor=actor_for(user_id=user.pk))
        return Response(SubscriptionSerializer(found).data)


class CardPage(CustomerView):
    """Paying by another card."""

    @extend_schema(
        operation_id="payByAnotherCard",
        summary="Pay what is owed by another card, or have another one charged from now on",
        tags=["Subscriptions"],
        request=ProviderSerializer,
        responses={201: ChargePageSerializer, 400: ErrorSerializer, **ASKING},
    )
    def post(self, request: Request) -> Response:
        """Return the page to pay on. Where nothing is owed, what is charged there goes back at once."""
        said = read_body(request, ProviderSerializer)
        charge = pay_by_page(
            user=customer_of(request), provider=said["pay_by"], return_url=return_page(request), at=now()
        )
        return Response(ChargePageSerializer(charge).data, status=201)


class SubscriptionCheck(CustomerView):
    """Asking what became of a charge, on the way back from its page."""

    @extend_schema(
        operation_id="checkSubscriptionCharge",
        summary="Ask what became of a charge",
        tags=["Subscriptions"],
        responses={200: ChargePageSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, reference: str) -> Response:
        """Ask the provider about a charge of the customer's own, unless it is over, and return it.

        On a page where a card was declined another one may have paid since.
        """
        own = SubscriptionCharge.objects.filter(invoice__subscription__user=customer_of(request))
        charge = generics.get_object_or_404(
            own.select_related("invoice__subscription", "invoice__plan"), reference=reference
        )
        if charge.status == ChargeStatus.PENDING or (charge.status == ChargeStatus.FAILED and charge.is_checkout):
            with suppress(GatewayUnavailable, GatewayRefused, ChargeUnderWay):  # it stays pending, as it says
                charge = settle_charge(charge=charge, at=now())
        return Response(ChargePageSerializer(charge).data)


class InvoicePages(CursorPages):
    """Pages of invoices, newest first."""

    ordering: Any = ("-id",)


@extend_schema_view(
    get=extend_schema(
        operation_id="listSubscriptionInvoices",
        summary="List what was charged for your plans",
        tags=["Subscriptions"],
        responses={200: InvoiceSerializer(many=True), 401: ErrorSerializer},
    )
)
class SubscriptionInvoices(CustomerView, generics.ListAPIView[SubscriptionInvoice]):
    """The customer's invoices, newest first; those that are owed no more are left out."""

    serializer_class = InvoiceSerializer
    pagination_class = InvoicePages
    queryset = SubscriptionInvoice.objects.none()

    def get_queryset(self) -> QuerySet[SubscriptionInvoice]:
        """Return the customer's own with what their rows name."""
        own = SubscriptionInvoice.objects.filter(subscription__user=customer_of(self.request))
        return own.exclude(status=InvoiceStatus.VOID).select_related("plan", "subscription")
