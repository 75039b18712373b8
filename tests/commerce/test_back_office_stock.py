"""Stock and carts in the back office, while customers go on buying."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.cart.models import Cart
from commerce.catalog.models import Product, ProductVariant
from tests.commerce.accounts.doors import call
from tests.commerce.factories import ProductFactory, VariantFactory
from tests.commerce.pages import page_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(staff_client: Client) -> str:
    """The page of a gown with one variant, ten pieces on hand, two of them reserved."""
    product = ProductFactory.create(name="Gown")
    VariantFactory.create(product=product, stock_on_hand=10, stock_reserved=2)
    return reverse("admin:commerce_product_change", args=[product.pk])


def stock() -> tuple[int, int]:
    return ProductVariant.objects.values_list("stock_on_hand", "stock_reserved").get()


def test_staff_set_the_stock_and_see_what_is_reserved(staff_client: Client, page: str) -> None:
    data = page_data(staff_client, page)
    assert data["initial-variants-0-stock_on_hand"] == 10
    answer = staff_client.post(page, {**data, "variants-0-stock_on_hand": "25"})
    assert (answer.status_code, stock()) == (302, (25, 2))


def test_what_was_sold_while_staff_were_typing_is_not_lost(staff_client: Client, page: str) -> None:
    data = page_data(staff_client, page)
    ProductVariant.objects.update(stock_on_hand=8, stock_reserved=5)
    answer = staff_client.post(page, {**data, "variants-0-stock_on_hand": "25"})
    assert b"It changed from 10 to 8 while you were editing." in answer.content
    assert stock() == (8, 5)


def test_a_page_that_leaves_the_stock_alone_leaves_it_alone(staff_client: Client, page: str) -> None:
    data = page_data(staff_client, page)
    ProductVariant.objects.update(stock_on_hand=8, stock_reserved=5)
    Product.objects.update(rating_count=7)
    answer = staff_client.post(page, {**data, "name": "Ankara gown", "variants-0-size": "M"})
    product = Product.objects.get()
    assert (answer.status_code, product.name, product.rating_count) == (302, "Ankara gown", 7)
    assert (stock(), product.variants.get().size) == ((8, 5), "M")


def test_stock_below_what_is_reserved_is_refused(staff_client: Client, page: str) -> None:
    answer = staff_client.post(page, {**page_data(staff_client, page), "variants-0-stock_on_hand": "1"})
    assert b"Orders have reserved 2 pieces; ship or cancel some of them first." in answer.content
    assert stock() == (10, 2)


def test_a_picture_may_be_a_path_of_this_site_and_nothing_else(staff_client: Client, page: str) -> None:
    data = page_data(staff_client, page)
    for address, status in (("/media/gown.jpg", 302), ("https://cdn.example/gown.jpg", 302)):
        assert staff_client.post(page, {**data, "image_url": address}).status_code == status
    for address in ("javascript:alert(1)", "//evil.example/x.jpg", "gown.jpg"):
        answer = staff_client.post(page, {**data, "image_url": address})
        assert b"Write an address like https://" in answer.content


def test_carts_are_listed_with_their_worth(staff_client: Client) -> None:
    url = reverse("admin:commerce_cart_changelist")
    skus = [VariantFactory.create().sku for _ in range(3)]

    def look() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff_client.get(url).status_code == 200
        return len(captured)

    token = call(None, "post", "cart/lines/", {"sku": skus[0], "quantity": 2}).json()["token"]
    look()
    with_one = look()
    for sku in skus[1:]:
        call(None, "post", "cart/lines/", {"sku": sku}, **{"X-Zuka-Cart": token})
        call(None, "post", "cart/lines/", {"sku": sku})
    assert look() == with_one

    first = Cart.objects.order_by("created_at").first()
    assert first is not None
    content = staff_client.get(reverse("admin:commerce_cart_change", args=[first.pk])).content.decode()
    assert [content.count(sku) > 0 for sku in skus] == [True] * 3
    listed = staff_client.get(url).content.decode()
    assert ("₦8,000.00" in listed, "₦2,000.00" in listed) == (True, True)
