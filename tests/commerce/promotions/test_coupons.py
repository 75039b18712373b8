from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from commerce.accounts.models import User
from commerce.cart.services import Choices, add_to_cart, price_cart, quote_cart
from commerce.cart.services.carts import open_cart
from commerce.catalog.models import Product, ProductVariant
from commerce.orders.models import Order
from commerce.orders.services import Contact, OrderItem, cancel_order, confirm_order, expire_unpaid_orders
from commerce.promotions.models import Coupon, CouponKind, CouponRedemption
from commerce.promotions.services import CouponRefused, CouponUsedByYou
from commerce.promotions.services.finding import UNKNOWN
from tests.commerce.conftest import Facts
from tests.commerce.factories import (
    ADDRESS,
    NOON,
    CategoryFactory,
    ProductFactory,
    VariantFactory,
    in_threads,
    make_order,
)
from tests.commerce.promotions.stories import JSON, Money, amounts, make_coupon, order_with, refused, uses
from zuka.platform.actor import Actor

SYSTEM = Actor()


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, (200_000, 150_000, 20_000, 330_000)),
        ({"percent": Decimal("12.34")}, (200_000, 150_000, 24_680, 325_320)),
        ({"percent": Decimal(100)}, (200_000, 150_000, 200_000, 150_000)),
        ({"max_discount_kobo": 15_000}, (200_000, 150_000, 15_000, 335_000)),
        ({"kind": CouponKind.FIXED, "amount_kobo": 70_001}, (200_000, 150_000, 70_001, 279_999)),
        ({"kind": CouponKind.FIXED, "amount_kobo": 900_000}, (200_000, 150_000, 200_000, 150_000)),
        ({"kind": CouponKind.FREE_SHIPPING}, (200_000, 150_000, 150_000, 200_000)),
        ({"kind": CouponKind.FREE_SHIPPING, "max_discount_kobo": 100_000}, (200_000, 150_000, 100_000, 250_000)),
        ({"min_spend_kobo": 200_000}, (200_000, 150_000, 20_000, 330_000)),
    ],
)
def test_what_a_coupon_takes_off(delivery: None, rules: dict[str, Any], expected: Money) -> None:
    coupon = make_coupon(**rules)

    order = order_with(" ten ")

    assert amounts(order) == expected
    assert order.coupon_code == "TEN"
    assert uses(coupon) == (1, 1)
    assert CouponRedemption.objects.get().discount_kobo == order.discount_kobo


@pytest.mark.django_db
def test_half_a_kobo_is_the_customers() -> None:
    make_coupon(percent=Decimal("0.5"))
    product = ProductFactory.create(price_kobo=100)

    order = order_with("TEN", lines=[OrderItem(VariantFactory.create(product=product).sku, 1)])

    assert amounts(order) == (100, 0, 1, 99)


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"is_active": False}, "coupon_unknown"),
        ({"valid_from": NOON + timedelta(seconds=1)}, "coupon_not_yet"),
        ({"valid_until": NOON}, "coupon_over"),
        ({"usage_limit": 3, "usage_count": 3}, "coupon_used_up"),
        ({"currency": "USD"}, "coupon_not_for_these"),
        ({"min_spend_kobo": 200_001}, "coupon_min_spend"),
    ],
)
@pytest.mark.django_db
def test_why_a_code_is_refused(rules: dict[str, Any], code: str) -> None:
    make_coupon(**rules)

    assert refused("TEN") == code
    assert refused("NEVER-MADE") == "coupon_unknown"
    assert refused("\x00") == "coupon_unknown"


@pytest.mark.django_db
def test_the_refusal_says_what_is_missing() -> None:
    make_coupon(min_spend_kobo=500_000)

    with pytest.raises(CouponRefused) as refusal:
        order_with("TEN")

    assert refusal.value.message == "This code needs ₦5,000.00 of products that it is for; yours are ₦2,000.00."


@pytest.mark.django_db
def test_only_the_goods_that_it_is_for_count() -> None:
    dresses = CategoryFactory.create()
    gowns = CategoryFactory.create(parent=dresses)
    gown = ProductFactory.create(category=gowns, price_kobo=300_000)
    shoe, bag = ProductFactory.create(price_kobo=500_000), ProductFactory.create(price_kobo=700_000)
    coupon = make_coupon(for_all_goods=False)
    coupon.categories.add(dresses)
    coupon.products.add(shoe)

    skus = {product.pk: VariantFactory.create(product=product).sku for product in (gown, shoe, bag)}

    def lines(*products: Product) -> list[OrderItem]:
        return [OrderItem(skus[product.pk], 1) for product in products]

    assert order_with("TEN", lines=lines(gown, shoe, bag)).discount_kobo == 80_000
    assert refused("TEN", lines=lines(bag)) == "coupon_not_for_these"


@pytest.mark.django_db
def test_a_coupon_whose_goods_are_gone_is_for_nothing() -> None:
    product = ProductFactory.create()
    make_coupon(for_all_goods=False).products.add(product)
    product.delete()

    assert refused("TEN") == "coupon_not_for_these"


@pytest.mark.django_db
def test_the_quote_knows_what_an_account_has_used(client: Client, alice: User) -> None:
    coupon = make_coupon(user_limit=1)
    order_with("TEN", user=alice)
    cart, _ = open_cart(user=alice, token=None, actor=SYSTEM, at=NOON)
    priced = price_cart(cart, currency="NGN")

    with pytest.raises(CouponUsedByYou):
        quote_cart(priced=priced, choices=Choices(coupon_codes=["TEN"]), at=NOON, user_id=alice.pk)
    assert uses(coupon) == (1, 1)


@pytest.mark.django_db
def test_a_quote_of_a_cart_is_of_what_can_still_be_bought(alice: User) -> None:
    make_coupon()
    make_coupon("BIG", kind=CouponKind.FIXED, amount_kobo=500_000)
    for sku in ("KEPT", "GONE"):
        VariantFactory.create(sku=sku)
        cart, _ = add_to_cart(user=alice, token=None, sku=sku, quantity=2, actor=SYSTEM, at=NOON)
    ProductVariant.objects.filter(sku="GONE").update(active=False)
    priced = price_cart(cart, currency="NGN")

    quotes = [
        quote_cart(priced=priced, choices=Choices(coupon_codes=[code]), at=NOON, user_id=alice.pk)
        for code in ("TEN", "BIG")
    ]

    assert [(each.priced.subtotal_kobo, each.discount_kobo, each.total_kobo) for each in quotes] == [
        (400_000, 40_000, 360_000),
        (400_000, 400_000, 0),
    ]


@pytest.mark.django_db
def test_staff_who_save_a_coupon_do_not_forget_its_uses(staff_client: Client) -> None:
    coupon = make_coupon(usage_limit=1)
    page = staff_client.get(reverse("admin:commerce_coupon_change", args=[coupon.pk]))
    form = page.context["adminform"].form
    order_with("TEN")

    form.instance.name = "Renamed"
    pages = admin.site.get_model_admin(Coupon)
    pages.save_model(page.wsgi_request, form.instance, form, change=True)

    coupon.refresh_from_db()
    assert (coupon.name, coupon.usage_count) == ("Renamed", 1)
    assert refused("TEN") == "coupon_used_up"


@pytest.mark.django_db
def test_reduced_products_may_be_left_out() -> None:
    make_coupon(for_reduced=False)
    reduced = VariantFactory.create(product=ProductFactory.create(price_kobo=200_000, sale_price_kobo=150_000))
    usual = VariantFactory.create()

    both = [OrderItem(reduced.sku, 1), OrderItem(usual.sku, 1)]
    assert order_with("TEN", lines=both).discount_kobo == 20_000
    assert refused("TEN", lines=[OrderItem(reduced.sku, 1)]) == "coupon_not_for_these"


@pytest.mark.django_db
def test_a_customer_uses_it_as_often_as_one_may(alice: User, charlie: User) -> None:
    coupon = make_coupon(user_limit=1)

    order_with("TEN", user=alice)
    assert refused("TEN", user=alice) == "coupon_used_by_you"
    order_with("TEN", user=charlie)
    order_with("TEN", contact=Contact(email="Ada@example.com"))
    assert refused("TEN", contact=Contact(email="ada@EXAMPLE.com")) == "coupon_used_by_you"
    order_with("TEN", contact=Contact(phone="+2348012345678"))
    order_with("TEN", contact=Contact(phone="+2348012345679"))
    assert refused("TEN", contact=Contact(phone="08012345678")) == "coupon_used_by_you"
    assert uses(coupon) == (5, 5)


@pytest.mark.django_db
def test_a_cancelled_or_expired_order_gives_its_use_back(settings: Any) -> None:
    coupon = make_coupon(usage_limit=1, user_limit=1)
    first = order_with("TEN")
    assert refused("TEN") == "coupon_used_up"

    cancel_order(order=first, reason="", at=NOON, actor=SYSTEM)
    assert uses(coupon) == (0, 0)
    second = order_with("TEN", payment_method="paystack")
    assert uses(coupon) == (1, 1)

    assert expire_unpaid_orders(at=NOON + timedelta(hours=2)) == 1
    assert uses(coupon) == (0, 0)
    assert list(CouponRedemption.objects.order_by("id").values_list("order_id", "released_at")) == [
        (first.pk, NOON),
        (second.pk, NOON + timedelta(hours=2)),
    ]


@pytest.mark.django_db
def test_an_order_that_costs_nothing_is_paid(facts: Facts) -> None:
    make_coupon(percent=Decimal(100))

    order = order_with("TEN", payment_method="paystack")

    assert (order.total_kobo, order.payment_status, order.paid_at) == (0, "paid", NOON)
    assert [fact["value_kobo"] for fact in facts("order.paid")] == [0]
    assert expire_unpaid_orders(at=NOON + timedelta(hours=2)) == 0
    assert confirm_order(order=order, at=NOON, actor=SYSTEM).status == "confirmed"


@pytest.mark.django_db
def test_the_same_request_with_another_code_is_another_order() -> None:
    from zuka.platform.idempotency import KeyReused

    make_coupon()
    lines = [OrderItem(VariantFactory.create().sku, 1)]
    first = order_with("TEN", lines=lines, idempotency_key="k")

    assert order_with("TEN", lines=lines, idempotency_key="k").pk == first.pk
    assert Coupon.objects.get().usage_count == 1
    with pytest.raises(KeyReused):
        make_order(lines=lines, idempotency_key="k")


@pytest.mark.django_db(transaction=True)
def test_50_at_once_for_one_use() -> None:
    coupon = make_coupon(usage_limit=1)
    sku = VariantFactory.create(stock_on_hand=100).sku

    def buy() -> str:
        try:
            return order_with("TEN", lines=[OrderItem(sku, 1)]).coupon_code or ""
        except CouponRefused as refusal:
            return refusal.code

    answers = in_threads(50, buy)

    assert sorted(answers) == ["TEN", *["coupon_used_up"] * 49]
    assert (uses(coupon), Order.objects.count()) == ((1, 1), 1)
    assert VariantFactory._meta.model.objects.get(sku=sku).stock_reserved == 1


@pytest.mark.django_db(transaction=True)
def test_one_customer_in_ten_tabs(alice: User) -> None:
    coupon = make_coupon(user_limit=1)
    sku = VariantFactory.create(stock_on_hand=100).sku

    def buy() -> str:
        try:
            return order_with("TEN", lines=[OrderItem(sku, 1)], user=alice).coupon_code or ""
        except CouponRefused as refusal:
            return refusal.code

    assert sorted(in_threads(10, buy)) == ["TEN", *["coupon_used_by_you"] * 9]
    assert uses(coupon) == (1, 1)


def test_the_quote_and_the_order_through_the_api(client: Client, delivery: None) -> None:
    make_coupon()
    sku = VariantFactory.create().sku
    headers = {"X-Zuka-Cart": client.post("/api/v1/cart/lines/", {"sku": sku}, content_type=JSON).json()["token"]}

    def quote(**said: Any) -> Any:
        return client.post("/api/v1/checkout/", said, content_type=JSON, headers=headers)

    answer = quote(state="Lagos", coupon_code="ten").json()
    assert [answer[name]["kobo"] for name in ("subtotal", "shipping", "discount", "total")] == [
        200_000,
        150_000,
        20_000,
        330_000,
    ]
    assert (answer["coupon_code"], quote(state="Lagos").json()["coupon_code"]) == ("TEN", None)
    wrong = quote(coupon_code="WRONG")
    assert (wrong.status_code, wrong.json()) == (
        409,
        {"code": "coupon_unknown", "message": UNKNOWN, "field": "coupon_code"},
    )

    body = {
        "contact": {"email": "ada@example.com"},
        "shipping_address": ADDRESS,
        "payment_method": "cash_on_delivery",
        "coupon_code": "ten",
        "expected_total_kobo": 330_000,
    }
    placed = client.post("/api/v1/orders/", body, content_type=JSON, headers=headers).json()
    assert (placed["discount"]["kobo"], placed["total"]["kobo"], placed["coupon_code"]) == (20_000, 330_000, "TEN")


def test_staff_make_a_coupon(staff_client: Client) -> None:
    url = reverse("admin:commerce_coupon_add")
    none = {"redemptions-TOTAL_FORMS": 0, "redemptions-INITIAL_FORMS": 0, "for_all_goods": "on"}
    form = {"code": "eid-25", "name": "Eid", "kind": "percentage", "currency": "NGN", "is_active": "on", **none}

    without = staff_client.post(url, form)
    too_much = staff_client.post(url, {**form, "percent": "101"})
    fixed = staff_client.post(url, {**form, "kind": "fixed"})
    made = staff_client.post(url, {**form, "percent": "25", "min_spend_kobo": "5000"})

    assert "This kind of coupon needs it." in without.content.decode()
    assert "Between 0 and 100." in too_much.content.decode()
    assert "This kind of coupon needs it." in fixed.content.decode()
    assert made.status_code == 302
    assert list(Coupon.objects.values_list("code", "percent", "min_spend_kobo")) == [("EID-25", Decimal(25), 500_000)]
    again = staff_client.post(url, {**form, "percent": "5"})
    assert again.status_code == 200
    for_none = {**form, "code": "NONE", "percent": "5"}
    del for_none["for_all_goods"]
    assert "Tick it, or name categories or products." in staff_client.post(url, for_none).content.decode()


def test_the_list_of_coupons_takes_as_many_queries_for_three_as_for_one(
    staff_client: Client, django_assert_num_queries: Any
) -> None:
    url = reverse("admin:commerce_coupon_changelist")
    make_coupon("ONE")
    staff_client.get(url)
    with django_assert_num_queries(3):
        staff_client.get(url)
    make_coupon("TWO", kind=CouponKind.FIXED, amount_kobo=100)
    make_coupon("THREE", kind=CouponKind.FREE_SHIPPING, usage_limit=5)
    with django_assert_num_queries(3):
        content = staff_client.get(url).content.decode()

    assert [words in content for words in ("10 %", "₦1.00", "the delivery", "0 of 5")] == [True] * 4
