"""The worker's side: an import is taken up under a lease, done chunk by chunk, or taken back day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction

from analytics.history.importing import LEASE, MOST_STALLED, Lost, Told, check_ours, import_file, ours, renew_lease
from analytics.history.months import with_months
from analytics.history.starting import WORK, history_folder, path_of
from analytics.store.models import DirtyDay, HistoryImport, HistoryStatus, RejectedEvent
from analytics.store.postgres import HISTORY
from zuka.platform import clock
from zuka.platform.audit.context import acting_as, job_for
from zuka.platform.db.files import load_sql
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused
from zuka.platform.waking import wake_worker

log = structlog.get_logger(__name__)
COUNT_DAYS = "analytics.tasks.fill_older_days"
TAKE_BACK = Path(__file__).parent.parent / "store" / "sql" / "ingest" / "take_back_day.sql"
KEPT_FILES = timedelta(days=14)
TRIED_AGAIN = timedelta(minutes=10)
UNDER_WAY = (HistoryStatus.RUNNING, HistoryStatus.UNDOING)
FINISHED = (HistoryStatus.DONE, HistoryStatus.UNDONE)


def import_waiting(*, at: datetime) -> int:
    """Do the imports that wait, one after the other; return how many. Any number of workers may run this at once: one
    of them works, so that the others are free for what cannot wait.
    """
    count = 0
    while job := take_up(at=at):
        with acting_as(job_for(task=WORK, user_id=job.brought_by_id)):
            work_at(job)
        count += 1
    return count


@transaction.atomic(durable=True)
def take_up(*, at: datetime) -> HistoryImport | None:
    """Return an import that is now this worker's; None where none waits or another is under way."""
    take_turns("importing history")
    # One with a failure rests before it is tried again.
    if HistoryImport.objects.filter(status__in=UNDER_WAY, leased_until__gte=at, failure="").exists():
        return None
    job = HistoryImport.objects.due(at).select_for_update(of=("self",), skip_locked=True).order_by("id").first()
    return lease(job, at=at) if job else None


def lease(job: HistoryImport, *, at: datetime) -> HistoryImport:
    """Make an import this worker's, in the current transaction."""
    if job.status != HistoryStatus.UNDOING:
        job.stalled += job.status == HistoryStatus.RUNNING
        job.status = HistoryStatus.RUNNING
    job.attempts += 1
    job.leased_until, job.started_at, job.failure = at + LEASE, job.started_at or at, ""
    job.save(update_fields=["status", "stalled", "attempts", "leased_until", "started_at", "failure"])
    return job


def work_at(job: HistoryImport) -> None:
    """Import, or take back, and note what came of it."""
    if job.status == HistoryStatus.UNDOING:
        finish(job, take_back, HistoryStatus.UNDONE)
    else:
        finish(job, do_import, HistoryStatus.DONE)


def do_import(job: HistoryImport) -> None:
    """Import the file that was brought. Raises Lost, Refused, OSError and the database's errors."""
    if job.stalled >= MOST_STALLED:
        raise Refused(f"The worker stopped over it each time, behind row {job.records:,}.")
    path = path_of(job)
    if path is None:
        raise Refused("The file is not kept any more. Bring it again: what is stored is not stored twice.")
    import_file(job, path)


def finish(job: HistoryImport, work: Callable[[HistoryImport], None], done: HistoryStatus) -> None:
    """Do a piece of work and note how it ended. Nobody else's import is touched."""
    status, failure = done, ""
    try:
        work(job)
    except Lost:
        log.info("history.lost", job=job.pk)
        return
    except Refused as refusal:
        status, failure = HistoryStatus.FAILED, refusal.message
    except DatabaseError as error:
        log.warning("history.database", job=job.pk, error=str(error))
        status, failure = HistoryStatus.FAILED, "The database did not take it. Nothing is lost or doubled."
    except OSError as error:
        log.warning("history.disk", job=job.pk, error=str(error))
        status, failure = HistoryStatus.FAILED, f"The file could not be read: {error.strerror or error}."
    except Exception:
        log.exception("history.failed", job=job.pk)
        status, failure = HistoryStatus.FAILED, "Something went wrong on our side; the log has it."
    end(job, status, failure)


def end(job: HistoryImport, status: HistoryStatus, failure: str) -> None:
    """Write down how an import ended, forget a file that is done with, and have its days counted.

    A take-back that failed stays one, and is tried again TRIED_AGAIN later.
    """
    path = path_of(job)
    facts: dict[str, Any] = {"failure": failure[:500], "ended_at": clock.now(), "leased_until": None}
    if job.status == HistoryStatus.UNDOING and status == HistoryStatus.FAILED:
        # Half of it is gone: it may not go on as if that were there, so it is taken back until nothing is left.
        status = HistoryStatus.UNDOING
        facts["failure"] = f"{failure[:450]} It is tried again in {TRIED_AGAIN.seconds // 60} minutes."
        facts |= {"ended_at": None, "leased_until": clock.now() + TRIED_AGAIN}
    if not ours(job).update(status=status, **facts):
        return
    for name, value in {"status": status, **facts}.items():
        setattr(job, name, value)
    if status in FINISHED and path is not None:
        path.unlink(missing_ok=True)
    wake_worker(COUNT_DAYS)


def run_here(job: HistoryImport, path: Path, *, tell: Told) -> None:
    """Import a file of this machine in this process. Raises Lost where another has the import."""
    with transaction.atomic():
        found = HistoryImport.objects.select_for_update().get(pk=job.pk)
        if found.status == HistoryStatus.RUNNING and found.leased_until and found.leased_until >= clock.now():
            raise Lost
        lease(found, at=clock.now())
    for name in ("status", "stalled", "attempts", "leased_until", "started_at", "failure"):
        setattr(job, name, getattr(found, name))
    job.stalled = 0
    finish(job, lambda each: import_file(each, path, tell=tell), HistoryStatus.DONE)


def take_back(job: HistoryImport) -> None:
    """Delete the events of an import day by day, then its rejected ones and days. Raises Lost and NoRoom.

    Months that were archived meanwhile come back for it; what another file of the same source brought as well goes
    too, since it was stored once: that file can be brought again.
    """
    if job.first_at and job.last_at:
        day, last = clock.local_day(job.first_at), clock.local_day(job.last_at)
        while day <= last:
            take_back_day(job, day)
            day += timedelta(days=1)
    with transaction.atomic():
        check_ours(job)
        RejectedEvent.objects.filter(source_key=job.source_key, received_at=job.received_at).delete()
        job.days.all().delete()


def take_back_day(job: HistoryImport, day: date) -> None:
    """Delete the events of a day and mark it, with how far it is, in one transaction. Raises Lost and NoRoom."""
    start, until = clock.day_bounds(day)
    params: dict[str, Any] = {
        "start": start,
        "end": until,
        "source_key": job.source_key,
        "received_at": job.received_at,
    }
    here = with_months([clock.month_start(day)], renew=lambda by: renew_lease(job, by=by), makes=False)
    with here, connection.cursor() as cursor:
        check_ours(job)
        cursor.execute(load_sql(TAKE_BACK), params)
        if cursor.rowcount:
            DirtyDay.objects.create(day=day, cause=HISTORY)
        now = clock.now()
        ours(job).update(first_at=until, moved_at=now, leased_until=now + LEASE)


def forget_files(*, at: datetime) -> int:
    """Delete files of history that nobody went on with for 14 days, and those that no import names; return how many."""
    folder = history_folder()
    if folder is None or not folder.is_dir():
        return 0
    old = (at - KEPT_FILES).timestamp()
    busy = (HistoryStatus.WAITING, HistoryStatus.RUNNING)
    named = set(HistoryImport.objects.filter(status__in=busy).values_list("file_name", flat=True))
    late = [each for each in folder.iterdir() if each.is_file() and each.name not in named]
    late = [each for each in late if each.stat().st_mtime < old]
    for each in late:
        each.unlink(missing_ok=True)
    return len(late)
