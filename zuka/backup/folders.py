"""Files beside the database that belong to a shop: one row a folder, each kept as one tar file."""

from __future__ import annotations

import contextlib
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings

from zuka.backup.places import Place, Sink
from zuka.backup.refusals import BackupDamaged, BackupRefused
from zuka.platform.disk import write_whole


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is kept with the shop: the setting that names it, and what of it is left out.

    One that `begins_later` is not there before its first file; another that is not there is not mounted. One that
    `feeds_database` goes back once the restored database is in place: who runs would drain it into the old one.
    """

    name: str
    setting: str
    is_wanted: Callable[[], bool] = lambda: True
    without: tuple[str, ...] = ()
    begins_later: bool = False
    feeds_database: bool = False
    mode: int = 0o644

    @property
    def file(self) -> str:
        """The name of its file in a backup."""
        return f"{self.name}.tar"

    @property
    def root(self) -> Path | None:
        """Where it is; None where the shop has none."""
        path: str = getattr(settings, self.setting)
        return Path(path) if path else None


# Exports are made from the database, and kept for days only.
FOLDERS: tuple[Folder, ...] = (
    Folder("spool", "SPOOL_PATH", begins_later=True, feeds_database=True, mode=0o600),
    Folder("media", "MEDIA_ROOT", is_wanted=lambda: settings.BACKUP_MEDIA, without=("exports",)),
)


class FolderCopy:
    """A tar file of a folder that others write to: what is added later is what came in between."""

    def __init__(self, folder: Folder, sink: Sink) -> None:
        self.folder = folder
        self.sink = sink
        self.seen: set[str] = set()
        self.tar = tarfile.open(fileobj=cast("IO[bytes]", sink), mode="w|")  # noqa: SIM115 - `close` ends it

    def add(self) -> None:
        """Add the files that are not in it yet. One that goes meanwhile is left out. Raises OSError, BackupRefused."""
        for name in list_files(self.folder):
            if name in self.seen or self.folder.root is None:
                continue
            path = self.folder.root / name
            if path.is_symlink() and not path.exists():
                raise BackupRefused(
                    f"{path} leads to {path.readlink()}, which is not there. Mend the link or remove it."
                )
            with contextlib.suppress(FileNotFoundError), path.open("rb") as file:  # gone since it was listed
                info = self.tar.gettarinfo(arcname=name, fileobj=file)
                info.uid = info.gid = 0
                info.uname = info.gname = ""
                self.tar.addfile(info, cast("IO[bytes]", Exactly(file, info.size)))
                self.seen.add(name)

    def close(self) -> None:
        """End the tar file, and say how many files are in it."""
        self.tar.close()
        self.sink.files = len(self.seen)


class Exactly:
    """A file as long as it was when it was looked at: one that grows is cut there, one that shrank ends in zeros."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file, self.left = file, size

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        wanted = min(size, self.left)
        self.left -= wanted
        return self.file.read(wanted).ljust(wanted, b"\0")


def list_files(folder: Folder) -> list[str]:
    """Return the paths of a folder's files below it; not those half written, whose names begin with a dot.

    Links are followed, to each folder once. Raises BackupRefused where the folder is not there, and OSError for what
    cannot be read.
    """
    root = folder.root
    if root is None:
        return []
    if not root.is_dir():
        if folder.begins_later:
            return []
        raise BackupRefused(f"{root} is not there. Mount or make it, or set {folder.setting} to the right folder.")
    found, seen = [], set()
    for path, names, files in os.walk(root, onerror=refuse_unread, followlinks=True):
        if (place := os.path.realpath(path)) in seen:
            names.clear()
            continue
        seen.add(place)
        names[:] = sorted(name for name in names if Path(path) != root or name not in folder.without)
        found += [str((Path(path) / file).relative_to(root)) for file in sorted(files) if not file.startswith(".")]
    return found


def refuse_unread(error: OSError) -> None:
    """Raise what made a folder unreadable; one that went meanwhile has nothing to be kept."""
    if not isinstance(error, FileNotFoundError):
        raise error


def put_back(place: Place, name: str, folder: Folder) -> int:
    """Put a folder's files back where they are not; return how many. What is there already stays as it is.

    Pictures are named by what is in them, so that one of the name is the same one. Raises BackupDamaged for a name that
    leads out of the folder, and OSError.
    """
    root = folder.root
    if root is None:
        return 0
    restored = 0
    stream = Pieces(place.read(name, folder.file))
    with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as tar:
        for member in tar:
            path = root / member.name
            if member.name.startswith("/") or ".." in path.parts:
                raise BackupDamaged(f"{folder.file} has {member.name}, which is outside of the folder.")
            if not member.isfile() or path.exists():
                continue
            content = tar.extractfile(member)
            if content is not None:
                # Read before the next one begins.
                write_whole(path, iter(partial(content.read, 1_048_576), b""), mode=folder.mode)
                restored += 1
    return restored


class Pieces:
    """Pieces of a file, read as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest = pieces, b""

    def read(self, size: int) -> bytes:
        """Return the next bytes; fewer at the end."""
        while len(self.rest) < size:
            piece: Any = next(self.pieces, None)
            if piece is None:
                break
            self.rest += piece
        found, self.rest = self.rest[:size], self.rest[size:]
        return found
