"""What is kept of the catalogue's answers, and that no change is ever missed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commerce.catalog.api import keeping, products
from commerce.catalog.api.shapes import ImageSerializer, MoneySerializer, VariantSerializer
from commerce.catalog.models import Brand, Category, Product, ProductImage, ProductStatus, ProductVariant
from commerce.catalog.services import reserve_stock
from commerce.reviews.services import hide_review
from tests.commerce.factories import NOON, BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.commerce.reviews.stories import review

pytestmark = pytest.mark.django_db
GOWN = "/api/v1/products/gown/"


@pytest.fixture
def gown(db: None) -> Product:
    """A product with a variant, a picture and a review."""
    product = ProductFactory.create(
        slug="gown", name="Gown", category=CategoryFactory.create(name="Gowns"), brand=BrandFactory.create(name="Eko")
    )
    VariantFactory.create(product=product, sku="G-S", size="S", stock_on_hand=3)
    ProductImage.objects.create(product=product, url="https://img.example/a.jpg")
    review(product, 4)
    return product


def later(*, seconds: float) -> AbstractContextManager[Any]:
    """Go on so many seconds later."""
    return time_machine.travel(time.time() + seconds)


def reserve(pieces: int) -> None:
    """Reserve pieces as an order does."""
    reserve_stock({ProductVariant.objects.get(sku="G-S").pk: pieces})


CHANGES: dict[str, tuple[Callable[[Product], Any], Callable[[dict[str, Any]], Any]]] = {
    "saved": (
        lambda gown: Product(pk=gown.pk, description="Long.").save(update_fields=["description"]),
        lambda page: page["description"] == "Long.",
    ),
    "updated in bulk": (lambda _: Product.objects.update(name="Robe"), lambda page: page["name"] == "Robe"),
    "price": (lambda _: Product.objects.update(sale_price_kobo=5), lambda page: page["price"]["kobo"] == 5),
    "variant added": (
        lambda gown: VariantFactory.create(product=gown, size="M"),
        lambda page: len(page["variants"]) == 2,
    ),
    "variant deleted": (lambda gown: gown.variants.all().delete(), lambda page: page["variants"] == []),
    "variant hidden in bulk": (lambda gown: gown.variants.update(active=False), lambda page: page["variants"] == []),
    "sold out by an order": (lambda _: reserve(3), lambda page: not page["in_stock"]),
    "stock changed in bulk": (
        lambda _: ProductVariant.objects.update(stock_on_hand=F("stock_reserved")),
        lambda page: not page["variants"][0]["in_stock"],
    ),
    "picture added": (
        lambda gown: ProductImage.objects.create(product=gown, url="/b.jpg"),
        lambda page: len(page["images"]) == 2,
    ),
    "picture changed": (
        lambda _: ProductImage.objects.update(alt="Front"),
        lambda page: page["images"][0]["alt"] == "Front",
    ),
    "picture deleted": (lambda _: ProductImage.objects.all().delete(), lambda page: page["images"] == []),
    "brand renamed": (lambda _: Brand.objects.update(name="Lagos"), lambda page: page["brand"]["name"] == "Lagos"),
    "category renamed": (
        lambda _: Category.objects.update(name="Robes"),
        lambda page: page["category"]["name"] == "Robes",
    ),
    "moved": (
        lambda _: Product.objects.update(category=CategoryFactory.create(slug="new")),
        lambda page: page["category"]["slug"] == "new",
    ),
    "reviewed": (lambda gown: review(gown, 2), lambda page: page["rating_average"] == "3.00"),
    "review hidden": (
        lambda gown: hide_review(review=gown.reviews.get(), at=NOON),
        lambda page: page["rating_count"] == 0,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_at_once(client: Client, gown: Product, change: str) -> None:
    act, is_seen = CHANGES[change]
    before = client.get(GOWN)
    assert not is_seen(before.json())

    act(gown)

    after = client.get(GOWN, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, is_seen(after.json())) == (200, True)
    assert after["ETag"] != before["ETag"]


@pytest.mark.parametrize(
    "hide",
    [
        lambda: Product.objects.update(status=ProductStatus.ARCHIVED),
        lambda: Category.objects.update(active=False),
        lambda: Brand.objects.update(active=False),
    ],
    ids=["product", "category", "brand"],
)
def test_what_is_hidden_is_gone_at_once(client: Client, gown: Product, hide: Callable[[], Any]) -> None:
    etag = client.get(GOWN)["ETag"]

    hide()

    assert client.get(GOWN, headers={"If-None-Match": etag}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_a_kept_product_takes_one_query(
    client: Client, gown: Product, django_assert_num_queries: Any, rows: int
) -> None:
    for row in range(1, rows):
        VariantFactory.create(product=gown, size=str(row))
        ProductImage.objects.create(product=gown, url="https://img.example/a.jpg")

    with django_assert_num_queries(4):
        first = client.get(GOWN)
    with django_assert_num_queries(1):
        again = client.get(GOWN)
    with django_assert_num_queries(1):
        known = client.get(GOWN, headers={"If-None-Match": first["ETag"]})

    assert again.json() == first.json()
    assert (first["Cache-Control"], known.status_code, known.content) == ("public, no-cache", 304, b"")
    assert (known["ETag"], known["Cache-Control"]) == (first["ETag"], first["Cache-Control"])


def test_a_product_is_read_while_redis_is_away(client: Client, gown: Product, settings: Any) -> None:
    nowhere = "unix:///nowhere/valkey.sock"
    settings.CACHES = {"default": {"BACKEND": "zuka.platform.cache.SteadyCache", "LOCATION": nowhere}}

    assert client.get(GOWN).json()["name"] == "Gown"
    Product.objects.update(name="Robe")
    assert client.get(GOWN).json()["name"] == "Robe"
    assert client.get("/api/v1/products/facets/").json()["count"] == 1


def test_what_is_made_anew_is_made_once_and_others_get_the_old_one() -> None:
    def ask(make: Callable[[], Any]) -> Any:
        return keeping.keep_briefly("kind", "question", make=make, ages=(0, 0))

    meanwhile: list[str] = []

    def make_anew() -> str:
        meanwhile.append(ask(lambda: "by another one"))
        return "new"

    assert ask(lambda: "old") == "old"
    assert (ask(make_anew), meanwhile) == ("new", ["old"])
    assert ask(lambda: "newer") == "newer"


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("products/", lambda answer: [row["name"] for row in answer["results"]]),
        ("products/?page_size=1&q=go", lambda answer: [row["name"] for row in answer["results"]]),
        ("categories/", lambda answer: [row["name"] for row in answer]),
    ],
)
def test_a_list_is_five_seconds_old_at_most(client: Client, gown: Product, path: str, names: Any) -> None:
    def read() -> list[str]:
        found: list[str] = names(client.get(f"/api/v1/{path}").json())
        return found

    before = read()
    Product.objects.update(name="Robe of gold")
    Category.objects.update(name="Robes of gold")
    assert read() == before
    with later(seconds=6):
        assert [name.split()[0] for name in read()] in (["Robe"], ["Robes"])


def test_a_list_is_kept_for_each_question_and_host(client: Client, gown: Product) -> None:
    def read(path: str, host: str = "testserver") -> tuple[int, str]:
        answer = client.get(f"/api/v1/products/{path}", HTTP_HOST=host).json()
        return len(answer["results"]), (answer["next"] or "").split("?")[0]

    ProductFactory.create(category=gown.category)
    first, other = read("?page_size=1"), read("?page_size=1", "localhost")
    assert (read(""), first) == ((2, ""), (1, "http://testserver/api/v1/products/"))
    assert other == (1, "http://localhost/api/v1/products/")
    assert client.get("/api/v1/products/?ordering=none").status_code == 400


def test_pages_of_another_shape_are_not_shown(client: Client, gown: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each thing that a page shows of a variant or of a picture is in the key that it is kept under."""
    shown = {*VariantSerializer().fields, *ImageSerializer().fields, *MoneySerializer().fields}
    assert shown <= set(products.SHAPE.split("+"))

    client.get(GOWN)
    monkeypatch.setattr(products, "SHAPE", "another")
    with CaptureQueriesContext(connection) as queries:
        client.get(GOWN)
    assert len(queries) == 4


@pytest.mark.parametrize(("path", "model"), [("categories", Category), ("brands", Brand)])
def test_short_lists_are_sent_once(client: Client, gown: Product, path: str, model: Any) -> None:
    first = client.get(f"/api/v1/{path}/")
    known = client.get(f"/api/v1/{path}/", headers={"If-None-Match": first["ETag"]})
    model.objects.update(name="Another")
    with later(seconds=6):
        changed = client.get(f"/api/v1/{path}/", headers={"If-None-Match": first["ETag"]})

    assert (first["Cache-Control"], known.status_code, known.content) == ("public, max-age=60", 304, b"")
    assert (changed.status_code, [row["name"] for row in changed.json()]) == (200, ["Another"])
