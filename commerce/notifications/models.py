from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from commerce.columns import choice_check


class NoticeGroup(models.TextChoices):
    """What a customer is told about, as they choose it. What each means: `kinds.GROUPS`."""

    ORDERS = "orders"
    REMINDERS = "reminders"
    STOCK = "stock"
    REWARDS = "rewards"


class Channel(models.TextChoices):
    """How a customer is told."""

    IN_APP = "in_app", "In the account"
    EMAIL = "email", "By e-mail"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Reads of notices."""

    def unread(self) -> Self:
        """Notices that their customer has not read."""
        return self.filter(read_at=None)


class Notification(models.Model):
    """A notice in a customer's account. Its key names what caused it, so that it is written once.

    `link` is a path of the shop, empty where there is nothing to see. The kinds are those of `kinds.KINDS`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    key = models.CharField(max_length=200, unique=True, help_text="What caused it: order.shipped:ZUKA-2026-000123.")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=500, blank=True, default="")
    link = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = "commerce_notification"
        verbose_name = "notice"
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notification_newest"),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title


class NotificationPreference(models.Model):
    """What a customer has chosen for a group and a channel; without a row the group's own rule holds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    group = models.CharField(max_length=20, choices=NoticeGroup)
    channel = models.CharField(max_length=10, choices=Channel)
    is_on = models.BooleanField()
    chosen_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_notification_preference"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "group", "channel"], name="notification_preference_once"),
            choice_check("notification_preference", "group", NoticeGroup),
            choice_check("notification_preference", "channel", Channel),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.channel}: {'on' if self.is_on else 'off'}"


class AddressOptOut(models.Model):
    """An address without an account that wants no mails of a group. Only a hash of it is kept."""

    address_hash = models.CharField(max_length=64)
    group = models.CharField(max_length=20, choices=NoticeGroup)
    opted_out_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_address_opt_out"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["address_hash", "group"], name="address_opt_out_once"),
            choice_check("address_opt_out", "group", NoticeGroup),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.address_hash[:8]}…"
