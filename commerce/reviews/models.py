from __future__ import annotations

from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value

from commerce.accounts.models import UserStatus
from commerce.catalog.models import Product
from commerce.columns import Timestamped, choice_check
from commerce.orders.models import OrderLine


class ReviewStatus(models.TextChoices):
    """Whether a review is shown. A removed one makes room for another by the same customer."""

    PUBLISHED = "published"
    HIDDEN = "hidden"
    REMOVED = "removed"


class ReviewQuerySet(models.QuerySet["ProductReview"]):
    """Reads of reviews."""

    def published(self) -> Self:
        """Reviews that the shop shows and ratings count."""
        return self.filter(status=ReviewStatus.PUBLISHED)

    def live(self) -> Self:
        """Reviews that are not removed: at most one of a product by a customer."""
        return self.exclude(status=ReviewStatus.REMOVED)

    def found_helpful_by(self, user_id: UUID | None) -> Self:
        """Add `found_helpful`: whether this customer voted for it; a guest did not."""
        if user_id is None:
            return self.annotate(found_helpful=Value(value=False))
        return self.annotate(found_helpful=Exists(ReviewVote.objects.filter(review=OuterRef("pk"), user=user_id)))


class ProductReview(Timestamped):
    """What a customer says of a product. `order_line` is the purchase that verifies it, where the ledger has one."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="reviews"
    )
    order_line = models.ForeignKey(OrderLine, on_delete=models.SET_NULL, null=True, blank=True, related_name="reviews")
    rating = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120, blank=True, default="")
    body = models.TextField(max_length=4000, blank=True, default="")
    status = models.CharField(max_length=10, choices=ReviewStatus, default=ReviewStatus.PUBLISHED)
    helpful_count = models.PositiveIntegerField(default=0, db_default=0, editable=False, verbose_name="found helpful")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        db_table = "commerce_product_review"
        ordering = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["product", "-created_at"], name="review_product_newest"),
            models.Index(fields=["created_at"], name="review_created_at"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "user"], condition=~Q(status="removed"), name="review_one_live"),
            models.CheckConstraint(condition=Q(rating__gte=1) & Q(rating__lte=5), name="review_rating_1_to_5"),
            choice_check("review", "status", ReviewStatus),
        ]

    def __str__(self) -> str:
        return f"Review {self.pk}: {self.rating} of 5"

    @property
    def author(self) -> str:
        """Return the name the shop shows: the first word of the customer's name, never an e-mail or phone."""
        words = self.user.name.split() if self.user and self.user.status != UserStatus.DELETED else []
        return words[0] if words else "A customer"

    @property
    def is_verified_purchase(self) -> bool:
        """Say whether the ledger has the purchase."""
        return self.order_line_id is not None


class ReviewVote(models.Model):
    """A customer found another customer's review helpful."""

    review = models.ForeignKey(ProductReview, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_votes")
    voted_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_review_vote"
        constraints: ClassVar = [models.UniqueConstraint(fields=["review", "user"], name="review_vote_once")]

    def __str__(self) -> str:
        return f"Vote for review {self.review_id}"
