from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import CustomerView
from commerce.accounts.authentication import customer_of
from commerce.cart.api.carts import CartSerializer, cart_json
from commerce.cart.models import Wishlist
from commerce.cart.services import add_wish, add_wishes, move_wish, price_cart, remove_wish, wishes_of
from commerce.cart.services.wishing import MOST_WISHES, Wish
from commerce.catalog.api.shapes import MoneySerializer, ProductSerializer
from commerce.money import Money, money
from zuka.platform.actor import actor_for
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer

SKU = OpenApiParameter("sku", str, OpenApiParameter.QUERY, description="One choice of it only; all without.")


class WishSerializer(Answer, serializers.ModelSerializer[Wishlist]):
    """A wish: a product as lists show it, and the size and colour that was chosen, null for any."""

    product = ProductSerializer(read_only=True)
    sku = serializers.CharField(source="variant.sku", default=None, allow_null=True, read_only=True)
    size = serializers.CharField(source="variant.size", default=None, allow_null=True, read_only=True)
    colour = serializers.CharField(source="variant.colour", default=None, allow_null=True, read_only=True)
    price = serializers.SerializerMethodField(help_text="Of the choice; else that of the product.")
    in_stock = serializers.SerializerMethodField(help_text="Whether the choice, or any, can be ordered now.")

    class Meta:
        model = Wishlist
        fields = ["product", "sku", "size", "colour", "price", "in_stock", "added_at"]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_price(self, wish: Wishlist) -> Money:
        """Return what one piece costs now."""
        product, variant = wish.product, wish.variant
        return money((variant and variant.price_kobo) or product.current_price_kobo, product.currency)

    def get_in_stock(self, wish: Wishlist) -> bool:
        """Say whether a piece can be ordered now."""
        if wish.variant:
            return wish.variant.active and wish.variant.stock_available > 0
        stock: int = getattr(wish.product, "stock_total", 0)
        return stock > 0


class AddWishSerializer(serializers.Serializer[Any]):
    """What is wished for."""

    product_id = serializers.CharField(max_length=20, help_text="The `id` of a product.")
    sku = serializers.CharField(
        max_length=64, required=False, allow_null=True, help_text="A size and colour of it; any without."
    )

    def wish(self) -> Wish:
        """Return the validated wish as the services take it."""
        return Wish(**self.validated_data)


class MergeWishesSerializer(serializers.Serializer[Any]):
    """What a guest has kept on the device, in the order of wishing."""

    wishes = serializers.ListField(child=AddWishSerializer(), max_length=MOST_WISHES)


class MoveWishSerializer(serializers.Serializer[Any]):
    """Which size and colour goes into the cart, where the wish does not say it."""

    sku = serializers.CharField(max_length=64, required=False, allow_null=True)


@extend_schema_view(
    get=extend_schema(
        operation_id="listWishes",
        summary="List your wishlist",
        tags=["Wishlist"],
        responses={200: WishSerializer(many=True), 401: ErrorSerializer},
    )
)
class WishCollection(CustomerView, generics.ListAPIView[Wishlist]):
    """The customer's wishlist, newest first."""

    serializer_class = WishSerializer
    queryset = Wishlist.objects.none()

    def get_queryset(self) -> QuerySet[Wishlist]:
        """Return the customer's wishes that the shop still shows."""
        return wishes_of(customer_of(self.request))

    @extend_schema(
        operation_id="addWish",
        summary="Put a product on your wishlist",
        tags=["Wishlist"],
        request=AddWishSerializer,
        responses={204: None, 400: ErrorSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Put a product, or a size and colour of it, on the list; what is there already stays as it is."""
        body = AddWishSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = customer_of(request)
        add_wish(user=user, wish=body.wish(), actor=actor_for(user_id=user.pk), at=now())
        return Response(status=204)


class WishMerge(CustomerView):
    """The wishlist that a guest kept on the device, brought along to the account."""

    @extend_schema(
        operation_id="mergeWishes",
        summary="Bring a guest's wishlist along",
        tags=["Wishlist"],
        request=MergeWishesSerializer,
        responses={204: None, 400: ErrorSerializer, 401: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add what is still for sale and fits; all of it twice is the same as once."""
        body = MergeWishesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wishes = [Wish(**each) for each in body.validated_data["wishes"]]
        add_wishes(user=customer_of(request), wishes=wishes, at=now())
        return Response(status=204)


class WishDetail(CustomerView):
    """One product of the customer's wishlist, by its `id`."""

    @extend_schema(
        operation_id="removeWish",
        summary="Take a product off your wishlist",
        tags=["Wishlist"],
        parameters=[SKU],
        responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def delete(self, request: Request, product_id: str) -> Response:
        """Take it off, with all that was chosen of it unless a sku is named."""
        user = customer_of(request)
        sku = request.query_params.get("sku", "").replace("\x00", "")[:64]
        remove_wish(user=user, wish=Wish(product_id, sku or None), actor=actor_for(user_id=user.pk), at=now())
        return Response(status=204)


class WishMove(CustomerView):
    """The way of a wish into the cart."""

    @extend_schema(
        operation_id="moveWishToCart",
        summary="Put a product of your wishlist in your cart",
        tags=["Wishlist"],
        request=MoveWishSerializer,
        responses={
            200: CartSerializer,
            400: ErrorSerializer,
            401: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
        },
    )
    def post(self, request: Request, product_id: str) -> Response:
        """Put one piece in the cart, take the wish off the list, and return the cart."""
        body = MoveWishSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = customer_of(request)
        wish = Wish(product_id, body.validated_data.get("sku"))
        cart = move_wish(user=user, wish=wish, actor=actor_for(user_id=user.pk), at=now())
        return Response(cart_json(price_cart(cart, currency=settings.SHOP_CURRENCY)))
