"""Stock and carts in the back office, while customers go on buying."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.cart.models import Cart
from commerce.catalog.models import Product, ProductVariant, StockMovement
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


def test_staff_add_pieces_and_the_history_says_so(staff_client: Client, page: str) -> None:
    data = page_data(staff_client, page)
    ProductVariant.objects.update(stock_on_hand=8, stock_reserved=5)
    answer = staff_client.post(page, {**data, "variants-0-pieces": "15", "variants-0-size": "M"})
    assert (answer.status_code, stock(), ProductVariant.objects.get().size) == (302, (23, 5), "M")
    moved = StockMovement.objects.select_related("actor").get()
    assert moved.actor is not None
    assert (moved.change, moved.balance_after, moved.reason) == (15, 23, "received")
    assert moved.actor.email == "staff@example.com"
    assert "23 (5 reserved)" in staff_client.get(page).content.decode()


def test_a_new_variant_begins_with_what_staff_say(staff_client: Client, page: str) -> None:
    data = {**page_data(staff_client, page), "variants-TOTAL_FORMS": "2"}
    new = {"sku": "G-L", "size": "L", "colour": "", "price_kobo": "", "image_url": "", "active": "on"}
    sent = {f"variants-1-{name}": value for name, value in {**new, "pieces": "7", "reason": "received"}.items()}
    assert staff_client.post(page, {**data, **sent}).status_code == 302
    variant = ProductVariant.objects.get(sku="G-L")
    assert (variant.stock_on_hand, [each.change for each in variant.movements.all()]) == (7, [7])


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        (("-9", "lost"), "pieces", "Orders have reserved 2 pieces; ship or cancel some of them first."),
        (("-11", "lost"), "pieces", "Only 10 pieces are on hand."),
        (("-3", "received"), "reason", "Say why pieces are gone: damaged, lost or corrected."),
        (("3", "damaged"), "pieces", "Pieces that are gone are less than zero, for example -3."),
        (("1000000", "received"), "pieces", "More than 1,000,000 pieces are a mistake."),
    ],
)
def test_pieces_that_cannot_be_are_refused(
    staff_client: Client, page: str, said: tuple[str, str], field: str, words: str
) -> None:
    sent = {"variants-0-pieces": said[0], "variants-0-reason": said[1]}
    answer = staff_client.post(page, {**page_data(staff_client, page), **sent})
    errors = answer.context["inline_admin_formsets"][0].formset.errors[0]
    assert (errors, stock(), StockMovement.objects.count()) == ({field: [words]}, (10, 2), 0)


def test_a_page_that_leaves_the_stock_alone_leaves_it_alone(staff_client: Client, page: str) -> None:
    data = page_data(staff_client, page)
    ProductVariant.objects.update(stock_on_hand=8, stock_reserved=5)
    Product.objects.update(rating_count=7)
    answer = staff_client.post(page, {**data, "name": "Ankara gown", "variants-0-size": "M"})
    product = Product.objects.get()
    assert (answer.status_code, product.name, product.rating_count) == (302, "Ankara gown", 7)
    assert (stock(), product.variants.get().size) == ((8, 5), "M")


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
