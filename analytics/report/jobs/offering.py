"""Who may have an export, and the link to it."""

from __future__ import annotations

from datetime import datetime
from typing import IO, Any, ClassVar
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError

from analytics.report.jobs.starting import Owner, exports_folder, scope_of_job
from analytics.store.models import ExportJob, ExportStatus
from zuka.platform.errors import Refused
from zuka.platform.keys.finding import load_grant
from zuka.platform.keys.scopes import READ_REPORTS

MAY_SEE = "analytics.view_report"
SALT = "analytics.export"
LINK_SECONDS = 3600


class ExportUnknown(Refused):
    """There is no such export, it is another's, or its file is no longer there."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


class LinkExpired(Refused):
    """A link that was good for an hour, or is not complete."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "link_expired"


def may_read(job: ExportJob) -> bool:
    """Say whether who asked for an export may read reports still."""
    if job.user is not None:
        return bool(job.user.is_active and job.user.is_staff and job.user.has_perm(MAY_SEE))
    grant = load_grant(pk=job.key_id)
    return grant is not None and READ_REPORTS in grant.scopes


def find_export(*, export_id: UUID | str, owner: Owner, report_id: str | None = None) -> ExportJob:
    """Return somebody's own export. Raises ExportUnknown for one that is another's too."""
    which: dict[str, Any] = {"pk": export_id} | ({"report": report_id} if report_id else {})
    try:
        job = ExportJob.objects.select_related("user").filter(**which, **owner.columns).first()
    except ValidationError:
        job = None  # no id at all
    if job is None:
        raise ExportUnknown("You have no such export.")
    return job


def sign_link(job: ExportJob) -> str:
    """Return the token of a link to an export's file, good for an hour."""
    return signing.dumps(str(job.pk), salt=SALT)


def read_link(token: str, job: ExportJob) -> None:
    """Look at a link's token. Raises LinkExpired."""
    try:
        named = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        named = ""  # also one that has expired
    if named != str(job.pk):
        raise LinkExpired("This link is good for an hour, and not any more. Ask for the export again to get a new one.")


def open_export(*, job: ExportJob, at: datetime) -> IO[bytes]:
    """Return an export's file. Raises ExportUnknown."""
    folder = exports_folder()
    if job.status == ExportStatus.DONE and job.part.get("scope") != scope_of_job(job).text:
        raise ExportUnknown("What you may see has changed since. Start the export again.")
    is_there = job.status == ExportStatus.DONE and job.expires_at is not None and job.expires_at > at
    if not is_there or folder is None:
        raise ExportUnknown(f"There is no file: {job.get_status_display().lower()}.")
    try:
        return (folder / job.file_name).open("rb")
    except FileNotFoundError as error:
        raise ExportUnknown("The file is gone. Start the export again.") from error
