"""Scoring people by how much they were here: the last 7 of the shop's days, from rollups and recent events alone.

One transaction: forget who is gone, write who changed, then what those above cold looked at. Running twice
changes nothing.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from analytics.people.cutting import BOT_FLAGS
from analytics.registry.leads import BANDS, WINDOW_DAYS
from analytics.store.models import FillState, LeadScore
from zuka.platform.clock import day_bounds, local_day
from zuka.platform.db.files import load_sql

FOLDER = Path(__file__).parent.parent / "store" / "sql" / "leads"
STEPS = ("score_leads", "forget_leads", "profile_leads", "forget_profiles")
NAME = "leads"  # of what was counted, in FillState


def score_params(at: datetime) -> dict[str, Any]:
    """Return what the statements bind: the days until the one of `at`, and the bands."""
    last = local_day(at)
    first = last - timedelta(days=WINDOW_DAYS - 1)
    return {
        "first": first,
        "last": last,
        "start": day_bounds(first)[0],
        "end": day_bounds(last)[1],
        "bands": [band.name for band in BANDS],
        "events": [band.events for band in BANDS],
        "days": [band.days for band in BANDS],
        "bot_flags": BOT_FLAGS,
        "zone": settings.TIME_ZONE,
    }


def score_leads(*, at: datetime) -> int:
    """Score everybody who was here within the days until that of `at`; return how many that are."""
    params, began = score_params(at), time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zuka:leads'))")
        for step in STEPS:
            cursor.execute(load_sql(FOLDER / f"{step}.sql"), params)
        people = LeadScore.objects.count()
        facts = {"filled_at": Now(), "rows": people, "seconds": time.monotonic() - began}
        FillState.objects.update_or_create(rollup=NAME, day=params["last"], defaults=facts)
    return people
