"""What filters count is what a naive count finds, product by product, whatever the catalogue and the wish are."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from commerce.catalog.indexes import ProductSearch
from commerce.catalog.models import Category, Product, ProductVariant
from commerce.catalog.services import ProductFilter, count_facets, find_products
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
SIZES, COLOURS, TAGS = ("S", "M", "L"), ("red", "blue", "", None), ("gift", "new", "old")


def fill(dice: random.Random) -> None:
    """Make a catalogue with hidden shelves, products and variants, tags named twice, and what is sold out."""
    top = [CategoryFactory.create(slug=f"top-{each}") for each in range(2)]
    shelves = [CategoryFactory.create(slug=f"c-{each}", parent=dice.choice(top), active=each > 0) for each in range(4)]
    brands = [None, *(BrandFactory.create(slug=f"b-{each}", active=each > 0) for each in range(3))]
    for number in range(30):
        product = ProductFactory.create(
            category=dice.choice([*top, *shelves]),
            brand=dice.choice(brands),
            gender=dice.choice(["men", "women", "kids", "unisex"]),
            status=dice.choice(["published", "published", "published", "draft"]),
            price_kobo=dice.randrange(1, 9) * 100_000,
            sale_price_kobo=dice.choice([None, 50_000]),
            rating_average=dice.choice([None, Decimal(2), Decimal("4.5")]),
            tags=dice.choices(TAGS, k=dice.randrange(4)),
        )
        places = [(size, colour) for size in (*SIZES, "", None) for colour in COLOURS]
        for size, colour in dice.sample(places, dice.randrange(5)):
            VariantFactory.create(
                product=product,
                sku=f"{number}-{size}-{colour}",
                size=size,
                colour=colour,
                stock_on_hand=dice.randrange(2),
                active=dice.random() < 0.8,
            )
    # By other ways than one new row after the other.
    ProductVariant.objects.filter(size="L", colour="red").update(size="XL")
    ProductVariant.objects.filter(size="S", colour="").delete()
    ProductVariant.objects.filter(size="M", colour="blue").update(active=False)
    owner = Product.objects.order_by("pk")[0]
    moved = ProductVariant.objects.filter(size="XL").first()
    if moved:
        ProductVariant.objects.filter(pk=moved.pk).update(product=owner, size="42")


def wish(dice: random.Random) -> ProductFilter:
    """Return something to ask for; most fields are left open."""
    some: dict[str, Any] = {
        "category": dice.choice(["top-0", "c-0", "c-1"]),
        "brands": tuple(dice.sample(["b-0", "b-1", "b-2"], 2)),
        "genders": (dice.choice(["men", "women"]),),
        "sizes": tuple(dice.sample(SIZES, dice.choice([1, 2]))),
        "colours": (dice.choice(["red", "blue"]),),
        "tags": (dice.choice(TAGS),),
        "min_price_kobo": 300_000,
        "min_rating": Decimal(3),
        "on_sale": dice.choice([True, False]),
        "in_stock": dice.choice([True, False]),
    }
    return ProductFilter(**{name: some[name] for name in dice.sample(sorted(some), dice.randrange(4))})


def fits(product: Product, wanted: ProductFilter) -> bool:
    """Say the plain way whether the shop lists a product for a wish."""
    shelf: Category | None = product.category
    chain = set()
    while shelf:
        chain.add(shelf.slug)
        shelf = shelf.parent
    offered = [each for each in product.variants.all() if each.active]
    left = [each for each in offered if each.stock_available > 0]
    chosen = [
        each
        for each in (left if wanted.in_stock else offered)
        if (not wanted.sizes or each.size in wanted.sizes) and (not wanted.colours or each.colour in wanted.colours)
    ]
    brand = product.brand
    return all(
        (
            product.status == "published",
            product.category.active,
            brand is None or brand.active,
            wanted.category is None or wanted.category in chain,
            not wanted.brands or (brand is not None and brand.slug in wanted.brands),
            not wanted.genders or product.gender in wanted.genders,
            not (wanted.sizes or wanted.colours or wanted.in_stock) or chosen,
            wanted.in_stock is not False or not left,
            not wanted.tags or set(wanted.tags) & set(product.tags),
            wanted.min_price_kobo is None or product.current_price_kobo >= wanted.min_price_kobo,
            wanted.min_rating is None or (product.rating_average or 0) >= wanted.min_rating,
            wanted.on_sale is None or product.on_sale == wanted.on_sale,
        )
    )


def naive(wanted: ProductFilter, name: str, values: list[str]) -> dict[str, int]:
    """Return how many products each value would leave."""
    field = {"category": "category", "brand": "brands", "gender": "genders", "size": "sizes", "colour": "colours"}
    products = Product.objects.select_related("category__parent", "brand").prefetch_related("variants")
    sums: Counter[str] = Counter()
    for product in products:
        for value in values:
            asked: Any = {"min_rating": Decimal, "in_stock": bool, "on_sale": bool, "category": str}.get(name)
            with_it = wanted.without(field.get(name, name))
            with_it = ProductFilter(
                **{each: getattr(with_it, each) for each in ProductFilter.__slots__}
                | {field.get(name, name): asked(value) if asked else (value,)}
            )
            sums[value] += fits(product, with_it)
    return dict(sums)


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_those_of_a_naive_count(seed: int) -> None:
    dice = random.Random(seed)
    fill(dice)
    for _ in range(8):
        wanted = wish(dice)
        facets = count_facets(wanted)
        listed = set(find_products(wanted).values_list("pk", flat=True))
        assert listed == {each.pk for each in Product.objects.all() if fits(each, wanted)}, wanted
        assert facets.count == len(listed), wanted
        for name, found in facets.values.items():
            told = {each.value: each.count for each in found}
            assert told == naive(wanted, name, list(told)), (name, wanted)


def test_every_value_that_a_product_has_is_told() -> None:
    fill(random.Random(5))
    shown = [each for each in Product.objects.all() if fits(each, ProductFilter())]
    variants = [each for product in shown for each in product.variants.all() if each.active]
    values = count_facets(ProductFilter()).values

    assert {each.value for each in values["size"]} == {each.size for each in variants if each.size}
    assert {each.value for each in values["colour"]} == {each.colour for each in variants if each.colour}
    assert {each.value for each in values["tags"]} == {tag for product in shown for tag in product.tags}


def test_a_circle_of_categories_ends() -> None:
    one = CategoryFactory.create(slug="one")
    other = CategoryFactory.create(slug="other", parent=one)
    Category.objects.filter(pk=one.pk).update(parent=other)
    ProductFactory.create(category=one)

    counted = {each.value: each.count for each in count_facets(ProductFilter()).values["category"]}

    assert counted == {"one": 1, "other": 1}


def test_one_statement_that_makes_a_product_with_its_variants_is_indexed() -> None:
    model = VariantFactory.create(product=ProductFactory.create(sku="OLD", slug="old"), sku="OLD-1").product
    columns = "created_at, updated_at, name, description, short_description, status, gender, currency, price_kobo, tags"
    columns += ", low_stock_threshold, featured, new_arrival, rating_count, view_count, purchase_count, category_id"
    fresh = f"INSERT INTO commerce_product ({columns}, public_id, sku, slug) SELECT {columns}, 'p_x', 'X', 'x'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH made AS ({fresh} FROM commerce_product WHERE id = %s RETURNING id)"
            " INSERT INTO commerce_product_variant"
            " (created_at, updated_at, sku, size, colour, stock_on_hand, active, product_id)"
            " SELECT now(), now(), 'X-1', 'M', 'red', 1, true, id FROM made",
            [model.pk],
        )

    assert ProductSearch.objects.values_list("sizes", "colours").get(product__sku="X") == (["M"], ["red"])
