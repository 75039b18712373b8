"""Files beside the database that belong to a shop: one row a folder, each kept as one tar file."""

from __future__ import annotations

import contextlib
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings

from zuka.backup.places import Place, Sink


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is kept with the shop: the setting that names it, and what of it is left out."""

    name: str
    setting: str
    is_wanted: Callable[[], bool] = lambda: True
    without: tuple[str, ...] = ()

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
    Folder("spool", "SPOOL_PATH"),
    Folder("media", "MEDIA_ROOT", is_wanted=lambda: settings.BACKUP_MEDIA, without=("exports",)),
)


class FolderCopy:
    """A tar file of a folder that others write to: what is added later is what came in between."""

    def __init__(self, folder: Folder, sink: Sink) -> None:
        self.folder = folder
        self.seen: set[str] = set()
        self.tar = tarfile.open(fileobj=cast("IO[bytes]", sink), mode="w|")  # noqa: SIM115 - `close` ends it

    def add(self) -> None:
        """Add the files that are not in it yet. One that goes meanwhile is left out."""
        for name in list_files(self.folder):
            if name in self.seen or self.folder.root is None:
                continue
            with contextlib.suppress(FileNotFoundError), (self.folder.root / name).open("rb") as file:
                info = self.tar.gettarinfo(arcname=name, fileobj=file)
                info.uid = info.gid = 0
                info.uname = info.gname = ""
                self.tar.addfile(info, cast("IO[bytes]", Exactly(file, info.size)))
                self.seen.add(name)

    def close(self) -> None:
        """End the tar file."""
        self.tar.close()


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
    """Return the paths of a folder's files below it; not those half written, whose names begin with a dot."""
    root = folder.root
    if root is None:
        return []
    found = []
    for path, names, files in os.walk(root):
        names[:] = sorted(name for name in names if Path(path) != root or name not in folder.without)
        found += [str((Path(path) / file).relative_to(root)) for file in sorted(files) if not file.startswith(".")]
    return found


def put_back(place: Place, name: str, folder: Folder) -> int:
    """Put a folder's files back where they are not; return how many. What is there already stays as it is.

    Pictures are named by what is in them, so that one of the name is the same one.
    """
    root = folder.root
    if root is None:
        return 0
    restored = 0
    stream = Pieces(place.read(name, folder.file))
    with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as tar:
        for member in tar:
            path = (root / member.name).resolve()
            if not member.isfile() or not path.is_relative_to(root.resolve()) or path.exists():
                continue
            content = tar.extractfile(member)
            if content is not None:
                write_whole(path, iter(lambda: content.read(1_048_576), b""))  # noqa: B023 - read before the next one
                restored += 1
    return restored


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that is there whole or not at all, readable by a web server."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as fresh:
        try:
            for piece in pieces:
                fresh.write(piece)
            fresh.flush()
            os.fsync(fresh.fileno())
            Path(fresh.name).chmod(0o644)
            Path(fresh.name).replace(path)
        finally:
            Path(fresh.name).unlink(missing_ok=True)


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
