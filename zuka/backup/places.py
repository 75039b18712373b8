"""Where backups are kept: a folder of this machine, or a bucket of any S3."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import fs

from zuka.backup.manifest import MANIFEST, Manifest, Part, decode_manifest, moment_of
from zuka.backup.refusals import BackupDamaged, BackupRefused
from zuka.platform.disk import sync_path

CHUNK = 1024 * 1024


@dataclass
class Sink:
    """A file that is being written, with its size and checksum so far."""

    stream: Any
    size: int = 0
    files: int | None = None
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> int:
        """Write some bytes. Raises OSError."""
        self.stream.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with backups, each a folder of its own."""

    files: Any
    root: str
    is_local: bool

    def path(self, *names: str) -> str:
        """Return the path of something in it."""
        return "/".join([self.root, *names])

    def text(self) -> str:
        """Return where it is, without keys."""
        return self.root if self.is_local else f"s3://{self.root}"

    def make(self, name: str) -> None:
        """Make the folder of a new backup, for nobody else's eyes."""
        if not self.is_local:
            return
        Path(self.root).mkdir(parents=True, exist_ok=True, mode=0o700)
        Path(self.path(name)).mkdir(mode=0o700)

    def remove(self, name: str) -> None:
        """Remove a backup; its manifest first, so that half of one does not look whole."""
        with contextlib.suppress(FileNotFoundError):  # a half one has none
            self.files.delete_file(self.path(name, MANIFEST))
        with contextlib.suppress(FileNotFoundError):  # nothing was written to the bucket yet
            self.files.delete_dir(self.path(name))

    @contextlib.contextmanager
    def writing(self, name: str, file: str, parts: list[Part]) -> Iterator[Sink]:
        """Write a file of a backup and add it to the parts; it is on disk when the block ends. Raises OSError."""
        path = self.path(name, file)
        with self.files.open_output_stream(path) as stream:
            self.hide(path)
            sink = Sink(stream)
            yield sink
        self.sync(path)
        parts.append(Part(file, sink.size, sink.digest.hexdigest(), sink.files))

    def write_manifest(self, name: str, data: bytes) -> None:
        """Make a backup whole: in one move where it is a folder, in one upload where it is a bucket."""
        path = self.path(name, MANIFEST)
        fresh = f"{path}.unfinished" if self.is_local else path
        with self.files.open_output_stream(fresh) as stream:
            self.hide(fresh)
            stream.write(data)
        self.sync(fresh)
        if self.is_local:
            Path(fresh).replace(path)
            self.sync(self.path(name))
            self.sync(self.root)

    def hide(self, path: str) -> None:
        """Let nobody else read a file, wherever it is copied to; a bucket has its policy."""
        if self.is_local:
            Path(path).chmod(0o600)

    def sync(self, path: str) -> None:
        """Wait until a file or a folder is on disk; a bucket answers when it is."""
        if self.is_local:
            sync_path(path)

    def folders(self) -> list[str]:
        """Return the names of all that look like backups, whole or not, the oldest first."""
        found = self.files.get_file_info(fs.FileSelector(self.root, allow_not_found=True))
        names = (each.base_name for each in found if each.type == fs.FileType.Directory)
        return sorted(name for name in names if moment_of(name))

    def is_whole(self, name: str) -> bool:
        """Say whether a backup has its manifest."""
        found: bool = self.files.get_file_info(self.path(name, MANIFEST)).type == fs.FileType.File
        return found

    def read(self, name: str, file: str) -> Iterator[bytes]:
        """Yield a file of a backup piece by piece. Raises FileNotFoundError."""
        with self.files.open_input_stream(self.path(name, file)) as stream:
            while data := stream.read(CHUNK):
                yield data

    def manifest(self, name: str) -> Manifest:
        """Return what a backup says of itself. Raises BackupDamaged when it is none."""
        try:
            data = b"".join(self.read(name, MANIFEST))
        except FileNotFoundError as error:
            raise BackupDamaged(f"{self.path(name)} has no {MANIFEST}: no backup, or never finished.") from error
        try:
            return decode_manifest(data)
        except BackupDamaged as error:
            raise BackupDamaged(f"{self.path(name)}: {error.message}") from error

    def manifest_or_damage(self, name: str) -> Manifest | str:
        """Return what a backup says of itself, or in words why it is none."""
        try:
            return self.manifest(name)
        except BackupDamaged as error:
            return error.message  # the list shows it beside the name


def open_place(url: str) -> Place:
    """Return the place at a path or an s3:// address. Raises BackupRefused for one that cannot be opened."""
    if not url.startswith("s3://"):
        return Place(fs.LocalFileSystem(), str(Path(url).absolute()), is_local=True)
    try:
        files, root = fs.FileSystem.from_uri(url)
    except (OSError, ValueError, pa.ArrowException) as error:
        # A word on what is before an @ is a word on keys.
        reason = type(error).__name__ if "@" in str(error) else str(error).splitlines()[0][:300]
        raise BackupRefused(f"s3://{urlsplit(url).hostname} cannot be opened: {reason}") from error
    return Place(files, root.rstrip("/"), is_local=False)


def find_backup(url: str) -> tuple[Place, str]:
    """Return the place and the name of the backup at an address, of its folder or its manifest."""
    address, _, query = url.partition("?")
    address = address.rstrip("/").removesuffix(f"/{MANIFEST}")
    parent, _, name = address.rpartition("/")
    beside = "/" if address.startswith("/") else "."
    place = open_place(parent + (f"?{query}" if query else "") if parent else beside)
    return place, name
