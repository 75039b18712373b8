from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.cart.api.carts import CART_HEADER, HEADERS, CartSerializer, ShopperView, caller_of, cart_json
from commerce.cart.services import ask_for_reminder, find_cart, price_cart, recover_cart
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer


class ReminderRequestSerializer(serializers.Serializer[Any]):
    """Where the one reminder of a guest's cart goes."""

    email = serializers.EmailField(max_length=254)


class RecoverySerializer(Answer, serializers.Serializer[Any]):
    """What a reminder's link holds."""

    token = serializers.CharField(max_length=300)


class CartReminderDoor(ShopperView):
    """Whether a guest is reminded of their cart."""

    @extend_schema(
        operation_id="askForCartReminder",
        summary="Ask to be reminded of your cart",
        tags=["Cart"],
        parameters=[CART_HEADER],
        request=ReminderRequestSerializer,
        responses={204: None, 400: ErrorSerializer, 409: ErrorSerializer},
    )
    def put(self, request: Request) -> Response:
        """Keep a guest's e-mail for one reminder, sent when the cart is left; customers choose it in their account."""
        body = ReminderRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return self.keep(request, body.validated_data["email"])

    @extend_schema(
        operation_id="dropCartReminder",
        summary="Do not be reminded of your cart",
        tags=["Cart"],
        parameters=[CART_HEADER],
        responses={204: None, 400: ErrorSerializer, 409: ErrorSerializer},
    )
    def delete(self, request: Request) -> Response:
        """Forget the e-mail."""
        return self.keep(request, "")

    def keep(self, request: Request, email: str) -> Response:
        """Keep or forget the e-mail. Raises `EmptyCart`, `NoReminders`."""
        caller = caller_of(request)
        cart = find_cart(user=caller.user, token=caller.token, actor=caller.actor, at=now())
        ask_for_reminder(cart=cart, email=email)
        return Response(status=204, headers=HEADERS)


class CartRecovery(ShopperView):
    """The cart of a reminder's link."""

    @extend_schema(
        operation_id="recoverCart",
        summary="Open the cart of a reminder's link",
        tags=["Cart"],
        parameters=[CART_HEADER],
        request=RecoverySerializer,
        responses={
            200: CartSerializer,
            400: ErrorSerializer,
            403: ErrorSerializer,
            404: ErrorSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        """Return the cart with today's prices and stock; a guest's comes with the `token` that opens it from here on.

        A customer's cart opens for that customer alone: 403 `sign_in_needed` for a guest.
        """
        body = RecoverySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        caller = caller_of(request)
        cart, token = recover_cart(
            token=body.validated_data["token"], user=caller.user, held=caller.token, actor=caller.actor, at=now()
        )
        return Response(cart_json(price_cart(cart, currency=settings.SHOP_CURRENCY), token=token), headers=HEADERS)
