from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from commerce.catalog.models import Brand, Category, Product, ProductImage, ProductVariant
from commerce.money import Money, money
from zuka.platform.answers import Answer
from zuka.platform.pictures.serializers import PictureOf, PictureSerializer
from zuka.platform.pictures.sizes import picture_json


class MoneySerializer(Answer, serializers.Serializer[Money]):
    """An amount: exact kobo, its currency, and the text to show."""

    kobo = serializers.IntegerField(help_text="Hundredths of the currency.")
    currency = serializers.CharField(help_text="ISO 4217.")
    display = serializers.CharField(help_text="For people, for example ₦5,500.00.")


class CategorySerializer(Answer, serializers.ModelSerializer[Category]):
    """A category; `parent` is the slug of the one above it."""

    parent: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)
    image = PictureOf(source="image_url")

    class Meta:
        model = Category
        fields = ["slug", "name", "description", "parent", "image_url", "image", "display_order"]
        read_only_fields = fields


class BrandSerializer(Answer, serializers.ModelSerializer[Brand]):
    """A brand."""

    logo = PictureOf(source="logo_url")

    class Meta:
        model = Brand
        fields = ["slug", "name", "description", "logo_url", "logo"]
        read_only_fields = fields


class NamedSlugSerializer(Answer, serializers.Serializer[Any]):
    """A category or brand, as a product names it."""

    slug = serializers.SlugField()
    name = serializers.CharField()


class ProductSerializer(Answer, serializers.ModelSerializer[Product]):
    """A product in a list. `id` is its public id, which tracked events name as `product_id`."""

    id = serializers.CharField(source="public_id", read_only=True)
    category = NamedSlugSerializer(read_only=True)
    brand = NamedSlugSerializer(read_only=True, allow_null=True)
    price = serializers.SerializerMethodField(help_text="What it costs now.")
    regular_price = serializers.SerializerMethodField(help_text="What it costs when it is not on sale.")
    on_sale = serializers.BooleanField(read_only=True)
    in_stock = serializers.SerializerMethodField()
    image = PictureOf(source="image_url")
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
            "image",
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


class VariantSerializer(Answer, serializers.ModelSerializer[ProductVariant]):
    """A size and colour; orders name it by `sku`."""

    price = serializers.SerializerMethodField()
    in_stock = serializers.SerializerMethodField()
    image = PictureOf(source="image_url")

    class Meta:
        model = ProductVariant
        fields = ["sku", "size", "colour", "price", "in_stock", "image_url", "image"]
        read_only_fields = fields

    @extend_schema_field(MoneySerializer)
    def get_price(self, variant: ProductVariant) -> Money:
        """Return what one piece costs now."""
        return money(variant.unit_price_kobo, variant.product.currency)

    def get_in_stock(self, variant: ProductVariant) -> bool:
        """Say whether a piece can be ordered now."""
        return variant.stock_available > 0


class ImageSerializer(PictureSerializer):
    """A picture of a product's gallery."""

    alt = serializers.CharField()

    def to_representation(self, instance: ProductImage) -> dict[str, Any]:
        """Return the picture with its words."""
        return {**(picture_json(instance.url) or {}), "alt": instance.alt}


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
