"""The disk spool (decision 22): what was accepted while PostgreSQL is away waits here, and is drained in order.

A file is a sequence of records: 4 bytes length, 4 bytes CRC-32, then a request's outcome in MessagePack (in JSON
where that cannot say it). A process appends to a file of its own, under an exclusive lock, and says 200 after fsync.
Whoever can lock a file may drain it: its process has gone on to another file or is dead. A record that is stored is
marked by turning its checksum's bits over, so that a drain goes on where one that crashed had come to. Ids were given
before the events came here: what was stored and not yet marked is stored once.
"""

from __future__ import annotations

import fcntl
import os
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
import structlog

from analytics.ingest.pipeline import Sorted
from analytics.ingest.received import Accepted, Source
from analytics.store.engine import StoreUnavailable
from analytics.store.event import Event, RejectedRow
from zuka.platform.disk import sync_path

log = structlog.get_logger(__name__)
HEAD = 8
SUFFIX, DAMAGED = ".spool", ".damaged"
FILE_BYTES = 16 * 1024 * 1024
SIZED_SECONDS = 1.0
ALL_BITS = 0xFFFFFFFF
OPENINGS = b"{\x84"  # of a record as JSON, and as a MessagePack map of its four fields


class WaitingEvent(Accepted, kw_only=True, gc=False):
    """An accepted event as it waits, every column by itself."""

    event: Event


class SpoolRecord(msgspec.Struct, kw_only=True):
    """The outcome of one request, as it waits."""

    source: Source
    accepted: list[WaitingEvent] = []
    rejected: list[RejectedRow] = []
    dropped: int = 0


_encode = msgspec.msgpack.Encoder(enc_hook=str).encode
_decode = msgspec.msgpack.Decoder(SpoolRecord).decode
_encode_json = msgspec.json.Encoder(enc_hook=str).encode
_decode_json = msgspec.json.Decoder(SpoolRecord).decode


class SpoolFull(StoreUnavailable):
    """There is no room for more waiting events: the client must keep them and try again."""


def encode_record(outcome: Sorted) -> bytes:
    """Return an outcome, in whose events every column is by itself, with its length and checksum."""
    accepted = cast("list[WaitingEvent]", outcome.accepted)
    record = SpoolRecord(source=outcome.source, accepted=accepted, rejected=outcome.rejected, dropped=outcome.dropped)
    try:
        body = _encode(record)
    except OverflowError:  # what a client sent holds a number beyond 64 bits, for which MessagePack has no form
        body = _encode_json(record)
    return len(body).to_bytes(4) + zlib.crc32(body).to_bytes(4) + body


class Waiting(msgspec.Struct, frozen=True):
    """A record that is not stored yet, and where it begins in its file; None for one that is damaged."""

    position: int
    record: SpoolRecord | None


def read_records(file: BinaryIO) -> Iterator[Waiting]:
    """Return the records of a file that wait. A last one that was cut off was never acknowledged and is left out.

    Behind a damaged one, whose length may be what is damaged, reading goes on where the next whole one begins.
    """
    while len(head := file.read(HEAD)) == HEAD:
        position = file.tell() - HEAD
        length, checksum = int.from_bytes(head[:4]), int.from_bytes(head[4:])
        body = file.read(length)
        found = zlib.crc32(body)
        # What ends with its file may have lost its length alone.
        is_whole = body and (len(body) == length or (len(body) < length and found == checksum))
        if is_whole and found in {checksum, checksum ^ ALL_BITS}:
            if found == checksum:
                yield Waiting(position, decode_record(body))
            continue
        file.seek(position + 1)
        following = next_record(file.read())
        if following is None and len(body) < length:
            return
        yield Waiting(position, None)
        if following is None:
            return
        file.seek(position + 1 + following)


def next_record(data: bytes) -> int | None:
    """Return where the first whole record in some bytes begins."""
    for start in range(len(data) - HEAD):
        if data[start + HEAD] not in OPENINGS:  # a look at one byte, where a checksum may be of megabytes
            continue
        end = start + HEAD + int.from_bytes(data[start : start + 4])
        if start + HEAD < end <= len(data):
            found, checksum = zlib.crc32(data[start + HEAD : end]), int.from_bytes(data[start + 4 : start + HEAD])
            if found in {checksum, checksum ^ ALL_BITS}:
                return start
    return None


def decode_record(body: bytes) -> SpoolRecord | None:
    """Return a record; None for one that another version wrote in a way we cannot read."""
    try:
        return _decode_json(body) if body[:1] == b"{" else _decode(body)
    except msgspec.DecodeError:  # another version wrote it: whoever reads the file keeps it aside
        return None


def mark_stored(file: BinaryIO, records: Iterable[Waiting]) -> None:
    """Mark records as stored, after their commit: whoever reads the file from now on leaves them out."""
    for each in records:
        checksum = int.from_bytes(os.pread(file.fileno(), 4, each.position + 4))
        with suppress(OSError):  # a disk that takes nothing: read again, the record's events are found to be stored
            os.pwrite(file.fileno(), (checksum ^ ALL_BITS).to_bytes(4), each.position + 4)


def try_lock(file: BinaryIO) -> bool:
    """Lock a file if nobody else has; the lock ends when the file is closed or its process dies."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # somebody else has it
        return False
    return True


class Spool:
    """The waiting events of a machine: files in one folder, of which this process appends to one at a time."""

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        self.file: BinaryIO | None = None
        self.sized: tuple[float, int] = (0.0, 0)

    def files(self) -> list[Path]:
        """Return the files that wait, oldest first."""
        return sorted(self.folder.glob(f"*{SUFFIX}")) if self.folder.is_dir() else []

    def bytes_waiting(self) -> int:
        """Return how many bytes wait, looked up once a second: what this process adds is added at once."""
        looked_at, size = self.sized
        if time.monotonic() - looked_at > SIZED_SECONDS:
            size = sum(size_of(path) for path in self.files())
            self.sized = (time.monotonic(), size)
        return size

    def append(self, outcomes: Sequence[Sorted]) -> None:
        """Keep outcomes on disk, durably. Raises SpoolFull when there is no room; then nothing of them is kept."""
        data = b"".join(encode_record(outcome) for outcome in outcomes)
        if self.bytes_waiting() + len(data) > self.most_bytes:
            raise SpoolFull(f"the spool holds {self.most_bytes} bytes at most")
        file: BinaryIO | None = None
        start = 0
        try:
            file = self.open()
            start = file.tell()
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            self.undo(file, start)
            raise SpoolFull(f"the spool cannot be written: {error.strerror}") from error
        looked_at, size = self.sized
        self.sized = (looked_at, size + len(data))
        if file.tell() > FILE_BYTES:
            self.close()

    def open(self) -> BinaryIO:
        """Return this process's file, begun when there is none; its name sorts by when that was."""
        if self.file is None:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / f"{time.time_ns():020d}-{os.getpid()}{SUFFIX}"
            file = path.open("xb", buffering=0)
            fcntl.flock(file, fcntl.LOCK_EX)
            if not os.fstat(file.fileno()).st_nlink:  # somebody who drains was quicker, found nothing and removed it
                file.close()
                return self.open()
            sync_path(self.folder)
            self.file = file
        return self.file

    def undo(self, file: BinaryIO | None, start: int) -> None:
        """Take back what was written of a record, so that nothing follows half of one."""
        if file is None:
            return
        try:
            file.truncate(start)
            file.seek(start)
        except OSError:  # a disk that takes nothing: the half record ends its file, and readers leave it out
            self.close()

    def close(self) -> None:
        """End this process's file, so that it can be drained."""
        if self.file is not None:
            self.file.close()
            self.file = None


def size_of(path: Path) -> int:
    """Return a file's size in bytes; 0 once it is removed."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # drained since its folder was read: nothing of it waits


def set_aside_damaged(path: Path, *, left: int) -> None:
    """Keep a file with records that cannot be stored under another name, for somebody to look at."""
    log.error("spool.damaged", path=str(path), requests_left=left)
    path.rename(path.with_suffix(DAMAGED))
