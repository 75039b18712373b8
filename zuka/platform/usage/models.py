"""Requests to the API."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class ApiUsage(models.Model):
    """A request to `/api/`. Partitioned by month of `created_at`, which is when it was answered.

    `endpoint` is the route's name, never the address. `ms` lasts until the answer begins. Sizes are bytes of bodies;
    `response_bytes` is null for what was streamed. `is_cached` says that the answer was kept, or that the caller had it
    already (304). Key and user are soft references: neither must be there any more.
    """

    id = models.UUIDField(primary_key=True)
    created_at = models.DateTimeField()
    endpoint = models.CharField(max_length=100)
    method = models.CharField(max_length=8)
    status = models.PositiveSmallIntegerField()
    ms = models.FloatField()
    request_bytes = models.BigIntegerField()
    response_bytes = models.BigIntegerField(null=True)
    is_cached = models.BooleanField()
    key_id = models.UUIDField(null=True)
    user_id = models.UUIDField(null=True)
    country = models.CharField(max_length=2, null=True)

    class Meta:
        db_table = "platform_api_usage"
        indexes: ClassVar = [
            models.Index(fields=["created_at", "id"], name="api_usage_time"),
            models.Index(fields=["key_id", "created_at"], name="api_usage_key", condition=Q(key_id__isnull=False)),
            models.Index(fields=["user_id", "created_at"], name="api_usage_user", condition=Q(user_id__isnull=False)),
        ]
