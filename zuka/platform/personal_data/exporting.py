"""All that is kept of a person as one file, for them: JSON and CSV of each place, and a page that says what is what."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, ClassVar
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q, QuerySet

from zuka.platform import clock
from zuka.platform.audit.actions import record_action
from zuka.platform.audit.context import Acting
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused
from zuka.platform.personal_data.declaring import Held, exported_rows, held_data
from zuka.platform.personal_data.files import LEASE, files_folder
from zuka.platform.personal_data.models import OPEN, AskedBy, DataExport, RequestStatus
from zuka.platform.personal_data.moments import export_ready
from zuka.platform.personal_data.people import Person, find_person, hash_person
from zuka.platform.spreadsheets import guard_text
from zuka.platform.waking import wake_worker

log = structlog.get_logger(__name__)
TASK = "zuka.platform.tasks.write_personal_data"
MOST_ATTEMPTS = 3
EVERY = timedelta(days=1)


class NoFolder(Refused):
    """The shop has no place for files."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "no_folder"


class NoSuchExport(Refused):
    """There is no such file, or it is another's."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


class NotMade(NoSuchExport):
    """The file is being made, or could not be."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "not_made"


class FileGone(NoSuchExport):
    """The file is no longer kept."""

    status: ClassVar[int] = 410
    code: ClassVar[str] = "file_gone"


class OfStaff(Refused):
    """The data of an account of staff."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "account_of_staff"


def refuse_staff(person: Person, *, staff_id: UUID | None) -> None:
    """Raise `OfStaff` where staff ask for the data of somebody else who works there, and are no superuser."""
    if staff_id is None or str(staff_id) in person.users:
        return
    accounts = get_user_model()._default_manager  # noqa: SLF001 - Django's name for it
    is_staff = accounts.filter(Q(is_staff=True) | Q(is_superuser=True), pk__in=person.users).exists()
    if is_staff and not accounts.filter(pk=staff_id, is_superuser=True).exists():
        raise OfStaff("This is an account of staff. Let a superuser ask for its data.", field="person")


@transaction.atomic
def ask_export(
    *,
    person: Person,
    asked_by: AskedBy,
    at: datetime,
    owner_id: UUID | None = None,
    staff_id: UUID | None = None,
    reason: str = "",
    by: Acting | None = None,
) -> DataExport:
    """Keep a request for a person's data, and wake a worker. Somebody gets their own once a day; the one under way or
    made since is returned. `by` is who asks, as the audit log says it. Raises `NobodyFound`, `SeveralPeople`,
    `OfStaff`, `NoFolder`.
    """
    if files_folder() is None:
        unset = "The shop has no folder for files yet. Set EXPORTS_ROOT or MEDIA_ROOT."
        raise NoFolder("We cannot make files right now. Write to us, and we send you your data." if owner_id else unset)
    found = find_person(person)
    refuse_staff(found, staff_id=staff_id)
    if owner_id is not None:
        take_turns(f"personal data of {owner_id}")
        recent = DataExport.objects.filter(owner_id=owner_id, created_at__gt=at - EVERY)
        if known := recent.filter(status__in=[*OPEN, RequestStatus.DONE]).first():
            return known
    export = DataExport.objects.create(
        subject_hash=hash_person(found),
        person=found.as_json(),
        asked_by=asked_by,
        owner_id=owner_id,
        staff_id=staff_id,
        reason=reason[:300],
        created_at=at,
    )
    user_id = UUID(found.users[0]) if found.users else None
    record_action("person.exported", by=by, subject=export, person_id=user_id, reason=reason)
    transaction.on_commit(lambda: wake_worker(TASK), robust=True)
    return export


def write_exports(*, at: datetime) -> int:
    """Write the exports that wait, one after the other; return how many were tried."""
    count = 0
    while export := take_up(at=at):
        write_export(export)
        count += 1
    return count


@transaction.atomic(durable=True)
def take_up(*, at: datetime) -> DataExport | None:
    """Return an export that is now this worker's; None where none is due. One that failed often is given up."""
    due = DataExport.objects.filter(status__in=OPEN).exclude(leased_until__gt=at)
    export = due.select_for_update(skip_locked=True, of=("self",)).order_by("created_at", "id").first()
    if export is None:
        return None
    export.attempts += 1
    export.status, export.leased_until = RequestStatus.RUNNING, at + LEASE
    export.save(update_fields=["attempts", "status", "leased_until"])
    return export


def write_export(export: DataExport) -> None:
    """Write an export's file and offer it, or note why it could not be."""
    folder = files_folder()
    mine = DataExport.objects.filter(pk=export.pk, status=RequestStatus.RUNNING, attempts=export.attempts)

    def note(progress: Mapping[str, int]) -> None:
        mine.update(progress=dict(progress), leased_until=clock.now() + LEASE)

    try:
        if folder is None:
            raise NoFolder("The shop has no folder for files. Set EXPORTS_ROOT or MEDIA_ROOT.")
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{export.pk}-{export.attempts}.part"
        try:
            with part.open("wb") as file:
                write_zip(Person.from_json(export.person), file, at=clock.now(), note=note)
                file.flush()
                os.fsync(file.fileno())
            offer_file(export, mine, part=part, path=folder / f"{export.pk}.zip")
        finally:
            part.unlink(missing_ok=True)
    except Exception as error:
        log.exception("personal_data.export_failed", export=str(export.pk))
        status = RequestStatus.FAILED if export.attempts >= MOST_ATTEMPTS else RequestStatus.WAITING
        why = error.message if isinstance(error, Refused) else "Something went wrong on our side; the log has it."
        again, now = clock.now() + timedelta(minutes=1), clock.now()
        mine.update(status=status, failure=why[:300], leased_until=again, ended_at=now)


@transaction.atomic
def offer_file(export: DataExport, mine: QuerySet[DataExport], *, part: Path, path: Path) -> None:
    """Put a file that is written whole into its place, unless the export is no longer this worker's."""
    now = clock.now()
    kept = now + timedelta(days=settings.PERSONAL_DATA_DAYS)
    facts: dict[str, Any] = {
        "ended_at": now,
        "expires_at": kept,
        "file_name": path.name,
        "size": part.stat().st_size,
    }
    if mine.update(status=RequestStatus.DONE, failure="", leased_until=None, **facts):
        part.replace(path)
        if export.owner_id:
            export_ready.send(sender=DataExport, export=export, kept_until=kept, at=now)


def write_zip(
    person: Person, file: IO[bytes], *, at: datetime, note: Callable[[Mapping[str, int]], None] = lambda _counts: None
) -> dict[str, int]:
    """Write a person's data as a zip: `<place>.json`, `<place>.csv` and README.txt; return rows by place."""
    counts: dict[str, int] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for held in held_data():
            rows = [dict(row) for row in exported_rows(held, person)]
            if rows:
                counts[held.name] = len(rows)
                name = file_name(held)
                made.writestr(f"{name}.json", json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
                made.writestr(f"{name}.csv", csv_of(rows))
                note(counts)
        made.writestr("README.txt", readme(counts, at=at))
    return counts


def file_name(held: Held) -> str:
    """Return what the files of a place are called."""
    return held.name.replace(".", "-")


def csv_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV; no cell starts a formula."""
    listed, out = list(rows), io.StringIO()
    names = list(dict.fromkeys(name for row in listed for name in row))
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([guard_text(cell_of(row.get(name))) for name in names] for row in listed)
    return out.getvalue()


def cell_of(value: Any) -> str:
    """Return a value as a cell's text; lists and objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return str(value)


def readme(counts: Mapping[str, int], *, at: datetime) -> str:
    """Return the page that says what each file is."""
    shop = settings.SHOP_NAME
    lines = [
        f"What {shop} keeps of you, as of {clock.local_day(at):%-d %B %Y}.",
        "",
        "Each part is there twice: as JSON for programs, as CSV for spreadsheets. Amounts that end in _kobo are in the",
        "hundredth part of the currency beside them. Moments are in UTC. Passwords, keys and tokens are left out: they",
        "are kept as hashes, or open something.",
        "",
        *(
            f"{file_name(held)}: {held.title}, {counts[held.name]} {'row' if counts[held.name] == 1 else 'rows'}"
            for held in held_data()
            if held.name in counts
        ),
        "",
    ]
    return "\r\n".join(lines)


def open_file(*, export_id: UUID, owner_id: UUID, at: datetime, by: Acting) -> tuple[DataExport, IO[bytes]]:
    """Return the file of somebody's own export. Raises `NoSuchExport`, `NotMade`, `FileGone`."""
    return open_export(export=DataExport.objects.filter(pk=export_id, owner_id=owner_id).first(), at=at, by=by)


@transaction.atomic
def open_export(*, export: DataExport | None, at: datetime, by: Acting | None = None) -> tuple[DataExport, IO[bytes]]:
    """Return an export with its file, and let the audit log say who had it; raise as `open_file`."""
    folder = files_folder()
    if export is None:
        raise NoSuchExport("There is no such file, or it is no longer kept.")
    if export.status == RequestStatus.FAILED:
        raise NotMade("The file could not be made. Ask for it again.")
    if export.status in OPEN:
        raise NotMade("The file is being made. Try again in a few minutes.")
    if folder is None or not export.file_name or export.expires_at is None or export.expires_at <= at:
        raise FileGone("The file is no longer kept. Ask for it again.")
    try:
        file = Path(folder / export.file_name).open("rb")  # noqa: SIM115 - closed with the answer
    except FileNotFoundError as error:
        raise FileGone("The file is gone. Ask for it again.") from error
    record_action("person.export_downloaded", by=by, subject=export, person_id=export.owner_id)
    return export, file
