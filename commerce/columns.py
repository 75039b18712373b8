"""What the shop's tables share: when a row was made and changed, its currency, and CHECKs for closed choices."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone


class Timestamped(models.Model):
    """`created_at` may be given (imports, services pass their own moment); `updated_at` is set on each save."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


is_picture_address = RegexValidator(
    r"^(https?://[^\s/]+|/(?!/))\S*$", "Write an address like https://… or a path of this site like /media/gown.jpg."
)


def picture_field(**options: Any) -> models.CharField[Any, Any]:
    """Return a column for where a picture is: an address, or a path of this site. Up to 500 characters."""
    return models.CharField(max_length=500, validators=[is_picture_address], **options)


def letters_index(column: str, *, name: str) -> GinIndex:
    """Return the index of `icontains`: of a text's letters by threes, in capitals. Shorter searches cannot use it."""
    return GinIndex(OpClass(Upper(column), name="gin_trgm_ops"), name=name)


def currency_field() -> models.CharField[str, str]:
    """Return a column for an ISO 4217 code; it stands beside every amount in kobo (hundredths of the currency)."""
    return models.CharField(max_length=3, default="NGN")


def currency_check(table: str) -> models.CheckConstraint:
    """Return the CHECK that a table's currency is three capital letters."""
    return models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name=f"{table}_currency")


def choice_check(table: str, field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """Return the CHECK that a column holds one of a closed set of choices (NULL passes where the column allows it)."""
    condition: dict[str, Any] = {f"{field}__in": choices.values}
    return models.CheckConstraint(condition=Q(**condition), name=f"{table}_{field}")


def not_negative_check(table: str, field: str) -> models.CheckConstraint:
    """Return the CHECK that a number is zero or more."""
    condition: dict[str, Any] = {f"{field}__gte": 0}
    return models.CheckConstraint(condition=Q(**condition), name=f"{table}_{field}_not_negative")


def positive_check(table: str, field: str) -> models.CheckConstraint:
    """Return the CHECK that a number is more than zero."""
    condition: dict[str, Any] = {f"{field}__gt": 0}
    return models.CheckConstraint(condition=Q(**condition), name=f"{table}_{field}_positive")
