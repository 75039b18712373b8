from __future__ import annotations

import base64
import secrets
from collections.abc import Collection
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, IsNull

from commerce.columns import (
    Timestamped,
    choice_check,
    currency_check,
    currency_field,
    letters_index,
    not_negative_check,
    picture_field,
    positive_check,
)


def new_public_id() -> str:
    """Return a product's public id: `p_` and 12 random base32 letters (60 bits), the `product_ref` of events."""
    return "p_" + base64.b32encode(secrets.token_bytes(8)).decode().lower()[:12]


class Gender(models.TextChoices):
    """Whom a product is made for."""

    MEN = "men"
    WOMEN = "women"
    KIDS = "kids"
    UNISEX = "unisex"


class ProductStatus(models.TextChoices):
    """Whether the shop shows a product."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


# The rating to order by: what nobody has rated stands last.
STARS = Coalesce("rating_average", Decimal(0))


class CategoryQuerySet(models.QuerySet["Category"]):
    """Reads of the category tree."""

    def active(self) -> Self:
        """Categories that the shop shows."""
        return self.filter(active=True)

    def ids_within(self, slug: str) -> set[int]:
        """Return the ids of a category and of everything below it; empty for an unknown slug. One query."""
        rows = list(self.values_list("id", "parent_id", "slug"))
        found = {pk for pk, _, own in rows if own == slug}
        grown = True
        while grown:
            below = {pk for pk, parent, _ in rows if parent in found}
            grown = not below <= found
            found |= below
        return found


class Category(Timestamped):
    """A place in the catalogue's tree; a category without a parent is at the top."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True, default="")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    image_url = picture_field(null=True, blank=True)
    display_order = models.IntegerField(default=0)
    active = models.BooleanField(default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        db_table = "commerce_category"
        ordering = ["display_order", "name"]
        verbose_name_plural = "categories"
        constraints = [models.CheckConstraint(condition=~Q(parent=F("id")), name="category_not_its_own_parent")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a parent that is the category itself or lies below it."""
        if self.pk and self.parent_id in Category.objects.ids_within(self.slug):
            raise ValidationError({"parent": "A category cannot lie below itself."})


class BrandQuerySet(models.QuerySet["Brand"]):
    """Reads of brands."""

    def active(self) -> Self:
        """Brands that the shop shows."""
        return self.filter(active=True)


class Brand(Timestamped):
    """Who makes a product."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True, default="")
    logo_url = picture_field(null=True, blank=True)
    active = models.BooleanField(default=True)

    objects = BrandQuerySet.as_manager()

    class Meta:
        db_table = "commerce_brand"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def is_shown(product: str = "") -> Q:
    """Return the condition that the shop shows a product: of products, or of what leads to one by `product__`."""
    brands = Q(**{f"{product}brand": None}) | Q(**{f"{product}brand__active": True})
    return brands & Q(**{f"{product}status": ProductStatus.PUBLISHED, f"{product}category__active": True})


class ProductQuerySet(models.QuerySet["Product"]):
    """Reads of products."""

    def published(self) -> Self:
        """Products that the shop shows: published, in an active category, of an active brand or of none."""
        return self.filter(is_shown())

    def published_but(self, *, categories: Collection[int], brands: Collection[int]) -> Self:
        """The same products, where the ids of all hidden categories and brands are known: counts need no joins."""
        return self.filter(status=ProductStatus.PUBLISHED).exclude(category__in=categories).exclude(brand__in=brands)

    def with_availability(self) -> Self:
        """Add `stock_total`: pieces that can be ordered now, over the active variants."""
        variants = ProductVariant.objects.filter(product=OuterRef("pk"), active=True).order_by().values("product")
        total = Subquery(variants.annotate(total=Sum(F("stock_on_hand") - F("stock_reserved"))).values("total"))
        return self.annotate(stock_total=Coalesce(total, 0))


class Product(Timestamped):
    """What is sold. Stock and sizes are on its variants; ratings, views and purchases here are caches."""

    public_id = models.CharField(max_length=20, unique=True, default=new_public_id, editable=False)
    sku = models.CharField(max_length=64, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    short_description = models.CharField(max_length=500, blank=True, default="")
    status = models.CharField(max_length=10, choices=ProductStatus, default=ProductStatus.DRAFT)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="products")
    gender = models.CharField(max_length=10, choices=Gender, default=Gender.UNISEX)
    currency = currency_field()
    price_kobo = models.BigIntegerField()
    sale_price_kobo = models.BigIntegerField(null=True, blank=True)
    cost_price_kobo = models.BigIntegerField(null=True, blank=True)
    current_price_kobo = models.GeneratedField(
        expression=Coalesce("sale_price_kobo", "price_kobo"), output_field=models.BigIntegerField(), db_persist=True
    )
    on_sale = models.GeneratedField(
        expression=IsNull(F("sale_price_kobo"), False), output_field=models.BooleanField(), db_persist=True
    )
    tags = models.JSONField(default=list, blank=True)
    material = models.CharField(max_length=200, null=True, blank=True)
    care_instructions = models.TextField(null=True, blank=True)
    weight_grams = models.PositiveIntegerField(null=True, blank=True)
    dimensions = models.JSONField(null=True, blank=True)
    image_url = picture_field(null=True, blank=True)
    low_stock_threshold = models.PositiveIntegerField(default=5)
    featured = models.BooleanField(default=False)
    new_arrival = models.BooleanField(default=False)
    rating_average = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True, editable=False)
    rating_count = models.PositiveIntegerField(default=0, editable=False)
    view_count = models.PositiveBigIntegerField(default=0, editable=False)
    purchase_count = models.PositiveBigIntegerField(default=0, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        db_table = "commerce_product"
        indexes = [
            models.Index(fields=["status", "-id"], name="product_status_newest"),
            models.Index(fields=["current_price_kobo", "id"], name="product_current_price"),
            models.Index(fields=["-rating_average", "-id"], name="product_rating"),
            models.Index(
                F("purchase_count").desc(),
                F("id").desc(),
                condition=Q(status=ProductStatus.PUBLISHED),
                name="product_popular",
            ),
            models.Index(
                STARS.desc(),
                F("rating_count").desc(),
                F("id").desc(),
                condition=Q(status=ProductStatus.PUBLISHED),
                name="product_stars",
            ),
            # Counts of filters read the whole catalogue: from here, not from its wide rows.
            models.Index(
                fields=["id"],
                include=["category", "brand", "gender", "current_price_kobo", "on_sale", "rating_average"],
                condition=Q(status=ProductStatus.PUBLISHED),
                name="product_facets",
            ),
            letters_index("name", name="product_name_like"),
            GinIndex(fields=["tags"], opclasses=["jsonb_path_ops"], name="product_tags"),
        ]
        constraints = [
            positive_check("product", "price_kobo"),
            models.CheckConstraint(
                condition=Q(sale_price_kobo__gt=0) & Q(sale_price_kobo__lt=F("price_kobo")),
                name="product_sale_price_below_price",
                violation_error_message="The sale price must be lower than the price.",
            ),
            not_negative_check("product", "cost_price_kobo"),
            currency_check("product"),
            choice_check("product", "status", ProductStatus),
            choice_check("product", "gender", Gender),
            models.CheckConstraint(
                condition=Exact(Func(F("tags"), function="jsonb_typeof", output_field=models.TextField()), "array"),
                name="product_tags_list",
                violation_error_message="Tags must be a list.",
            ),
            models.CheckConstraint(
                condition=Q(rating_average__gte=1) & Q(rating_average__lte=5), name="product_rating_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VariantQuerySet(models.QuerySet["ProductVariant"]):
    """Reads of variants."""

    def active(self) -> Self:
        """Variants that the shop offers."""
        return self.filter(active=True)

    def low(self) -> Self:
        """Variants on offer of which so few can be ordered that their product's threshold says to get more."""
        left = F("stock_on_hand") - F("stock_reserved")
        offered = self.active().exclude(product__status=ProductStatus.ARCHIVED)
        return offered.filter(product__low_stock_threshold__gte=left)

    def for_sale(self) -> Self:
        """Variants that can be ordered, with their products, categories and brands loaded."""
        return self.active().filter(is_shown("product__")).select_related("product__category", "product__brand")


class ProductVariant(Timestamped):
    """A size and colour of a product, with its stock. A plain product has one variant without size and colour.

    Its own price, in the product's currency, replaces the product's price and sale price.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=64, unique=True)
    size = models.CharField(max_length=40, null=True, blank=True)
    colour = models.CharField(max_length=40, null=True, blank=True)
    price_kobo = models.BigIntegerField(null=True, blank=True)
    stock_on_hand = models.IntegerField(default=0)
    stock_reserved = models.IntegerField(default=0, db_default=0, editable=False)
    image_url = picture_field(null=True, blank=True)
    active = models.BooleanField(default=True)

    objects = VariantQuerySet.as_manager()

    class Meta:
        db_table = "commerce_product_variant"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "size", "colour"],
                nulls_distinct=False,
                name="product_variant_size_colour_unique",
                violation_error_message="This product already has a variant of this size and colour.",
            ),
            positive_check("product_variant", "price_kobo"),
            not_negative_check("product_variant", "stock_on_hand"),
            not_negative_check("product_variant", "stock_reserved"),
            models.CheckConstraint(
                condition=Q(stock_reserved__lte=F("stock_on_hand")),
                name="product_variant_reserved_within_stock",
                violation_error_message="Orders have reserved more pieces than that; ship or cancel them first.",
            ),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def stock_available(self) -> int:
        """Return the pieces that can be ordered now: on hand, less those of orders that are not shipped yet."""
        return self.stock_on_hand - self.stock_reserved

    @property
    def choice(self) -> str:
        """Return size and colour for people: `M, indigo`; empty for a plain product."""
        return ", ".join(filter(None, [self.size, self.colour]))

    @property
    def unit_price_kobo(self) -> int:
        """What one piece costs now, in kobo of the product's currency. Reads the product."""
        price: int = self.price_kobo or self.product.sale_price_kobo or self.product.price_kobo
        return price

    def snapshot(self) -> dict[str, Any]:
        """Return what an order keeps of this variant for ever: names as they are today. Reads the product."""
        product = self.product
        return {
            "public_id": product.public_id,
            "sku": self.sku,
            "slug": product.slug,
            "name": product.name,
            "category": product.category.name,
            "brand": product.brand.name if product.brand else None,
            "gender": product.gender,
            "size": self.size,
            "colour": self.colour,
            "image_url": self.image_url or product.image_url,
        }


class ProductImage(Timestamped):
    """One picture of a product beside its main one, shown in ascending `position`."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    url = picture_field()
    alt = models.CharField(max_length=200, blank=True, default="")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "commerce_product_image"
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.alt or self.url
