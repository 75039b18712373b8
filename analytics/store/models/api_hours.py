"""Requests to the API by hour: kept when the requests themselves are gone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class HourlyApiPerformance(models.Model):
    """An hour of a route and method. Filled by `rollup/api_hours.py`, never by hand.

    `p50_ms`, `p95_ms` and `p99_ms` are of this hour and must never be added or averaged over hours; `total_ms` ÷
    `requests` is the mean of any span.
    """

    hour = models.DateTimeField()
    endpoint = models.TextField()
    method = models.TextField()
    requests = models.BigIntegerField()
    client_errors = models.BigIntegerField()
    server_errors = models.BigIntegerField()
    cache_hits = models.BigIntegerField()
    total_ms = models.FloatField()
    p50_ms = models.FloatField()
    p95_ms = models.FloatField()
    p99_ms = models.FloatField()
    request_bytes = models.BigIntegerField()
    response_bytes = models.BigIntegerField()

    class Meta:
        db_table = "hourly_api_performance"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hour", "endpoint", "method"], name="hourly_api_performance_once")
        ]
