from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commerce.accounts.authentication import CUSTOMER_AUTHENTICATION
from commerce.accounts.models import User
from commerce.cart.api import CART_HEADER, cart_token
from commerce.cart.services import find_cart
from commerce.catalog.api import MoneySerializer
from commerce.money import Money, money
from commerce.orders.api.parcels import ParcelSerializer, ReturnSerializer
from commerce.orders.api.placing import AddressSerializer, PlaceOrderSerializer
from commerce.orders.models import Channel, Order, OrderLine
from commerce.orders.services import (
    Campaign,
    Contact,
    OrderItem,
    access_token,
    find_order,
    load_parts,
    place_order,
    returnable_pieces,
    since_when,
)
from commerce.promotions.api import AppliedCouponSerializer, asker_of, coupons_json
from zuka.platform.actor import actor_for
from zuka.platform.answers import Answer
from zuka.platform.bodies import read_body
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import CursorPages
from zuka.platform.idempotency import key_header, read_key
from zuka.platform.keys.authentication import ApiKeyAuthentication, KeyHolder

KEY_HEADER = key_header("order", "places it")
TOKEN_PARAMETER = OpenApiParameter(
    "token", str, OpenApiParameter.QUERY, description="The `access_token` that placing the order returned; for guests."
)


class OrderLineSerializer(Answer, serializers.ModelSerializer[OrderLine]):
    """A line as it was bought."""

    product_id = serializers.CharField(source="product_ref", read_only=True)
    sku = serializers.CharField(source="product_snapshot.sku", read_only=True)
    name = serializers.CharField(source="product_snapshot.name", read_only=True)
    unit_price = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()
    cancelled = serializers.IntegerField(
        source="cancelled_quantity", read_only=True, help_text="Pieces cancelled since."
    )
    returnable = serializers.SerializerMethodField(help_text="How many pieces its customer may ask to send back now.")

    class Meta:
        model = OrderLine
        fields = [
            "product_id",
            "sku",
            "name",
            "size",
            "colour",
            "quantity",
            "cancelled",
            "unit_price",
            "total",
            "returnable",
        ]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_unit_price(self, line: OrderLine) -> Money:
        """Return the price of one piece."""
        return money(line.unit_price_kobo, self.context["currency"])

    @extend_schema_field(MoneySerializer)
    def get_total(self, line: OrderLine) -> Money:
        """Return the price of the line."""
        return money(line.total_kobo, self.context["currency"])

    def get_returnable(self, line: OrderLine) -> int:
        """Return how many pieces may be sent back."""
        returnable: dict[int, int] = self.context["returnable"]
        return returnable.get(line.pk, 0)


class OrderSerializer(Answer, serializers.ModelSerializer[Order]):
    """An order as its customer sees it. `status` is one word made from the three states."""

    status = serializers.CharField(source="derived_status", read_only=True)
    subtotal = serializers.SerializerMethodField()
    shipping = serializers.SerializerMethodField()
    discount = serializers.SerializerMethodField()
    tax = serializers.SerializerMethodField()
    tax_included = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()
    coupons = serializers.SerializerMethodField(help_text="In the order in which they came off.")
    lines = serializers.SerializerMethodField()
    parcels = ParcelSerializer(source="shipments", many=True, read_only=True)
    returns = ReturnSerializer(many=True, read_only=True)
    shipping_address = AddressSerializer(read_only=True)
    points_discount = serializers.SerializerMethodField()
    taken_off = serializers.SerializerMethodField()
    comes_to = serializers.SerializerMethodField()
    shipping_provider = serializers.CharField(
        source="courier", read_only=True, allow_null=True, help_text="Of the last parcel."
    )
    tracking_number = serializers.CharField(
        source="tracking", read_only=True, allow_null=True, help_text="Of the last parcel."
    )

    class Meta:
        model = Order
        fields = [
            "number",
            "status",
            "payment_status",
            "fulfilment_status",
            "payment_method",
            "subtotal",
            "shipping",
            "discount",
            "tax",
            "tax_included",
            "tax_title",
            "total",
            "taken_off",
            "comes_to",
            "lines",
            "parcels",
            "returns",
            "shipping_address",
            "coupon_code",
            "coupons",
            "points_used",
            "points_discount",
            "points_earned",
            "shipping_method",
            "shipping_provider",
            "tracking_number",
            "estimated_delivery_date",
            "placed_at",
            "delivered_at",
            "cancelled_at",
        ]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_subtotal(self, order: Order) -> Money:
        """Return the sum of the lines."""
        return money(order.subtotal_kobo, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_shipping(self, order: Order) -> Money:
        """Return what delivery costs."""
        return money(order.shipping_kobo, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_discount(self, order: Order) -> Money:
        """Return what was taken off, as a positive amount."""
        return money(order.discount_kobo, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_points_discount(self, order: Order) -> Money:
        """Return what points paid for; it is part of the discount."""
        return money(order.points_kobo, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_tax(self, order: Order) -> Money:
        """Return the tax on top."""
        return money(order.tax_kobo, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_tax_included(self, order: Order) -> Money:
        """Return the tax that is in the prices already."""
        return money(order.tax_included_kobo, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_total(self, order: Order) -> Money:
        """Return what the order costs as it was placed."""
        return money(order.total_kobo, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_taken_off(self, order: Order) -> Money:
        """Return what pieces cost that were cancelled or refused at the door since, as a positive amount."""
        return money(order.taken_off_kobo, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_comes_to(self, order: Order) -> Money:
        """Return the total without what was taken off: nothing else changes what an order costs."""
        return money(order.worth_kobo, order.currency)

    @extend_schema_field(AppliedCouponSerializer(many=True))
    def get_coupons(self, order: Order) -> list[dict[str, Any]]:
        """Return each coupon with what it took off; `coupon_code` is the first of them."""
        return coupons_json(order.code_discounts, order.currency)

    @extend_schema_field(OrderLineSerializer(many=True))
    def get_lines(self, order: Order) -> list[dict[str, Any]]:
        """Return the lines in the order's currency."""
        returnable = returnable_pieces(order, since=since_when(now()))
        context = {"currency": order.currency, "returnable": returnable}
        return list(OrderLineSerializer(order.lines.all(), many=True, context=context).data)


class PlacedOrderSerializer(OrderSerializer):
    """A placed order, with the token that lets a guest read it again."""

    access_token = serializers.SerializerMethodField()

    class Meta(OrderSerializer.Meta):
        fields = [*OrderSerializer.Meta.fields, "access_token"]
        read_only_fields = fields

    def get_access_token(self, order: Order) -> str:
        """Return the order's signed token."""
        return access_token(order)


def signed_in_user(request: Request) -> User | None:
    """Return the customer who is signed in; None for guests and API keys."""
    return request.user if isinstance(request.user, User) else None


def is_server(request: Request) -> bool:
    """Say whether a server with a secret key asks."""
    return isinstance(request.user, KeyHolder)


class OrderPages(CursorPages):
    """Pages of orders, newest first."""

    ordering: Any = ("-placed_at", "-id")


class OrderCollection(generics.ListAPIView[Order]):
    """Orders of the shop."""

    authentication_classes = [ApiKeyAuthentication, *CUSTOMER_AUTHENTICATION]
    permission_classes = [AllowAny]
    serializer_class = OrderSerializer
    pagination_class = OrderPages
    queryset = Order.objects.none()

    @extend_schema(
        operation_id="listOrders",
        summary="List your orders",
        tags=["Orders"],
        responses={200: OrderSerializer(many=True), 401: ErrorSerializer},
    )
    def get(self, request: Request, *args: Any, **options: Any) -> Response:
        """Return the signed-in customer's orders, newest first."""
        if signed_in_user(request) is None:
            raise NotAuthenticated
        answer = super().get(request, *args, **options)
        answer["Cache-Control"] = "private, no-store"
        return answer

    def get_queryset(self) -> QuerySet[Order]:
        """Return the orders of whoever asks."""
        user = signed_in_user(self.request)
        return Order.objects.of_user(user.pk).with_parts() if user else Order.objects.none()

    @extend_schema(
        operation_id="placeOrder",
        summary="Place an order",
        tags=["Orders"],
        parameters=[KEY_HEADER, CART_HEADER],
        request=PlaceOrderSerializer,
        responses={201: PlacedOrderSerializer, 400: ErrorSerializer, 409: ErrorSerializer, 429: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Place an order, as a guest or signed in, at the shop's own prices."""
        wanted, user, at = read_body(PlaceOrderSerializer, request.data), signed_in_user(request), now()
        actor = actor_for(user_id=user.pk if user else None)
        lines = [OrderItem(**line) for line in wanted["lines"]] if "lines" in wanted else None
        cart = find_cart(user=user, token=cart_token(request), actor=actor, at=at) if lines is None else None
        order = place_order(
            lines=lines,
            cart=cart,
            contact=Contact(**wanted["contact"]),
            shipping_address=dict(wanted["shipping_address"]),
            billing_address=wanted.get("billing_address"),
            payment_method=wanted["payment_method"],
            channel=Channel(wanted["channel"]),
            campaign=Campaign(**wanted["campaign"]) if "campaign" in wanted else None,
            notes=wanted["notes"],
            user=user,
            actor=actor,
            at=at,
            idempotency_key=read_key(request),
            expected_total_kobo=wanted.get("expected_total_kobo"),
            delivery_rate=wanted.get("delivery_rate"),
            coupon_codes=wanted["coupon_codes"],
            points=wanted["points"],
            # A server with a secret key orders for many people from one address.
            asker=None if is_server(request) else asker_of(request, user=user, cart_id=cart.pk if cart else None),
        )
        answer = PlacedOrderSerializer(load_parts(order)).data
        return Response(answer, status=201, headers={"Cache-Control": "private, no-store"})


class OrderDetail(APIView):
    """One order."""

    authentication_classes = [ApiKeyAuthentication, *CUSTOMER_AUTHENTICATION]
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="getOrder",
        summary="Read an order",
        tags=["Orders"],
        parameters=[TOKEN_PARAMETER],
        responses={200: OrderSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, number: str) -> Response:
        """Return an order to its owner or to who holds its token; to everyone else there is no such order."""
        user = signed_in_user(request)
        token = request.query_params.get("token")
        order = find_order(number=number, user_id=user.pk if user else None, token=token)
        if order is None:
            raise Http404
        return Response(OrderSerializer(order).data, headers={"Cache-Control": "private, no-store"})
