"""What a backup holds is what the shop has: nothing is altered under it, left out in silence, or kept unread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command

from analytics.store.models import ArchivedMonth
from tests.backup.conftest import write_program
from zuka.backup.database import direct_params, url_of
from zuka.backup.folders import FOLDERS, put_back
from zuka.backup.manifest import DATABASE
from zuka.backup.places import Place
from zuka.backup.refusals import BackupDamaged, BackupRefused
from zuka.backup.running import run_backup
from zuka.backup.taking import take_backup
from zuka.platform.backup_runs import BackupRun

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)
NAME = "zuka-20261122T110000Z"


class Rotten(Place):
    """A place whose disk gives back other bytes of a database than were written."""

    def read(self, name: str, file: str) -> Iterator[bytes]:
        """Yield a file, the database's altered."""
        for data in super().read(name, file):
            yield data.replace(b"PG", b"GP") if file == DATABASE else data


def test_tables_stay_as_they_are_until_they_are_counted(place: Place, programs: Path):
    """pg_dump lets go of its locks when it ends, and rows are read after it: who alters then must wait."""
    write_program(programs / "pg_dump", 'exec sh -c "exit 0"')
    url = url_of(direct_params())
    altered: list[str] = []

    class Altered(Place):
        def sync(self, path: str) -> None:
            if path.endswith(DATABASE):
                with psycopg.connect(url) as session:
                    session.execute("SET lock_timeout = '200ms'")
                    with pytest.raises(psycopg.errors.LockNotAvailable):
                        session.execute("ALTER TABLE platform_job_run ADD COLUMN colour text")
                    altered.append(path)
            super().sync(path)

    manifest = take_backup(place=Altered(place.files, place.root, is_local=True), at=NOON)
    assert len(altered) == 1
    assert "platform_job_run" in manifest.tables


def test_one_that_is_not_read_as_it_was_written_does_not_stay(place: Place):
    rotten = Rotten(place.files, place.root, is_local=True)
    with pytest.raises(BackupDamaged, match=r"database\.dump is not what was written"):
        run_backup(place=rotten, at=NOON)
    assert place.folders() == []
    assert BackupRun.objects.values_list("outcome", "error").get() == ("failed", "BackupDamaged")


def test_pictures_that_are_not_there_are_refused(place: Place, settings: Any, tmp_path: Path):
    settings.MEDIA_ROOT = str(tmp_path / "not-mounted")
    with pytest.raises(BackupRefused, match=r"not-mounted is not there\. Mount or make it"):
        run_backup(place=place, at=NOON)
    (tmp_path / "media/gone.webp").symlink_to(tmp_path / "nowhere")
    settings.MEDIA_ROOT = str(tmp_path / "media")
    with pytest.raises(BackupRefused, match=r"gone\.webp leads to .+nowhere, which is not there"):
        run_backup(place=place, at=NOON)
    assert place.folders() == []


def test_linked_folders_are_kept_once_and_come_back(place: Place, tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/gown.webp").write_bytes(b"a gown")
    (tmp_path / "elsewhere/round").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "media/pictures").symlink_to(tmp_path / "elsewhere")
    manifest = run_backup(place=place, at=NOON)
    assert {part.name: part.files for part in manifest.parts} == {"spool.tar": 0, "media.tar": 1, DATABASE: None}
    (tmp_path / "elsewhere/gown.webp").unlink()
    (media,) = (folder for folder in FOLDERS if folder.name == "media")
    assert put_back(place, NAME, media) == 1
    assert (tmp_path / "elsewhere/gown.webp").read_bytes() == b"a gown"


def test_files_are_for_their_owner_alone(place: Place, tmp_path: Path):
    (tmp_path / "spool/1-a.spool").write_bytes(b"waiting")
    run_backup(place=place, at=NOON)
    files = Path(place.path(NAME)).iterdir()
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}
    (tmp_path / "spool/1-a.spool").unlink()
    (spool,) = (folder for folder in FOLDERS if folder.name == "spool")
    assert put_back(place, NAME, spool) == 1
    assert oct((tmp_path / "spool/1-a.spool").stat().st_mode & 0o777) == "0o600"


def test_an_unreadable_manifest_does_not_stop_the_next(place: Place):
    folder = Path(place.path("zuka-20261121T110000Z"))
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{")
    run_backup(place=place, at=NOON)
    assert "zuka-20261121T110000Z: Its manifest.json cannot be read" in str(place.manifest_or_damage(folder.name))


def test_archived_months_whose_files_are_gone_are_named(settings: Any, tmp_path: Path, capsys: Any):
    settings.ARCHIVE_URL = str(tmp_path / "archive")
    call_command("archive", "--missing")
    assert capsys.readouterr().out.strip() == ""
    ArchivedMonth.objects.create(month=date(2025, 3, 1), state="archived", edition=2)
    call_command("archive", "--missing")
    assert capsys.readouterr().out.startswith(f"2025-03: The archive at {tmp_path}/archive failed: ")
