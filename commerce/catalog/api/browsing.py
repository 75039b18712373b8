from __future__ import annotations

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commerce.catalog.api.asking import FilterQuerySerializer, read_query
from commerce.catalog.api.keeping import BRIEFLY, keep_briefly
from commerce.catalog.api.shapes import MoneySerializer, NamedSlugSerializer, ProductSerializer
from commerce.catalog.models import Product
from commerce.catalog.services import Facets, Suggestions, count_facets, find_related, suggest
from commerce.money import Money, money
from zuka.platform.answers import Answer
from zuka.platform.errors import ErrorSerializer


class FacetValueSerializer(Answer, serializers.Serializer[Any]):
    """A value of a filter: what its parameter takes, its name, and how many products would be left."""

    value = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class FacetValuesSerializer(Answer, serializers.Serializer[Any]):
    """For each parameter its values; counts leave the parameter's own filter out. A chosen value may count 0."""

    category = FacetValueSerializer(many=True, help_text="In the order of the tree, with what is below.")
    brand = FacetValueSerializer(many=True)
    gender = FacetValueSerializer(many=True)
    size = FacetValueSerializer(many=True, help_text="From small to large.")
    colour = FacetValueSerializer(many=True)
    tags = FacetValueSerializer(many=True)
    min_rating = FacetValueSerializer(many=True)
    on_sale = FacetValueSerializer(many=True)
    in_stock = FacetValueSerializer(many=True)


class PriceBoundsSerializer(Answer, serializers.Serializer[Any]):
    """The lowest and the highest price there is, whatever prices were asked for."""

    lowest = MoneySerializer()
    highest = MoneySerializer()


class FacetsSerializer(Answer, serializers.Serializer[Facets]):
    """What the filters of a list offer."""

    count = serializers.IntegerField(help_text="Products that fit every filter.")
    did_you_mean = serializers.CharField(
        source="meant",
        allow_null=True,
        help_text="The words searched for instead, where `q` is found nowhere.",
    )
    price = serializers.SerializerMethodField(help_text="Null without products.")
    values = FacetValuesSerializer()

    @extend_schema_field(PriceBoundsSerializer(allow_null=True))
    def get_price(self, facets: Facets) -> dict[str, Money] | None:
        """Return the bounds of prices."""
        if facets.lowest_kobo is None or facets.highest_kobo is None:
            return None
        currency = settings.SHOP_CURRENCY
        return {"lowest": money(facets.lowest_kobo, currency), "highest": money(facets.highest_kobo, currency)}


class ProductFacets(APIView):
    """What filters would leave, for the side of a list; counts may be a minute old, in a large catalogue ten."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="readProductFacets",
        summary="Count what each filter would leave",
        tags=["Catalogue"],
        parameters=[FilterQuerySerializer],
        responses={200: FacetsSerializer, 400: ErrorSerializer},
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """Return the facets of the products that the filters leave."""
        wanted = read_query(request, FilterQuerySerializer).wanted()
        facets = keep_briefly("facets", wanted, make=lambda: FacetsSerializer(count_facets(wanted)).data)
        return Response(facets, headers=BRIEFLY)


class SuggestedProductSerializer(Answer, serializers.ModelSerializer[Product]):
    """A product as the search box shows it."""

    id = serializers.CharField(source="public_id", read_only=True)
    price = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = ["id", "slug", "name", "image_url", "price"]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_price(self, product: Product) -> Money:
        """Return what it costs now."""
        return money(product.current_price_kobo, product.currency)


class SuggestionsSerializer(Answer, serializers.Serializer[Suggestions]):
    """At most ten things that fit what was typed so far, best first."""

    did_you_mean = serializers.CharField(
        source="meant", allow_null=True, help_text="The words these are for, where `q` is found nowhere."
    )
    products = SuggestedProductSerializer(many=True)
    categories = NamedSlugSerializer(many=True)
    brands = NamedSlugSerializer(many=True)


class SuggestionQuerySerializer(serializers.Serializer[Any]):
    """What is in the search box."""

    q = serializers.CharField(max_length=100, allow_blank=True, help_text="The last word may be its beginning.")


class SearchSuggestions(APIView):
    """What the search box offers while somebody types."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="suggestSearches",
        summary="Suggest products, categories and brands",
        tags=["Catalogue"],
        parameters=[SuggestionQuerySerializer],
        responses={200: SuggestionsSerializer, 400: ErrorSerializer},
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """Return what fits; nothing for a blank text."""
        query = SuggestionQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        typed = " ".join(query.validated_data["q"].lower().split())
        found = keep_briefly("suggestions", typed, make=lambda: SuggestionsSerializer(suggest(typed)).data)
        return Response(found, headers=BRIEFLY)


class RelatedProducts(APIView):
    """What goes with a product: what others bought with it, then what is like it; what is in stock first."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="listRelatedProducts",
        summary="List what goes with a product",
        tags=["Catalogue"],
        responses={200: ProductSerializer(many=True), 404: ErrorSerializer},
        auth=[],
    )
    def get(self, _request: Request, slug: str) -> Response:
        """Return up to twelve published products, never the product itself."""
        product = get_object_or_404(Product.objects.published(), slug=slug)
        return Response(ProductSerializer(find_related(product), many=True).data, headers=BRIEFLY)
