from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from commerce.accounts.models import User
from commerce.catalog.models import Product, ProductStatus
from commerce.reviews.models import ProductReview
from commerce.reviews.services import hide_review, remove_review
from tests.commerce.accounts.doors import call
from tests.commerce.factories import NOON, ProductFactory, UserFactory
from tests.commerce.reviews.stories import buy, rating_of, review

pytestmark = pytest.mark.django_db


@pytest.fixture
def gown(db: None) -> Product:
    """A product without reviews."""
    return ProductFactory.create(slug="gown")


LIST = "products/gown/reviews/"


def test_a_customer_reviews_what_they_bought(gown: Product, alice: User) -> None:
    buy(alice, gown)
    wish = {"rating": 4, "title": " Fits ", "body": "It fits <b>well</b>.\nReally."}

    answer = call(alice, "post", LIST, {**wish, "status": "hidden", "author": "Queen", "is_verified_purchase": False})

    written = ProductReview.objects.get()
    moment = answer.json()["created_at"]
    expected = {
        "id": written.pk,
        "rating": 4,
        "title": "Fits",
        "body": "It fits <b>well</b>.\nReally.",
        "author": "Alice",
        "is_verified_purchase": True,
        "helpful_count": 0,
        "found_helpful": False,
        "created_at": moment,
    }
    assert (answer.status_code, answer.json()) == (201, expected)
    assert call(None, "get", LIST).json()["results"] == [expected]
    assert (written.user, rating_of(gown)) == (alice, ("4.00", 1))


def test_only_stars_are_needed(gown: Product, alice: User) -> None:
    answer = call(alice, "post", LIST, {"rating": 5})

    assert (answer.status_code, answer.json()["title"], answer.json()["body"]) == (201, "", "")
    assert answer.json()["is_verified_purchase"] is False


def test_guests_read_and_do_not_write(gown: Product) -> None:
    answer = call(None, "post", LIST, {"rating": 5})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert (call(None, "get", LIST).status_code, ProductReview.objects.count()) == (200, 0)


def test_a_stale_token_is_told_so(gown: Product) -> None:
    answer = call(None, "get", LIST, **{"X-Session-Token": "stale"})

    assert (answer.status_code, answer.json()["code"]) == (401, "session_expired")


def test_a_second_review_is_refused(gown: Product, alice: User) -> None:
    review(gown, user=alice)

    answer = call(alice, "post", LIST, {"rating": 1})

    assert (answer.status_code, answer.json()) == (
        409,
        {"code": "already_reviewed", "message": "You have reviewed this product already."},
    )


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "required", "rating"),
        ({"rating": 0}, "min_value", "rating"),
        ({"rating": 6}, "max_value", "rating"),
        ({"rating": 4.5}, "invalid", "rating"),
        ({"rating": "good"}, "invalid", "rating"),
        ({"rating": 5, "title": "x" * 121}, "max_length", "title"),
        ({"rating": 5, "body": "x" * 4001}, "max_length", "body"),
        ({"rating": 5, "body": "a\x00b"}, "null_characters_not_allowed", "body"),
    ],
)
def test_bad_input_names_its_field(gown: Product, alice: User, body: dict[str, Any], code: str, field: str) -> None:
    answer = call(alice, "post", LIST, body)

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, code, field)
    assert ProductReview.objects.count() == 0


@pytest.mark.parametrize("status", [ProductStatus.DRAFT, ProductStatus.ARCHIVED])
def test_what_the_shop_does_not_show_has_no_reviews(alice: User, status: ProductStatus) -> None:
    review(ProductFactory.create(slug="gown", status=status))

    answers = [
        call(alice, "get", LIST),
        call(alice, "post", LIST, {"rating": 5}),
        call(alice, "get", "products/x/reviews/"),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 3


def test_the_list_is_what_is_published_newest_first_in_pages(gown: Product) -> None:
    written = [review(gown, body=name, at=NOON + timedelta(hours=hour)) for hour, name in enumerate("abcde")]
    review(gown, body="same moment", at=NOON + timedelta(hours=4))
    review(ProductFactory.create())
    hide_review(review=written[1], at=NOON)
    remove_review(review=written[2], at=NOON)

    page = call(None, "get", f"{LIST}?page_size=2").json()
    seen = [row["body"] for row in page["results"]]
    while page["next"]:
        page = Client().get(page["next"]).json()
        seen += [row["body"] for row in page["results"]]

    assert seen == ["same moment", "e", "d", "a"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_two_queries(gown: Product, django_assert_num_queries: Any, rows: int) -> None:
    for _ in range(rows):
        review(gown, user=UserFactory.create())

    with django_assert_num_queries(2):  # the product, its reviews
        assert len(call(None, "get", LIST).json()["results"]) == rows
