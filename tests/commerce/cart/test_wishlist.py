from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from analytics.store.models import Event
from commerce.accounts.models import User
from commerce.cart.models import Cart, Wishlist
from commerce.cart.services import add_wish
from commerce.cart.services.wishing import Wish
from commerce.catalog.models import Product, ProductStatus, ProductVariant
from tests.commerce.accounts.doors import call, token_of
from tests.commerce.factories import NOON, ProductFactory, VariantFactory, in_threads
from zuka.platform.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def gown(db: None) -> Product:
    """A gown in two sizes, ₦2,000; M is sold out and costs ₦2,500."""
    product = ProductFactory.create(name="Gown", slug="gown")
    VariantFactory.create(product=product, sku="G-M", size="M", stock_on_hand=0, price_kobo=250_000)
    VariantFactory.create(product=product, sku="G-L", size="L")
    return product


def wish(user: User | None, product: Product, sku: str | None = None) -> Any:
    return call(user, "post", "wishlist/", {"product_id": product.public_id, "sku": sku})


def listed(user: User) -> list[tuple[str, str | None]]:
    answer = call(user, "get", "wishlist/")
    assert answer.headers["Cache-Control"] == "private, no-store"
    return [(each["product"]["slug"], each["sku"]) for each in answer.json()["results"]]


def refusal(answer: Any) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json()["code"], answer.json().get("field")


def told() -> list[tuple[str, str | None, str | None]]:
    events = Event.objects.filter(event_type__startswith="wishlist.").order_by("occurred_at", "id")
    return [(each.event_type, each.product_ref, each.properties.get("sku")) for each in events]


def test_a_customer_wishes_for_a_product_and_for_a_size_of_it_once_each(gown: Product, alice: User) -> None:
    for sku in (None, "G-M", None, "G-M"):
        assert wish(alice, gown, sku).status_code == 204

    [size, any_of_it] = call(alice, "get", "wishlist/").json()["results"]

    assert {name: size[name] for name in ("sku", "size", "colour", "in_stock")} == {
        "sku": "G-M",
        "size": "M",
        "colour": None,
        "in_stock": False,
    }
    assert (size["price"]["kobo"], size["product"]["id"]) == (250_000, gown.public_id)
    assert (any_of_it["sku"], any_of_it["in_stock"], any_of_it["price"]["kobo"]) == (None, True, 200_000)
    assert told() == [
        ("wishlist.item_added", gown.public_id, gown.sku),
        ("wishlist.item_added", gown.public_id, "G-M"),
    ]


def test_a_wishlist_is_its_customer_s_alone(gown: Product, alice: User, charlie: User) -> None:
    wish(alice, gown)
    assert (listed(alice), listed(charlie)) == ([("gown", None)], [])
    path = f"wishlist/{gown.public_id}/"
    assert refusal(call(charlie, "delete", path)) == (404, "not_found", None)
    assert refusal(call(charlie, "post", f"{path}cart/")) == (404, "not_found", None)
    guest = [
        call(None, "get", "wishlist/"),
        wish(None, gown),
        call(None, "delete", path),
        call(None, "post", "wishlist/merge/"),
    ]
    assert [each.status_code for each in guest] == [401] * 4


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"product_id": "p_unknown"}, (404, "not_found", "product_id")),
        ({"product_id": "hidden"}, (404, "not_found", "product_id")),
        ({"product_id": "gown", "sku": "OTHER"}, (400, "not_for_sale", "sku")),
        ({"sku": "G-M"}, (400, "required", "product_id")),
    ],
)
def test_what_cannot_be_wished_for_is_refused(gown: Product, alice: User, body: Any, expected: Any) -> None:
    hidden = ProductFactory.create(status=ProductStatus.DRAFT)
    VariantFactory.create(sku="OTHER")
    known = {"gown": gown.public_id, "hidden": hidden.public_id}
    sent = {name: known.get(value, value) for name, value in body.items()}
    assert refusal(call(alice, "post", "wishlist/", sent)) == expected


def test_a_list_is_full_at_some_point(gown: Product, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commerce.cart.services.wishing.MOST_WISHES", 1)
    wish(alice, gown)
    assert wish(alice, gown).status_code == 204
    assert refusal(wish(alice, gown, "G-M")) == (400, "wishlist_full", None)
    merged = call(alice, "post", "wishlist/merge/", {"wishes": [{"product_id": gown.public_id, "sku": "G-L"}]})
    assert (merged.status_code, listed(alice)) == (204, [("gown", None)])


def test_a_product_is_taken_off_wholly_or_in_one_size(gown: Product, alice: User) -> None:
    for sku in (None, "G-M", "G-L"):
        wish(alice, gown, sku)
    path = f"wishlist/{gown.public_id}/"
    assert (call(alice, "delete", f"{path}?sku=G-L").status_code, len(listed(alice))) == (204, 2)
    assert (call(alice, "delete", path).status_code, listed(alice)) == (204, [])
    assert refusal(call(alice, "delete", path)) == (404, "not_found", None)
    assert [name for name, *_ in told()].count("wishlist.item_removed") == 3


def move(user: User, product: Product, sku: str | None = None) -> Any:
    return call(user, "post", f"wishlist/{product.public_id}/cart/", {"sku": sku} if sku else {})


def test_a_wish_is_put_in_the_cart(gown: Product, alice: User) -> None:
    wish(alice, gown)
    assert refusal(move(alice, gown)) == (409, "choose_variant", "sku")
    assert refusal(move(alice, gown, "G-M")) == (409, "out_of_stock", "quantity")
    assert refusal(move(alice, gown, VariantFactory.create().sku)) == (400, "not_for_sale", "sku")
    assert listed(alice) == [("gown", None)]

    answer = move(alice, gown, "G-L")

    assert [(line["sku"], line["quantity"]) for line in answer.json()["lines"]] == [("G-L", 1)]
    assert (listed(alice), Cart.objects.get().user) == ([], alice)


@pytest.mark.parametrize("sku", ["G-L", None])
def test_a_wish_that_says_the_size_or_a_product_of_one_size_needs_no_choice(
    gown: Product, alice: User, sku: str | None
) -> None:
    if sku is None:
        ProductVariant.objects.filter(sku="G-M").delete()
    wish(alice, gown, sku)
    assert (move(alice, gown).status_code, listed(alice)) == (200, [])


def test_what_a_guest_kept_comes_along_in_its_order_and_is_not_told_again(gown: Product, alice: User) -> None:
    cap = ProductFactory.create(slug="cap")
    ids = [cap.public_id, "p_gone", gown.public_id]
    body = {"wishes": [{"product_id": each} for each in ids] + [{"product_id": gown.public_id, "sku": "NONE"}]}
    for _ in range(2):
        assert call(alice, "post", "wishlist/merge/", body).status_code == 204
    assert (listed(alice), told()) == ([("gown", None), ("cap", None)], [])


def test_what_the_shop_hides_is_not_shown_but_kept(gown: Product, alice: User) -> None:
    wish(alice, gown)
    Product.objects.update(status=ProductStatus.ARCHIVED)
    assert (listed(alice), Wishlist.objects.count()) == ([], 1)


def test_a_list_of_three_takes_as_many_queries_as_one(alice: User, django_assert_num_queries: Any) -> None:
    client = Client(headers={"X-Session-Token": token_of(alice)})
    for count in (1, 2):
        for _ in range(count):
            wish(alice, VariantFactory.create().product)
        with django_assert_num_queries(4):
            assert client.get("/api/v1/wishlist/").status_code == 200


def test_a_list_is_paged(alice: User) -> None:
    for _ in range(3):
        wish(alice, ProductFactory.create())
    first = call(alice, "get", "wishlist/?page_size=2").json()
    assert (len(first["results"]), first["next"] is not None) == (2, True)


@pytest.mark.django_db(transaction=True)
def test_the_same_wish_from_two_tabs_at_once_is_one_and_told_once(gown: Product, alice: User) -> None:
    def tap() -> Wishlist:
        return add_wish(user=alice, wish=Wish(gown.public_id), actor=Actor(), at=NOON)

    rows = in_threads(4, tap)

    assert (len({row.pk for row in rows}), len(told())) == (1, 1)
