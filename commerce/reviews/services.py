"""The verbs of reviews. Each locks the product's row first, so that its rating counts every review once."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Count, Sum

from analytics.track import track
from commerce.accounts.models import User
from commerce.catalog.models import Product
from commerce.orders.models import FulfilmentStatus, OrderLine, ShipmentStatus
from commerce.reviews.models import ProductReview, ReviewStatus, ReviewVote
from commerce.rewards.services import reward_review, unreward_review
from zuka.platform.actor import Actor, actor_for
from zuka.platform.errors import Refused

HUNDREDTH = Decimal("0.01")


class AlreadyReviewed(Refused):
    """The customer has a review of this product that is not removed."""

    code = "already_reviewed"


class ReviewRemoved(Refused):
    """A removed review stays removed."""

    code = "review_removed"


class OwnReview(Refused):
    """Nobody votes for what they wrote themselves."""

    code = "own_review"


def lock_product(product_id: int) -> None:
    """Hold a product's row until the transaction ends. Rows that refer to it may be added."""
    Product.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=product_id)


def refresh_rating(product_id: int) -> None:
    """Set the rating caches of a locked product from its published reviews; without any, the average is NULL."""
    published = ProductReview.objects.published().filter(product_id=product_id)
    found = published.aggregate(count=Count("pk"), total=Sum("rating"))
    average = None
    if found["count"]:
        average = (Decimal(found["total"]) / found["count"]).quantize(HUNDREDTH, ROUND_HALF_UP)
    Product.objects.filter(pk=product_id).update(rating_average=average, rating_count=found["count"])


def find_purchase(*, user: User, product: Product) -> OrderLine | None:
    """Return the line of which a customer was delivered a product last; test orders and returned ones are none."""
    lines = OrderLine.objects.filter(
        product=product,
        order__user=user,
        shipped__shipment__status=ShipmentStatus.DELIVERED,
        order__is_test=False,
    ).exclude(order__fulfilment_status=FulfilmentStatus.RETURNED)
    return lines.order_by("-shipped__shipment__delivered_at", "-pk").first()


@transaction.atomic
def write_review(
    *, product: Product, user: User, rating: int, actor: Actor, at: datetime, title: str = "", body: str = ""
) -> ProductReview:
    """Publish a customer's review, verified by their purchase where there is one, and track `product.reviewed`.

    `rating` is 1 to 5; title and body are plain text and are not tracked. Raises `AlreadyReviewed`.
    """
    lock_product(product.pk)
    if ProductReview.objects.live().filter(product=product, user=user).exists():
        raise AlreadyReviewed("You have reviewed this product already.")
    review = ProductReview.objects.create(
        product=product,
        user=user,
        order_line=find_purchase(user=user, product=product),
        rating=rating,
        title=title,
        body=body,
        created_at=at,
    )
    refresh_rating(product.pk)
    if review.order_line_id:
        reward_review(user_id=user.pk, product_id=product.pk, at=at)
    track(
        "product.reviewed",
        actor=actor_for(user_id=user.pk, base=actor),
        at=at,
        message_id=f"product.reviewed:{review.pk}",
        product_id=product.public_id,
        rating=rating,
        review_id=str(review.pk),
    )
    return review


@transaction.atomic
def move_review(*, review: ProductReview, status: ReviewStatus, at: datetime) -> ProductReview:
    """Show, hide or remove a review and return it fresh; the same status again changes nothing. What a removed one has
    earned is taken back.

    Raises `ReviewRemoved` for a removed one: its customer may have written another.
    """
    lock_product(review.product_id)
    review = ProductReview.objects.get(pk=review.pk)
    if review.status == status:
        return review
    if review.status == ReviewStatus.REMOVED:
        raise ReviewRemoved("A removed review stays removed.")
    review.status = status
    review.save(update_fields=["status", "updated_at"])
    refresh_rating(review.product_id)
    if status == ReviewStatus.REMOVED and review.order_line_id and review.user_id:
        unreward_review(user_id=review.user_id, product_id=review.product_id, at=at)
    return review


def hide_review(*, review: ProductReview, at: datetime) -> ProductReview:
    """Take a review from the shop for now. Raises `ReviewRemoved`."""
    return move_review(review=review, status=ReviewStatus.HIDDEN, at=at)


def publish_review(*, review: ProductReview, at: datetime) -> ProductReview:
    """Show a hidden review again. Raises `ReviewRemoved`."""
    return move_review(review=review, status=ReviewStatus.PUBLISHED, at=at)


def remove_review(*, review: ProductReview, at: datetime) -> ProductReview:
    """Remove a review for good; its customer may write another."""
    return move_review(review=review, status=ReviewStatus.REMOVED, at=at)


@transaction.atomic
def vote_helpful(*, review: ProductReview, user: User, at: datetime) -> ProductReview:
    """Note that a customer found a review helpful and return it fresh; twice is once. Raises `OwnReview`."""
    review = lock_review(review)
    if review.user_id == user.pk:
        raise OwnReview("You wrote this review yourself.")
    ReviewVote.objects.get_or_create(review=review, user=user, defaults={"voted_at": at})
    return count_votes(review)


@transaction.atomic
def withdraw_vote(*, review: ProductReview, user: User) -> ProductReview:
    """Take a customer's vote back and return the review fresh; without a vote nothing changes."""
    review = lock_review(review)
    ReviewVote.objects.filter(review=review, user=user).delete()
    return count_votes(review)


def lock_review(review: ProductReview) -> ProductReview:
    """Return a review, held until the transaction ends, so that its votes are counted one after the other."""
    return ProductReview.objects.select_for_update(no_key=True, of=("self",)).get(pk=review.pk)


def count_votes(review: ProductReview) -> ProductReview:
    """Set the count of a locked review from its votes."""
    review.helpful_count = review.votes.count()
    review.save(update_fields=["helpful_count"])
    return review
