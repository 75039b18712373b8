from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from commerce.catalog.models import Brand, Category, Gender, Product, ProductImage, ProductVariant
from commerce.catalog.services import ProductFilter, find_products
from commerce.money import Money, money, naira_to_kobo
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import CursorPages

# Name in ?ordering= → columns; the first one leads the cursor, so it is never NULL.
ORDERINGS: dict[str, tuple[str, ...]] = {
    "newest": ("-id",),
    "price": ("current_price_kobo", "-id"),
    "-price": ("-current_price_kobo", "-id"),
    "popular": ("-purchase_count", "-id"),
}


class MoneySerializer(serializers.Serializer[Money]):
    """An amount: exact kobo, its currency, and the text to show."""

    kobo = serializers.IntegerField(help_text="Hundredths of the currency.")
    currency = serializers.CharField(help_text="ISO 4217.")
    display = serializers.CharField(help_text="For people, for example ₦5,500.00.")


class CategorySerializer(serializers.ModelSerializer[Category]):
    """A category; `parent` is the slug of the one above it."""

    parent: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)

    class Meta:
        model = Category
        fields = ["slug", "name", "description", "parent", "image_url", "display_order"]
        read_only_fields = fields


class BrandSerializer(serializers.ModelSerializer[Brand]):
    """A brand."""

    class Meta:
        model = Brand
        fields = ["slug", "name", "description", "logo_url"]
        read_only_fields = fields


class NamedSlugSerializer(serializers.Serializer[Any]):
    """A category or brand, as a product names it."""

    slug = serializers.SlugField()
    name = serializers.CharField()


class ProductSerializer(serializers.ModelSerializer[Product]):
    """A product in a list. `id` is its public id, which tracked events name as `product_id`."""

    id = serializers.CharField(source="public_id", read_only=True)
    category = NamedSlugSerializer(read_only=True)
    brand = NamedSlugSerializer(read_only=True, allow_null=True)
    price = serializers.SerializerMethodField(help_text="What it costs now.")
    regular_price = serializers.SerializerMethodField(help_text="What it costs when it is not on sale.")
    on_sale = serializers.BooleanField(read_only=True)
    in_stock = serializers.SerializerMethodField()
    tags = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Product
        fields = [
            "id",
            "sku",
            "slug",
            "name",
            "short_description",
            "category",
            "brand",
            "gender",
            "price",
            "regular_price",
            "on_sale",
            "in_stock",
            "image_url",
            "tags",
            "featured",
            "new_arrival",
            "rating_average",
            "rating_count",
        ]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_price(self, product: Product) -> Money:
        """Return the sale price where there is one, else the price."""
        return money(product.current_price_kobo, product.currency)

    @extend_schema_field(MoneySerializer)
    def get_regular_price(self, product: Product) -> Money:
        """Return the price without a sale."""
        return money(product.price_kobo, product.currency)

    def get_in_stock(self, product: Product) -> bool:
        """Say whether any variant can be ordered now; how many is not public."""
        stock: int = getattr(product, "stock_total", 0)
        return stock > 0


class VariantSerializer(serializers.ModelSerializer[ProductVariant]):
    """A size and colour; orders name it by `sku`."""

    price = serializers.SerializerMethodField()
    in_stock = serializers.SerializerMethodField()

    class Meta:
        model = ProductVariant
        fields = ["sku", "size", "colour", "price", "in_stock", "image_url"]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_price(self, variant: ProductVariant) -> Money:
        """Return what one piece costs now."""
        return money(variant.unit_price_kobo, variant.product.currency)

    def get_in_stock(self, variant: ProductVariant) -> bool:
        """Say whether a piece can be ordered now."""
        return variant.stock_available > 0


class ImageSerializer(serializers.ModelSerializer[ProductImage]):
    """A picture."""

    class Meta:
        model = ProductImage
        fields = ["url", "alt"]
        read_only_fields = fields


class ProductDetailSerializer(ProductSerializer):
    """A product with everything its page shows."""

    variants = serializers.SerializerMethodField()
    images = ImageSerializer(many=True, read_only=True)

    class Meta(ProductSerializer.Meta):
        fields = [
            *ProductSerializer.Meta.fields,
            "description",
            "material",
            "care_instructions",
            "weight_grams",
            "dimensions",
            "variants",
            "images",
        ]
        read_only_fields = fields

    @extend_schema_field(VariantSerializer(many=True))
    def get_variants(self, product: Product) -> list[dict[str, Any]]:
        """Return the variants on offer."""
        offered = [variant for variant in product.variants.all() if variant.active]
        return list(VariantSerializer(offered, many=True).data)


class ProductQuerySerializer(serializers.Serializer[Any]):
    """What a list of products may be asked for."""

    category = serializers.SlugField(required=False, help_text="Slug; everything below it is included.")
    brand = serializers.SlugField(required=False, help_text="Slug.")
    gender = serializers.ChoiceField(choices=Gender.choices, required=False)
    min_price = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, help_text="In naira, included."
    )
    max_price = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, help_text="In naira, included."
    )
    on_sale = serializers.BooleanField(required=False)
    q = serializers.CharField(max_length=100, required=False, allow_blank=True, help_text="Words in name, brand, tags.")
    ordering = serializers.ChoiceField(choices=list(ORDERINGS), default="newest")

    def wanted(self) -> ProductFilter:
        """Return the validated question as the service takes it."""
        asked = self.validated_data
        low, high = asked.get("min_price"), asked.get("max_price")
        return ProductFilter(
            category=asked.get("category"),
            brand=asked.get("brand"),
            gender=asked.get("gender"),
            min_price_kobo=None if low is None else naira_to_kobo(low),
            max_price_kobo=None if high is None else naira_to_kobo(high),
            on_sale=asked.get("on_sale"),
            words=asked.get("q"),
        )


class ProductPages(CursorPages):
    """Pages of products in the order that was asked for."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:  # noqa: ARG002
        """Return the columns of `?ordering=`, which the view has validated."""
        return ORDERINGS[request.query_params.get("ordering", "newest")]


def read_query(request: Request) -> ProductQuerySerializer:
    """Return the validated query of a list; bad input names its parameter."""
    # A dict, since an absent flag in a QueryDict would read as false.
    query = ProductQuerySerializer(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return query


@extend_schema_view(
    get=extend_schema(
        operation_id="listProducts",
        summary="List products",
        tags=["Catalogue"],
        parameters=[ProductQuerySerializer],
        responses={200: ProductSerializer(many=True), 400: ErrorSerializer},
        auth=[],
    )
)
class ProductList(generics.ListAPIView[Product]):
    """Published products, filtered, newest first unless another order is asked for."""

    permission_classes = [AllowAny]
    serializer_class = ProductSerializer
    pagination_class = ProductPages
    queryset = Product.objects.none()

    def get_queryset(self) -> QuerySet[Product]:
        """Return the products that were asked for."""
        return find_products(read_query(self.request).wanted())


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
