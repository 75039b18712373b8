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
from commerce.orders.models import Channel, Order, OrderLine, PaymentMethod
from commerce.orders.services import (
    Campaign,
    Contact,
    OrderItem,
    access_token,
    find_order,
    open_methods,
    place_order,
    returnable_pieces,
    since_when,
)
from zuka.platform.actor import actor_for
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import CursorPages
from zuka.platform.keys.authentication import ApiKeyAuthentication

MAX_LINES = 100
MAX_QUANTITY = 1000
KEY_LENGTH = 200

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Any text up to 200 characters; the same key with the same order places it once.",
)
TOKEN_PARAMETER = OpenApiParameter(
    "token", str, OpenApiParameter.QUERY, description="The `access_token` that placing the order returned; for guests."
)


class LineRequestSerializer(serializers.Serializer[Any]):
    """What is ordered. Prices are the shop's; a price sent along is ignored."""

    sku = serializers.CharField(max_length=64, help_text="The sku of a variant.")
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY)


class ContactSerializer(serializers.Serializer[Any]):
    """How to reach the customer. A guest gives an e-mail or a phone."""

    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    email = serializers.EmailField(required=False, allow_null=True)
    phone = serializers.CharField(max_length=30, required=False, allow_null=True)


class AddressSerializer(serializers.Serializer[Any]):
    """Where a parcel or a bill goes."""

    recipient_name = serializers.CharField(max_length=200)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    street_address = serializers.CharField(max_length=300)
    city = serializers.CharField(max_length=100)
    state = serializers.CharField(max_length=100)
    country = serializers.RegexField(r"^[A-Z]{2}$", default="NG", help_text="ISO 3166 code.")
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True)


class CampaignSerializer(serializers.Serializer[Any]):
    """The campaign that brought the customer."""

    utm_source = serializers.CharField(max_length=200, required=False)
    utm_medium = serializers.CharField(max_length=200, required=False)
    utm_campaign = serializers.CharField(max_length=200, required=False)


class PlaceOrderSerializer(serializers.Serializer[Any]):
    """An order to place."""

    lines = LineRequestSerializer(  # type: ignore[call-arg]  # many=True makes a ListSerializer
        many=True,
        required=False,
        allow_empty=False,
        max_length=MAX_LINES,
        help_text="Without it the order is made of your cart.",
    )
    contact = ContactSerializer(required=False, default=dict)
    shipping_address = AddressSerializer()
    billing_address = AddressSerializer(required=False, allow_null=True)
    payment_method = serializers.ChoiceField(choices=PaymentMethod.choices)
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.WEB)
    campaign = CampaignSerializer(required=False)
    delivery_rate = serializers.IntegerField(
        required=False, min_value=1, help_text="One of the quote's delivery_options; the cheapest without it."
    )
    coupon_code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
    expected_total_kobo = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="What the customer was shown: another total is refused.",
    )

    def validate_payment_method(self, value: str) -> PaymentMethod:
        """Refuse what the shop cannot collect."""
        methods = open_methods()
        if value not in methods:
            raise serializers.ValidationError(f"This shop takes {' or '.join(methods)}.")
        return PaymentMethod(value)


class OrderLineSerializer(serializers.ModelSerializer[OrderLine]):
    """A line as it was bought."""

    product_id = serializers.CharField(source="product_ref", read_only=True)
    sku = serializers.CharField(source="product_snapshot.sku", read_only=True)
    name = serializers.CharField(source="product_snapshot.name", read_only=True)
    unit_price = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()
    returnable = serializers.SerializerMethodField(help_text="How many pieces its customer may ask to send back now.")

    class Meta:
        model = OrderLine
        fields = ["product_id", "sku", "name", "size", "colour", "quantity", "unit_price", "total", "returnable"]
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


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order as its customer sees it. `status` is one word made from the three states."""

    status = serializers.CharField(source="derived_status", read_only=True)
    subtotal = serializers.SerializerMethodField()
    shipping = serializers.SerializerMethodField()
    discount = serializers.SerializerMethodField()
    tax = serializers.SerializerMethodField()
    tax_included = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()
    parcels = ParcelSerializer(source="shipments", many=True, read_only=True)
    returns = ReturnSerializer(many=True, read_only=True)
    shipping_address = AddressSerializer(read_only=True)

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
            "lines",
            "parcels",
            "returns",
            "shipping_address",
            "coupon_code",
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
    def get_tax(self, order: Order) -> Money:
        """Return the tax on top."""
        return money(order.tax_kobo, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_tax_included(self, order: Order) -> Money:
        """Return the tax that is in the prices already."""
        return money(order.tax_included_kobo, order.currency)

    @extend_schema_field(MoneySerializer)
    def get_total(self, order: Order) -> Money:
        """Return what the customer pays."""
        return money(order.total_kobo, order.currency)

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


def read_key(request: Request) -> str | None:
    """Return the request's idempotency key, None without one; a key that cannot be stored is a 400."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > KEY_LENGTH or not key.isprintable():
        raise serializers.ValidationError({"Idempotency-Key": "At most 200 printable characters."})
    return key or None


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
        responses={201: PlacedOrderSerializer, 400: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Place an order, as a guest or signed in, at the shop's own prices."""
        body = PlaceOrderSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted, user, at = body.validated_data, signed_in_user(request), now()
        actor = actor_for(user_id=user.pk if user else None)
        lines = [OrderItem(**line) for line in wanted["lines"]] if "lines" in wanted else None
        order = place_order(
            lines=lines,
            cart=find_cart(user=user, token=cart_token(request), actor=actor, at=at) if lines is None else None,
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
            coupon_code=wanted.get("coupon_code"),
        )
        return Response(PlacedOrderSerializer(order).data, status=201, headers={"Cache-Control": "private, no-store"})


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
