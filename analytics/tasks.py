"""Scheduled jobs: thin, tolerant of unknown keywords, safe to run twice. When they run: `zuka/schedule.py`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings

from analytics.history.working import forget_files, import_waiting
from analytics.lifecycle.archive.months import due_months as months_to_archive
from analytics.lifecycle.archive.months import is_switched_on
from analytics.lifecycle.compaction.running import compact_due, due_months, due_years
from analytics.lifecycle.packing.running import pack_due_months
from analytics.people import segments
from analytics.report import jobs, mailing
from analytics.report.alert_calls import call_waiting
from analytics.report.alerts import evaluate_alerts
from analytics.rollup import fill, refresh
from analytics.rollup.api_hours import count_api_hours as count_hours
from analytics.rollup.disk import measure_disk_use
from analytics.rollup.leads import score_leads as score_people
from analytics.rollup.nightly import verify_sample
from analytics.rollup.tallies import fold_tallies
from analytics.rollup.watching import watch_keys
from analytics.store.models import DisplacedEvent, IngestAlert, IngestHour, RejectedEvent
from analytics.store.partitioning import ensure_event_partitions
from analytics.store.postgres import HISTORY
from analytics.warehouse.client import is_mirrored, open_warehouse
from analytics.warehouse.mirror import copy_counted
from zuka.platform import clock
from zuka.platform.live_settings.reading import live
from zuka.platform.queues.declared import SLOW, SOON
from zuka.platform.queues.declaring import background
from zuka.platform.retention.sweeping import forget_rows

DAYS_A_RUN = 60


@background(name="analytics.tasks.fill_rollups", queue=SOON)
def fill_rollups(**_unknown: Any) -> None:
    """Recount dirty days, latest first, at most 60 a run so that one run stays short.

    Each sign-in changes whose the visits of some days before were, counting a day may mark later ones, and history may
    bring years at once: all those wait for `fill_older_days`.
    """
    fill.fill_dirty(limit=DAYS_A_RUN, later=[fill.IDENTITY, fill.PEOPLE, fill.TOUCHES, fill.ERASURE, HISTORY])


@background(name="analytics.tasks.fill_older_days", queue=SOON)
def fill_older_days(**_unknown: Any) -> None:
    """Recount the days on which people who have signed in since were visitors, and all others that are dirty."""
    fill.fill_dirty(limit=DAYS_A_RUN, oldest_first=True)


@background(name="analytics.tasks.copy_to_warehouse", queue=SOON)
def copy_to_warehouse(**_unknown: Any) -> None:
    """Copy to ClickHouse what was counted, where that is chosen."""
    if is_mirrored():
        copy_counted(open_warehouse())


@background(name="analytics.tasks.refresh_views", queue=SOON)
def refresh_views(**_unknown: Any) -> None:
    """Refresh the materialized views."""
    refresh.refresh_views(at=clock.now())


@background(name="analytics.tasks.score_leads", queue=SOON)
def score_leads(**_unknown: Any) -> None:
    """Score people by how much they were here."""
    score_people(at=clock.now())


@background(name="analytics.tasks.refresh_segments", queue=SOON)
def refresh_segments(**_unknown: Any) -> None:
    """Find who is in each segment now."""
    segments.refresh_segments(at=clock.now())


@background(name="analytics.tasks.fold_ingest_counts", queue=SOON)
def fold_ingest_counts(**_unknown: Any) -> None:
    """Add up the counts of what came in."""
    fold_tallies()


@background(name="analytics.tasks.count_api_hours", queue=SOON)
def count_api_hours(**_unknown: Any) -> None:
    """Count requests to the API by hour."""
    count_hours(at=clock.now())


@background(name="analytics.tasks.watch_ingest", queue=SOON)
def watch_ingest(**_unknown: Any) -> None:
    """Open and close alerts on keys."""
    watch_keys(at=clock.now())


@background(name="analytics.tasks.check_alerts", queue=SOON)
def check_alerts(**_unknown: Any) -> None:
    """Tell staff what their alerts find, and webhooks what they were not told yet."""
    evaluate_alerts(at=clock.now())
    call_waiting(at=clock.now())


@background(name="analytics.tasks.verify_counts", queue=SLOW)
def verify_counts(**_unknown: Any) -> None:
    """Count a sample of days again and keep what differs."""
    verify_sample(at=clock.now())


@background(name="analytics.tasks.measure_disk", queue=SLOW)
def measure_disk(**_unknown: Any) -> None:
    """Note how large the database is today."""
    measure_disk_use(at=clock.now())


@background(name="analytics.tasks.create_partitions", queue=SOON)
def create_partitions(**_unknown: Any) -> None:
    """Create the months of events that are missing, three ahead."""
    ensure_event_partitions()


@background(name="analytics.tasks.archive_events", queue=SLOW)
def archive_events(**_unknown: Any) -> None:
    """Take the months of raw events past their retention out of PostgreSQL, once all of their days are counted."""
    # What reads and writes Parquet is loaded by who archives alone: it takes 60 MB.
    from analytics.lifecycle.archive.running import archive_due_months

    if is_switched_on() and months_to_archive(at=clock.now()):
        fill.fill_dirty(oldest_first=True)
        archive_due_months(at=clock.now())


@background(name="analytics.tasks.pack_events", queue=SLOW)
def pack_events(**_unknown: Any) -> None:
    """Let the months of raw events that are over take less room."""
    failed = pack_due_months(at=clock.now()).failed
    if failed:
        raise RuntimeError("; ".join(f"{month:%Y-%m}: {reason}" for month, reason in failed.items()))


@background(name="analytics.tasks.compact_counts", queue=SLOW)
def compact_counts(**_unknown: Any) -> None:
    """Keep counts that are old enough by month, then by year, once all of their days are counted."""
    if due_months(at=clock.now()) or due_years(at=clock.now()):
        try:
            fill.fill_dirty(oldest_first=True)
        finally:  # one day that cannot be counted keeps its own month waiting, no other
            compact_due(at=clock.now())


@background(name="analytics.tasks.restore_month", queue=SLOW)
def restore_month(*, month: str, **_unknown: Any) -> None:
    """Bring an archived month, like 2025-03-01, back into PostgreSQL, as staff asked."""
    # As above.
    from analytics.lifecycle.archive.restoring import restore_month as restore

    restore(month=date.fromisoformat(month), at=clock.now(), waits=True)


@background(name="analytics.tasks.write_exports", queue=SLOW)
def write_exports(**_unknown: Any) -> None:
    """Write the exports that wait. A worker that is killed over one leaves it to the next."""
    jobs.write_exports(at=clock.now())


@background(name="analytics.tasks.import_history", queue=SLOW)
def import_history(**_unknown: Any) -> None:
    """Import the history that waits. A worker that is killed over one leaves it to the next, exact to the row."""
    import_waiting(at=clock.now())


@background(name="analytics.tasks.send_due_reports", queue=SLOW)
def send_due_reports(**_unknown: Any) -> None:
    """Queue the mails of reports that are due."""
    mailing.send_due_reports(at=clock.now())


@background(name="analytics.tasks.forget_exports", queue=SLOW)
def forget_exports(**_unknown: Any) -> None:
    """Delete the files of exports and of history past their time."""
    jobs.forget_exports(at=clock.now())
    forget_files(at=clock.now())


@background(name="analytics.tasks.drop_old_rejected", queue=SLOW)
def drop_old_rejected(**_unknown: Any) -> None:
    """Forget rejected events, displaced ids and counts of what came in that are past their retention."""
    now = clock.now()
    rejected = now - timedelta(days=live.REJECTED_RETENTION_DAYS)
    forget_rows(RejectedEvent.objects.filter(received_at__lt=rejected).order_by("received_at"))
    months = settings.EVENT_RETENTION_MONTHS + 1
    oldest = clock.day_start(clock.add_months(now.date(), -months))
    forget_rows(DisplacedEvent.objects.filter(stored_at__lt=oldest))
    forget_rows(IngestHour.objects.filter(hour__lt=oldest))
    forget_rows(IngestAlert.objects.filter(closed_at__lt=oldest))
