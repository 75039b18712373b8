"""Writing exports: claimed by a lease, continued where a worker died, offered whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, transaction

from analytics.report.export import FORMATS, extract_query
from analytics.report.jobs.offering import may_read
from analytics.report.jobs.starting import exports_folder, query_of
from analytics.report.query import Query, parse_query
from analytics.report.reading import Batch, ReplicaLost, read_batches
from analytics.report.scope import Scope
from analytics.store.models import ExportJob, ExportStatus, Segment
from zuka.platform import clock
from zuka.platform.audit.context import acting_as, job_for
from zuka.platform.db.databases import PRIMARY
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused
from zuka.platform.live_settings.reading import live
from zuka.platform.replica.reading import reading_from

log = structlog.get_logger(__name__)
# Each batch renews it; one takes seconds, and the query before the first is cut off long before this.
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS, MOST_BEGINNINGS = 3, 3
KEPT_ROWS = timedelta(days=90)
STRAY = timedelta(days=1)


class Lost(Exception):  # noqa: N818 - named for what is the case
    """The export is no longer this worker's: it was cancelled, or given to another."""


class PeopleChanged(Exception):  # noqa: N818 - named for what is the case
    """The people of the export's segment were found anew between two pages: those before are of others."""


class CannotWrite(Refused):
    """An export that cannot be written, with what to do about it."""


def write_exports(*, at: datetime) -> int:
    """Write the exports that wait, one after the other; return how many. Any number of workers may run this at once:
    one of them writes, so that the others are free for what cannot wait.
    """
    count = 0
    while job := take_up(at=at):
        if job.status == ExportStatus.RUNNING:
            with acting_as(job_for(task="analytics.tasks.write_exports", user_id=job.user_id)):
                write_export(job)
        count += 1
    return count


@transaction.atomic(durable=True)
def take_up(*, at: datetime) -> ExportJob | None:
    """Return an export that is now this worker's, or one that is given up; None where none waits or one is written."""
    take_turns("writing exports")
    if ExportJob.objects.filter(status=ExportStatus.RUNNING, leased_until__gte=at).exists():
        return None
    job = ExportJob.objects.due(at).select_for_update(of=("self",)).order_by("created_at", "id").first()
    if job is None:
        return None
    if job.attempts >= MOST_ATTEMPTS:
        job.status, job.failure, job.ended_at = ExportStatus.FAILED, "The worker stopped over it each time.", at
        remove_part(job.part)
    else:
        job.status, job.leased_until, job.started_at = ExportStatus.RUNNING, at + LEASE, job.started_at or at
        job.attempts += 1
    job.save(update_fields=["status", "leased_until", "started_at", "attempts", "failure", "ended_at"])
    return job


def write_export(job: ExportJob) -> None:
    """Write an export that is this worker's, and note what came of it."""
    try:
        finish(job, *write_of_one_people(job))
    except Lost:
        remove_part({"file": part_name(job)})
    except Refused as refusal:
        fail(job, refusal.message)
    except DatabaseError as error:
        log.warning("export.database", export=str(job.pk), error=str(error))
        fail(job, "The database did not answer in time. Choose a shorter period, or try again later.")
    except OSError as error:
        log.warning("export.disk", export=str(job.pk), error=str(error))
        fail(job, f"The file could not be written: {error.strerror or error}.")
    except Exception:
        fail(job, "Something went wrong on our side; the log has it.")
        log.exception("export.failed", export=str(job.pk))


def ours(job: ExportJob) -> Any:
    """Return the export's row, if it is still this worker's."""
    return ExportJob.objects.filter(pk=job.pk, status=ExportStatus.RUNNING, attempts=job.attempts)


def note(job: ExportJob, **columns: Any) -> None:
    """Write down how far an export is, and keep it. Raises Lost."""
    if not ours(job).update(leased_until=clock.now() + LEASE, **columns):
        raise Lost


def fail(job: ExportJob, failure: str) -> None:
    """Note why an export failed, unless it is another's by now."""
    remove_part({"file": part_name(job)})
    ours(job).update(status=ExportStatus.FAILED, failure=failure[:500], ended_at=clock.now(), part={})


def part_name(job: ExportJob) -> str:
    """Return the name of the file while it is written: each attempt has its own, so that no two write into one."""
    return f"{job.pk}-{job.attempts}.part"


def write_of_one_people(job: ExportJob) -> tuple[Path, Scope]:
    """Write an export's file as `write_file` does; begin anew where its segment's people change while it is written,
    and from the primary where a replica fails in the middle.
    """
    alias = ""
    for _ in range(MOST_BEGINNINGS):
        try:
            with reading_from(alias):
                return write_file(job)
        except (PeopleChanged, ReplicaLost) as why:
            alias = PRIMARY if isinstance(why, ReplicaLost) else alias
            note(job, rows=0, part={})
            job.part = {}
    raise CannotWrite("The people of its segment changed while it was written, again and again. Try it later.")


def write_file(job: ExportJob) -> tuple[Path, Scope]:
    """Write an export's file batch by batch; return it, and what it was allowed to hold.

    Raises Lost, PeopleChanged, Refused, OSError and the database's errors.
    """
    folder, kind = exports_folder(), FORMATS[job.format]
    if folder is None:
        raise CannotWrite("The shop has no folder for exports any more. Set EXPORTS_ROOT or MEDIA_ROOT.")
    if not may_read(job):
        raise CannotWrite("Who asked for it may no longer read reports.")
    folder.mkdir(parents=True, exist_ok=True)
    path, query, now = folder / part_name(job), query_of(job), clock.now()
    earlier = continue_part(job, folder, path, query) if kind.continues else {}
    started, places = earlier.get("rows", 0), list[dict[str, str]]()
    batches = remembered(read_batches(after(query, earlier, job), now=now, is_job=True), places)
    extract = extract_query(query, now=now, batches=batches, is_continued=bool(earlier))
    rows = 0
    with path.open("ab" if earlier else "wb") as file:
        for rows in kind.write(extract, file):
            if started + rows >= kind.most_rows:
                raise CannotWrite(f"It has more than {kind.most_rows - 1:,} rows. Choose a shorter period or CSV.")
            check_people(query)
            is_safe = kind.continues and bool(places[-1])
            if is_safe:
                file.flush()
                os.fsync(file.fileno())
            trusted = {"file": path.name, "bytes": file.tell(), "rows": started + rows, "place": places[-1]}
            trusted |= {"scope": query.scope.text, "people": people_of(query)}
            note(job, rows=started + rows, part=trusted if is_safe else {})
        file.flush()
        os.fsync(file.fileno())
    check_people(query)  # that there is nothing more may be said of others, too
    note(job, rows=started + rows)
    return path, query.scope


def remembered(batches: Iterator[Batch], places: list[dict[str, str]]) -> Iterator[Batch]:
    """Yield batches, and keep where the last of them ended."""
    for batch in batches:
        places[:] = [batch.place]
        yield batch


def people_of(query: Query) -> str:
    """Return which finding of a segment's people an export is of; '' for everybody."""
    return query.segment.as_of.isoformat() if query.segment else ""


def check_people(query: Query) -> None:
    """Raise PeopleChanged where a list that is read page by page is not about the people it began with any more."""
    if not (query.segment and query.report.pages):
        return
    if not Segment.objects.filter(pk=query.segment.id, refreshed_at=query.segment.as_of).exists():
        raise PeopleChanged


def continue_part(job: ExportJob, folder: Path, path: Path, query: Query) -> dict[str, Any]:
    """Return what an earlier attempt has left, copied to this attempt's file; empty where there is nothing to trust,
    or it was written with other rights or about other people.
    """
    part: dict[str, Any] = job.part
    earlier = folder / part["file"] if part else None
    if earlier is None or not earlier.is_file() or earlier.stat().st_size < part["bytes"]:
        return {}
    if (part["scope"], part.get("people", "")) != (query.scope.text, people_of(query)):
        earlier.unlink()
        return {}
    shutil.copyfile(earlier, path)
    os.truncate(path, part["bytes"])
    earlier.unlink()
    return part


def after(query: Query, earlier: dict[str, Any], job: ExportJob) -> Query:
    """Return the query of what is left after an earlier attempt."""
    if not earlier:
        return query
    left = str(query.limit - earlier["rows"])
    params = {**job.params, **earlier["place"], "limit": left}
    return parse_query(report=query.report, params=params, today=query.today, scope=query.scope, largest=query.limit)


def finish(job: ExportJob, path: Path, scope: Scope) -> None:
    """Offer a file that is whole to whoever may see as much as its owner did. Raises Lost."""
    name, now = f"{job.pk}.{job.format}", clock.now()
    kept = timedelta(days=live.EXPORT_RETENTION_DAYS)
    size = path.stat().st_size
    with transaction.atomic():
        if not ours(job).select_for_update(of=("self",)).exists():
            raise Lost
        path.replace(path.with_name(name))
        ended = {"status": ExportStatus.DONE, "ended_at": now, "expires_at": now + kept, "part": {"scope": scope.text}}
        note(job, file_name=name, size=size, **ended)


def remove_part(part: dict[str, Any]) -> None:
    """Delete what an attempt has written."""
    folder = exports_folder()
    if folder is not None and part:
        with suppress(OSError):  # the folder is gone or cannot be written; what is left there is swept later
            (folder / part["file"]).unlink(missing_ok=True)


def forget_exports(*, at: datetime) -> int:
    """Delete files past their time, and those that no export names; return how many. Rows stay for 90 days."""
    folder = exports_folder()
    late = ExportJob.objects.filter(status=ExportStatus.DONE, expires_at__lt=at)
    count = 0
    for job in late.only("id", "file_name"):
        if folder is not None:
            (folder / job.file_name).unlink(missing_ok=True)
        count += ExportJob.objects.filter(pk=job.pk).update(status=ExportStatus.EXPIRED)
    gone = ExportJob.objects.filter(created_at__lt=at - KEPT_ROWS).exclude(status__in=["waiting", "running", "done"])
    gone.delete()
    return count + (remove_strays(folder, at) if folder is not None and folder.is_dir() else 0)


def remove_strays(folder: Path, at: datetime) -> int:
    """Delete files of a day ago or more that no export names: a worker died over them."""
    named = set(ExportJob.objects.filter(status=ExportStatus.DONE).values_list("file_name", flat=True))
    written = {job.part.get("file") for job in ExportJob.objects.open().only("part")}
    old = (at - STRAY).timestamp()
    strays = [each for each in folder.iterdir() if each.is_file() and each.name not in named | written]
    late = [each for each in strays if each.stat().st_mtime < old]
    for each in late:
        each.unlink(missing_ok=True)
    return len(late)
