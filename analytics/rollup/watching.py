"""Watching keys: one that goes silent or has more rejected than usual opens an alert, which closes when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from django.db import connection, transaction

from analytics.store.models import IngestAlert
from zuka.platform.clock import hour_start
from zuka.platform.db.files import load_sql

log = structlog.get_logger(__name__)
WATCH = Path(__file__).parent.parent / "store" / "sql" / "ingest" / "watch_keys.sql"
HOURS = timedelta(hours=1)  # with the hour that runs: the last one to two hours
USUAL_EVENTS = 20
REJECTED_SHARE = 0.05
TIMES_USUAL = 3


@dataclass(frozen=True, slots=True)
class KeyTraffic:
    """What a key sent in the last hours, beside what is usual for it."""

    key: UUID
    name: str
    received: int
    rejected: int
    usual: float
    share: float


def problems_of(traffic: KeyTraffic) -> dict[str, str]:
    """Return what is wrong with a key's traffic, by kind of alert."""
    problems: dict[str, str] = {}
    if traffic.received == 0 and traffic.usual >= USUAL_EVENTS:
        problems[IngestAlert.Kind.SILENT] = (
            f"{traffic.name} has sent nothing for an hour or more; usual are {traffic.usual:,.0f} events in two hours."
        )
    share = traffic.rejected / traffic.received if traffic.received >= USUAL_EVENTS else 0.0
    if share >= max(REJECTED_SHARE, TIMES_USUAL * traffic.share):
        problems[IngestAlert.Kind.REJECTING] = (
            f"{share:.0%} of what {traffic.name} sends is rejected; usual is {traffic.share:.1%}."
        )
    return problems


def read_traffic(at: datetime) -> list[KeyTraffic]:
    """Return the traffic of every key that is busy enough to tell."""
    hour = hour_start(at)
    with connection.cursor() as cursor:
        cursor.execute(load_sql(WATCH), {"since": hour - HOURS, "until": hour})
        return [KeyTraffic(*row) for row in cursor.fetchall()]


@transaction.atomic
def watch_keys(*, at: datetime) -> list[IngestAlert]:
    """Open alerts for what is wrong now, close those that are over, and return those that are new."""
    found = {(kind, each.key): text for each in read_traffic(at) for kind, text in problems_of(each).items()}
    still = {(alert.kind, alert.source_key): alert for alert in IngestAlert.objects.filter(closed_at=None)}
    for which, alert in still.items():
        if which not in found:
            IngestAlert.objects.filter(pk=alert.pk).update(closed_at=at)
    new = [
        IngestAlert(kind=kind, source_key=key, message=text, opened_at=at)
        for (kind, key), text in found.items()
        if (kind, key) not in still
    ]
    IngestAlert.objects.bulk_create(new, ignore_conflicts=True)
    for alert in new:
        log.warning("ingest.alert", kind=alert.kind, key=str(alert.source_key), message=alert.message)
    return new
