"""A shop is backed up while it sells, and restored: each row as it was at one moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from analytics.ask import ask
from analytics.rollup.fill import fill_dirty
from bench.rig.databases import scratch_database, server_url
from tests.report.selling import DAYS, sell
from zuka.backup.database import connect, direct_params, url_of
from zuka.backup.manifest import name_of
from zuka.backup.places import Place
from zuka.backup.restoring import restore_backup
from zuka.backup.running import run_backup
from zuka.backup.targets import Target, drop_database, fresh_database, swap_databases
from zuka.platform.backup_runs import BackupRun
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
REPORTS = ("sales_breakdown", "coupons", "category_sales")


@contextmanager
def others_writing() -> Iterator[list[int]]:
    """Have two sessions write pairs of rows to two tables, a transaction a pair, while the block runs."""
    written: list[int] = []
    url, stop = url_of(direct_params()), threading.Event()

    def write(first: int) -> None:
        with psycopg.connect(url) as session:
            for number in range(first, 1_000_000, 2):
                if stop.is_set():
                    return
                with session.transaction():
                    for table in ("platform_job_state", "platform_job_run"):
                        session.execute(INSERTS[table], [f"pair-{number}"])
                written.append(number)

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 1)]
    for thread in threads:
        thread.start()
    try:
        while len(written) < 20:
            threading.Event().wait(0.01)
        yield written
    finally:
        stop.set()
        for thread in threads:
            thread.join()


INSERTS = {
    "platform_job_state": (
        "INSERT INTO platform_job_state (task, started_at, seconds, outcome, error, failures) "
        "VALUES (%s, now(), 1, 'done', '', 0)"
    ),
    "platform_job_run": (
        "INSERT INTO platform_job_run (task, started_at, seconds, outcome, error) VALUES (%s, now(), 1, 'done', '')"
    ),
}


def pairs(session: psycopg.Connection[Any]) -> tuple[set[str], set[str]]:
    """The pairs in either table."""
    found = [
        {row[0] for row in session.execute(f"SELECT task FROM {table} WHERE task LIKE 'pair-%'".encode())}
        for table in ("platform_job_state", "platform_job_run")
    ]
    return found[0], found[1]


@contextmanager
def looking_at(database: str) -> Iterator[None]:
    """Let Django ask another database while the block runs."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def answers() -> dict[str, Any]:
    return {name: [*(table := ask(name, **DAYS)).rows, table.totals] for name in REPORTS}


def test_a_shop_that_sells_is_restored_as_it_was_at_one_moment(place: Place, tmp_path: Path, settings: Any):
    sell()
    fill_dirty(oldest_first=True)
    expected = answers()
    (tmp_path / "media/pictures").mkdir()
    (tmp_path / "media/pictures/gown.webp").write_bytes(b"a gown")
    (tmp_path / "media/exports").mkdir()
    (tmp_path / "media/exports/orders.csv").write_bytes(b"made again")
    (tmp_path / "spool/1-a.spool").write_bytes(b"waiting")
    with others_writing() as written:
        before = len(written)
        manifest = run_backup(place=place, at=now())
        during = len(written) - before
    assert [part.name for part in manifest.parts] == ["media.tar", "spool.tar", "database.dump"]
    assert BackupRun.objects.values_list("name", "outcome", "rows").get() == (manifest.name, "done", manifest.rows)
    for path in ("media/pictures/gown.webp", "spool/1-a.spool"):
        (tmp_path / path).unlink()
    said: list[str] = []
    with scratch_database(server_url(), name="restored") as url:
        settings.DATABASE_DIRECT_URL = url
        restore_backup(place=place, name=manifest.name, at=now(), say=said.append)
        with psycopg.connect(url) as session:
            states, runs = pairs(session)
            database = session.info.dbname
        with looking_at(database):
            assert answers() == expected
    assert during > 0
    assert states == runs
    assert before <= len(states) <= before + during + 2
    assert [each.partition(",")[0] for each in said if "verify" in each] == ["rollup verify: Every cell agrees"]
    assert (tmp_path / "media/pictures/gown.webp").read_bytes() == b"a gown"
    assert (tmp_path / "spool/1-a.spool").read_bytes() == b"waiting"


def test_a_database_with_data_is_kept_unless_it_is_to_be_replaced(place: Place, settings: Any):
    manifest = run_backup(place=place, at=now())
    with scratch_database(server_url(), name="kept") as url:
        settings.DATABASE_DIRECT_URL = url
        with psycopg.connect(url, autocommit=True) as session:
            session.execute("CREATE TABLE mine (n integer)")
        with pytest.raises(CommandError, match="is not empty"):
            call_command("restore", f"{place.root}/{manifest.name}")


def test_the_old_database_is_kept_beside_whoever_is_connected(settings: Any):
    with scratch_database(server_url(), name="swapped") as url, psycopg.connect(url, autocommit=True) as busy:
        settings.DATABASE_DIRECT_URL = url
        busy.execute("CREATE TABLE mine (n integer)")
        target = Target(direct_params())
        with target.alone() as server:
            with fresh_database(target, server):
                with connect(target.fresh) as session:
                    session.execute("CREATE TABLE restored (n integer)")
                kept = swap_databases(target, server, at=now())
            with connect(target.params) as session, connect(target.params, database=kept) as old:
                assert session.execute(THERE).fetchone() == (None, "restored")
                assert old.execute(THERE).fetchone() == ("mine", None)
            drop_database(server, kept)
        with pytest.raises(psycopg.OperationalError):
            busy.execute("SELECT 1")


THERE = "SELECT to_regclass('mine')::text, to_regclass('restored')::text"


def test_names_say_when(place: Place):
    manifest = run_backup(place=place, at=now())
    assert manifest.name == name_of(manifest.taken_at)
    assert manifest.taken_at.date() > date(2026, 1, 1)
