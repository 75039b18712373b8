from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from commerce.columns import Timestamped, currency_check, currency_field, not_negative_check


class ShippingZone(Timestamped):
    """Where the shop delivers: some states of a country, or all of it that no other zone names (`states` empty)."""

    name = models.CharField(max_length=100, unique=True)
    country = models.CharField(max_length=2, default="NG", help_text="ISO 3166 code, for example NG.")
    states = ArrayField(
        models.CharField(max_length=100),
        blank=True,
        default=list,
        help_text="States, separated by commas. Empty: the rest of the country.",
    )
    is_active = models.BooleanField("active", default=True)

    class Meta:
        db_table = "commerce_shipping_zone"
        constraints = [
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="shipping_zone_country"),
            models.UniqueConstraint(
                fields=["country"], condition=Q(states=[], is_active=True), name="shipping_zone_one_rest_a_country"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ShippingRate(Timestamped):
    """What delivery to a zone costs, and how many days it takes. From `free_from_kobo` of goods on it is free."""

    zone = models.ForeignKey(ShippingZone, on_delete=models.CASCADE, related_name="rates")
    name = models.CharField(max_length=100, help_text="As customers read it, for example Standard or By motorbike.")
    currency = currency_field()
    amount_kobo = models.BigIntegerField()
    free_from_kobo = models.BigIntegerField(null=True, blank=True)
    min_days = models.PositiveSmallIntegerField("days, at least", default=1)
    max_days = models.PositiveSmallIntegerField("days, at most", default=5)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        db_table = "commerce_shipping_rate"
        ordering = ["amount_kobo", "id"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "name", "currency"], name="shipping_rate_name_unique"),
            not_negative_check("shipping_rate", "amount_kobo"),
            not_negative_check("shipping_rate", "free_from_kobo"),
            models.CheckConstraint(condition=Q(max_days__gte=F("min_days")), name="shipping_rate_days"),
            currency_check("shipping_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.zone.name}, {self.name}"
