"""The archive's job: what is past its retention leaves, what an earlier run left half done is ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from django.db import OperationalError

from analytics.lifecycle.archive.alone import alone
from analytics.lifecycle.archive.editions import forget_all, forget_others
from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.files import check_day, check_manifest, day_files, read_manifest
from analytics.lifecycle.archive.months import away_months, due_months, is_switched_on
from analytics.lifecycle.archive.places import ArchiveUnavailable, Place, open_place
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


def archive_due_months(*, at: datetime) -> Outcome:
    """Archive the months past their retention, oldest first. One that cannot be archived stops no other.

    Events that came beside an archived month are merged first, and a restore that was cut off is ended. Raises
    ArchiveBusy while somebody else is at it.
    """
    outcome = Outcome()
    if not is_switched_on():
        return outcome
    outcome.failed |= forget_leftovers(at=at)
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


def forget_leftovers(*, at: datetime) -> dict[date, str]:
    """Delete what killed runs left beside the files that count; return the months where that may not be, and why."""
    failed: dict[date, str] = {}
    with alone():
        stored = list(ArchivedMonth.objects.filter(state__in=[*AWAY_STATES, State.RESTORED]))
        place = open_place() if stored else None
        for each in stored:
            assert place is not None
            try:
                forget_beside(place, each, at=at)
            except ArchiveUnavailable as failure:
                log.warning("archive.leftovers", month=f"{each.month:%Y-%m}", reason=failure.message)
                failed[each.month] = failure.message
            if (told := failed.get(each.month, "")) != each.error:
                ArchivedMonth.objects.filter(pk=each.pk).update(error=told)
    return failed


def forget_beside(place: Place, stored: ArchivedMonth, *, at: datetime) -> None:
    """Delete the files of a month that do not count. Raises ArchiveUnavailable."""
    if stored.state == State.RESTORED:
        forget_all(place, stored)
    else:
        forget_others(place, stored, at=at)


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
        check_manifest(place=place, month=stored.month, edition=stored.edition, files=stored.files)
        for file in day_files(stored.files):
            check_day(place=place, month=stored.month, edition=stored.edition, file=file)
    except ArchiveUnavailable as failure:
        return failure.message  # what is wrong is the answer
    return ""
