from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from commerce.catalog.api.asking import ORDERINGS, ProductQuerySerializer, read_query
from commerce.catalog.api.shapes import BrandSerializer, CategorySerializer, ProductDetailSerializer, ProductSerializer
from commerce.catalog.models import STARS, Brand, Category, Product
from commerce.catalog.services import ProductFilter, find_products
from zuka.platform.errors import ErrorSerializer
from zuka.platform.pages import WholeOrderPages


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
    """Published products that fit every filter: newest first, or the best matches of `q`, unless told otherwise."""

    permission_classes = [AllowAny]
    serializer_class = ProductSerializer
    pagination_class = ProductPages
    queryset = Product.objects.none()
    asked: dict[str, Any]

    def get_queryset(self) -> QuerySet[Product]:
        """Return the products that were asked for."""
        query = read_query(self.request, ProductQuerySerializer)
        self.asked = query.validated_data
        products = find_products(query.wanted())
        return products.annotate(stars=STARS) if self.asked["ordering"] == "rating" else products


@extend_schema_view(
    get=extend_schema(
        operation_id="getProduct",
        summary="Read a product",
        tags=["Catalogue"],
        responses={200: ProductDetailSerializer, 404: ErrorSerializer},
        auth=[],
    )
)
class ProductDetail(generics.RetrieveAPIView[Product]):
    """One published product with its variants and pictures."""

    permission_classes = [AllowAny]
    serializer_class = ProductDetailSerializer
    lookup_field = "slug"
    queryset = Product.objects.none()

    def get_queryset(self) -> QuerySet[Product]:
        """Return what can be seen: published products."""
        return find_products(ProductFilter()).prefetch_related("variants", "images")


@extend_schema_view(
    get=extend_schema(
        operation_id="listCategories",
        summary="List categories",
        tags=["Catalogue"],
        responses={200: CategorySerializer(many=True)},
        auth=[],
    )
)
class CategoryList(generics.ListAPIView[Category]):
    """All active categories at once, in the order they are shown; `parent` makes the tree."""

    permission_classes = [AllowAny]
    serializer_class = CategorySerializer
    pagination_class = None
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
class BrandList(generics.ListAPIView[Brand]):
    """All active brands at once, by name."""

    permission_classes = [AllowAny]
    serializer_class = BrandSerializer
    pagination_class = None
    queryset = Brand.objects.active()
