"""Backups in an S3, over a server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.rig.databases import scratch_database, server_url
from tests.s3 import Bucket, serving
from zuka.backup.keeping import remove_old_backups
from zuka.backup.places import find_backup, open_place
from zuka.backup.refusals import BackupDamaged
from zuka.backup.restoring import restore_backup
from zuka.backup.running import run_backup
from zuka.backup.verifying import verify_backup
from zuka.platform.backup_runs import BackupRun
from zuka.platform.clock import now

FILES = ["database.dump", "manifest.json", "media.tar", "spool.tar"]


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with serving() as found:
        yield found


@pytest.mark.django_db(transaction=True)
def test_it_is_written_read_back_restored_and_removed(bucket: Bucket, place: Any, tmp_path: Path, settings: Any):
    (tmp_path / "media/gown.webp").write_bytes(b"a gown")
    far = open_place(bucket.url)
    manifest = run_backup(place=far, at=now())
    assert sorted(name for name in bucket.objects if not name.endswith("/")) == [
        f"archive/{manifest.name}/{file}" for file in FILES
    ]
    assert far.folders() == [manifest.name]
    assert BackupRun.objects.values_list("place", "outcome").get() == ("s3://shop/archive", "done")
    address, query = bucket.url.split("?")
    (tmp_path / "media/gown.webp").unlink()
    with scratch_database(server_url(), name="from_s3") as url:
        settings.DATABASE_DIRECT_URL = url
        found, name = find_backup(f"{address}/{manifest.name}?{query}")
        restore_backup(place=found, name=name, at=now(), say=str, verifies=False)
        with psycopg.connect(url) as session:
            tables = session.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables is not None
    assert tables[0] >= len(manifest.tables)
    assert (tmp_path / "media/gown.webp").read_bytes() == b"a gown"
    settings.DATABASE_DIRECT_URL = ""
    later = manifest.taken_at + timedelta(days=40)
    run = run_backup(place=far, at=now() + timedelta(seconds=2))
    assert remove_old_backups(place=far, at=later, database=run.database, days=1, weeks=0, months=0) == [manifest.name]
    assert far.folders() == [run.name]


@pytest.mark.django_db(transaction=True)
def test_what_changed_or_went_is_named(bucket: Bucket, place: Any):
    far = open_place(bucket.url)
    name = run_backup(place=far, at=now()).name
    bucket.objects[f"archive/{name}/media.tar"] = b"\1" * 10_240
    del bucket.objects[f"archive/{name}/spool.tar"]
    with pytest.raises(BackupDamaged, match=r"media\.tar is not what was written; spool\.tar is missing"):
        verify_backup(place=far, name=name)


@pytest.mark.django_db(transaction=True)
def test_a_bucket_that_is_away_is_an_error_without_its_secret(place: Any):
    with serving() as found:
        url = found.url
    with pytest.raises(OSError, match="shop") as refused:
        run_backup(place=open_place(url), at=now())
    assert "secret" not in str(refused.value)
    assert BackupRun.objects.values_list("outcome", "error").get() == ("failed", "OSError")
