from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commerce.accounts.authentication import CUSTOMER_AUTHENTICATION
from commerce.accounts.models import User
from commerce.cart.services import (
    MOST_PIECES,
    Choices,
    NotInCart,
    PricedCart,
    PricedLine,
    Quote,
    add_to_cart,
    check_out,
    count_quote,
    find_cart,
    price_cart,
    quote_cart,
    set_quantity,
)
from commerce.catalog.api import MoneySerializer
from commerce.money import money
from commerce.promotions.api import AppliedCouponSerializer, CouponCodesSerializer, asker_of, coupons_json
from zuka.platform.actor import Actor, actor_for
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.pictures.serializers import PictureSerializer
from zuka.platform.pictures.sizes import picture_json

CART_TOKEN = "X-Zuka-Cart"  # noqa: S105 - the name of a header
CART_HEADER = OpenApiParameter(
    CART_TOKEN,
    str,
    OpenApiParameter.HEADER,
    description="A guest's cart: the `token` that the first addition returned.",
)

HEADERS = {"Cache-Control": "private, no-store"}


class CartLineSerializer(Answer, serializers.Serializer[Any]):
    """A line at today's price. `available` goes up to 10; `problem` says why it cannot be ordered as it is."""

    sku = serializers.CharField()
    product_id = serializers.CharField()
    slug = serializers.SlugField()
    name = serializers.CharField()
    size = serializers.CharField(allow_null=True)
    colour = serializers.CharField(allow_null=True)
    image_url = serializers.CharField(allow_null=True)
    image = PictureSerializer(allow_null=True)
    quantity = serializers.IntegerField()
    unit_price = MoneySerializer()
    total = MoneySerializer()
    available = serializers.IntegerField()
    problem = serializers.ChoiceField(
        choices=["not_for_sale", "out_of_stock", "too_few"], allow_null=True, help_text="Null when it can be ordered."
    )


class CartSerializer(Answer, serializers.Serializer[Any]):
    """A cart. `id` is null until something is in it; `token` is there once, in the answer that made a guest's cart."""

    id = serializers.UUIDField(allow_null=True)
    token = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    lines = CartLineSerializer(many=True)
    quantity = serializers.IntegerField(help_text="Pieces of all lines.")
    subtotal = MoneySerializer()
    can_check_out = serializers.BooleanField()


class QuoteRequestSerializer(CouponCodesSerializer):
    """Where the cart shall go, as far as it is known. Without a state delivery is not part of the quote."""

    state = serializers.CharField(max_length=100, required=False, allow_blank=True)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, default="NG", help_text="ISO 3166 code.")
    delivery_rate = serializers.IntegerField(required=False, min_value=1, help_text="One of delivery_options.")
    points = serializers.IntegerField(
        required=False, min_value=0, max_value=1_000_000_000, default=0, help_text="How many of your points shall pay."
    )


class DeliveryOptionSerializer(Answer, serializers.Serializer[Any]):
    """A way to deliver to the address. `id` is null where the shop delivers everywhere for nothing."""

    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    price = MoneySerializer()
    min_days = serializers.IntegerField(allow_null=True)
    max_days = serializers.IntegerField(allow_null=True)


class QuoteSerializer(Answer, serializers.Serializer[Any]):
    """What an order of the cart would cost. Without a state `delivery_options` is empty and `shipping` is zero."""

    cart = CartSerializer()
    subtotal = MoneySerializer()
    shipping = MoneySerializer()
    discount = MoneySerializer()
    points_most = serializers.IntegerField(help_text="How many of your points may pay for these goods; 0 for guests.")
    points_discount = MoneySerializer(help_text="What points pay for; it is part of the discount.")
    tax = MoneySerializer(help_text="On top of the prices.")
    tax_included = MoneySerializer(help_text="In the prices already.")
    tax_title = serializers.CharField(help_text="Either tax's name and rate; empty without one.")
    total = MoneySerializer()
    coupon_code = serializers.CharField(allow_null=True, help_text="The first of coupons; null without one.")
    coupons = AppliedCouponSerializer(many=True, help_text="In the order in which they come off.")
    delivery_options = DeliveryOptionSerializer(many=True)


class AddLineSerializer(serializers.Serializer[Any]):
    """What is put in the cart."""

    sku = serializers.CharField(max_length=64, help_text="The sku of a variant.")
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_PIECES, default=1)


class QuantitySerializer(serializers.Serializer[Any]):
    """How many pieces a line shall have; 0 takes it out."""

    quantity = serializers.IntegerField(min_value=0, max_value=MOST_PIECES)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a customer, or a guest with the token of a cart."""

    user: User | None
    token: str | None
    actor: Actor


def cart_token(request: Request) -> str | None:
    """Return the token of a guest's cart that a request carries."""
    return request.headers.get(CART_TOKEN, "").strip()[:100] or None


def caller_of(request: Request) -> Caller:
    """Return who asks."""
    user = request.user if isinstance(request.user, User) else None
    return Caller(user, cart_token(request), actor_for(user_id=user.pk if user else None))


def cart_json(priced: PricedCart, *, token: str | None = None) -> dict[str, Any]:
    """Return a cart as the API shows it."""
    return {
        "id": str(priced.cart.pk) if priced.cart else None,
        "token": token,
        "currency": priced.currency,
        "lines": [line_json(each, priced.currency) for each in priced.lines],
        "quantity": priced.quantity,
        "subtotal": money(priced.subtotal_kobo, priced.currency),
        "can_check_out": priced.can_check_out,
    }


def line_json(priced: PricedLine, currency: str) -> dict[str, Any]:
    """Return a line as the API shows it."""
    variant = priced.line.variant
    product = variant.product
    return {
        "sku": variant.sku,
        "product_id": product.public_id,
        "slug": product.slug,
        "name": product.name,
        "size": variant.size,
        "colour": variant.colour,
        "image_url": variant.image_url or product.image_url,
        "image": picture_json(variant.image_url or product.image_url),
        "quantity": priced.line.quantity,
        "unit_price": money(priced.unit_price_kobo, currency),
        "total": money(priced.total_kobo, currency),
        "available": priced.available,
        "problem": priced.problem,
    }


def quote_json(quote: Quote) -> dict[str, Any]:
    """Return what ordering a cart would cost, delivered in the chosen way. Taxes are not charged apart."""
    currency = quote.priced.currency
    discounts = [(each.coupon.code, each.kobo) for each in quote.discounts]
    return {
        "cart": cart_json(quote.priced),
        "subtotal": money(quote.priced.subtotal_kobo, currency),
        "shipping": money(quote.shipping_kobo, currency),
        "discount": money(quote.discount_kobo, currency),
        "points_most": quote.points_most,
        "points_discount": money(quote.points_kobo, currency),
        "tax": money(quote.tax.added_kobo, currency),
        "tax_included": money(quote.tax.included_kobo, currency),
        "tax_title": quote.tax.title,
        "total": money(quote.total_kobo, currency),
        "coupon_code": discounts[0][0] if discounts else None,
        "coupons": coupons_json(discounts, currency),
        "delivery_options": [
            {
                "id": offer.id,
                "name": offer.name,
                "price": money(offer.price_kobo, currency),
                "min_days": offer.min_days,
                "max_days": offer.max_days,
            }
            for offer in quote.offers
        ],
    }


class ShopperView(APIView):
    """What guests and customers share: tokens instead of cookies."""

    authentication_classes = CUSTOMER_AUTHENTICATION
    permission_classes = [AllowAny]


class CartDetail(ShopperView):
    """The caller's cart."""

    @extend_schema(
        operation_id="getCart",
        summary="Read your cart",
        tags=["Cart"],
        parameters=[CART_HEADER],
        responses={200: CartSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return the caller's cart with today's prices and stock; an empty one for who has none."""
        caller = caller_of(request)
        cart = find_cart(user=caller.user, token=caller.token, actor=caller.actor, at=now())
        return Response(cart_json(price_cart(cart, currency=settings.SHOP_CURRENCY)), headers=HEADERS)


class CartLines(ShopperView):
    """The lines of the caller's cart."""

    @extend_schema(
        operation_id="addToCart",
        summary="Put a product in your cart",
        tags=["Cart"],
        parameters=[CART_HEADER],
        request=AddLineSerializer,
        responses={201: CartSerializer, 400: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add pieces to what is in the cart; a guest without one gets a new cart and its token."""
        body = AddLineSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        caller = caller_of(request)
        cart, token = add_to_cart(
            user=caller.user, token=caller.token, actor=caller.actor, at=now(), **body.validated_data
        )
        priced = price_cart(cart, currency=settings.SHOP_CURRENCY)
        return Response(cart_json(priced, token=token), status=201, headers=HEADERS)


class CartLineDetail(ShopperView):
    """One line of the caller's cart, by its sku."""

    @extend_schema(
        operation_id="changeCartLine",
        summary="Change how many pieces a line has",
        tags=["Cart"],
        parameters=[CART_HEADER],
        request=QuantitySerializer,
        responses={200: CartSerializer, 400: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def patch(self, request: Request, sku: str) -> Response:
        """Set the number of pieces; 0 takes the line out."""
        body = QuantitySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return self.change(request, sku, body.validated_data["quantity"])

    @extend_schema(
        operation_id="removeCartLine",
        summary="Take a product out of your cart",
        tags=["Cart"],
        parameters=[CART_HEADER],
        responses={200: CartSerializer, 404: ErrorSerializer},
    )
    def delete(self, request: Request, sku: str) -> Response:
        """Take the line out."""
        return self.change(request, sku, 0)

    def change(self, request: Request, sku: str, quantity: int) -> Response:
        """Set a line's pieces and return the cart. Raises `NotInCart`, `OutOfStock`."""
        caller, at = caller_of(request), now()
        cart = find_cart(user=caller.user, token=caller.token, actor=caller.actor, at=at)
        if cart is None or "\x00" in sku:
            raise NotInCart(f"{sku} is not in the cart.")
        cart = set_quantity(cart=cart, sku=sku, quantity=quantity, actor=caller.actor, at=at)
        return Response(cart_json(price_cart(cart, currency=settings.SHOP_CURRENCY)), headers=HEADERS)


class Checkout(ShopperView):
    """What an order of the caller's cart would cost."""

    @extend_schema(
        operation_id="checkOut",
        summary="Begin to check out",
        tags=["Cart"],
        parameters=[CART_HEADER],
        request=QuoteRequestSerializer,
        responses={200: QuoteSerializer, 400: ErrorSerializer, 409: ErrorSerializer, 429: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Return the quote of a cart that can be ordered as it is; else say what stands in the way."""
        body = QuoteRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted, caller, at = body.validated_data, caller_of(request), now()
        cart = find_cart(user=caller.user, token=caller.token, actor=caller.actor, at=at)
        asker = asker_of(request, user=caller.user, cart_id=cart.pk if cart else None)
        count_quote(asker=asker, at=at)
        priced = check_out(cart=cart, currency=settings.SHOP_CURRENCY, actor=caller.actor, at=at)
        user_id = caller.user.pk if caller.user else None
        quote = quote_cart(priced=priced, choices=Choices(**wanted), at=at, user_id=user_id, asker=asker)
        return Response(quote_json(quote), headers=HEADERS)
