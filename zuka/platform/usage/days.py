"""How much a key called the API, by day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from zuka.platform.clock import day_start, local_day, shop_zone
from zuka.platform.usage.models import ApiUsage

REFUSED_FROM = 400  # statuses, as HTTP has them


def calls_by_day(*, key_id: UUID, days: int, at: datetime) -> list[dict[str, Any]]:
    """Return a key's calls of the last days, today's first: `day`, `calls`, and those `refused`, 4xx and 5xx.

    Only days with calls, in the shop's time zone. Reads the key's own rows by their index. Requests are written some
    seconds after their answer, and kept for API_USAGE_DAYS.
    """
    first = day_start(local_day(at) - timedelta(days=days - 1))
    rows = ApiUsage.objects.filter(key_id=key_id, created_at__gte=first)
    by_day = rows.annotate(day=TruncDate("created_at", tzinfo=shop_zone())).values("day")
    refused = Count("id", filter=Q(status__gte=REFUSED_FROM))
    found = by_day.annotate(calls=Count("id"), refused=refused).order_by("-day")
    return [dict(row) for row in found]
