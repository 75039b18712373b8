from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from commerce.catalog.models.products import ProductVariant
from commerce.columns import choice_check, not_negative_check


class MovementReason(models.TextChoices):
    """Why the pieces on hand changed."""

    OPENING = "opening", "Opening stock"
    RECEIVED = "received", "Received"
    COUNTED = "counted", "Counted"
    DAMAGED = "damaged", "Damaged"
    LOST = "lost", "Lost"
    CORRECTED = "corrected", "Corrected"
    IMPORTED = "imported", "Import"
    SHIPPED = "shipped", "Shipped"
    REFUSED = "refused", "Refused at the door"
    RETURNED = "returned", "Returned"


# What staff may give as their reason; the others come with what an order or an import does.
STAFF_REASONS = (
    MovementReason.RECEIVED,
    MovementReason.COUNTED,
    MovementReason.DAMAGED,
    MovementReason.LOST,
    MovementReason.RETURNED,
    MovementReason.CORRECTED,
)


class StockMovement(models.Model):
    """One change of the pieces that a variant has on hand: how many, why, by whom, and what was there afterwards.

    Never changed and never deleted, which the database sees to, also when its variant is: then `sku` says whose it was.
    The changes of a variant add up to its `stock_on_hand`; a daily job reports where they do not.
    """

    variant = models.ForeignKey(
        ProductVariant, on_delete=models.DO_NOTHING, db_constraint=False, related_name="movements"
    )
    sku = models.CharField(max_length=64)
    change = models.IntegerField()
    balance_after = models.IntegerField()
    reason = models.CharField(max_length=10, choices=MovementReason)
    order_number = models.CharField("order", max_length=30, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="stock_movements"
    )
    moved_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_stock_movement"
        ordering = ["-id"]
        indexes = [models.Index(fields=["variant", "-id"], name="stock_movement_variant")]
        constraints = [
            choice_check("stock_movement", "reason", MovementReason),
            not_negative_check("stock_movement", "balance_after"),
            models.CheckConstraint(condition=~Q(change=0), name="stock_movement_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.sku}: {self.change:+d}"
