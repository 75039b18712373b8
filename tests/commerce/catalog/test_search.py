from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from commerce.catalog.indexes import ProductSearch, SearchWord
from commerce.catalog.models import Brand, Category, Product, ProductStatus
from commerce.catalog.services import refresh_search_words
from commerce.catalog.services.searching import words_of
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from zuka.platform.spelling import distance

pytestmark = pytest.mark.django_db
SUGGESTIONS = "/api/v1/search/suggestions/"


@pytest.fixture
def shelf(db: None) -> dict[str, Product]:
    """A gown, a cap and a bag whose words are known, and a draft."""
    women = CategoryFactory.create(slug="women", name="Women")
    shelf = {
        "gown": ProductFactory.create(
            name="Ankara gown",
            sku="ZK-ANK-1",
            category=CategoryFactory.create(slug="gowns", name="Gowns", parent=women),
            brand=BrandFactory.create(slug="eko", name="Èkó Threads"),
            tags=["owambe"],
        ),
        "cap": ProductFactory.create(name="Embroidered cap", short_description="Goes with any gown.", brand=None),
        "bag": ProductFactory.create(name="Ankara bag", brand=None),
    }
    ProductFactory.create(name="Ankara draft", status=ProductStatus.DRAFT)
    VariantFactory.create(product=shelf["bag"], sku="ZK-BAG-RED")
    refresh_search_words()
    return shelf


def suggestions(client: Client, text: str) -> Any:
    answer = client.get(SUGGESTIONS, {"q": text})
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ankara gown", ["Ankara gown"]),
        ("ankra gwon", ["Ankara gown"]),
        ("ANKARA", ["Ankara bag", "Ankara gown"]),
        ("ank", ["Ankara bag", "Ankara gown"]),
        ("gown", ["Ankara gown", "Embroidered cap"]),
        ("gowns", ["Ankara gown", "Embroidered cap"]),
        ("eko", ["Ankara gown"]),
        ("ÈKÓ thread", ["Ankara gown"]),
        ("women owambe", ["Ankara gown"]),
        ("ankr", ["Ankara bag", "Ankara gown"]),
        ("embroiderd", ["Embroidered cap"]),
        ("embrodiered", ["Embroidered cap"]),
        ("ankara -bag", ["Ankara gown"]),
        ('"ankara gown"', ["Ankara gown"]),
        ("cap or bag", ["Ankara bag", "Embroidered cap"]),
        ("zk-ank-1", ["Ankara gown"]),
        ("ZK-BAG-RED", ["Ankara bag"]),
        ("ankara trousers", []),
        ("draft", []),
        ("xylophone", []),
        ("'; DROP TABLE commerce_product; --", []),
        ("gown' | 'cap:*", ["Embroidered cap"]),
        ("& | ! ( ) : * \\ <-> % _", []),
    ],
)
def test_what_a_search_finds(shelf: Any, names: Any, text: str, expected: list[str]) -> None:
    assert sorted(names(q=text)) == expected


def test_the_best_matches_come_first(shelf: Any, names: Any) -> None:
    assert names(q="gown") == ["Ankara gown", "Embroidered cap"]
    assert names(q="gown", ordering="newest") == ["Embroidered cap", "Ankara gown"]


def test_the_sku_of_what_is_hidden_does_not_hide_what_is_called_like_it(shelf: Any, names: Any) -> None:
    ProductFactory.create(sku="GOWN", name="Sold last year", status=ProductStatus.ARCHIVED)

    assert "Ankara gown" in names(q="gown")


def test_a_blank_search_lists_everything(shelf: Any, names: Any) -> None:
    assert names(q="  ") == ["Ankara bag", "Embroidered cap", "Ankara gown"]


def test_what_was_meant_is_told(client: Client, shelf: Any) -> None:
    facets = client.get("/api/v1/products/facets/", {"q": "ankra gwon"}).json()

    assert (facets["count"], facets["did_you_mean"]) == (1, "ankara gown")
    assert client.get("/api/v1/products/facets/", {"q": "gown"}).json()["did_you_mean"] is None


def test_a_product_is_found_by_what_it_is_now(shelf: dict[str, Product], names: Any) -> None:
    Product.objects.filter(pk=shelf["cap"].pk).update(name="Velvet hat", short_description="")
    Brand.objects.filter(slug="eko").update(name="Lagos Island")
    Category.objects.filter(slug="women").update(name="Ladies")
    Product.objects.bulk_create(
        [Product(sku="N", slug="n", name="Raffia fan", category=Category.objects.first(), price_kobo=1)]
    )

    found = {text: names(q=text) for text in ("hat", "embroidered", "island", "eko", "ladies", "women")}

    assert found == {
        "hat": ["Velvet hat"],
        "embroidered": [],
        "island": ["Ankara gown"],
        "eko": [],
        "ladies": ["Ankara gown"],
        "women": [],
    }
    assert {"fan", "raffia"} <= set(ProductSearch.objects.get(product__sku="N").words)


def test_words_are_those_of_what_is_shown_and_are_counted_anew(shelf: dict[str, Product]) -> None:
    shelf["cap"].delete()
    shelf["gown"].save()

    assert refresh_search_words() == refresh_search_words() == SearchWord.objects.count()
    assert dict(SearchWord.objects.values_list("word", "products")) == {
        "ankara": 2,
        "bag": 1,
        "category": 1,
        "eko": 1,
        "gown": 1,
        "gowns": 1,
        "owambe": 1,
        "threads": 1,
        "women": 1,
    } | {word: 1 for word in words_of(shelf["bag"].category.name) if len(word) > 2}


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [
        ("gown", "gown", 0),
        ("gwon", "gown", 1),
        ("ankra", "ankara", 1),
        ("cat", "cut", 1),
        ("", "ab", 2),
        ("abc", "ca", 3),
    ],
)
def test_distance_counts_swapped_neighbours_once(one: str, other: str, letters: int) -> None:
    assert (distance(one, other), distance(other, one)) == (letters, letters)


def test_suggestions(client: Client, shelf: dict[str, Product]) -> None:
    gown = shelf["gown"]

    assert suggestions(client, " Gow ") == {
        "did_you_mean": None,
        "products": [
            {
                "id": each.public_id,
                "slug": each.slug,
                "name": each.name,
                "image_url": None,
                "price": {"kobo": 200_000, "currency": "NGN", "display": "₦2,000.00"},
            }
            for each in (gown, shelf["cap"])
        ],
        "categories": [{"slug": "gowns", "name": "Gowns"}],
        "brands": [],
    }
    assert suggestions(client, "èko")["brands"] == [{"slug": "eko", "name": "Èkó Threads"}]
    assert suggestions(client, "gwon")["did_you_mean"] == "gown"
    nothing: dict[str, Any] = {"did_you_mean": None, "products": [], "categories": [], "brands": []}
    assert [suggestions(client, text) for text in ("", "…", "xylophone")] == [nothing] * 3


@pytest.mark.parametrize("rows", [1, 30])
def test_suggestions_are_few_and_kept_for_a_minute(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    for number in range(rows):
        category, brand = CategoryFactory.create(name=f"Gown {number}"), BrandFactory.create(name=f"Gown {number}")
        ProductFactory.create(name=f"Gown {number}", category=category, brand=brand)

    with django_assert_num_queries(5):
        answer = client.get(SUGGESTIONS, {"q": "gown"})
    with django_assert_num_queries(0):
        assert client.get(SUGGESTIONS, {"q": "GOWN "}).json() == answer.json()
    found = [len(answer.json()[name]) for name in ("products", "categories", "brands")]
    assert (found, answer["Cache-Control"]) == ([min(rows, 6), min(rows, 2), min(rows, 2)], "public, max-age=60")


@pytest.mark.parametrize("query", [{}, {"q": "a\x00b"}, {"q": "x" * 101}])
def test_bad_input_names_its_field(client: Client, query: dict[str, str]) -> None:
    answer = client.get(SUGGESTIONS, query)

    assert (answer.status_code, answer.json()["field"]) == (400, "q")
