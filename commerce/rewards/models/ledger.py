from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from commerce.columns import choice_check, not_negative_check


class PointsEntry(models.Model):
    """One change of a customer's points and XP: how many, for what, and what was there afterwards.

    Never changed and never deleted, which the database sees to. One source changes points once: (`source_type`,
    `source_id`) is unique, and the types are those of `services/rules.py`. `expires_at` of points that came is when
    they lapse; of points that were spent, when the last of them would have, to which they return.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="points_entries")
    source_type = models.CharField("for", max_length=30)
    source_id = models.CharField("of", max_length=120)
    points = models.BigIntegerField()
    xp = models.BigIntegerField("XP", default=0)
    balance_after = models.BigIntegerField("balance")
    expires_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    occurred_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_points_entry"
        ordering = ["-id"]
        verbose_name = "change of points"
        verbose_name_plural = "changes of points"
        indexes = [
            models.Index(fields=["user", "-id"], name="points_entry_user"),
            models.Index(fields=["occurred_at"], name="points_entry_occurred_at"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source_type", "source_id"], name="points_entry_source_once"),
            not_negative_check("points_entry", "balance_after"),
            models.CheckConstraint(condition=~Q(points=0) | ~Q(xp=0), name="points_entry_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d} points"


class PointsLot(models.Model):
    """What is left of points that came in together. They are spent in the order in which they lapse."""

    entry = models.OneToOneField(PointsEntry, on_delete=models.PROTECT, related_name="lot")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    points_left = models.BigIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_points_lot"
        indexes = [
            models.Index(fields=["user", "expires_at", "id"], name="points_lot_next", condition=Q(points_left__gt=0)),
            models.Index(fields=["expires_at"], name="points_lot_expires_at", condition=Q(points_left__gt=0)),
        ]
        constraints = [not_negative_check("points_lot", "points_left")]

    def __str__(self) -> str:
        return f"{self.points_left} points"


class AdjustmentStatus(models.TextChoices):
    """Where a change by staff stands."""

    ASKED = "asked", "Waits for a colleague"
    APPLIED = "applied", "Done"
    DECLINED = "declined", "Declined"


class PointsAdjustment(models.Model):
    """Points that staff give or take, with their reason. Above POINTS_FOUR_EYES a colleague has to approve it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="points_adjustments")
    points = models.BigIntegerField(help_text="Less than zero takes points away.")
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=AdjustmentStatus)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "commerce_points_adjustment"
        ordering = ["-id"]
        verbose_name = "points given by staff"
        verbose_name_plural = "points given by staff"
        constraints = [
            choice_check("points_adjustment", "status", AdjustmentStatus),
            models.CheckConstraint(condition=~Q(points=0), name="points_adjustment_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d} points"
