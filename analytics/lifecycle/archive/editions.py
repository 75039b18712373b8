"""Which editions of a month there are, and which may go: only those that no database counts any more.

An edition is finished once it has a manifest. A finished one that is newer than the one that counts was made by a
database that knew more, of which this one is an older copy: it may be all that is left of the month, and stays.
"""

from __future__ import annotations

from datetime import date, datetime

from analytics.lifecycle.archive.files import MANIFEST, check_bytes, check_manifest, day_files, path_of, write_manifest
from analytics.lifecycle.archive.places import ArchiveUnavailable, Place, edition_folder, month_folder
from analytics.store.models import ArchivedMonth

State = ArchivedMonth.State


def finished_editions(place: Place, month: date) -> list[int]:
    """Return the editions of a month that have a manifest, oldest first."""
    return [each for each in editions_there(place, month) if place.has(path_of(month, each, MANIFEST))]


def editions_there(place: Place, month: date) -> list[int]:
    """Return the editions of a month, finished or not, oldest first."""
    return sorted(int(name) for name in place.folders(month_folder(month)) if name.isdigit())


def forget_others(place: Place, stored: ArchivedMonth, *, at: datetime) -> None:
    """Delete the editions of an archived month beside the one that counts, once that is seen to be there.

    Raises ArchiveUnavailable, and deletes nothing, where it is not, or where there is a newer one.
    """
    check_edition(place, stored, at=at)
    forget(place, stored.month, but=stored.edition)


def forget_all(place: Place, stored: ArchivedMonth) -> None:
    """Delete the editions of a month whose events are in PostgreSQL. Raises ArchiveUnavailable over a newer one."""
    refuse_newer(place, stored)
    forget(place, stored.month, but=None)


def forget(place: Place, month: date, *, but: int | None) -> None:
    """Delete the editions of a month but one."""
    for edition in editions_there(place, month):
        if edition != but:
            place.forget(edition_folder(month, edition))


def check_edition(place: Place, stored: ArchivedMonth, *, at: datetime) -> None:
    """See that the edition that counts is the newest, and says what its month's row does. Raises ArchiveUnavailable.

    One whose rewriting was killed just before its manifest gets it here, once its files are seen to be those.
    """
    month, edition = stored.month, stored.edition
    refuse_newer(place, stored)
    if not place.has(path_of(month, edition, MANIFEST)):
        files = day_files(stored.files)
        for file in files:
            check_bytes(place=place, month=month, edition=edition, file=file)
        write_manifest(place=place, month=month, edition=edition, files=files, at=at)
    check_manifest(place=place, month=month, edition=edition, files=stored.files)


def refuse_newer(place: Place, stored: ArchivedMonth) -> None:
    """Stop over a finished edition that is newer than the one that counts. Raises ArchiveUnavailable."""
    newest = max(finished_editions(place, stored.month), default=0)
    if newest <= stored.edition:
        return
    month, folder = f"{stored.month:%Y-%m}", edition_folder(stored.month, newest)
    told = (
        f"{folder} at {place.name} is newer than what this database knows of {month}: the database is older than the "
        "archive, as after a backup is restored. "
    )
    move = f"move {folder} out of the archive and run this again."
    if stored.state in {State.ARCHIVED, State.RESTORING}:
        raise ArchiveUnavailable(
            f"{told}Let the newer one count by `manage.py archive --adopt {month}`; or, if edition {stored.edition} is "
            f"there, {move}"
        )
    raise ArchiveUnavailable(f"{told}The events of {month} are in PostgreSQL: to keep those, {move}")
