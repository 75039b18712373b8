"""What led to orders: touches, how orders are shared among them, and what campaigns cost."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Touch(models.Model):
    """A visit as something that may lead to an order: whose it was, when, and what sent them. Filled like a rollup.

    `session` is the id of the visit, `channel` one of `registry/channels.py`. '' is none.
    """

    session = models.UUIDField(primary_key=True)
    day = models.DateField()
    person = models.TextField()
    touched_at = models.DateTimeField()
    channel = models.TextField()
    source = models.TextField()
    medium = models.TextField()
    campaign = models.TextField()
    referrer = models.TextField()

    class Meta:
        db_table = "analytics_touches"
        indexes: ClassVar = [
            models.Index(fields=["person", "touched_at"], name="touch_person"),
            models.Index(fields=["day"], name="touch_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person} by {self.channel} at {self.touched_at:%Y-%m-%d %H:%M}"


class OrderAttribution(models.Model):
    """What a touch has of an order's money of one day, under each model; without a touch the order is unattributed.

    A row a day on which money of the order moved or it became paid, and touch. `…_parts` are the touch's share of the
    order in millionths, counted on the day it became paid and 0 on others; `…_kobo` its share of what came in less
    what went back that day. Shares add up to the whole exactly; what was refunded wholly leaves nothing to anybody.
    """

    day = models.DateField()
    order_ref = models.TextField()
    currency = models.CharField(max_length=3)
    session = models.UUIDField(null=True)
    order_id = models.BigIntegerField()
    position = models.IntegerField()
    touches = models.IntegerField()
    channel = models.TextField()
    source = models.TextField()
    medium = models.TextField()
    campaign = models.TextField()
    referrer = models.TextField()
    last_parts = models.IntegerField()
    first_parts = models.IntegerField()
    linear_parts = models.IntegerField()
    position_parts = models.IntegerField()
    last_kobo = models.BigIntegerField()
    first_kobo = models.BigIntegerField()
    linear_kobo = models.BigIntegerField()
    position_kobo = models.BigIntegerField()

    class Meta:
        db_table = "analytics_order_attributions"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "order_ref", "currency", "session"],
                name="order_attributions_once",
                nulls_distinct=False,
            )
        ]
        indexes: ClassVar = [models.Index(fields=["order_ref"], name="order_attributions_order")]

    def __str__(self) -> str:
        return f"{self.order_ref} on {self.day} by {self.channel}"


class RollupAttribution(models.Model):
    """Paid revenue and orders a day by what led to them, under each model: parts in millionths of an order, kobo."""

    day = models.DateField()
    channel = models.TextField()
    source = models.TextField()
    medium = models.TextField()
    campaign = models.TextField()
    referrer = models.TextField()
    currency = models.CharField(max_length=3)
    last_parts = models.BigIntegerField()
    first_parts = models.BigIntegerField()
    linear_parts = models.BigIntegerField()
    position_parts = models.BigIntegerField()
    last_kobo = models.BigIntegerField()
    first_kobo = models.BigIntegerField()
    linear_kobo = models.BigIntegerField()
    position_kobo = models.BigIntegerField()

    class Meta:
        db_table = "rollup_attribution"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "channel", "source", "medium", "campaign", "referrer", "currency"],
                name="rollup_attribution_once",
            )
        ]
