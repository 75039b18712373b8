"""Restoring a backup: checked, filled into a fresh database, verified there, and only then put in place."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import psycopg
from django.core.cache import cache
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from redis.exceptions import RedisError

from zuka.backup.database import connect, direct_params, is_empty, read_restored
from zuka.backup.folders import FOLDERS, put_back
from zuka.backup.likeness import copy_settings, refuse_without_rights
from zuka.backup.manifest import DATABASE, Manifest
from zuka.backup.places import Place
from zuka.backup.programs import find_program
from zuka.backup.refusals import BackupDamaged, BackupRefused
from zuka.backup.taking import split_secret
from zuka.backup.targets import (
    Server,
    Target,
    drop_database,
    fresh_database,
    manage_in,
    refuse_strangers,
    swap_databases,
)
from zuka.backup.verifying import verify_backup

Say = Callable[[str], object]
JOBS = 2  # indexes are built beside one another
# Counts of statements are the server's, and only its superuser may make their extension and what is said of it. An
# older pg_dump cannot leave it out (--exclude-extension came with 17), and backups of before have it.
SERVERS_OWN = re.compile(rb"^\d+; .* EXTENSION (?:- )?pg_stat_statements\b", re.MULTILINE)


def restore_backup(
    *, place: Place, name: str, at: datetime, say: Say, replaces: bool = False, verifies: bool = True
) -> None:
    """Put a shop back as it was when a backup was taken, and say each step.

    The shop's database is as it was until everything is restored, migrated and verified; then it is renamed, and kept
    unless it was empty. Raises BackupRefused, with nothing changed but pictures that came back.
    """
    manifest = verify_backup(place=place, name=name)
    say(f"{name} is whole: {manifest.bytes:,} bytes, of {manifest.taken_at:%Y-%m-%d %H:%M} UTC, by {manifest.version}.")
    refuse_newer(manifest)
    target = Target(direct_params())
    role = shop_role(target)
    connections["default"].close()
    try:
        with target.alone() as server:
            refuse_without_rights(server, target.params, shop_role=role)
            refuse_strangers(server, [target.name])
            if not is_empty(target.params) and not replaces:
                raise BackupRefused(f"The database {target.name} is not empty. Add --replace to put the backup there.")
            replace_database(place, manifest, target, server, at=at, say=say, verifies=verifies)
    except psycopg.Error as error:
        raise BackupRefused(f"PostgreSQL refused: {str(error).strip()}") from error
    put_files_back(place, manifest, say, feeding=True)
    forget_cache(say)


def forget_cache(say: Say) -> None:
    """Empty Redis, whose sets and queues are of the database of before."""
    try:
        cache.clear()
    except (RedisError, OSError) as error:  # the restore is done, and its operator is told what is left to do
        say(f"Redis is away ({error}), and has what was of the database before: empty it (FLUSHDB).")
    else:
        say("What was kept and queued in Redis is forgotten.")
    say("Restart web, worker and beat.")


def shop_role(target: Target) -> str:
    """Return the role that the shop signs in as; asked of the database where another one restores it."""
    own = connections["default"]
    named = str(own.settings_dict["USER"])
    if named and named == target.params.get("user"):
        return named
    with own.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def replace_database(
    place: Place, manifest: Manifest, target: Target, server: Server, *, at: datetime, say: Say, verifies: bool
) -> None:
    """Fill the fresh database, and put it in the place of the shop's; that one is dropped where it has nothing."""
    with fresh_database(target, server):
        fill_database(place, manifest.name, target, manifest, say)
        prepare_database(target, say, verifies=verifies)
        put_files_back(place, manifest, say, feeding=False)
        for refused in copy_settings(server, source=target.name, name=target.fresh["dbname"]):
            say(f"The database of before has what this role may not give: {refused}. Give it again.")
        old = swap_databases(target, server, at=at)
    # Looked at again: a shop may have started in it while the other was filled.
    if is_empty({**target.params, "dbname": old}):
        drop_database(server, old)
        say(f"The shop's database is {target.name}.")
    else:
        say(f"The shop's database is {target.name}; the one of before is kept as {old}. Drop it when all is well.")
    since = f"{manifest.taken_at:%Y-%m-%d %H:%M} UTC"
    say(f"People erased since {since} are back: erase them again, as docs/personal-data.md says.")


def refuse_newer(manifest: Manifest) -> None:
    """Raise BackupRefused for a backup whose tables are newer than this code."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    # What was squashed away since is known by the one that replaced it.
    unknown = [each for each in manifest.migrations if each not in known]
    if unknown:
        raise BackupRefused(
            f"It was made by Zuka {manifest.version}, which is newer: it has {unknown[-1]}. Install that version first."
        )


def fill_database(place: Place, name: str, target: Target, manifest: Manifest, say: Say) -> None:
    """Fill the fresh database. Raises BackupRefused when a row is not as it was."""
    run_restore(place, name, target)
    found = read_restored(target.fresh)
    wrong = [table for table in {**manifest.tables, **found} if manifest.tables.get(table) != found.get(table)]
    if wrong:
        raise BackupDamaged(f"Tables are not as they were when the backup was taken: {', '.join(sorted(wrong))}.")
    say(f"{len(found)} tables with {manifest.rows:,} rows are restored, each row as it was.")


def run_restore(place: Place, name: str, target: Target) -> None:
    """Run pg_restore on all but what belongs to the server."""
    with connect(target.fresh) as session:
        program = find_program("pg_restore", server=session.info.server_version)
    public, secret = split_secret(target.fresh)
    command = [program, "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", f"--dbname={public}"]
    jobs = [f"--jobs={JOBS}"] if place.is_local else []
    with tempfile.NamedTemporaryFile() as chosen:
        chosen.write(SERVERS_OWN.sub(rb";\g<0>", run_program([program, "--list"], place, name, secret)))
        chosen.flush()
        run_program([*command, *jobs, f"--use-list={chosen.name}"], place, name, secret)


def run_program(command: list[str], place: Place, name: str, environment: dict[str, str]) -> bytes:
    """Run pg_restore, on the file itself where it is one of this machine; return what it printed."""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as said:
        if place.is_local:
            file = place.path(name, DATABASE)
            done = subprocess.run(
                [*command, file], stdin=subprocess.DEVNULL, stdout=printed, stderr=said, env=environment, check=False
            ).returncode
        else:
            with subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=printed, stderr=said, env=environment
            ) as process:
                done = feed(process, place.read(name, DATABASE))
        if done:
            said.seek(0)
            raise BackupRefused(f"pg_restore failed: {said.read(2000).decode(errors='replace').strip()}")
        printed.seek(0)
        return printed.read()


def feed(process: subprocess.Popen[bytes], chunks: Iterable[bytes]) -> int:
    """Have a program read what is read from afar, as far as it wants to; return its exit code."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it has read enough, or failed: its exit code and words say which
        for data in chunks:
            process.stdin.write(data)
    with suppress(BrokenPipeError):  # what still waited to be written has nobody to read it either
        process.stdin.close()
    return process.wait()


def prepare_database(target: Target, say: Say, *, verifies: bool) -> None:
    """Bring the restored tables up to date, count what was to be counted, and compare every figure with raw."""
    manage_in(target.fresh, "migrate", "--no-input", "--verbosity", "0")
    say("Tables are up to date.")
    if missing := manage_in(target.fresh, "archive", "--missing"):
        say(f"Reports over these months fail until their files are in the archive again:\n{missing}")
    say(f"rollup fill: {manage_in(target.fresh, 'rollup', 'fill')}")
    if verifies:
        say(f"rollup verify: {manage_in(target.fresh, 'rollup', 'verify')}")


def put_files_back(place: Place, manifest: Manifest, say: Say, *, feeding: bool) -> None:
    """Put folders back: pictures, or, `feeding` the database in its place, what waited in the spool."""
    for folder in FOLDERS:
        if folder.feeds_database != feeding:
            continue
        if not manifest.has_part(folder.file):
            say(f"{folder.name}: not in this backup.")
        elif folder.root is None:
            say(f"{folder.name}: in the backup, and this shop has no {folder.setting}. Set it and restore again.")
        else:
            say(f"{folder.name}: {put_back(place, manifest.name, folder)} files put back into {Path(folder.root)}.")
