from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from commerce.catalog.models import Category, Product, ProductStatus, new_public_id
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


def test_public_ids_are_short_and_differ() -> None:
    ids = {new_public_id() for _ in range(1000)}

    assert len(ids) == 1000
    assert all(re.fullmatch(r"p_[a-z2-7]{12}", each) for each in ids)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"price_kobo": 0}, "product_price_kobo_positive"),
        ({"sale_price_kobo": 200_000}, "product_sale_price_below_price"),
        ({"sale_price_kobo": 0}, "product_sale_price_below_price"),
        ({"cost_price_kobo": -1}, "product_cost_price_kobo_not_negative"),
        ({"currency": "ngn"}, "product_currency"),
        ({"status": "sold"}, "product_status"),
        ({"gender": "cats"}, "product_gender"),
        ({"tags": {"a": 1}}, "product_tags_list"),
        ({"rating_average": 6}, "product_rating_1_to_5"),
    ],
)
def test_the_database_refuses_a_product(columns: dict[str, object], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        ProductFactory.create(**columns)


def test_a_product_has_one_plain_variant() -> None:
    product = ProductFactory.create()
    VariantFactory.create(product=product)

    with pytest.raises(IntegrityError, match="product_variant_size_colour_unique"):
        VariantFactory.create(product=product)


@pytest.mark.parametrize("stock", [(-1, 0), (-1, -1), (0, -1), (0, 1), (5, 6)])
def test_stock_is_never_negative_and_never_promised_twice(stock: tuple[int, int]) -> None:
    on_hand, reserved = stock
    with pytest.raises(IntegrityError, match=r"product_variant_(stock_.*_not_negative|reserved_within_stock)"):
        VariantFactory.create(stock_on_hand=on_hand, stock_reserved=reserved)


def test_what_is_reserved_is_not_available() -> None:
    product = ProductFactory.create()
    VariantFactory.create(product=product, stock_on_hand=5, stock_reserved=5)

    assert [each.stock_available for each in product.variants.all()] == [0]
    assert [each.stock_total for each in Product.objects.with_availability()] == [0]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("product", "variant", "price"),
    [
        ({}, {}, 200_000),
        ({"sale_price_kobo": 150_000}, {}, 150_000),
        ({"sale_price_kobo": 150_000}, {"price_kobo": 180_000}, 180_000),
    ],
)
def test_unit_price(product: dict[str, int], variant: dict[str, int], price: int) -> None:
    assert VariantFactory.create(product=ProductFactory.create(**product), **variant).unit_price_kobo == price


def test_generated_columns_follow_the_sale() -> None:
    plain, reduced = ProductFactory.create(), ProductFactory.create(sale_price_kobo=150_000)

    assert (plain.current_price_kobo, plain.on_sale) == (200_000, False)
    assert (reduced.current_price_kobo, reduced.on_sale) == (150_000, True)


def test_published_leaves_out_what_is_hidden() -> None:
    shown = ProductFactory.create()
    unbranded = ProductFactory.create(brand=None)
    ProductFactory.create(status=ProductStatus.DRAFT)
    ProductFactory.create(category=CategoryFactory.create(active=False))
    ProductFactory.create(brand=BrandFactory.create(active=False))

    assert list(Product.objects.published().order_by("id")) == [shown, unbranded]


def test_with_availability_sums_active_variants() -> None:
    product = ProductFactory.create()
    VariantFactory.create(product=product, size="S", stock_on_hand=2)
    VariantFactory.create(product=product, size="M", stock_on_hand=3)
    VariantFactory.create(product=product, size="L", stock_on_hand=5, active=False)
    ProductFactory.create()

    found = Product.objects.with_availability().order_by("id")
    assert [getattr(each, "stock_total", None) for each in found] == [5, 0]


def test_ids_within_a_category() -> None:
    top = CategoryFactory.create(slug="women")
    middle = CategoryFactory.create(parent=top)
    leaf = CategoryFactory.create(parent=middle)
    CategoryFactory.create(slug="men")

    assert Category.objects.ids_within("women") == {top.pk, middle.pk, leaf.pk}
    assert Category.objects.ids_within("nothing") == set()


def test_a_category_cannot_lie_below_itself() -> None:
    top = CategoryFactory.create()
    top.parent = CategoryFactory.create(parent=top)

    with pytest.raises(ValidationError, match="cannot lie below itself"):
        top.full_clean()
