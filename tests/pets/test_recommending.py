"""Recommendations: from what people do, with the reason; never what cannot be bought or is known already."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.registry.rollups import MATERIALIZED_VIEWS
from analytics.rollup.fill import fill_dirty
from analytics.rollup.refresh import refresh_view
from analytics.track import track_many
from commerce.catalog.indexes import RelatedProduct
from commerce.catalog.models import Product, ProductStatus
from commerce.orders.models import OrderLine
from pets.recommending import recommend_products
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, UserFactory, VariantFactory
from tests.rollup.story import build_event, place
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf():
    """Gowns, caps and shoes, each of its brand, with stock; popular in this order."""
    products = {}
    for number, name in enumerate(("gown", "cap", "shoe", "bag", "lace")):
        category = CategoryFactory.create(slug=f"{name}s", name=f"{name.capitalize()}s")
        product = ProductFactory.create(
            name=f"Fine {name}", public_id=name, category=category, brand=BrandFactory.create(name=f"House of {name}")
        )
        VariantFactory.create(product=product, stock_on_hand=5, colour="Red" if name == "bag" else "Black")
        Product.objects.filter(pk=product.pk).update(purchase_count=10 - number)
        products[name] = product
    return products


def pair(one, other, orders):
    at = datetime(2026, 11, 1, tzinfo=UTC)
    for left, right in ((one, other), (other, one)):
        RelatedProduct.objects.create(product=left, other=right, orders=orders, counted_at=at)


def look(*views):
    """Track (visitor or account, product) of an hour ago and count them."""
    moment = now() - timedelta(hours=1)
    track_many(
        [
            build_event(
                "product.viewed", moment, product_ref=ref, **({"user_id": str(who)} if is_user else {"visitor_id": who})
            )
            for is_user, who, ref in views
        ]
    )
    fill_dirty()
    for name in ("viewed_together_30d", "trending_7d"):
        refresh_view(view=MATERIALIZED_VIEWS[name], at=now())


def recommended(user=None, about=(), limit=10, **preferences):
    found = recommend_products(
        user_id=user.pk if user else None,
        product_ids=[each.pk for each in about],
        preferences=preferences,
        limit=limit,
        at=now(),
    )
    names = dict(Product.objects.values_list("pk", "public_id"))
    return [(names[each.product_id], each.basis, each.reason) for each in found]


def test_what_goes_with_the_talk_comes_first_with_its_reason(shelf):
    pair(shelf["gown"], shelf["lace"], 4)
    look((False, "v", "gown"), (False, "v", "bag"))
    assert recommended(about=[shelf["gown"]], limit=3) == [
        ("lace", "bought_together", "People who bought Fine gown also bought this"),
        ("bag", "viewed_together", "People who looked at Fine gown also looked at this"),
        ("cap", "popular", "A favourite in Caps"),
    ]


def test_pairs_of_several_products_are_added_up(shelf):
    pair(shelf["gown"], shelf["lace"], 2)
    pair(shelf["gown"], shelf["bag"], 3)
    pair(shelf["cap"], shelf["lace"], 2)
    found = recommended(about=[shelf["gown"], shelf["cap"]], limit=2)
    assert [ref for ref, _, _ in found] == ["lace", "bag"]


def test_a_stranger_in_a_new_shop_gets_what_sells_then_what_is_new(shelf):
    Product.objects.filter(pk__in=[shelf["lace"].pk, shelf["bag"].pk]).update(purchase_count=0)
    assert recommended() == [
        ("gown", "popular", "A favourite in Gowns"),
        ("cap", "popular", "A favourite in Caps"),
        ("shoe", "popular", "A favourite in Shoes"),
        ("lace", "newest", "New in Laces"),
        ("bag", "newest", "New in Bags"),
    ]


def test_what_rises_and_what_is_rated_have_their_reasons(shelf):
    Product.objects.update(purchase_count=0)
    Product.objects.filter(pk=shelf["shoe"].pk).update(rating_average="4.50", rating_count=3)
    look(*((False, f"v{who}", "bag") for who in range(10)))
    assert recommended(limit=2) == [
        ("bag", "trending", "Trending this week: more interest than usual"),
        ("shoe", "rated", "Buyers give it 4.5 of 5"),
    ]


def test_taste_is_what_somebody_did_and_told(shelf):
    ada = UserFactory.create()
    look((True, ada.pk, "cap"), (True, ada.pk, "cap"))
    assert recommended(ada, limit=2) == [
        ("cap", "taste", "You often look at Caps"),
        ("gown", "popular", "A favourite in Gowns"),
    ]
    assert recommended(colour="Red", limit=1) == [("bag", "taste", "It comes in Red, which you like")]
    assert recommended(brand="House of lace", limit=1) == [("lace", "taste", "You told me that you like House of lace")]


def test_what_is_not_liked_or_too_dear_is_left_out(shelf):
    Product.objects.filter(pk=shelf["gown"].pk).update(price_kobo=9_000_000)
    Product.objects.exclude(pk=shelf["gown"].pk).update(price_kobo=100_000)
    found = recommended(dislike=["Caps", "House of shoe", "Red"], price="200000")
    assert [ref for ref, _, _ in found] == ["lace"]


def test_what_cannot_be_bought_is_never_recommended(shelf):
    pair(shelf["gown"], shelf["cap"], 9)
    pair(shelf["gown"], shelf["shoe"], 8)
    pair(shelf["gown"], shelf["bag"], 7)
    shelf["cap"].variants.update(stock_on_hand=0)
    Product.objects.filter(pk=shelf["shoe"].pk).update(status=ProductStatus.ARCHIVED)
    shelf["bag"].category.active = False
    shelf["bag"].category.save()
    assert [ref for ref, _, _ in recommended(about=[shelf["gown"]])] == ["lace"]


def test_what_was_bought_of_late_is_left_out_until_a_month_later(shelf):
    ada = UserFactory.create()
    order = place("gown", now() - timedelta(days=29), user=ada, guest_email="")
    OrderLine.objects.filter(order=order).update(product=shelf["gown"])
    assert "gown" not in [ref for ref, _, _ in recommended(ada)]
    order.placed_at = now() - timedelta(days=31)
    order.save()
    assert "gown" in [ref for ref, _, _ in recommended(ada)]


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (-1, 0), (3, 3), (1000, 5)])
def test_no_more_than_asked_for_and_each_once(shelf, limit, count):
    pair(shelf["gown"], shelf["lace"], 4)
    found = [ref for ref, _, _ in recommended(limit=limit)]
    assert (len(found), len(set(found))) == (count, count)


@pytest.mark.parametrize("seeds", [1, 3])
def test_questions_do_not_grow_with_products(shelf, seeds, django_assert_max_num_queries):
    about = list(shelf.values())[:seeds]
    with django_assert_max_num_queries(39):  # one asks which months are archived
        recommended(UserFactory.create(), about=about)
