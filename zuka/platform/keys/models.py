"""What belongs to a key: the tokens it had before, and how its validations ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class RetiredToken(models.Model):
    """A token that a key had before it was rotated; it works until the overlap ends."""

    key = models.ForeignKey("platform.ApiKey", models.CASCADE, related_name="retired_tokens")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField(max_length=16, editable=False)
    works_until = models.DateTimeField()
    retired_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "platform_retired_token"
        ordering = ["-works_until"]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class ValidationResult(models.TextChoices):
    """How a validation ended."""

    SUCCESS = "success", "Success"
    INVALID_KEY = "invalid_key", "Invalid key"
    EXPIRED = "expired", "Expired"
    DEVICE_MISMATCH = "device_mismatch", "Another device"
    RATE_LIMITED = "rate_limited", "Over the day's number"


class ValidationDay(models.Model):
    """How many validations of a key ended so on one day of the shop's. Those of no known key have none.

    Limits are held by these rows, so the numbers are exact; `key.validated` events say when each was.
    """

    key = models.ForeignKey(
        "platform.ApiKey", models.CASCADE, null=True, related_name="validation_days", db_index=False
    )
    day = models.DateField()
    result = models.CharField(max_length=16, choices=ValidationResult)
    validations = models.BigIntegerField()

    class Meta:
        db_table = "platform_validation_day"
        indexes: ClassVar = [models.Index(fields=["day"], name="validation_day_day")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "day", "result"], name="validation_day_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(result__in=["success", "invalid_key", "expired", "device_mismatch", "rate_limited"]),
                name="validation_day_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.validations} × {self.result}"


class WaitingValidation(models.Model):
    """A validation whose fact `key.validated` nobody has stated yet; written with its count, gone once it is stated.

    The key is a soft reference: it may be gone by then.
    """

    key_id = models.UUIDField(null=True)
    result = models.CharField(max_length=16, choices=ValidationResult)
    validated_at = models.DateTimeField()

    class Meta:
        db_table = "platform_waiting_validation"

    def __str__(self) -> str:
        return f"{self.validated_at}: {self.result}"
