"""Where the archive is: a folder, or any S3, by ARCHIVE_URL. What cannot be reached is named, without its secrets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pyarrow as pa
from django.conf import settings
from pyarrow import fs

from zuka.platform.disk import sync_path
from zuka.platform.errors import Refused

S3 = "s3://"
BLOCK = 1 << 20


class ArchiveUnavailable(Refused):
    """The archive cannot be reached, or does not hold what it should; the message says which and where."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "archive_unavailable"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of the archive: `files` has its paths below it, `name` says where it is in words that hold no secret."""

    files: Any
    name: str
    folder: Path | None = None

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Turn what the other side says into words that name it. Raises ArchiveUnavailable."""
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            reason = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
            raise ArchiveUnavailable(f"The archive at {self.name} failed: {reason}") from error

    def write(self, name: str, content: bytes) -> None:
        """Write a small file."""
        with self.reached(), self.files.open_output_stream(name) as stream:
            stream.write(content)
        self.keep(name)

    def read(self, name: str) -> bytes:
        """Return the content of a small file. Raises ArchiveUnavailable."""
        with self.reached(), self.files.open_input_stream(name) as stream:
            return bytes(stream.read())

    def has(self, name: str) -> bool:
        """Say whether a file is there. Raises ArchiveUnavailable."""
        with self.reached():
            return bool(self.files.get_file_info(name).type != fs.FileType.NotFound)

    def make_folder(self, name: str) -> None:
        """Make a folder; S3 has none, there names are enough."""
        if self.folder is not None:
            with self.reached():
                (self.folder / name).mkdir(parents=True, exist_ok=True)

    def keep(self, name: str) -> None:
        """Have a file on the disk, not in the memory of the machine alone: what it holds will be dropped elsewhere."""
        if self.folder is None:
            return
        with self.reached():
            for path in (self.folder / name, *(self.folder / name).parents):
                sync_path(path)
                if path == self.folder:
                    break

    def forget(self, name: str) -> None:
        """Delete a folder with all that is in it; one that is not there is no error."""
        if self.has(name):
            with self.reached():
                self.files.delete_dir(name)

    def folders(self, name: str) -> list[str]:
        """Return the names of the folders in a folder."""
        with self.reached():
            found = self.files.get_file_info(fs.FileSelector(name, allow_not_found=True))
        return sorted(each.base_name for each in found if each.type == fs.FileType.Directory)

    def measure(self, name: str) -> tuple[int, str]:
        """Return the bytes and sha256 of a file. Raises ArchiveUnavailable."""
        digest, size = hashlib.sha256(), 0
        with self.reached(), self.files.open_input_stream(name) as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
                size += len(block)
        return size, digest.hexdigest()


def open_place() -> Place:
    """Return the archive. Raises ArchiveUnavailable where none is set, or it cannot be opened."""
    url = str(settings.ARCHIVE_URL)
    if not url:
        raise ArchiveUnavailable(
            "There is no archive: set ARCHIVE_URL to a folder, or to s3://key:secret@bucket/folder."
        )
    if not url.startswith(S3):
        folder = Path(url)
        place = Place(fs.SubTreeFileSystem(url, fs.LocalFileSystem()), url, folder)
        with place.reached():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place
    parts = urlsplit(url)
    name = f"{S3}{parts.hostname or ''}{parts.path}"
    try:
        files, root = fs.FileSystem.from_uri(url)
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = "its address cannot be read" if "@" in str(error) else str(error)[:300]
        raise ArchiveUnavailable(f"The archive at {name} cannot be opened (ARCHIVE_URL): {reason}.") from error
    return Place(fs.SubTreeFileSystem(root, files), name)


def month_folder(month: date) -> str:
    """Return the folder of a month's editions."""
    return f"events/{month:%Y-%m}"


def edition_folder(month: date, edition: int) -> str:
    """Return the folder of one edition of a month."""
    return f"{month_folder(month)}/{edition}"
