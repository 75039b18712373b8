from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commerce.catalog.api.asking import ORDERINGS, ProductQuerySerializer, read_query
from commerce.catalog.api.keeping import (
    ASK_FIRST,
    BRIEFLY,
    MOMENT,
    MOMENTARILY,
    answer_unless_known,
    keep_briefly,
    keep_product,
)
from commerce.catalog.api.shapes import (
    BrandSerializer,
    CategorySerializer,
    ImageSerializer,
    MoneySerializer,
    NamedSlugSerializer,
    ProductDetailSerializer,
    ProductSerializer,
    VariantSerializer,
)
from commerce.catalog.models import STARS, Brand, Category, Product
from commerce.catalog.services import ProductFilter, find_products, product_version
from zuka.platform.errors import ErrorSerializer
from zuka.platform.pages import WholeOrderPages
from zuka.platform.pictures.sizes import SIZES

# A release that shows more, also of a variant or of pictures, does not read what the last one kept.
SHOWN = (ProductDetailSerializer, VariantSerializer, ImageSerializer, NamedSlugSerializer, MoneySerializer)
SHAPE = "+".join([str(name) for shown in SHOWN for name in shown().fields] + [f"{each.width}" for each in SIZES])
# What a list does not show, and need not read.
UNLISTED = (
    *("description", "care_instructions", "created_at", "updated_at"),
    *(f"{kind}__{column}" for kind in ("category", "brand") for column in ("description", "created_at", "updated_at")),
)


class ProductPages(WholeOrderPages):
    """Pages of products in the order that was asked for; products asked for by id are all on one."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:  # noqa: ARG002 - DRF's signature
        """Return the keys of the order."""
        return ORDERINGS[view.asked["ordering"]]

    def get_page_size(self, request: Request) -> int:
        """Return how many products a page has."""
        size: int = super().get_page_size(request) or self.page_size
        return self.max_page_size if "ids" in request.query_params else size


@extend_schema_view(
    get=extend_schema(
        operation_id="listProducts",
        summary="List and search products",
        tags=["Catalogue"],
        parameters=[ProductQuerySerializer],
        responses={200: ProductSerializer(many=True), 400: ErrorSerializer},
        auth=[],
    )
)
class ProductList(generics.ListAPIView[Product]):
    """Published products that fit every filter: newest first, or the best matches of `q`, unless told otherwise.

    An answer may be five seconds old: a crowd asks for the same few pages, and to make one takes ten times as long.
    """

    permission_classes = [AllowAny]
    serializer_class = ProductSerializer
    pagination_class = ProductPages
    queryset = Product.objects.none()
    asked: dict[str, Any]

    def get_queryset(self) -> QuerySet[Product]:
        """Return the products that were asked for."""
        query = read_query(self.request, ProductQuerySerializer)
        self.asked = query.validated_data
        products = find_products(query.wanted()).defer(*UNLISTED)
        return products.annotate(stars=STARS) if self.asked["ordering"] == "rating" else products

    def list(self, request: Request, *places: Any, **names: Any) -> Response:
        """Return the page that was asked for."""
        found = super().list
        kept = keep_briefly(
            "products",
            request.build_absolute_uri(),
            make=lambda: found(request, *places, **names).data,
            ages=MOMENT,
        )
        return Response(kept, headers=MOMENTARILY)


@extend_schema_view(
    get=extend_schema(
        operation_id="getProduct",
        summary="Read a product",
        tags=["Catalogue"],
        responses={200: ProductDetailSerializer, 404: ErrorSerializer},
        auth=[],
    )
)
class ProductDetail(APIView):
    """One published product with its variants and pictures."""

    permission_classes = [AllowAny]

    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Return the product as it is now, from the cache where it has not changed."""
        version = product_version(slug)
        if version is None:
            raise NotFound
        page = keep_product(version, shape=SHAPE, make=lambda: self.make(slug))
        return answer_unless_known(request, page, ASK_FIRST)

    def make(self, slug: str) -> dict[str, Any]:
        """Return what the product's page shows. Raises Http404 where it has just been hidden."""
        return dict(ProductDetailSerializer(get_object_or_404(whole_products(), slug=slug)).data)


@cache
def whole_products() -> QuerySet[Product]:
    """Return the published products with what their pages show. Put together once, as their versions are."""
    return find_products(ProductFilter()).prefetch_related("variants", "images")


class WholeList(generics.ListAPIView[Any]):
    """A short list, all of it at once; who has it already is told so."""

    permission_classes = [AllowAny]
    pagination_class = None

    def list(self, request: Request, *_places: Any, **_names: Any) -> Any:
        """Return the list with its ETag."""
        found = super().list
        kept = keep_briefly(request.path, "", make=lambda: found(request).data, ages=MOMENT)
        return answer_unless_known(request, kept, BRIEFLY)


@extend_schema_view(
    get=extend_schema(
        operation_id="listCategories",
        summary="List categories",
        tags=["Catalogue"],
        responses={200: CategorySerializer(many=True)},
        auth=[],
    )
)
class CategoryList(WholeList):
    """All active categories at once, in the order they are shown; `parent` makes the tree."""

    serializer_class = CategorySerializer
    queryset = Category.objects.active().select_related("parent")


@extend_schema_view(
    get=extend_schema(
        operation_id="listBrands",
        summary="List brands",
        tags=["Catalogue"],
        responses={200: BrandSerializer(many=True)},
        auth=[],
    )
)
class BrandList(WholeList):
    """All active brands at once, by name."""

    serializer_class = BrandSerializer
    queryset = Brand.objects.active()
