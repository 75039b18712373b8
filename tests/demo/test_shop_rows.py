"""Stock, carts, reviews and addresses of the invented shop, as its own rules would have left them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db.models import Count, F

from analytics.store.models import Event as StoredEvent
from commerce.accounts.models import Address
from commerce.cart.models import Cart, CartLine, CartStatus
from commerce.catalog.models import Category, Product, ProductImage, ProductVariant
from commerce.delivery.services import find_offers
from commerce.orders.models import CLOSED, Order, OrderLine
from commerce.orders.services import count_pieces
from commerce.promotions.models import Coupon, CouponRedemption
from commerce.reviews.models import ProductReview, ReviewStatus
from tests.demo.conftest import UNTIL
from zuka.demo.pictures.drawing import draw_name
from zuka.demo.pictures.names import PATH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


def test_reserved_are_the_pieces_of_open_orders_and_no_more_than_there_are():
    pieces: Counter[str] = Counter()
    for order in Order.objects.exclude(status__in=CLOSED):
        for line, tally in count_pieces(order).items():
            assert line.variant is not None
            pieces[line.variant.sku] += tally.left
    reserved = dict(ProductVariant.objects.exclude(stock_reserved=0).values_list("sku", "stock_reserved"))
    assert reserved == +pieces != {}
    assert not ProductVariant.objects.filter(stock_on_hand__lt=F("stock_reserved")).exists()


def test_most_is_in_stock_some_sizes_are_low_or_sold_out():
    left = [variant.stock_available for variant in ProductVariant.objects.all()]
    shares = [sum(low <= count < high for count in left) / len(left) for low, high in ((0, 1), (1, 5), (5, 1000))]
    assert [0.02 < shares[0] < 0.12, 0.05 < shares[1] < 0.25, shares[2] > 0.7] == [True, True, True]
    in_stock = Product.objects.published().filter(variants__stock_on_hand__gt=F("variants__stock_reserved"))
    assert 0.94 < in_stock.distinct().count() / Product.objects.count() <= 1.0


def test_the_home_page_has_something_in_each_row():
    shown = Product.objects.published()
    counts = [shown.filter(**{name: True}).count() for name in ("featured", "new_arrival", "on_sale")]
    assert all(5 < count < 40 for count in counts)


def test_every_product_and_category_has_a_picture_that_is_drawn():
    urls = list(Product.objects.values_list("image_url", flat=True))
    assert len(set(urls)) == len(urls)
    urls += Category.objects.values_list("image_url", flat=True)
    urls += ProductImage.objects.values_list("url", flat=True)
    names = [url.removeprefix(PATH).removesuffix(".svg") for url in urls]
    assert [name for name in names if draw_name(name) is None] == []
    assert Product.objects.filter(images=None).count() < Product.objects.count() / 3


def test_carts_are_open_abandoned_merged_or_ordered(loaded):
    counts = dict(Cart.objects.values_list("status").annotate(Count("id")))
    assert set(counts) == set(CartStatus)
    recent = UNTIL - timedelta(days=3)
    assert not Cart.objects.filter(status=CartStatus.ACTIVE, last_active_at__lte=recent).exists()
    assert not Cart.objects.filter(status=CartStatus.ABANDONED, last_active_at__gt=recent).exists()
    assert not Cart.objects.filter(status=CartStatus.MERGED, merged_into=None).exists()
    assert not CartLine.objects.filter(added_at__gt=UNTIL).exists()
    assert not Cart.objects.filter(last_active_at__gt=UNTIL).exists()


def test_every_order_is_what_its_cart_was(loaded):
    orders = Order.objects.counted().select_related("cart")
    assert orders.filter(cart=None).count() == 0
    for order in orders:
        assert order.cart is not None
        assert (order.cart.status, order.cart.converted_at) == (CartStatus.CONVERTED, order.placed_at)
        assert order.cart.user_id == order.user_id
        held = Counter({line.variant_id: line.quantity for line in order.cart.lines.all()})
        assert held == Counter({line.variant_id: line.quantity for line in order.lines.all()})
    assert Cart.objects.filter(status=CartStatus.CONVERTED).count() == orders.count()


def test_reviews_are_verified_by_deliveries_and_counted_once():
    reviews = list(ProductReview.objects.select_related("order_line__order", "user"))
    assert len(reviews) > 3
    for review in reviews:
        delivered = OrderLine.objects.filter(
            product=review.product_id, order__user=review.user_id, order__delivered_at__lte=review.created_at
        )
        assert review.order_line == delivered.order_by("-order__delivered_at", "-pk").first()
        assert review.created_at <= UNTIL
    told = StoredEvent.objects.filter(event_type="product.reviewed", source_key=None)
    assert {event.message_id: event.occurred_at for event in told} == {
        f"product.reviewed:{review.pk}": review.created_at for review in reviews
    }


def test_rating_caches_are_those_of_published_reviews():
    ratings: dict[int, list[int]] = {}
    for review in ProductReview.objects.filter(status=ReviewStatus.PUBLISHED):
        ratings.setdefault(review.product_id, []).append(review.rating)
    for product in Product.objects.all():
        stars = ratings.get(product.pk, [])
        average = Decimal(sum(stars)) / len(stars) if stars else None
        expected = average.quantize(Decimal("0.01"), ROUND_HALF_UP) if average else None
        assert (product.rating_count, product.rating_average) == (len(stars), expected)


def test_customers_who_ordered_have_one_default_address():
    ordered = set(Order.objects.exclude(user=None).values_list("user_id", flat=True))
    defaults = Address.objects.filter(is_default=True)
    assert sorted(defaults.values_list("user_id", flat=True)) == sorted(ordered)
    assert set(Address.objects.values_list("user_id", flat=True)) == ordered


def test_the_next_review_gets_the_next_id(loaded):
    last = max(review.pk for review in ProductReview.objects.all())
    product = Product.objects.first()
    assert product is not None
    assert ProductReview.objects.create(product=product, rating=5).pk == last + 1


def test_past_orders_paid_what_the_shop_takes_for_delivery():
    for order in Order.objects.all()[:200]:
        offers = find_offers(address=order.shipping_address, subtotal_kobo=order.subtotal_kobo, currency=order.currency)
        assert order.shipping_kobo in {offer.price_kobo for offer in offers}, order.number


def test_every_coupon_of_an_order_is_there_and_was_counted():
    redeemed = Order.objects.exclude(coupon_code=None)
    assert {order.coupon_code for order in redeemed} <= {coupon.code for coupon in Coupon.objects.all()}
    assert CouponRedemption.objects.count() == redeemed.count()
    for coupon in Coupon.objects.all():
        used = redeemed.filter(coupon_code=coupon.code, cancelled_at=None)
        assert coupon.usage_count == used.count()
