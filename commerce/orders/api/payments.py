"""Paying an order online: begin, go to the provider's page, come back, ask what became of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commerce.accounts.authentication import CUSTOMER_AUTHENTICATION
from commerce.catalog.api import MoneySerializer
from commerce.money import Money, money
from commerce.orders.api.orders import TOKEN_PARAMETER, signed_in_user
from commerce.orders.models import Order, PaymentMethod
from commerce.orders.services import find_order, open_methods, settle_payment, start_payment
from commerce.payments.gateways import GatewayRefused, GatewayUnavailable
from commerce.payments.models import Payment
from zuka.platform.actor import actor_for
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.keys.authentication import ApiKeyAuthentication

ASK_AGAIN = timedelta(seconds=5)
PRIVATE = {"Cache-Control": "private, no-store"}


class MethodSerializer(Answer, serializers.Serializer[Any]):
    """A way to pay. With one that is online, begin a payment after the order is placed."""

    payment_method = serializers.ChoiceField(choices=PaymentMethod.choices)
    name = serializers.CharField(help_text="In words.")
    is_online = serializers.BooleanField()


class PaymentSerializer(Answer, serializers.ModelSerializer[Payment]):
    """A payment as the order's customer sees it. Send them to `checkout_url` while it is pending."""

    amount = serializers.SerializerMethodField()

    class Meta:
        model = Payment
        fields = ["reference", "provider", "status", "amount", "checkout_url", "captured_at"]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_amount(self, payment: Payment) -> Money:
        """Return what is to be paid, or was."""
        return money(payment.amount_kobo, payment.currency)


def order_of(request: Request, number: str) -> Order:
    """Return the order that the caller may read. Raises Http404."""
    user = signed_in_user(request)
    order = find_order(number=number, user_id=user.pk if user else None, token=request.query_params.get("token"))
    if order is None:
        raise Http404
    return order


def return_page(request: Request, number: str) -> str:
    """Return where the provider sends the customer of an order back to."""
    if settings.PAYMENT_RETURN_URL:
        return str(settings.PAYMENT_RETURN_URL.replace("{number}", number))
    return request.build_absolute_uri(reverse("shop:thank_you", args=[number]))


def was_just_asked(payment: Payment) -> bool:
    """Say whether the provider was asked a moment ago: a page that asks again and again asks us alone."""
    return payment.checked_at is not None and now() - payment.checked_at < ASK_AGAIN


class PaymentMethods(APIView):
    """The ways to pay at this shop."""

    authentication_classes = CUSTOMER_AUTHENTICATION
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="listPaymentMethods",
        summary="List the ways to pay",
        tags=["Orders"],
        responses={200: MethodSerializer(many=True)},
    )
    def get(self, _request: Request) -> Response:
        """Return the ways to pay that can be chosen now."""
        on_delivery = PaymentMethod.CASH_ON_DELIVERY
        found = [
            {"payment_method": method.value, "name": method.label, "is_online": method != on_delivery}
            for method in open_methods()
        ]
        return Response(found)


class OneOrderView(APIView):
    """What the parts of one order share."""

    authentication_classes = [ApiKeyAuthentication, *CUSTOMER_AUTHENTICATION]
    permission_classes = [AllowAny]


class PaymentCollection(OneOrderView):
    """The payments of an order."""

    @extend_schema(
        operation_id="startPayment",
        summary="Begin to pay an order online",
        tags=["Orders"],
        parameters=[TOKEN_PARAMETER],
        request=None,
        responses={201: PaymentSerializer, 404: ErrorSerializer, 409: ErrorSerializer, 503: ErrorSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        """Begin a payment of what is due and return the provider's page; asked again, the same page."""
        order, user = order_of(request, number), signed_in_user(request)
        payment = start_payment(
            order=order,
            return_url=return_page(request, number),
            at=now(),
            actor=actor_for(user_id=user.pk if user else None),
        )
        return Response(PaymentSerializer(payment).data, status=201, headers=PRIVATE)


class PaymentDetail(OneOrderView):
    """One payment of an order."""

    @extend_schema(
        operation_id="getPayment",
        summary="Ask what became of a payment",
        tags=["Orders"],
        parameters=[TOKEN_PARAMETER],
        responses={200: PaymentSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, number: str, reference: str) -> Response:
        """Return a payment; until its money came its provider is asked, at most every five seconds."""
        order, user = order_of(request, number), signed_in_user(request)
        payment = order.payments.filter(reference=reference).first()
        if payment is None:
            raise Http404
        if not payment.is_received and not was_just_asked(payment):
            with suppress(GatewayUnavailable, GatewayRefused):  # it stays as it is: the webhook or the job brings more
                payment = settle_payment(payment=payment, at=now(), actor=actor_for(user_id=user.pk if user else None))
        return Response(PaymentSerializer(payment).data, headers=PRIVATE)
