from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from commerce.columns import choice_check


class NoticeGroup(models.TextChoices):
    """What a customer is told about, as they choose it. What each means: `kinds.GROUPS`."""

    ORDERS = "orders"
    REMINDERS = "reminders"
    STOCK = "stock"


class Channel(models.TextChoices):
    """How a customer is told."""

    IN_APP = "in_app", "In the account"
    EMAIL = "email", "By e-mail"


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
