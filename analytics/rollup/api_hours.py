"""Counting requests to the API by hour: the hours that may have changed, nothing else.

A request is stored a second after it was answered, or when PostgreSQL is back, while this job could not count either.
So the hours since two before the last one counted are counted again. Running twice changes nothing.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Now

from analytics.store.models import FillState, HourlyApiPerformance
from zuka.platform.clock import add_months, day_start, hour_start, local_day
from zuka.platform.db.files import load_sql

COUNT = Path(__file__).parent.parent / "store" / "sql" / "usage" / "count_hours.sql"
AGAIN = timedelta(hours=2)
NAME = "api_hours"  # of what was counted, in FillState


def count_api_hours(*, at: datetime) -> int:
    """Count the hours that may have changed until `at`, forget those past API_HOURS_MONTHS, and return the rows of now.

    Two at once take turns: what one has counted the other finds.
    """
    began = time.monotonic()
    oldest = day_start(add_months(local_day(at), -settings.API_HOURS_MONTHS))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zuka:api_hours'))")
        last = HourlyApiPerformance.objects.aggregate(hour=Max("hour"))["hour"]
        since = max(last - AGAIN, oldest) if last else oldest
        cursor.execute(load_sql(COUNT), {"since": since})
        HourlyApiPerformance.objects.filter(hour__lt=oldest).delete()
        rows = HourlyApiPerformance.objects.filter(hour__gte=hour_start(at)).count()
        facts = {"filled_at": Now(), "rows": rows, "seconds": time.monotonic() - began}
        FillState.objects.update_or_create(rollup=NAME, day=local_day(at), defaults=facts)
    return rows
