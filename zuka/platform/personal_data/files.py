"""Where files of people's data are kept, and when they go."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from zuka.platform.personal_data.models import DataExport, RequestStatus
from zuka.platform.personal_data.people import Person


def files_folder() -> Path | None:
    """Return where they are kept, beside exports of reports; None where the shop has no such place."""
    if settings.EXPORTS_ROOT:
        return Path(settings.EXPORTS_ROOT) / "people"
    return Path(settings.MEDIA_ROOT) / "exports" / "people" if settings.MEDIA_ROOT else None


def drop_file(export: DataExport) -> None:
    """Delete an export's file and what it said of its person."""
    folder = files_folder()
    if folder is not None and export.file_name:
        (folder / export.file_name).unlink(missing_ok=True)
    facts: dict[str, Any] = {"status": RequestStatus.EXPIRED, "person": {}, "reason": "", "file_name": "", "size": None}
    DataExport.objects.filter(pk=export.pk).update(**facts)


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


def forget_files(*, at: datetime) -> int:
    """Delete files past their days, and those that no export names; return how many."""
    late = list(DataExport.objects.filter(status=RequestStatus.DONE, expires_at__lte=at))
    for export in late:
        drop_file(export)
    folder = files_folder()
    if folder is not None and folder.is_dir():
        named = set(DataExport.objects.exclude(file_name="").values_list("file_name", flat=True))
        for path in folder.glob("*.zip"):
            if path.name not in named:
                path.unlink(missing_ok=True)
    return len(late)
