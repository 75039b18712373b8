from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from commerce.columns import choice_check


class RewardProfile(models.Model):
    """What a customer is called on leaderboards, the code that they give to friends, and their streak of days."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="reward_profile"
    )
    nickname = models.CharField(max_length=20, blank=True, default="")
    referral_code = models.CharField(max_length=12, unique=True)
    streak_days = models.PositiveIntegerField(default=0)
    streak_date = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "commerce_reward_profile"

    def __str__(self) -> str:
        return self.referral_code


class ReferralStatus(models.TextChoices):
    """Where a referral stands."""

    JOINED = "joined", "Waits for a first order"
    HELD = "held", "To be looked at"
    REWARDED = "rewarded", "Both were given points"
    REFUSED = "refused", "Refused"


class Referral(models.Model):
    """A customer who came by a friend's code. `reason` says why it is held or was refused; `order_number` is the first
    order that was paid and kept. Nobody is referred twice.
    """

    referrer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referrals")
    referred = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referral")
    status = models.CharField(max_length=10, choices=ReferralStatus, default=ReferralStatus.JOINED)
    reason = models.CharField(max_length=200, blank=True, default="")
    order_number = models.CharField("order", max_length=30, blank=True, default="")
    joined_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        db_table = "commerce_referral"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["referrer", "-id"], name="referral_referrer"),
            models.Index(fields=["status", "-id"], name="referral_status"),
            models.Index(fields=["joined_at"], name="referral_joined_at"),
        ]
        constraints = [
            choice_check("referral", "status", ReferralStatus),
            models.CheckConstraint(condition=~Q(referrer=F("referred")), name="referral_not_oneself"),
        ]

    def __str__(self) -> str:
        return f"Referral {self.pk}"
