"""Backups as jobs and commands run them: taken, read back, noted, and old ones removed."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings

from zuka.backup.database import alone, connect, direct_params, identity_of
from zuka.backup.keeping import remove_old_backups
from zuka.backup.manifest import Manifest, name_of
from zuka.backup.places import Place, open_place
from zuka.backup.refusals import BackupBusy, BackupLate
from zuka.backup.taking import take_backup
from zuka.platform.backup_runs import BackupRun, forget_old_backups, last_good, place_text
from zuka.platform.clock import now

log = structlog.get_logger(__name__)


LOCK = "zuka:backup"


def run_backup(*, place: Place, at: datetime) -> Manifest:
    """Take a backup, read it back, and note how that went. Raises what made it fail; BackupBusy is no failure."""
    with alone(direct_params(), LOCK):
        return take_and_note(place=place, at=at)


def take_and_note(*, place: Place, at: datetime) -> Manifest:
    """Take a backup that nobody else makes, and note how that went. Raises what made it fail."""
    facts = {"name": name_of(at), "began_at": at, "place": place.text()}
    try:
        manifest = take_backup(place=place, at=at)
    except Exception as error:
        log.exception("backup.failed", place=place.text())
        BackupRun.objects.create(
            **facts, ended_at=now(), outcome=BackupRun.Outcome.FAILED, error=type(error).__name__[:200]
        )
        raise
    BackupRun.objects.create(
        **facts,
        ended_at=now(),
        outcome=BackupRun.Outcome.DONE,
        bytes=manifest.bytes,
        rows=manifest.rows,
        version=manifest.version,
        verified_at=now(),
    )
    return manifest


def is_due(*, at: datetime) -> bool:
    """Say whether the last good backup in BACKUP_URL is BACKUP_HOURS old."""
    last = last_good(place=place_text(settings.BACKUP_URL))
    # A run that comes a little early must not wait for the next hour.
    return last is None or last.began_at <= at - timedelta(hours=settings.BACKUP_HOURS) + timedelta(minutes=5)


def back_up_when_due(*, at: datetime) -> Manifest | None:
    """Take a backup when one is due, and remove those that need not be kept; nothing while another is being made."""
    if not settings.BACKUP_URL or not is_due(at=at):
        return None
    try:
        with alone(direct_params(), LOCK):
            if not is_due(at=at):  # one has ended meanwhile
                return None
            place = open_place(settings.BACKUP_URL)
            manifest = take_and_note(place=place, at=at)
            remove_by_rules(place=place, at=at)
    except BackupBusy:
        log.info("backup.busy")
        return None
    forget_old_backups(at=at)
    return manifest


def remove_by_rules(*, place: Place, at: datetime) -> list[str]:
    """Remove the backups of a place that the settings keep no longer, and return their names."""
    with connect(direct_params()) as session:
        database = identity_of(session)
    gone = remove_old_backups(
        place=place,
        at=at,
        database=database,
        days=settings.BACKUP_KEEP_DAYS,
        weeks=settings.BACKUP_KEEP_WEEKS,
        months=settings.BACKUP_KEEP_MONTHS,
    )
    BackupRun.objects.filter(name__in=gone, place=place.text(), removed_at=None).update(removed_at=at)
    return gone


def refuse_late(*, at: datetime) -> None:
    """Raise BackupLate where backups are wanted, and the last good one is older than BACKUP_LATE_HOURS."""
    if not settings.BACKUP_URL:
        return
    place = place_text(settings.BACKUP_URL)
    last = last_good(place=place)
    first = BackupRun.objects.filter(place=place).order_by("began_at").values_list("began_at", flat=True).first()
    since = last.began_at if last else first
    if since and since < at - timedelta(hours=settings.BACKUP_LATE_HOURS):
        raise BackupLate(f"The last good backup is of {since:%Y-%m-%d %H:%M} UTC." if last else "No backup went well.")
