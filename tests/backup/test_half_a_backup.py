"""What is not whole is no backup: half written, damaged, or of a newer Zuka. Nothing is changed by it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from bench.rig.databases import scratch_database, server_url
from tests.backup.conftest import write_program
from zuka.backup.database import alone, direct_params, url_of
from zuka.backup.keeping import remove_old_backups
from zuka.backup.places import Place, open_place
from zuka.backup.refusals import BackupBusy, BackupDamaged, BackupRefused
from zuka.backup.restoring import restore_backup
from zuka.backup.running import LOCK, run_backup
from zuka.backup.taking import take_backup
from zuka.backup.verifying import verify_backup
from zuka.platform.backup_runs import BackupRun
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)
NAME = "zuka-20261122T110000Z"


@pytest.fixture
def taken(place: Place) -> Path:
    """The folder of a backup."""
    return Path(place.path(take_backup(place=place, at=NOON).name))


def damaged(place: Place) -> str:
    with pytest.raises(BackupDamaged) as refusal:
        verify_backup(place=place, name=NAME)
    return refusal.value.message


def test_a_changed_byte_is_found(place: Place, taken: Path):
    with (taken / "database.dump").open("r+b") as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))
    assert "database.dump is not what was written" in damaged(place)


def test_a_missing_and_a_short_file_are_found(place: Place, taken: Path):
    (taken / "media.tar").unlink()
    with (taken / "database.dump").open("r+b") as file:
        file.truncate(100)
    said = damaged(place)
    assert "media.tar is missing" in said
    assert "database.dump has 100 bytes instead of" in said


def test_a_damaged_backup_changes_nothing(place: Place, taken: Path, settings: Any):
    (taken / "database.dump").unlink()
    with scratch_database(server_url(), name="untouched") as url:
        settings.DATABASE_DIRECT_URL = url
        with pytest.raises(CommandError, match=r"database\.dump is missing"):
            call_command("restore", str(taken))
        with psycopg.connect(url) as session:
            assert session.execute("SELECT count(*) FROM pg_class WHERE relname = 'commerce_order'").fetchone() == (0,)


def test_a_backup_of_a_newer_zuka_is_refused(place: Place, taken: Path):
    path = taken / "manifest.json"
    facts = msgspec.json.decode(path.read_bytes())
    facts["migrations"].append("commerce.9999_far_ahead")
    path.write_bytes(msgspec.json.encode(facts))
    with pytest.raises(BackupRefused, match=r"which is newer: it has commerce\.9999_far_ahead"):
        restore_backup(place=place, name=NAME, at=NOON, say=print)


def test_a_restore_that_fails_leaves_the_old_database(place: Place, taken: Path, programs: Path, settings: Any):
    write_program(programs / "pg_restore", "echo 'out of memory' >&2; exit 1")
    with scratch_database(server_url(), name="old") as url:
        settings.DATABASE_DIRECT_URL = url
        with psycopg.connect(url, autocommit=True) as session:
            session.execute("CREATE TABLE mine (n integer)")
            name = session.info.dbname
        with pytest.raises(BackupRefused, match="pg_restore failed: out of memory"):
            restore_backup(place=place, name=NAME, at=NOON, say=print, replaces=True)
        with psycopg.connect(url) as session:
            assert session.execute("SELECT count(*) FROM mine").fetchone() == (0,)
            beside = session.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}_%"]).fetchall()
            assert beside == []


def test_a_full_disk_leaves_nothing_behind_and_is_noted(place: Place):
    """The largest file that the process may write stands for the disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            run_backup(place=place, at=NOON)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert place.folders() == []
    assert BackupRun.objects.values_list("name", "outcome", "error").get() == (NAME, "failed", "OSError")


def test_a_dump_that_fails_leaves_nothing_behind(place: Place, programs: Path):
    write_program(programs / "pg_dump", "echo PGDMP; echo 'no such thing' >&2; exit 1")
    with pytest.raises(BackupRefused, match="pg_dump failed: no such thing"):
        run_backup(place=place, at=NOON)
    assert place.folders() == []


def test_a_killed_backup_does_not_look_whole_and_goes_after_a_day(tmp_path: Path, programs: Path):
    write_program(programs / "pg_dump", "echo PGDMP; sleep 2")
    url = url_of(direct_params())
    own = {"DATABASE_URL": url, "POSTGRES_PROGRAMS": str(programs), "MEDIA_ROOT": "", "SPOOL_PATH": ""}
    command = [sys.executable, "manage.py", "backup", "--to", str(tmp_path / "backups")]
    process = subprocess.Popen(command, env={**os.environ, **own}, start_new_session=True)
    place = open_place(str(tmp_path / "backups"))
    while not place.folders():
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    (name,) = place.folders()
    assert not place.is_whole(name)
    with pytest.raises(BackupDamaged, match="no backup, or never finished"):
        verify_backup(place=place, name=name)
    for later, gone in ((0, []), (25, [name])):
        at = now() + timedelta(hours=later)
        assert remove_old_backups(place=place, at=at, database="", days=1, weeks=0, months=0) == gone
    assert place.folders() == []


def test_two_at_once_are_refused(place: Place):
    with alone(direct_params(), LOCK), pytest.raises(BackupBusy, match="Another backup of this shop"):
        run_backup(place=place, at=NOON)
    assert not BackupRun.objects.exists()
    take_backup(place=place, at=NOON)
    with pytest.raises(BackupRefused, match="There is a backup"):
        take_backup(place=place, at=NOON)
    assert place.folders() == [NAME]
    assert verify_backup(place=place, name=NAME).name == NAME


def test_a_pooler_alone_is_refused(place: Place, settings: Any):
    settings.DATABASE_POOLED = True
    with pytest.raises(BackupRefused, match="Set DATABASE_DIRECT_URL to PostgreSQL itself"):
        take_backup(place=place, at=NOON)


def test_programs_older_than_the_server_are_refused(place: Place, programs: Path):
    (programs / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
    (programs / "pg_dump").chmod(0o755)
    with pytest.raises(BackupRefused, match=r"pg_dump is 9 was found. Install postgresql-client-"):
        take_backup(place=place, at=NOON)
    assert place.folders() == []
