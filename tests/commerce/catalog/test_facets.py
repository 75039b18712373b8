from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.commerce.catalog.test_filters import shelf
from tests.commerce.factories import CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
__all__ = ["shelf"]
FACETS = "/api/v1/products/facets/"


def read(client: Client, **query: Any) -> Any:
    answer = client.get(FACETS, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def counts(answer: Any, name: str) -> dict[str, int]:
    return {each["value"]: each["count"] for each in answer["values"][name]}


def test_facets_of_everything(client: Client, shelf: Any) -> None:
    answer = read(client)

    others = {shelf[name].category.slug: 1 for name in ("cap", "bag")}
    assert answer == {
        "count": 3,
        "did_you_mean": None,
        "price": {
            "lowest": {"kobo": 200_000, "currency": "NGN", "display": "₦2,000.00"},
            "highest": {"kobo": 900_000, "currency": "NGN", "display": "₦9,000.00"},
        },
        "values": answer["values"],
    }
    assert counts(answer, "category") == {"gowns": 1, **others}
    assert answer["values"]["brand"] == [
        {"value": "kano", "name": "Kano Caps", "count": 1},
        {"value": "lagos", "name": "Lagos House", "count": 1},
    ]
    assert counts(answer, "gender") == {"men": 1, "unisex": 1, "women": 1}
    assert list(counts(answer, "size").items()) == [("S", 2), ("M", 1), ("Red, large", 1)]
    assert counts(answer, "colour") == {"Red": 2, "Blue": 1}
    assert counts(answer, "tags") == {"ankara": 1, "gift": 1, "owambe": 1}
    assert counts(answer, "min_rating") == {"4": 1, "3": 2, "2": 2}
    assert (counts(answer, "on_sale"), counts(answer, "in_stock")) == ({"true": 0}, {"true": 2})


def test_the_counts_of_a_facet_leave_its_own_filter_out(client: Client, shelf: Any) -> None:
    answer = read(client, brand="lagos")
    assert (answer["count"], counts(answer, "brand")) == (1, {"kano": 1, "lagos": 1})
    assert counts(answer, "size") == {"S": 1, "M": 1}

    answer = read(client, max_price="3000", gender="men")
    assert (answer["count"], counts(answer, "gender")) == (1, {"men": 1, "women": 1})
    assert (answer["price"]["lowest"]["kobo"], answer["price"]["highest"]["kobo"]) == (200_000, 200_000)
    assert counts(answer, "min_rating") == {"4": 0, "3": 0, "2": 0}

    answer = read(client, size="S")
    assert (answer["count"], counts(answer, "size")) == (2, {"S": 2, "M": 1, "Red, large": 1})
    assert counts(answer, "colour") == {"Blue": 1, "Red": 1}

    answer = read(client, in_stock="true")
    assert counts(answer, "size") == {"M": 1, "Red, large": 1}
    assert counts(read(client, in_stock="false"), "size") == {"S": 1}


def test_a_chosen_value_stays_though_nothing_has_it(client: Client, shelf: Any) -> None:
    answer = read(client, colour="Pink", q="gown")

    assert (answer["count"], answer["price"]) == (0, None)
    assert counts(answer, "colour") == {"Red": 1, "Blue": 1, "Pink": 0}


def test_a_category_counts_what_is_below_it_and_keeps_its_neighbours(client: Client) -> None:
    women = CategoryFactory.create(slug="women")
    gowns = CategoryFactory.create(
        slug="gowns", parent=CategoryFactory.create(slug="hidden", parent=women, active=False)
    )
    ProductFactory.create(category=gowns)
    ProductFactory.create(category=women)
    ProductFactory.create(category=CategoryFactory.create(slug="men"))

    answer = read(client, category="gowns")

    assert (answer["count"], counts(answer, "category")) == (1, {"women": 2, "gowns": 1, "men": 1})


def test_sizes_go_from_small_to_large(client: Client) -> None:
    for size in ("42", "XL", "One size", "S", "8", "M"):
        VariantFactory.create(size=size)

    assert list(counts(read(client), "size")) == ["S", "M", "XL", "8", "42", "One size"]


@pytest.mark.parametrize("rows", [1, 3])
def test_facets_take_eleven_queries_and_none_when_asked_again(
    client: Client, django_assert_num_queries: Any, rows: int
) -> None:
    for row in range(rows):
        VariantFactory.create(size=f"{row}", colour=f"{row}")

    with django_assert_num_queries(11):
        answer = client.get(FACETS)
    with django_assert_num_queries(0):
        assert client.get(FACETS).json() == answer.json()
    assert answer["Cache-Control"] == "public, max-age=60"


def test_bad_values_name_their_parameter(client: Client) -> None:
    answer = client.get(FACETS, {"gender": "cats"})

    assert (answer.status_code, answer.json()["field"]) == (400, "gender")
