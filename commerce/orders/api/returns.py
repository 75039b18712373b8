"""Asking to send something of an order back."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.orders.api.orders import TOKEN_PARAMETER, signed_in_user
from commerce.orders.api.parcels import ReturnSerializer
from commerce.orders.api.payments import PRIVATE, OneOrderView, order_of
from commerce.orders.api.placing import MAX_LINES, MAX_QUANTITY
from commerce.orders.models import Order, Return, ReturnReason
from commerce.orders.services import ReturnItem, request_return
from zuka.platform.actor import actor_for
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.idempotency import key_header, read_key

RETURN_KEY_HEADER = key_header("return", "asks for it")


class ReturnItemSerializer(serializers.Serializer[Any]):
    """What is sent back, and why."""

    sku = serializers.CharField(max_length=64, help_text="The sku of a line of the order.")
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY)
    reason = serializers.ChoiceField(choices=ReturnReason.choices)


class RequestReturnSerializer(serializers.Serializer[Any]):
    """A return to ask for: pieces that were delivered and are not in another return."""

    lines = ReturnItemSerializer(many=True, allow_empty=False, max_length=MAX_LINES)  # type: ignore[call-arg]  # many=True makes a ListSerializer
    note = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse a line that is named twice."""
        if len({line["sku"] for line in lines}) < len(lines):
            raise serializers.ValidationError("Name each product once.")
        return lines


def read_items(order: Order, lines: list[dict[str, Any]]) -> list[ReturnItem]:
    """Return what is sent back, by the order's lines. A sku that the order does not have is a 400."""
    by_sku = {line.product_snapshot.get("sku"): line.pk for line in order.lines.all()}
    if unknown := [line["sku"] for line in lines if line["sku"] not in by_sku]:
        raise serializers.ValidationError({"lines": f"{unknown[0]} is not in this order."})
    return [ReturnItem(by_sku[line["sku"]], line["quantity"], ReturnReason(line["reason"])) for line in lines]


class ReturnCollection(OneOrderView):
    """The returns of an order. Its own answer lists them."""

    @extend_schema(
        operation_id="requestReturn",
        summary="Ask to send something back",
        tags=["Orders"],
        parameters=[TOKEN_PARAMETER, RETURN_KEY_HEADER],
        request=RequestReturnSerializer,
        responses={201: ReturnSerializer, 400: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        """Ask to send pieces back, within the shop's days after their delivery; staff answer by mail."""
        order, user = order_of(request, number), signed_in_user(request)
        body = RequestReturnSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        goods_return = request_return(
            order=order,
            items=read_items(order, wanted["lines"]),
            note=wanted["note"],
            at=now(),
            actor=actor_for(user_id=user.pk if user else None),
            idempotency_key=read_key(request),
        )
        answer = Return.objects.prefetch_related("lines__line").get(pk=goods_return.pk)
        return Response(ReturnSerializer(answer).data, status=201, headers=PRIVATE)
