from __future__ import annotations

from typing import Any

import pytest

from commerce.accounts.models import User
from commerce.catalog.models import Product
from commerce.reviews.models import ProductReview, ReviewVote
from commerce.reviews.services import hide_review, vote_helpful
from tests.commerce.accounts.doors import call
from tests.commerce.factories import NOON, ProductFactory, UserFactory, in_threads
from tests.commerce.reviews.stories import review

LIST = "products/gown/reviews/"


@pytest.fixture
def gown(db: None) -> Product:
    return ProductFactory.create(slug="gown")


def path(each: ProductReview) -> str:
    return f"{LIST}{each.pk}/helpful/"


def votes(user: User | None, **query: str) -> list[tuple[int, int, bool]]:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    rows = call(user, "get", f"{LIST}?{text}").json()["results"]
    return [(row["id"], row["helpful_count"], row["found_helpful"]) for row in rows]


@pytest.mark.django_db
def test_a_customer_votes_once_and_takes_it_back(gown: Product, alice: User, charlie: User) -> None:
    opinion = review(gown)
    first, second = call(alice, "put", path(opinion)), call(alice, "put", path(opinion))
    call(charlie, "put", path(opinion))

    assert (first.status_code, first.json()) == (200, {"helpful_count": 1, "found_helpful": True})
    assert (second.json(), first["Cache-Control"]) == (first.json(), "private, no-store")
    assert [votes(user) for user in (alice, None)] == [[(opinion.pk, 2, True)], [(opinion.pk, 2, False)]]

    answers = [call(alice, "delete", path(opinion)).json() for _ in range(2)]
    assert answers == [{"helpful_count": 1, "found_helpful": False}] * 2
    assert votes(alice) == [(opinion.pk, 1, False)]


@pytest.mark.django_db
def test_who_may_not_vote(gown: Product, alice: User) -> None:
    own, hidden, other = (
        review(gown, user=alice),
        hide_review(review=review(gown), at=NOON),
        review(ProductFactory.create()),
    )
    answers = [
        call(None, "put", path(own)),
        call(alice, "put", path(own)),
        call(alice, "put", path(hidden)),
        call(alice, "put", path(other)),
        call(alice, "delete", f"{LIST}999999/helpful/"),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (401, "not_authenticated"),
        (409, "own_review"),
        (404, "not_found"),
        (404, "not_found"),
        (404, "not_found"),
    ]
    assert ReviewVote.objects.count() == 0


@pytest.mark.django_db
def test_the_most_helpful_come_first_when_asked(gown: Product, alice: User) -> None:
    old, new = review(gown), review(gown)
    vote_helpful(review=old, user=alice, at=NOON)

    assert votes(None) == [(new.pk, 0, False), (old.pk, 1, False)]
    assert votes(None, ordering="helpful") == [(old.pk, 1, False), (new.pk, 0, False)]
    answer = call(None, "get", f"{LIST}?ordering=best")
    assert (answer.status_code, answer.json()["field"]) == (400, "ordering")


@pytest.mark.django_db(transaction=True)
def test_votes_at_once_are_all_counted(gown: Product) -> None:
    opinion = review(gown)
    voters = [UserFactory.create() for _ in range(4)]

    def vote() -> Any:
        return vote_helpful(review=opinion, user=voters.pop(), at=NOON).helpful_count

    assert sorted(in_threads(4, vote)) == [1, 2, 3, 4]
