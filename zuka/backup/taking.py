"""Taking a backup: spool and pictures, then one snapshot of the database, then the manifest that makes it whole."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from psycopg.conninfo import make_conninfo

from zuka.backup.database import Snapshot, direct_params, held_snapshot, identity_of, read_tables
from zuka.backup.folders import FOLDERS, FolderCopy
from zuka.backup.manifest import DATABASE, Manifest, Part, encode_manifest, name_of
from zuka.backup.places import CHUNK, Place
from zuka.backup.programs import find_program
from zuka.backup.refusals import BackupDamaged, BackupRefused
from zuka.backup.verifying import refuse_damage

ROOM = 1.1  # of the last one
MEGABYTE = 1_000_000


def take_backup(*, place: Place, at: datetime) -> Manifest:
    """Write a backup of the whole shop to a place and return what it says of itself; half of one is removed.

    It is read back before its manifest makes it whole. The caller is `alone`. Raises BackupRefused with the fix,
    BackupDamaged when it is not read as it was written, or OSError where it cannot be.
    """
    refuse_without_room(place)
    name = name_of(at)
    try:
        place.make(name)
    except FileExistsError as error:
        raise BackupRefused(f"There is a backup {name} already. Try again in a second.") from error
    try:
        manifest = write_backup(place, name, at=at, params=direct_params())
        refuse_damage(place, manifest)
        place.write_manifest(name, encode_manifest(manifest))
        if place.manifest(name) != manifest:
            raise BackupDamaged(f"The manifest of {place.path(name)} is not what was written. Look at its disk.")
    except BaseException:
        place.remove(name)
        raise
    return manifest


def write_backup(place: Place, name: str, *, at: datetime, params: dict[str, str]) -> Manifest:
    """Write the files of a backup.

    What waits in the spool is copied before the snapshot: it is in one of the two at least, and stored once, by its
    ids; files that came since are copied after it, so that what waited meanwhile is there too. A picture that a row of
    the snapshot names was there before it, or is younger than a day and not deleted meanwhile: so pictures are copied
    before it, and those that came since after it.
    """
    parts: list[Part] = []
    with contextlib.ExitStack() as files:
        copies = list(begin_copies(place, name, parts, files))
        with held_snapshot(params) as snapshot:
            for copy in copies:
                copy.add()
                copy.close()
            files.close()
            with place.writing(name, DATABASE, parts) as sink:
                for data in dump(params, snapshot):
                    sink.write(data)
            tables, migrations, server = read_tables(snapshot.session), snapshot.migrations(), snapshot.server
            database = identity_of(snapshot.session)
    left_out = [folder.name for folder in FOLDERS if folder.root and not folder.is_wanted()]
    return Manifest(name, at, zuka_version(), server, migrations, tables, parts, left_out, database)


def begin_copies(place: Place, name: str, parts: list[Part], files: contextlib.ExitStack) -> Iterator[FolderCopy]:
    """Copy the folders that the shop has, and leave their files open for what comes meanwhile."""
    for folder in FOLDERS:
        if folder.root is not None and folder.is_wanted():
            copy = FolderCopy(folder, files.enter_context(place.writing(name, folder.file, parts)))
            copy.add()
            yield copy


def dump(params: dict[str, str], snapshot: Snapshot) -> Iterator[bytes]:
    """Yield what pg_dump writes of a snapshot. Raises BackupRefused with its words when it fails."""
    program = find_program("pg_dump", server=snapshot.server)
    command = [program, "--format=custom", "--compress=6", "--no-owner", "--no-privileges", "--no-password"]
    public, secret = split_secret(params)
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            [*command, f"--snapshot={snapshot.id}", f"--dbname={public}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            env=secret,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            while data := process.stdout.read(CHUNK):
                yield data
            if process.wait():
                said.seek(0)
                raise BackupRefused(f"pg_dump failed: {said.read(2000).decode(errors='replace').strip()}")
        finally:
            process.kill()


def split_secret(params: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return what a program's arguments may show, and the environment that holds the password."""
    public = {key: value for key, value in params.items() if key != "password"}
    secret = {"PGPASSWORD": params["password"]} if "password" in params else {}
    return make_conninfo("", **public), {"PATH": "/usr/bin:/bin", "LC_ALL": "C", **secret}


def refuse_without_room(place: Place) -> None:
    """Raise BackupRefused where the disk has no room for one as large as the last. A bucket has."""
    if not place.is_local:
        return
    known = [found for name in place.folders() if isinstance(found := place.manifest_or_damage(name), Manifest)]
    if not known:
        return
    needed = int(known[-1].bytes * ROOM)
    free = shutil.disk_usage(place.root).free
    if free < needed:
        raise BackupRefused(
            f"{place.root} has {free // MEGABYTE} MB left, and a backup takes {needed // MEGABYTE} MB. "
            "Free some, keep fewer (BACKUP_KEEP_DAYS), or set BACKUP_URL to another place."
        )


def zuka_version() -> str:
    """Return the version of this code."""
    facts = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8"))
    return str(facts["project"]["version"])
