from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import CustomerView
from commerce.accounts.authentication import customer_of
from commerce.cart.services import ask_for_alert, awaited_skus, drop_alert
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer


class AlertsSerializer(serializers.Serializer[Any]):
    """What a customer waits for."""

    skus = serializers.ListField(child=serializers.CharField(), help_text="Of variants that were sold out.")


class AlertCollection(CustomerView):
    """What the customer waits for."""

    @extend_schema(
        operation_id="listStockAlerts",
        summary="List what you wait for",
        tags=["Wishlist"],
        responses={200: AlertsSerializer, 401: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return all of it at once, up to 100."""
        return Response({"skus": awaited_skus(customer_of(request))})


class AlertDetail(CustomerView):
    """Whether the customer is told when a variant can be bought again."""

    @extend_schema(
        operation_id="askForStockAlert",
        summary="Be told when it is back",
        tags=["Wishlist"],
        request=None,
        responses={204: None, 400: ErrorSerializer, 401: ErrorSerializer, 409: ErrorSerializer},
    )
    def put(self, request: Request, sku: str) -> Response:
        """Be told once, in the account and by e-mail as the preferences say; 409 `in_stock` when it is there."""
        ask_for_alert(user=customer_of(request), sku=sku.replace("\x00", ""), at=now())
        return Response(status=204)

    @extend_schema(
        operation_id="dropStockAlert",
        summary="Do not be told when it is back",
        tags=["Wishlist"],
        responses={204: None, 401: ErrorSerializer},
    )
    def delete(self, request: Request, sku: str) -> Response:
        """Take it back, as often as it is said."""
        drop_alert(user=customer_of(request), sku=sku.replace("\x00", ""))
        return Response(status=204)
