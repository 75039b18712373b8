from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError

from analytics.store.models import Event
from commerce.accounts.models import User, UserStatus
from commerce.catalog.models import Product
from commerce.orders.services import cancel_order, deliver_parcel, refuse_parcel
from commerce.reviews.models import ProductReview, ReviewStatus
from commerce.reviews.services import (
    AlreadyReviewed,
    ReviewRemoved,
    find_purchase,
    hide_review,
    publish_review,
    remove_review,
)
from tests.commerce.factories import NOON, ProductFactory, UserFactory, in_threads
from tests.commerce.orders.stories import STAFF, packed, ship
from tests.commerce.reviews.stories import buy, order_of, rating_of, review
from zuka.platform.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def gown(db: None) -> Product:
    """A product without reviews."""
    return ProductFactory.create(name="Gown")


def test_a_review_is_published_and_counted(gown: Product, alice: User) -> None:
    other = ProductFactory.create()
    written = review(gown, 4, user=alice, title="Fits", body="It fits <b>well</b>.")

    assert (written.status, written.created_at, written.author) == (ReviewStatus.PUBLISHED, NOON, "Alice")
    assert (written.title, written.body) == ("Fits", "It fits <b>well</b>.")
    assert (rating_of(gown), rating_of(other)) == (("4.00", 1), (None, 0))


def test_a_review_is_tracked_without_its_text(gown: Product, alice: User) -> None:
    written = review(gown, 4, user=alice, title="Fits", body="My number is 0803 123 4567")

    event = Event.objects.get(event_type="product.reviewed")
    assert (event.user_id, event.visitor_id, event.session_id, event.product_ref) == (
        str(alice.pk),
        "visitor-1",
        "session-1",
        gown.public_id,
    )
    assert (event.message_id, event.occurred_at) == (f"product.reviewed:{written.pk}", NOON)
    assert event.properties == {"product_id": gown.public_id, "rating": 4, "review_id": str(written.pk)}


def test_the_latest_delivery_verifies_a_review(gown: Product, alice: User, charlie: User) -> None:
    buy(charlie, gown)
    buy(alice, ProductFactory.create())
    order_of(alice, gown)
    unverified = review(gown, user=alice)
    remove_review(review=unverified, at=NOON)

    buy(alice, gown, at=NOON)
    latest = buy(alice, gown, at=NOON + timedelta(days=2))
    buy(alice, gown, at=NOON + timedelta(days=1))
    cancel_order(order=order_of(alice, gown, at=NOON + timedelta(days=3)), at=NOON, actor=Actor(), reason="")
    verified = review(gown, user=alice)

    assert (unverified.order_line, unverified.is_verified_purchase) == (None, False)
    assert (verified.order_line, verified.is_verified_purchase) == (latest.lines.get(), True)


def test_what_was_in_a_delivered_parcel_verifies_and_what_was_refused_does_not(alice: User) -> None:
    order = packed(1, 1, 1, user=alice)
    first, refused, waiting = Product.objects.filter(order_lines__order=order).order_by("order_lines__id")
    deliver_parcel(shipment=ship(order, 1, 0, 0), **STAFF)
    refuse_parcel(shipment=ship(order, 0, 1, 0), **STAFF)
    assert [find_purchase(user=alice, product=each) for each in (first, refused, waiting)] == [
        order.lines.all()[0],
        None,
        None,
    ]
    deliver_parcel(shipment=ship(order, 0, 0, 1), **STAFF)
    assert find_purchase(user=alice, product=refused) is None


def test_orders_of_staff_verify_nothing(gown: Product) -> None:
    staff = UserFactory.create(is_staff=True)
    buy(staff, gown)

    assert review(gown, user=staff).is_verified_purchase is False


def test_one_review_a_customer_and_product(gown: Product, alice: User, charlie: User) -> None:
    first = review(gown, user=alice)
    review(gown, user=charlie)
    review(ProductFactory.create(), user=alice)
    hide_review(review=first, at=NOON)

    with pytest.raises(AlreadyReviewed):
        review(gown, user=alice)
    remove_review(review=first, at=NOON)
    review(gown, user=alice)

    mine = ProductReview.objects.filter(product=gown, user=alice).order_by("pk").values_list("status", flat=True)
    assert list(mine) == ["removed", "published"]
    assert Event.objects.filter(event_type="product.reviewed").count() == 4


def test_ratings_count_what_is_published(gown: Product) -> None:
    written = [review(gown, rating) for rating in (5, 4, 4)]
    seen = [rating_of(gown)]
    for change in (hide_review, publish_review, publish_review, remove_review, remove_review):
        change(review=written[0], at=NOON)
        seen.append(rating_of(gown))
    for each in written[1:]:
        hide_review(review=each, at=NOON)
    seen.append(rating_of(gown))

    assert seen == [
        ("4.33", 3),
        ("4.00", 2),
        ("4.33", 3),
        ("4.33", 3),
        ("4.00", 2),
        ("4.00", 2),
        (None, 0),
    ]


def test_a_removed_review_stays_removed(gown: Product) -> None:
    written = remove_review(review=review(gown), at=NOON)

    for change in (hide_review, publish_review):
        with pytest.raises(ReviewRemoved):
            change(review=written, at=NOON)

    assert ProductReview.objects.get().status == ReviewStatus.REMOVED


@pytest.mark.parametrize(
    ("columns", "author"),
    [
        ({"name": "Ngozi Okafor"}, "Ngozi"),
        ({"name": "  "}, "A customer"),
        ({"name": ""}, "A customer"),
        ({"name": "Ngozi", "status": UserStatus.DELETED}, "A customer"),
    ],
)
def test_the_author_is_a_first_name_at_most(gown: Product, columns: dict[str, str], author: str) -> None:
    assert review(gown, user=UserFactory.create(**columns)).author == author


def test_a_review_outlives_its_account(gown: Product, alice: User) -> None:
    written = review(gown, user=alice)
    ProductReview.objects.update(user=None)

    written.refresh_from_db()
    assert (written.author, rating_of(gown)) == ("A customer", ("5.00", 1))


@pytest.mark.parametrize("rating", [0, 6])
def test_the_database_refuses_other_ratings(gown: Product, rating: int) -> None:
    with pytest.raises(IntegrityError, match="review_rating_1_to_5"):
        review(gown, rating)


def test_a_refused_review_leaves_nothing_behind(gown: Product, alice: User) -> None:
    review(gown, 5, user=alice)

    with pytest.raises(AlreadyReviewed):
        review(gown, 1, user=alice)

    assert rating_of(gown) == ("5.00", 1)
    assert Event.objects.filter(event_type="product.reviewed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_customers_at_once_are_ten_ratings() -> None:
    gown = ProductFactory.create()
    writers = iter(list(zip(UserFactory.create_batch(10), (1, 2, 3, 4, 5) * 2, strict=True)))

    def write() -> None:
        user, rating = next(writers)
        review(gown, rating, user=user)

    in_threads(10, write)

    assert rating_of(gown) == ("3.00", 10)


@pytest.mark.django_db(transaction=True)
def test_one_customer_in_ten_threads_writes_one_review() -> None:
    gown, alice = ProductFactory.create(), UserFactory.create()

    def write() -> bool:
        try:
            review(gown, user=alice)
        except AlreadyReviewed:
            return False  # counted below: all but one
        return True

    assert sorted(in_threads(10, write)) == [False] * 9 + [True]
    assert (ProductReview.objects.count(), rating_of(gown)) == (1, ("5.00", 1))
    assert Event.objects.filter(event_type="product.reviewed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_decisions_and_new_reviews_at_once_agree() -> None:
    gown, writers = ProductFactory.create(), UserFactory.create_batch(5)
    old = [review(gown, 1) for _ in writers]
    work: Iterator[Callable[[], object]] = iter(
        [
            *(partial(hide_review, review=each, at=NOON) for each in old),
            *(partial(review, gown, user=user) for user in writers),
        ]
    )

    def act() -> None:
        next(work)()

    in_threads(10, act)

    assert rating_of(gown) == ("5.00", 5)
