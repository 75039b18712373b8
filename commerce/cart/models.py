from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from commerce.catalog.models import ProductVariant
from commerce.columns import Timestamped, choice_check, currency_check, currency_field, positive_check


class CartStatus(models.TextChoices):
    """What became of a cart. Abandoned ones are open again as soon as their owner comes back."""

    ACTIVE = "active"
    CONVERTED = "converted"
    ABANDONED = "abandoned"
    MERGED = "merged"


OPEN = [CartStatus.ACTIVE, CartStatus.ABANDONED]


class CartQuerySet(models.QuerySet["Cart"]):
    """Reads of carts."""

    def open(self) -> Self:
        """Carts that their owners can go on with; of a customer's the active one first, then the newest."""
        # In this order "active" comes before "abandoned".
        return self.filter(status__in=OPEN).order_by("-status", "-last_active_at")


class Cart(Timestamped):
    """What somebody means to buy. A customer has one active cart; a guest finds theirs by a token, kept hashed.

    `visitor_id` is who the tracker says the guest is; without a tracker the cart itself speaks for them.
    `changes` counts what was done to the lines, so that each addition is tracked once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="carts"
    )
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    visitor_id = models.CharField(max_length=200, null=True, blank=True)
    session_id = models.CharField(max_length=200, null=True, blank=True)
    status = models.CharField(max_length=10, choices=CartStatus, default=CartStatus.ACTIVE)
    currency = currency_field()
    changes = models.PositiveIntegerField(default=0, editable=False)
    last_active_at = models.DateTimeField()
    converted_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="sources")

    objects = CartQuerySet.as_manager()

    class Meta:
        db_table = "commerce_cart"
        indexes: ClassVar = [
            models.Index(fields=["last_active_at"], name="cart_active_since", condition=Q(status="active")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint("user", condition=Q(status="active"), name="cart_one_active"),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(token_hash__isnull=False), name="cart_user_or_token"
            ),
            choice_check("cart", "status", CartStatus),
            currency_check("cart"),
        ]

    def __str__(self) -> str:
        return f"Cart {self.id}"

    @property
    def speaker(self) -> str:
        """Return the visitor id of a guest whom no tracker named."""
        return f"cart-{self.id.hex}"


class CartLine(models.Model):
    """A variant in a cart and how many. The price is looked up on every read; the one when it was added is kept."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(ProductVariant, on_delete=models.CASCADE, related_name="cart_lines")
    quantity = models.PositiveIntegerField()
    added_price_kobo = models.BigIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_cart_line"
        ordering = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_line_once"),
            positive_check("cart_line", "quantity"),
            models.CheckConstraint(condition=Q(quantity__lte=99), name="cart_line_at_most_99"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"
