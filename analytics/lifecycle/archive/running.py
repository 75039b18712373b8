"""The archive's job: what is past its retention leaves, what an earlier run left half done is ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from django.conf import settings
from django.db import OperationalError

from analytics.lifecycle.archive.alone import alone
from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.files import check_day, day_files, forget_editions, read_manifest
from analytics.lifecycle.archive.months import away_months, due_months
from analytics.lifecycle.archive.places import ArchiveUnavailable, open_place
from analytics.lifecycle.archive.restoring import restore_month
from analytics.store.models import AWAY_STATES, ArchivedMonth
from zuka.platform.errors import Refused

log = structlog.get_logger(__name__)
State = ArchivedMonth.State


@dataclass(slots=True)
class Outcome:
    """What a run did: the months that left, and those that could not, each with the reason."""

    archived: list[date] = field(default_factory=list)
    failed: dict[date, str] = field(default_factory=dict)


def is_switched_on() -> bool:
    """Say whether months past their retention leave PostgreSQL."""
    return bool(settings.ARCHIVE_EVENTS and settings.ARCHIVE_URL)


def archive_due_months(*, at: datetime) -> Outcome:
    """Archive the months past their retention, oldest first. One that cannot be archived stops no other.

    Events that came beside an archived month are merged first. Raises ArchiveBusy while somebody else is at it.
    """
    outcome = Outcome()
    if not is_switched_on():
        return outcome
    forget_leftovers()
    for month in due_months(at=at):
        try:
            if ArchivedMonth.objects.filter(month=month, state__in=[State.ARCHIVED, State.RESTORING]).exists():
                restore_month(month=month, at=at)
            else:
                archive_month(month=month, at=at)
                outcome.archived.append(month)
        except (Refused, OperationalError) as failure:
            log.warning("archive.failed", month=f"{month:%Y-%m}", reason=str(failure))
            outcome.failed[month] = str(failure)
    return outcome


def forget_leftovers() -> None:
    """Delete what killed runs left beside the files that count."""
    with alone():
        stored = list(ArchivedMonth.objects.filter(state__in=[*AWAY_STATES, State.RESTORED]))
        place = open_place() if stored else None
        for each in stored:
            assert place is not None
            forget_editions(place=place, month=each.month, but=None if each.state == State.RESTORED else each.edition)


def missing_months() -> dict[date, str]:
    """Return the months in the archive alone whose manifest is not found there, each with the reason; reads no rows."""
    missing = {}
    for stored in away_months():
        try:
            read_manifest(place=open_place(), month=stored.month, edition=stored.edition)
        except ArchiveUnavailable as failure:  # what it says is the answer
            missing[stored.month] = failure.message
    return missing


def verify_month(stored: ArchivedMonth) -> str:
    """Read an archived month back and return what is wrong with it; '' where all is as it was written."""
    try:
        place = open_place()
        manifest = read_manifest(place=place, month=stored.month, edition=stored.edition)
        for file in day_files(stored.files):
            check_day(place=place, month=stored.month, edition=stored.edition, file=file)
    except ArchiveUnavailable as failure:
        return failure.message
    return "" if manifest["files"] == stored.files else "The manifest names other files than Zuka's table does."
