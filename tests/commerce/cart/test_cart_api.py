"""Carts as a storefront uses them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from commerce.accounts.models import User
from commerce.cart.models import Cart
from commerce.catalog.models import Product, ProductStatus, ProductVariant
from tests.commerce.accounts.doors import call, sign_in, token_of
from tests.commerce.factories import ProductFactory, UserFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def gown(db: None) -> ProductVariant:
    """A gown in red, five pieces left, ₦2,000 each."""
    product = ProductFactory.create(name="Gown", slug="gown")
    return VariantFactory.create(product=product, sku="G-M", size="M", colour="red", stock_on_hand=5)


def add(sku: str, quantity: int = 1, *, user: User | None = None, **headers: str) -> Any:
    return call(user, "post", "cart/lines/", {"sku": sku, "quantity": quantity}, **headers)


def guest(gown: ProductVariant, quantity: int = 1) -> dict[str, Any]:
    """A guest with a cart: the headers they send from then on."""
    return {"X-Zuka-Cart": add(gown.sku, quantity).json()["token"]}


def amounts(answer: Any) -> list[tuple[str, int, int]]:
    return [(line["sku"], line["quantity"], line["total"]["kobo"]) for line in answer.json()["lines"]]


def refusal(answer: Any) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json()["code"], answer.json().get("field")


def test_who_has_no_cart_sees_an_empty_one() -> None:
    answer = call(None, "get", "cart/")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    assert answer.json() == {
        "id": None,
        "token": None,
        "currency": "NGN",
        "lines": [],
        "quantity": 0,
        "subtotal": {"kobo": 0, "currency": "NGN", "display": "₦0.00"},
        "can_check_out": False,
    }
    assert Cart.objects.count() == 0


def test_a_guest_s_first_addition_makes_a_cart_and_tells_its_token_once(gown: ProductVariant) -> None:
    answer = add("G-M", 2)
    cart, token = Cart.objects.get(), answer.json()["token"]

    assert (answer.status_code, len(token)) == (201, 43)
    assert (cart.user, token in (cart.token_hash or "")) == (None, False)
    assert answer.json() == {
        "id": str(cart.pk),
        "token": token,
        "currency": "NGN",
        "lines": [
            {
                "sku": "G-M",
                "product_id": gown.product.public_id,
                "slug": "gown",
                "name": "Gown",
                "size": "M",
                "colour": "red",
                "image_url": None,
                "image": None,
                "quantity": 2,
                "unit_price": {"kobo": 200_000, "currency": "NGN", "display": "₦2,000.00"},
                "total": {"kobo": 400_000, "currency": "NGN", "display": "₦4,000.00"},
                "available": 5,
                "problem": None,
            }
        ],
        "quantity": 2,
        "subtotal": {"kobo": 400_000, "currency": "NGN", "display": "₦4,000.00"},
        "can_check_out": True,
    }
    again = add("G-M", **dict[str, Any]({"X-Zuka-Cart": token}))
    assert (again.json()["token"], amounts(again)) == (None, [("G-M", 3, 600_000)])


def test_lines_are_changed_and_taken_out(gown: ProductVariant) -> None:
    headers = guest(gown, 2)
    VariantFactory.create(sku="CAP")
    add("CAP", **headers)

    assert amounts(call(None, "patch", "cart/lines/G-M/", {"quantity": 5}, **headers))[0] == ("G-M", 5, 1_000_000)
    assert amounts(call(None, "patch", "cart/lines/G-M/", {"quantity": 0}, **headers)) == [("CAP", 1, 200_000)]
    assert amounts(call(None, "delete", "cart/lines/CAP/", **headers)) == []
    assert refusal(call(None, "delete", "cart/lines/CAP/", **headers)) == (404, "not_found", None)
    assert refusal(call(None, "patch", "cart/lines/CAP/", {"quantity": 1})) == (404, "not_found", None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"sku": "NO-SUCH"}, (400, "not_for_sale", "sku")),
        ({"sku": "HIDDEN"}, (400, "not_for_sale", "sku")),
        ({"sku": "G-M", "quantity": 6}, (409, "out_of_stock", "quantity")),
        ({"sku": "G-M", "quantity": 0}, (400, "min_value", "quantity")),
        ({"sku": "G-M", "quantity": 100}, (400, "max_value", "quantity")),
        ({"sku": "G-M", "quantity": "many"}, (400, "invalid", "quantity")),
        ({}, (400, "required", "sku")),
    ],
)
def test_what_cannot_be_added_is_refused_by_field(gown: ProductVariant, body: Any, expected: Any) -> None:
    VariantFactory.create(sku="HIDDEN", product=ProductFactory.create(status=ProductStatus.DRAFT))

    assert refusal(call(None, "post", "cart/lines/", body)) == expected
    assert Cart.objects.count() == 0


def test_any_sku_can_be_taken_out_again(gown: ProductVariant) -> None:
    ProductVariant.objects.update(sku="A/1")
    headers: dict[str, Any] = {"X-Zuka-Cart": add("A/1").json()["token"]}
    assert amounts(call(None, "delete", "cart/lines/A%2F1/", **headers)) == []
    assert refusal(call(None, "delete", "cart/lines/a%00b/", **headers)) == (404, "not_found", None)


@pytest.mark.parametrize("name", ["X-Zuka-Visitor", "X-Zuka-Session", "X-Zuka-Cart"])
def test_odd_headers_harm_nobody(gown: ProductVariant, name: str) -> None:
    assert add("G-M", **dict[str, Any]({name: "x\0y"})).status_code == 201


def test_json_that_is_too_deep_is_a_mistake_of_the_client() -> None:
    answer = Client().post("/api/v1/cart/lines/", data="[" * 100_000, content_type="application/json")
    assert refusal(answer) == (400, "parse_error", None)


def test_a_cursor_that_nobody_was_given_is_not_found() -> None:
    assert Client().get("/api/v1/products/?cursor=cD1hYmM=").status_code == 404


def test_a_refusal_says_how_many_are_left(gown: ProductVariant) -> None:
    assert add("G-M", 6).json()["message"] == "Only 5 of Gown are left."
    ProductVariant.objects.update(stock_reserved=4)
    assert add("G-M", 2).json()["message"] == "Only 1 of Gown is left."
    ProductVariant.objects.update(stock_reserved=5)
    assert add("G-M", 1).json()["message"] == "Gown is sold out."
    ProductVariant.objects.update(stock_on_hand=90, stock_reserved=0)
    assert add("G-M", 95).json()["message"] == "Only 10 of Gown are left."


def test_a_cart_holds_so_many_pieces_and_lines(gown: ProductVariant) -> None:
    ProductVariant.objects.update(stock_on_hand=500)
    headers = guest(gown, 99)
    assert refusal(add("G-M", **headers)) == (400, "cart_full", "quantity")
    for number in range(49):
        add(VariantFactory.create(sku=f"N-{number}", product=gown.product, size=f"{number}").sku, **headers)
    one_more = VariantFactory.create(product=gown.product, size="XXL")
    assert refusal(add(one_more.sku, **headers)) == (400, "cart_full", "sku")


def test_products_of_another_currency_go_in_another_cart(gown: ProductVariant) -> None:
    dollars = VariantFactory.create(product=ProductFactory.create(currency="USD"))

    assert refusal(add(dollars.sku, **guest(gown))) == (400, "not_for_sale", "sku")
    assert add(dollars.sku).json()["currency"] == "USD"


@pytest.mark.parametrize(
    ("columns", "product", "expected"),
    [
        ({"stock_on_hand": 5, "stock_reserved": 5}, {}, (0, "out_of_stock")),
        ({"stock_on_hand": 1}, {}, (1, "too_few")),
        ({"stock_on_hand": 50}, {}, (10, None)),
        ({"active": False}, {}, (0, "not_for_sale")),
        ({}, {"status": ProductStatus.ARCHIVED}, (0, "not_for_sale")),
    ],
)
def test_stock_and_sale_are_looked_at_on_every_read(
    gown: ProductVariant, columns: Any, product: Any, expected: Any
) -> None:
    headers = guest(gown, 2)
    ProductVariant.objects.update(**columns)
    Product.objects.update(**{"name": "Gown", **product})

    cart = call(None, "get", "cart/", **headers).json()
    (line,) = cart["lines"]
    assert (line["available"], line["problem"]) == expected
    assert cart["can_check_out"] is (expected[1] is None)
    assert cart["subtotal"]["kobo"] == (0 if expected[1] == "not_for_sale" else 400_000)


def test_prices_are_today_s(gown: ProductVariant) -> None:
    headers = guest(gown, 2)
    Product.objects.update(sale_price_kobo=150_000)
    assert amounts(call(None, "get", "cart/", **headers)) == [("G-M", 2, 300_000)]


def test_a_cart_of_three_lines_takes_as_many_queries_as_one(
    gown: ProductVariant, django_assert_num_queries: Any
) -> None:
    headers = guest(gown)
    with django_assert_num_queries(2):
        Client(headers=headers).get("/api/v1/cart/")
    for _ in range(2):
        add(VariantFactory.create().sku, **headers)
    with django_assert_num_queries(2):
        Client(headers=headers).get("/api/v1/cart/")


def test_a_cart_is_for_who_holds_its_token(gown: ProductVariant, alice: User) -> None:
    guest(gown)
    for headers in ({}, {"X-Zuka-Cart": "x" * 43}, {"X-Zuka-Cart": str(Cart.objects.get().pk)}):
        assert call(None, "get", "cart/", **headers).json()["id"] is None
    assert call(alice, "get", "cart/").json()["id"] is None


def test_signing_in_brings_the_guest_s_cart_along(gown: ProductVariant) -> None:
    ada: User = UserFactory.create(email="ada@example.com")
    ada.set_password("four ripe plantains")
    ada.save()
    cap = VariantFactory.create(sku="CAP")
    add("G-M", user=ada)
    headers = guest(gown, 2)
    add(cap.sku, **headers)

    answer = sign_in(password="four ripe plantains", **headers)

    assert answer.status_code == 200
    assert amounts(call(ada, "get", "cart/")) == [("G-M", 3, 600_000), ("CAP", 1, 200_000)]
    assert sorted(Cart.objects.values_list("status", flat=True)) == ["active", "merged"]
    assert call(None, "get", "cart/", **headers).json()["id"] is None
    assert amounts(call(ada, "get", "cart/", **headers)) == [("G-M", 3, 600_000), ("CAP", 1, 200_000)]


def test_a_cart_is_merged_by_any_call_of_the_customer_as_well(gown: ProductVariant, alice: User) -> None:
    headers = guest(gown, 2)
    assert amounts(call(alice, "get", "cart/", **headers)) == [("G-M", 2, 400_000)]
    assert Cart.objects.get(user=alice).sources.get().status == "merged"


def test_merging_keeps_within_what_a_line_holds_and_tells_what_is_too_many(gown: ProductVariant, alice: User) -> None:
    ProductVariant.objects.update(stock_on_hand=60)
    add("G-M", 60, user=alice)
    answer = call(alice, "get", "cart/", **guest(gown, 60))
    (line,) = answer.json()["lines"]
    assert (line["quantity"], line["problem"], answer.json()["can_check_out"]) == (99, "too_few", False)


def test_a_revoked_token_is_told_so_that_the_shop_forgets_it(gown: ProductVariant, alice: User) -> None:
    token = token_of(alice)
    alice.status = "suspended"
    alice.save()
    answer = Client(headers={"X-Session-Token": token}).get("/api/v1/cart/")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_expired")
