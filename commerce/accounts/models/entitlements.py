from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from commerce.columns import Timestamped, choice_check


class KeyTier(models.TextChoices):
    """The tier of a customer's API keys, the lowest first: values of `ApiKey.Tier`."""

    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"


class Entitlement(Timestamped):
    """What a customer is entitled to, and by what: a source gives once, until `ended_at`. Of several the best holds.

    Written by subscriptions; read by what delivery costs, by points, and by API keys.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="entitlements", db_index=False
    )
    source_type = models.CharField("by", max_length=30)
    source_id = models.CharField("of", max_length=60)
    key_tier = models.CharField("tier of API keys", max_length=12, choices=KeyTier, default=KeyTier.FREE)
    free_shipping = models.BooleanField("free delivery", default=False)
    points_percent = models.PositiveIntegerField("points, in per cent", default=100)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "commerce_entitlement"
        indexes = [models.Index(fields=["user"], name="entitlement_of_user", condition=Q(ended_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(fields=["source_type", "source_id"], name="entitlement_source_once"),
            models.CheckConstraint(condition=Q(points_percent__gte=100), name="entitlement_points"),
            choice_check("entitlement", "key_tier", KeyTier),
        ]

    def __str__(self) -> str:
        return f"Entitlement by {self.source_type} {self.source_id}"
