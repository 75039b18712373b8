from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from commerce.catalog.models import Product, ProductImage, ProductStatus
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
LIST = "/api/v1/products/"


def names(client: Client, **query: Any) -> list[str]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_list_shows_a_product_without_its_secrets(client: Client) -> None:
    brand = BrandFactory.create()
    product = ProductFactory.create(name="Ankara gown", brand=brand, sale_price_kobo=150_000, tags=["ankara"])
    VariantFactory.create(product=product)

    assert client.get(LIST).json()["results"] == [
        {
            "id": product.public_id,
            "sku": product.sku,
            "slug": product.slug,
            "name": "Ankara gown",
            "short_description": "",
            "category": {"slug": product.category.slug, "name": product.category.name},
            "brand": {"slug": brand.slug, "name": brand.name},
            "gender": "unisex",
            "price": {"kobo": 150_000, "currency": "NGN", "display": "₦1,500.00"},
            "regular_price": {"kobo": 200_000, "currency": "NGN", "display": "₦2,000.00"},
            "on_sale": True,
            "in_stock": True,
            "image_url": None,
            "image": None,
            "tags": ["ankara"],
            "featured": False,
            "new_arrival": False,
            "rating_average": None,
            "rating_count": 0,
        }
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_one_query(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    for _ in range(rows):
        VariantFactory.create()

    with django_assert_num_queries(1):
        assert len(client.get(LIST).json()["results"]) == rows


def test_list_filters(client: Client) -> None:
    women = CategoryFactory.create(slug="women")
    gowns = CategoryFactory.create(slug="gowns", parent=women)
    lagos = BrandFactory.create(slug="lagos", name="Lagos House")
    ProductFactory.create(name="Gown", category=gowns, brand=lagos, price_kobo=500_000, gender="women", tags=["ankara"])
    ProductFactory.create(name="Cap", price_kobo=100_000, sale_price_kobo=80_000, gender="men")
    ProductFactory.create(name="Draft", status=ProductStatus.DRAFT)

    assert names(client, category="women") == ["Gown"]
    assert names(client, category="nothing") == []
    assert names(client, brand="lagos") == ["Gown"]
    assert names(client, gender="men") == ["Cap"]
    assert names(client, min_price="800.00", max_price="800") == ["Cap"]
    assert names(client, max_price="799.99") == []
    assert names(client, on_sale="true") == ["Cap"]
    assert names(client, on_sale="false") == ["Gown"]
    assert names(client, q="gow") == ["Gown"]
    assert names(client, q="lagos ankara") == ["Gown"]
    assert names(client, q="lagos cap") == []


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("newest", ["C", "B", "A"]),
        ("price", ["B", "C", "A"]),
        ("-price", ["C", "A", "B"]),
        ("popular", ["C", "B", "A"]),
    ],
)
def test_pages_in_every_order_hold_each_product_once(client: Client, ordering: str, expected: list[str]) -> None:
    for name, price in (("A", 300), ("B", 100), ("C", 300)):
        ProductFactory.create(name=name, price_kobo=price)

    answer = client.get(LIST, {"ordering": ordering, "page_size": "1"}).json()
    seen = [answer["results"][0]["name"]]
    while answer["next"]:
        answer = client.get(answer["next"]).json()
        seen += [row["name"] for row in answer["results"]]

    assert seen == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"gender": "cats"}, "gender"),
        ({"min_price": "cheap"}, "min_price"),
        ({"max_price": "-1"}, "max_price"),
        ({"on_sale": "maybe"}, "on_sale"),
        ({"ordering": "cost_price_kobo"}, "ordering"),
        ({"category": "no such; slug"}, "category"),
        ({"q": "x" * 101}, "q"),
    ],
)
def test_bad_input_names_its_field(client: Client, query: dict[str, str], field: str) -> None:
    answer = client.get(LIST, query)

    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_detail_shows_variants_and_pictures(client: Client) -> None:
    product = ProductFactory.create(description="Long.")
    VariantFactory.create(product=product, sku="G-S", size="S", colour="red", stock_on_hand=0)
    VariantFactory.create(product=product, sku="G-M", size="M", price_kobo=250_000)
    VariantFactory.create(product=product, sku="G-L", size="L", active=False)
    ProductImage.objects.create(product=product, url="https://img.example/b.jpg", alt="Back", position=2)
    ProductImage.objects.create(product=product, url="https://img.example/a.jpg", alt="Front", position=1)

    body = client.get(f"{LIST}{product.slug}/").json()

    assert body["variants"] == [
        {
            "sku": "G-S",
            "size": "S",
            "colour": "red",
            "price": {"kobo": 200_000, "currency": "NGN", "display": "₦2,000.00"},
            "in_stock": False,
            "image_url": None,
            "image": None,
        },
        {
            "sku": "G-M",
            "size": "M",
            "colour": None,
            "price": {"kobo": 250_000, "currency": "NGN", "display": "₦2,500.00"},
            "in_stock": True,
            "image_url": None,
            "image": None,
        },
    ]
    assert body["images"] == [
        {"url": "https://img.example/a.jpg", "width": None, "height": None, "sizes": [], "alt": "Front"},
        {"url": "https://img.example/b.jpg", "width": None, "height": None, "sizes": [], "alt": "Back"},
    ]
    assert body["description"] == "Long."


def test_a_hidden_product_is_not_found(client: Client) -> None:
    product = ProductFactory.create(status=ProductStatus.ARCHIVED)

    answer = client.get(f"{LIST}{product.slug}/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Product.objects.count() == 1


def test_categories_and_brands(client: Client) -> None:
    top = CategoryFactory.create(slug="women", name="Women", display_order=2)
    CategoryFactory.create(slug="gowns", name="Gowns", parent=top, display_order=1)
    CategoryFactory.create(active=False)
    BrandFactory.create(slug="b", name="Beta")
    BrandFactory.create(slug="a", name="Alpha")
    BrandFactory.create(active=False)

    categories = client.get("/api/v1/categories/").json()
    brands = client.get("/api/v1/brands/").json()

    assert [(row["slug"], row["parent"]) for row in categories] == [("gowns", "women"), ("women", None)]
    assert [row["slug"] for row in brands] == ["a", "b"]


@pytest.mark.parametrize("rows", [1, 3])
def test_categories_take_one_query(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    for _ in range(rows):
        CategoryFactory.create(parent=CategoryFactory.create(active=False))

    with django_assert_num_queries(1):
        assert len(client.get("/api/v1/categories/").json()) == rows
