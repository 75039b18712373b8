"""The catalogue: categories, brands, products with variants, as unsaved rows, and as visitors see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.utils.text import slugify

from commerce.catalog.models import Brand, Category, Product, ProductImage, ProductStatus, ProductVariant
from zuka.demo.draws import random_for
from zuka.demo.tables.assortment import BRANDS, CARE, CATEGORIES, FAMILIES, Family
from zuka.demo.tables.looks import CATEGORY_LOOKS, detail_of, find_look

LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
STEP = 500
# Products come in no order, so that the newest ones are of all kinds.
MINUTES = 600
# Of products, how many are sold out; of sizes, how many are, and how many are that or low.
SOLD_OUT, SIZE_OUT, SIZE_LOW = 0.015, 0.06, 0.2


@dataclass(slots=True)
class Catalogue:
    """Rows that are not saved yet; `pulls` says how much each product is wanted, in the order of `products`."""

    categories: list[Category] = field(default_factory=list)
    brands: list[Brand] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    variants: list[ProductVariant] = field(default_factory=list)
    images: list[ProductImage] = field(default_factory=list)
    pulls: list[float] = field(default_factory=list)


def make_catalogue(*, seed: int, opened_at: datetime) -> Catalogue:
    """Return the whole catalogue as it was when the shop opened."""
    rng = random_for(seed, "catalogue")
    catalogue = Catalogue(brands=[make_brand(name, text, opened_at) for name, text in BRANDS])
    categories: dict[str, Category] = {}
    for order, (slug, name, above) in enumerate(CATEGORIES):
        parent = categories[above] if above else None
        categories[slug] = Category(
            slug=slug,
            name=name,
            parent=parent,
            image_url=CATEGORY_LOOKS[slug].url,
            display_order=order,
            created_at=opened_at,
        )
    catalogue.categories = list(categories.values())
    brands = {brand.name: brand for brand in catalogue.brands}
    for family in FAMILIES:
        for style in family.styles:
            product = make_product(rng, family, style, number=len(catalogue.products) + 1)
            product.category, product.brand = categories[family.category], brands[family.brand]
            product.created_at = opened_at - timedelta(minutes=rng.randrange(MINUTES))
            catalogue.products.append(product)
            catalogue.images.extend(make_images(family, style, product))
            catalogue.variants.extend(make_variants(rng, family, product, colour=style))
            catalogue.pulls.append(family.pull * rng.lognormvariate(0, 0.5))
    return catalogue


def make_brand(name: str, text: str, at: datetime) -> Brand:
    """Return an unsaved brand."""
    return Brand(slug=slugify(name), name=name, description=text, created_at=at)


def make_product(rng: Random, family: Family, style: str, *, number: int) -> Product:
    """Return an unsaved product without category and brand; prices are whole ₦500."""
    low, high = family.naira
    naira = round(rng.uniform(low, high) / STEP) * STEP
    sale = round(naira * rng.uniform(0.7, 0.85) / STEP) * STEP if rng.random() < 0.18 else None
    name = f"{style} {family.name}"
    return Product(
        public_id="p_" + "".join(rng.choices(LETTERS, k=12)),
        sku=f"ZK-{number:04d}",
        slug=slugify(name),
        name=name,
        short_description=f"{family.material}. {style}.",
        description=f"{name}: {family.material.lower()}, made in Nigeria. {CARE}",
        status=ProductStatus.PUBLISHED,
        gender=family.gender,
        price_kobo=naira * 100,
        sale_price_kobo=sale * 100 if sale and sale < naira else None,
        cost_price_kobo=round(naira * rng.uniform(0.42, 0.58)) * 100,
        tags=sorted({*slugify(family.name).split("-"), slugify(style), family.gender}),
        material=family.material,
        care_instructions=CARE,
        image_url=find_look(family.name, family.styles, style).url,
        weight_grams=rng.randrange(120, 1400, 10),
        featured=rng.random() < 0.1,
        new_arrival=rng.random() < 0.15,
    )


def make_images(family: Family, style: str, product: Product) -> Iterator[ProductImage]:
    """Yield the pictures beside a product's main one: its cloth from near, where it is made of cloth."""
    if detail := detail_of(find_look(family.name, family.styles, style)):
        alt = f"{product.name}: the material from near"
        yield ProductImage(product=product, url=detail.url, alt=alt, position=1, created_at=product.created_at)


def make_variants(rng: Random, family: Family, product: Product, *, colour: str) -> Iterator[ProductVariant]:
    """Yield a product's sizes; one variant without a size for what has none. A few products are sold out."""
    is_gone = rng.random() < SOLD_OUT
    for size in family.sizes or (None,):
        sku = f"{product.sku}-{slugify(size).upper()}" if size else f"{product.sku}-STD"
        yield ProductVariant(
            product=product,
            sku=sku,
            size=size,
            colour=colour,
            stock_on_hand=0 if is_gone else draw_stock(rng),
            created_at=product.created_at,
        )


def draw_stock(rng: Random) -> int:
    """Return the pieces of a size that can be ordered now: none of some, few of others, plenty of most."""
    chance = rng.random()
    if chance < SIZE_OUT:
        return 0
    return rng.randrange(1, 5) if chance < SIZE_LOW else rng.randrange(6, 70)


def save_catalogue(catalogue: Catalogue) -> None:
    """Save all rows, parents first."""
    for category in catalogue.categories:
        category.save(force_insert=True)
    Brand.objects.bulk_create(catalogue.brands)
    Product.objects.bulk_create(sorted(catalogue.products, key=lambda product: product.created_at))
    ProductVariant.objects.bulk_create(catalogue.variants)
    ProductImage.objects.bulk_create(catalogue.images)
