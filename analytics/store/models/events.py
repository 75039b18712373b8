"""Raw events, accepted and rejected."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from analytics.registry.types import Reason

REASONS = [(reason.value, reason.value.replace("_", " ").capitalize()) for reason in Reason]


class Event(models.Model):
    """An event, kept once. Partitioned by Lagos month of `occurred_at`; the database's key is (id, occurred_at).

    Written by COPY only, never through the ORM. Soft references: people, products and orders are named, not joined,
    so that partitions can be dropped. `value_kobo` is in kobo of `currency`.
    """

    id = models.UUIDField(primary_key=True)
    event_type = models.TextField()
    source_name = models.TextField()
    occurred_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    user_id = models.TextField(null=True)
    visitor_id = models.TextField(null=True)
    session_id = models.TextField(null=True)
    platform = models.TextField(null=True)
    device_type = models.TextField(null=True)
    os = models.TextField(null=True)
    browser = models.TextField(null=True)
    country = models.TextField(null=True)
    state = models.TextField(null=True)
    city = models.TextField(null=True)
    page_path = models.TextField(null=True)
    screen_name = models.TextField(null=True)
    referrer_url = models.TextField(null=True)
    utm_source = models.TextField(null=True)
    utm_medium = models.TextField(null=True)
    utm_campaign = models.TextField(null=True)
    utm_term = models.TextField(null=True)
    utm_content = models.TextField(null=True)
    click_id = models.TextField(null=True)
    product_ref = models.TextField(null=True)
    category = models.TextField(null=True)
    search_query = models.TextField(null=True)
    value_kobo = models.BigIntegerField(null=True)
    currency = models.TextField(null=True)
    quantity = models.IntegerField(null=True)
    order_ref = models.TextField(null=True)
    properties = models.JSONField()
    source_key = models.UUIDField(null=True)
    message_id = models.TextField(null=True)
    ip = models.GenericIPAddressField(null=True)
    flags = models.SmallIntegerField()

    class Meta:
        db_table = "analytics_events"
        ordering = ["-occurred_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["event_type", "occurred_at"], name="event_type_time"),
            models.Index(fields=["session_id"], name="event_session"),
            models.Index(fields=["user_id", "occurred_at"], name="event_user_time", condition=Q(user_id__isnull=False)),
            models.Index(
                fields=["product_ref", "occurred_at"], name="event_product_time", condition=Q(product_ref__isnull=False)
            ),
            BrinIndex(fields=["occurred_at"], name="event_time_brin", pages_per_range=32),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} at {self.occurred_at:%Y-%m-%d %H:%M:%S}"


class RejectedEvent(models.Model):
    """An event that was refused, as it was sent, with the stage and the reason. `payload` is JSON or raw text.

    `reading` is what its door made of it (a `RawEvent` as JSON), from which it can be mended and replayed; null for a
    body that could not be read. After a replay `replayed_at` is set, and `replay` says what became of it.
    """

    class Replay(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        DUPLICATE = "duplicate", "Stored before"

    id = models.UUIDField(primary_key=True)
    stage = models.CharField(max_length=40)
    reason = models.CharField(max_length=24, choices=REASONS)
    message = models.TextField()
    field = models.TextField(null=True)
    door = models.CharField(max_length=20)
    source_key = models.UUIDField(null=True)
    message_id = models.TextField(null=True)
    source_name = models.TextField(null=True)
    received_at = models.DateTimeField()
    payload = models.TextField()
    reading = models.TextField(null=True)
    replayed_at = models.DateTimeField(null=True)
    replay = models.CharField(max_length=10, choices=Replay, null=True)

    class Meta:
        db_table = "analytics_rejected_events"
        ordering = ["-received_at"]
        indexes: ClassVar = [
            models.Index(fields=["-received_at"], name="rejected_time"),
            models.Index(fields=["reason", "-received_at"], name="rejected_reason_time"),
            models.Index(fields=["source_key", "-received_at"], name="rejected_key_time"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__in=[value for value, _ in REASONS]), name="rejected_reason"),
            models.CheckConstraint(
                condition=Q(replay=None, replayed_at=None)
                | Q(replay__in=["accepted", "duplicate"], replayed_at__isnull=False),
                name="rejected_replay",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.source_name or 'unnamed'}"


class DisplacedEvent(models.Model):
    """The id of an event whose stored time is not the one its client gave, so that (id, time) cannot dedupe it.

    Written in the event's transaction, before the event; see `store/sql/ingest/` and `ingest/README`.
    """

    id = models.UUIDField(primary_key=True)
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "analytics_displaced"

    def __str__(self) -> str:
        return str(self.id)
