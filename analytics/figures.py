"""Analytics' figures for Prometheus: what came in, what waits, what is not counted yet."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Max, Sum

from analytics.ingest.writer import process_spool
from analytics.rollup.disk import read_disk
from analytics.store.models import DirtyDay, IngestHour, IngestTally
from zuka.platform.metrics.declared import Figure, Kind, Sample, one

OUTCOMES = ("received", "accepted", "duplicate", "rejected", "dropped")


def read_outcomes() -> Iterator[Sample]:
    """Yield how many events came in, by what became of them: what is added up, and what is not yet."""
    asked = {name: Sum(name) for name in OUTCOMES}
    parts = [model._default_manager.aggregate(**asked) for model in (IngestHour, IngestTally)]  # noqa: SLF001 - Django's public name
    for name in OUTCOMES:
        yield (name,), sum(part[name] or 0 for part in parts)


def read_latest() -> list[Sample]:
    """Return when an event last came in."""
    found = [model._default_manager.aggregate(at=Max("last_at"))["at"] for model in (IngestHour, IngestTally)]  # noqa: SLF001 - as above
    known = [at for at in found if at is not None]
    return one(max(known).timestamp() if known else None)


def read_spool(*, bytes_too: bool) -> list[Sample]:
    """Return how much waits on this machine's disk while PostgreSQL is away: bytes, or files."""
    spool = process_spool()
    if spool is None:
        return []
    return one(spool.bytes_waiting() if bytes_too else len(spool.files()))


def read_days() -> list[Sample]:
    """Return how many days must be counted again."""
    return one(DirtyDay.objects.aggregate(days=Count("day", distinct=True))["days"])


def read_days_left() -> list[Sample]:
    """Return for how many days PostgreSQL's disk lasts, where that is known."""
    disk = read_disk()
    return one(disk.days_left if disk else None)


FIGURES = (
    Figure(
        "zuka_ingest_events_total",
        Kind.COUNTER,
        "Events by what became of them, as long as hours are kept: received = accepted + duplicate + rejected + "
        "dropped.",
        read_outcomes,
        ("outcome",),
    ),
    Figure("zuka_ingest_last_timestamp_seconds", Kind.GAUGE, "When an event last came in.", read_latest),
    Figure(
        "zuka_ingest_spool_bytes",
        Kind.GAUGE,
        "Bytes that wait on this machine's disk for PostgreSQL.",
        lambda: read_spool(bytes_too=True),
    ),
    Figure(
        "zuka_ingest_spool_files",
        Kind.GAUGE,
        "Files that wait on this machine's disk for PostgreSQL.",
        lambda: read_spool(bytes_too=False),
    ),
    Figure("zuka_rollup_days_waiting", Kind.GAUGE, "Days that are to be counted again.", read_days),
    Figure(
        "zuka_disk_days_left",
        Kind.GAUGE,
        "For how many days PostgreSQL's disk lasts, as it grew over the 30 days before; none while that is not known.",
        read_days_left,
    ),
)
