from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from commerce.columns import Timestamped, choice_check, not_negative_check, positive_check
from commerce.promotions.models import Coupon, CouponKind


class Reward(Timestamped):
    """What points are given for: a code that is good once, for whoever has it. `redeemed_count` caches the redemptions.

    Limits that are empty do not apply. Amounts in kobo of the shop's currency.
    """

    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True, default="")
    points = models.PositiveIntegerField("costs, in points")
    kind = models.CharField("takes off", max_length=20, choices=CouponKind)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    amount_kobo = models.BigIntegerField(null=True, blank=True)
    max_discount_kobo = models.BigIntegerField(null=True, blank=True)
    min_spend_kobo = models.BigIntegerField(null=True, blank=True)
    valid_days = models.PositiveIntegerField("days the code is valid", default=30)
    stock = models.PositiveIntegerField("how many there are", null=True, blank=True)
    user_limit = models.PositiveIntegerField("a customer", null=True, blank=True)
    redeemed_count = models.PositiveIntegerField("redeemed", default=0, editable=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        db_table = "commerce_reward"
        ordering = ["points", "id"]
        constraints = [
            positive_check("reward", "points"),
            positive_check("reward", "valid_days"),
            positive_check("reward", "max_discount_kobo"),
            not_negative_check("reward", "min_spend_kobo"),
            choice_check("reward", "kind", CouponKind),
            models.CheckConstraint(
                condition=~Q(kind="percentage") | Q(percent__isnull=False, percent__gt=0, percent__lte=100),
                name="reward_percentage_has_percent",
            ),
            models.CheckConstraint(
                condition=~Q(kind="fixed") | Q(amount_kobo__isnull=False, amount_kobo__gt=0),
                name="reward_fixed_has_amount",
            ),
            models.CheckConstraint(
                condition=Q(stock=None) | Q(redeemed_count__lte=F("stock")), name="reward_within_stock"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gt=F("starts_at")), name="reward_window"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserReward(models.Model):
    """A reward that a customer has taken: what it cost then, and the code. A key is one of its user's."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rewards")
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions")
    coupon = models.OneToOneField(Coupon, on_delete=models.PROTECT, related_name="reward")
    points = models.PositiveIntegerField()
    redeemed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=200, null=True, blank=True, editable=False)

    class Meta:
        db_table = "commerce_user_reward"
        ordering = ["-id"]
        verbose_name = "reward taken"
        verbose_name_plural = "rewards taken"
        indexes = [
            models.Index(fields=["user", "-id"], name="user_reward_user"),
            models.Index(fields=["redeemed_at"], name="user_reward_redeemed_at"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="user_reward_key_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reward_id} of {self.user_id}"
