"""The steps that people take with an import of history: bring a file, start, pause, go on, cancel, take back."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from analytics.history.formats import FORMATS
from analytics.history.forms import Format
from analytics.history.opening import BadFile, hash_file
from analytics.history.reading import recognise
from analytics.history.sources import ensure_key
from analytics.store.models import HistoryImport, HistoryStatus
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused
from zuka.platform.waking import wake_worker

WORK = "analytics.tasks.import_history"
LARGEST_UPLOAD = 2 << 30
STEPS: dict[str, frozenset[str]] = {
    "start": frozenset((HistoryStatus.READY,)),
    "pause": frozenset((HistoryStatus.WAITING, HistoryStatus.RUNNING)),
    "go_on": frozenset((HistoryStatus.PAUSED, HistoryStatus.FAILED)),
    "cancel": frozenset(
        (
            HistoryStatus.READY,
            HistoryStatus.WAITING,
            HistoryStatus.RUNNING,
            HistoryStatus.PAUSED,
            HistoryStatus.FAILED,
        )
    ),
    "take_back": frozenset((HistoryStatus.PAUSED, HistoryStatus.DONE, HistoryStatus.FAILED, HistoryStatus.CANCELLED)),
}


class HistoryRefused(Refused):
    """An import of history cannot take this step."""

    code = "history_refused"


def history_folder() -> Path | None:
    """Return where files that are brought wait; None where the shop has no such place. It is beside the exports, which
    no backup takes along and no web server sends.
    """
    if settings.EXPORTS_ROOT:
        return Path(settings.EXPORTS_ROOT) / "history"
    return Path(settings.MEDIA_ROOT) / "exports" / "history" if settings.MEDIA_ROOT else None


def path_of(job: HistoryImport) -> Path | None:
    """Return an import's file; None where it is not kept here, or not any more."""
    folder = history_folder()
    path = folder / job.file_name if folder is not None and job.file_name else None
    return path if path is not None and path.is_file() else None


def keep_upload(pieces: Iterable[bytes]) -> Path:
    """Write an upload into the folder of history and return its path. Raises HistoryRefused, BadFile."""
    folder = history_folder()
    if folder is None:
        raise HistoryRefused("The shop has no folder for files yet. Set EXPORTS_ROOT or MEDIA_ROOT.")
    folder.mkdir(parents=True, exist_ok=True)
    path, size = folder / f"{uuid4()}.history", 0
    try:
        with path.open("xb") as file:
            for piece in pieces:
                size += len(piece)
                if size > LARGEST_UPLOAD:
                    raise BadFile(f"It has more than {LARGEST_UPLOAD >> 30} GB. Use `manage.py import_history`.")
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise HistoryRefused(f"The file could not be kept: {error.strerror or error}.") from error
    except BadFile:
        path.unlink(missing_ok=True)
        raise
    return path


def chosen_format(path: Path, format_id: str) -> Format:
    """Return the format that was chosen, else the one that the file has. Raises BadFile."""
    if not format_id:
        return recognise(path)
    if format_id not in FORMATS:
        raise BadFile(f"format must be one of {', '.join(FORMATS)}, not {format_id[:30]!r}.", field="format")
    return FORMATS[format_id]


@transaction.atomic
def bring_file(
    *,
    path: Path,
    name: str,
    format_id: str,
    source: str,
    at: datetime,
    user_id: UUID | None = None,
    is_kept: bool = True,
) -> HistoryImport:
    """Keep a file to be imported. `is_kept`: it is in the folder of history, where a worker finds it.

    A file of the same content, format and source that was brought before and did not come to its end is that import.
    Raises BadFile, and HistoryRefused for one that is there, or whose import is under way.
    """
    format_ = chosen_format(path, format_id)
    source = (source.strip() or format_.title)[:80]
    take_turns("bringing history")
    sha256 = hash_file(path)
    key = ensure_key(format_=format_, source=source, at=at)
    alike = HistoryImport.objects.filter(sha256=sha256, source_key=key)
    under_way = (HistoryStatus.READY, HistoryStatus.WAITING, HistoryStatus.RUNNING, HistoryStatus.UNDOING)
    if is_kept and alike.filter(status__in=under_way).exists():
        raise HistoryRefused("This very file is being imported already. See the list of imports.", field="file")
    return HistoryImport.objects.create(
        name=name[:200],
        file_name=path.name if is_kept else "",
        sha256=sha256,
        size=path.stat().st_size,
        format=format_.id,
        source=source,
        source_key=key,
        received_at=at,
        brought_by_id=user_id,
        created_at=at,
    )


def step(job_id: int, name: str) -> HistoryImport:
    """Return an import that may take a step, locked. Raises HistoryRefused."""
    job = HistoryImport.objects.select_for_update(of=("self",)).filter(pk=job_id).first()
    if job is None or job.status not in STEPS[name]:
        state = job.get_status_display().lower() if job else "it is not there any more"
        raise HistoryRefused(f"Too late: {state}.")
    return job


@transaction.atomic
def start_import(*, job_id: int, at: datetime) -> HistoryImport:
    """Let a worker import a file that was looked at. Raises HistoryRefused."""
    job = step(job_id, "start")
    return let_work(job, HistoryStatus.WAITING, at=at)


@transaction.atomic
def resume_import(*, job_id: int, at: datetime) -> HistoryImport:
    """Let a worker go on where an import was paused or stopped. Raises HistoryRefused."""
    job = step(job_id, "go_on")
    if path_of(job) is None:
        raise HistoryRefused("The file is not kept any more. Bring it again: what is stored is not stored twice.")
    return let_work(job, HistoryStatus.WAITING, at=at)


@transaction.atomic
def take_back_import(*, job_id: int, at: datetime) -> HistoryImport:
    """Let a worker delete the events of an import, and have their days counted again. Raises HistoryRefused."""
    return let_work(step(job_id, "take_back"), HistoryStatus.UNDOING, at=at)


def let_work(job: HistoryImport, status: HistoryStatus, *, at: datetime) -> HistoryImport:
    """Put an import where a worker takes it up."""
    job.status, job.failure, job.leased_until, job.ended_at, job.stalled = status, "", None, None, 0
    job.started_at = job.started_at or at
    job.save(update_fields=["status", "failure", "leased_until", "ended_at", "stalled", "started_at"])
    transaction.on_commit(lambda: wake_worker(WORK), robust=True)
    return job


@transaction.atomic
def pause_import(*, job_id: int) -> HistoryImport:
    """Let an import rest; its worker stops at its next chunk. Raises HistoryRefused."""
    job = step(job_id, "pause")
    job.status, job.leased_until = HistoryStatus.PAUSED, None
    job.save(update_fields=["status", "leased_until"])
    return job


@transaction.atomic
def cancel_import(*, job_id: int, at: datetime) -> HistoryImport:
    """End an import and forget its file; what was stored of it can be taken back. Raises HistoryRefused."""
    job = step(job_id, "cancel")
    job.status, job.ended_at, job.leased_until = HistoryStatus.CANCELLED, at, None
    job.save(update_fields=["status", "ended_at", "leased_until"])
    path = path_of(job)
    if path is not None:
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return job
