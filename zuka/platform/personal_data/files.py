"""Where files of people's data are kept, and when they go."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q

from zuka.platform.personal_data.models import DataExport, RequestStatus
from zuka.platform.personal_data.people import Person

# A worker that has not written for so long is dead.
LEASE = timedelta(minutes=30)


def files_folder() -> Path | None:
    """Return where they are kept, beside exports of reports; None where the shop has no such place."""
    if settings.EXPORTS_ROOT:
        return Path(settings.EXPORTS_ROOT) / "people"
    return Path(settings.MEDIA_ROOT) / "exports" / "people" if settings.MEDIA_ROOT else None


def drop_file(export: DataExport) -> None:
    """Delete an export's files, also those that are not ready, and what it said of its person."""
    facts: dict[str, Any] = {"status": RequestStatus.EXPIRED, "person": {}, "reason": "", "file_name": "", "size": None}
    DataExport.objects.filter(pk=export.pk).update(**facts)
    folder = files_folder()
    if folder is not None:  # after the row is changed: who writes one offers it no more
        for path in folder.glob(f"{export.pk}*"):
            path.unlink(missing_ok=True)


def drop_files(person: Person, _at: datetime) -> int:
    """Delete the files with a person's data, and what asked for them."""
    said = {*person.users, *person.visitors, *person.emails}
    count = 0
    for export in DataExport.objects.exclude(person={}):
        named = {value for name in ("users", "visitors", "emails") for value in export.person.get(name, ())}
        if named & said:
            drop_file(export)
            count += 1
    return count


def written_at(path: Path) -> float:
    """Return when a file was written last, in seconds; of one that is gone meanwhile 0."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0  # another worker was quicker


def forget_files(*, at: datetime) -> int:
    """Delete files past their days, and of as old failures who was meant; return how many. Files that no export names,
    and those that nobody writes any more, go when they are older than any writer's lease.
    """
    days = timedelta(days=settings.PERSONAL_DATA_DAYS)
    over = Q(status=RequestStatus.DONE, expires_at__lte=at) | Q(status=RequestStatus.FAILED, ended_at__lte=at - days)
    late = list(DataExport.objects.filter(over))
    for export in late:
        drop_file(export)
    folder = files_folder()
    if folder is not None and folder.is_dir():
        named = set(DataExport.objects.exclude(file_name="").values_list("file_name", flat=True))
        left = [*folder.glob("*.part"), *(path for path in folder.glob("*.zip") if path.name not in named)]
        for path in left:
            if written_at(path) < (at - LEASE).timestamp():
                path.unlink(missing_ok=True)
    return len(late)
