from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from commerce.catalog.models import Product, ProductStatus
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
LIST = "/api/v1/products/"


@pytest.fixture
def shelf(db: None) -> dict[str, Product]:
    """A gown in red M and blue S, a cap in red S that is sold out, and a bag."""
    gown = ProductFactory.create(
        name="Gown",
        brand=BrandFactory.create(slug="lagos", name="Lagos House"),
        category=CategoryFactory.create(slug="gowns", name="Gowns"),
        gender="women",
        tags=["ankara", "owambe"],
        rating_average=Decimal("4.50"),
        rating_count=2,
    )
    cap = ProductFactory.create(
        name="Cap", brand=BrandFactory.create(slug="kano", name="Kano Caps"), gender="men", tags=["gift"]
    )
    bag = ProductFactory.create(name="Bag", brand=None, price_kobo=900_000, rating_average=Decimal(3), rating_count=1)
    VariantFactory.create(product=gown, size="M", colour="Red")
    VariantFactory.create(product=gown, size="S", colour="Blue", stock_on_hand=0)
    VariantFactory.create(product=cap, size="S", colour="Red", stock_on_hand=2, stock_reserved=2)
    VariantFactory.create(product=bag, size="Red, large", active=True)
    VariantFactory.create(product=bag, size="XL", colour="Gold", active=False)
    return {"gown": gown, "cap": cap, "bag": bag}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"brand": "lagos,kano"}, ["Cap", "Gown"]),
        ({"brand": ["lagos", "kano"]}, ["Cap", "Gown"]),
        ({"gender": "men, women"}, ["Cap", "Gown"]),
        ({"gender": "men,women", "brand": "lagos"}, ["Gown"]),
        ({"size": "S"}, ["Cap", "Gown"]),
        ({"colour": "Red"}, ["Cap", "Gown"]),
        ({"size": "S", "colour": "Red"}, ["Cap"]),
        ({"size": "S,M", "colour": "Blue"}, ["Gown"]),
        ({"size": "XL"}, []),
        ({"size": "Red, large"}, ["Bag"]),
        ({"size": "S", "in_stock": "true"}, []),
        ({"size": "S,M", "in_stock": "true"}, ["Gown"]),
        ({"in_stock": "true"}, ["Bag", "Gown"]),
        ({"in_stock": "false"}, ["Cap"]),
        ({"min_rating": "4"}, ["Gown"]),
        ({"min_rating": "3"}, ["Bag", "Gown"]),
        ({"tags": "owambe,gift"}, ["Cap", "Gown"]),
        ({"tags": "nothing"}, []),
        ({"ordering": "rating"}, ["Gown", "Bag", "Cap"]),
    ],
)
def test_filters(shelf: dict[str, Product], names: Any, query: dict[str, Any], expected: list[str]) -> None:
    assert names(**query) == expected


def test_products_by_id_or_slug_are_on_one_page_and_gone_ones_left_out(shelf: dict[str, Product], names: Any) -> None:
    hidden = ProductFactory.create(status=ProductStatus.ARCHIVED)

    asked = [shelf["gown"].public_id, shelf["cap"].slug, hidden.slug, "p_gone"]

    assert names(ids=",".join(asked)) == ["Cap", "Gown"]
    assert names(ids=asked, page_size=1) == ["Cap", "Gown"]
    assert names(ids="") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"brand": "no such; slug"}, "brand"),
        ({"gender": "men,cats"}, "gender"),
        ({"size": "x" * 41}, "size"),
        ({"colour": "a\x00b"}, "colour"),
        ({"tags": ",".join(map(str, range(51)))}, "tags"),
        ({"min_rating": "6"}, "min_rating"),
        ({"min_rating": "good"}, "min_rating"),
        ({"in_stock": "perhaps"}, "in_stock"),
        ({"min_price": "10", "max_price": "9"}, "max_price"),
        ({"ordering": "relevance"}, "ordering"),
        ({"ids": "a b"}, "ids"),
        ({"q": "a\x00b"}, "q"),
    ],
)
def test_bad_values_name_their_parameter(client: Client, query: dict[str, str], field: str) -> None:
    answer = client.get(LIST, query)

    assert (answer.status_code, answer.json()["field"]) == (400, field)


@pytest.mark.parametrize("ordering", ["newest", "price", "-price", "popular", "rating", "relevance"])
def test_pages_hold_each_product_once_however_many_share_a_place(client: Client, ordering: str) -> None:
    for number in range(7):
        ProductFactory.create(name=f"Gown {number}", price_kobo=300 if number % 2 else 100)
    query = {"ordering": ordering, "page_size": "2", "q": "gown"}

    answer = client.get(LIST, query).json()
    seen = [row["name"] for row in answer["results"]]
    while answer["next"]:
        answer = client.get(answer["next"]).json()
        seen += [row["name"] for row in answer["results"]]

    assert sorted(seen) == [f"Gown {number}" for number in range(7)]


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WyJhIl0", "W10", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OV0x", "W1tdXQ"])
def test_a_cursor_nobody_was_given_is_not_found(client: Client, cursor: str) -> None:
    assert client.get(LIST, {"cursor": cursor}).status_code == 404
