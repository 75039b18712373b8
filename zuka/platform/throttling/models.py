"""Limits that staff edit, and the buckets that hold while Valkey is away."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from zuka.platform.keys.tiers import TIER_CHOICES

ENDPOINT = RegexValidator(r"^[a-z0-9_*?-]+$", "Write the name of an endpoint, with * for any letters: reports-*.")
AT_LEAST_ONE = [MinValueValidator(1)]


class CountedBy(models.TextChoices):
    """Whose calls are counted together."""

    KEY = "key", "Each key"
    VISITOR = "visitor", "Each visitor"
    IP = "ip", "Each address"


class RateLimitRule(models.Model):
    """How often an endpoint may be called, or how many events a door takes: in place of what is declared in code.

    An inactive rule lifts the limit for what it names: neither a declared one nor a wider one holds there.
    """

    endpoint = models.CharField(
        max_length=100,
        validators=[ENDPOINT],
        help_text="Which endpoints: a name of docs/limits.md, * for any letters. The most exact rule counts.",
    )
    tier = models.CharField(
        max_length=12,
        choices=TIER_CHOICES,
        blank=True,
        help_text="Of which keys. Empty: all, and calls without a key.",
    )
    counted_by = models.CharField(max_length=10, choices=CountedBy)
    per_hour = models.PositiveBigIntegerField(null=True, blank=True, validators=AT_LEAST_ONE)
    per_day = models.PositiveBigIntegerField(null=True, blank=True, validators=AT_LEAST_ONE)
    burst = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        validators=AT_LEAST_ONE,
        help_text="How many at once; more come as the hour (without one, the day) allows.",
    )
    is_active = models.BooleanField("in force", default=True, help_text="Unticked: no such limit, not even by default.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "platform_rate_limit_rule"
        ordering = ["endpoint", "counted_by", "tier"]
        verbose_name = "rate limit"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["endpoint", "tier", "counted_by"],
                name="rate_limit_rule_once",
                violation_error_message="There is such a rule already; change that one.",
            ),
            models.CheckConstraint(
                condition=(Q(per_hour__isnull=False) | Q(per_day__isnull=False))
                & (Q(per_hour=None) | Q(per_hour__gt=0))
                & (Q(per_day=None) | Q(per_day__gt=0))
                & (Q(burst=None) | Q(burst__gt=0)),
                name="rate_limit_rule_span",
                violation_error_message="Say how many an hour, a day, or both.",
            ),
            models.CheckConstraint(
                condition=Q(counted_by__in=["key", "visitor", "ip"]), name="rate_limit_rule_counted_by"
            ),
        ]

    def __str__(self) -> str:
        tier = self.get_tier_display() if self.tier else "any tier"
        return f"{self.endpoint}, {tier}, {self.get_counted_by_display().lower()}"


class RateBucket(models.Model):
    """What is left in a bucket, while Valkey is away. `name` is a hash: whose it is cannot be read here."""

    name = models.CharField(max_length=40, primary_key=True)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()

    class Meta:
        db_table = "platform_rate_bucket"
        indexes: ClassVar = [models.Index(fields=["filled_at"], name="rate_bucket_age")]

    def __str__(self) -> str:
        return self.name
