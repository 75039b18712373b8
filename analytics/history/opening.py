"""Opening files as they come: plain, gzip or zip, in any usual encoding, a piece at a time and never more than a bound.

A file is data of strangers: what it unpacks to, a line's length and the members of a zip are bounded.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, Any, ClassVar

from zuka.platform.errors import Refused

GZIP, ZIP, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
UTF_8_MARK, UTF_16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
PIECE = 1 << 16
LONGEST_LINE = 1 << 20
# Text with many repeated names packs 20 to 60 times; a bomb 1,000 times.
MOST_TIMES, ALWAYS_ALLOWED = 200, 100 << 20
MOST_MEMBERS = 10_000


class BadFile(Refused):
    """A file that cannot be read, or not to its end; the message says what to do about it."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_file"


def most_unpacked(size: int) -> int:
    """Return how many bytes a file of a size may unpack to."""
    return max(size * MOST_TIMES, ALWAYS_ALLOWED)


class Budget:
    """How many bytes came out of a file, by all of its parts together, and may."""

    def __init__(self, *, size: int) -> None:
        self.most, self.spent = most_unpacked(size), 0

    def spend(self, count: int) -> None:
        """Add so many. Raises BadFile when more comes out than a file of that size could honestly hold."""
        self.spent += count
        if self.spent > self.most:
            message = f"The file unpacks to more than {MOST_TIMES} times its size. Unpack it yourself and bring that."
            raise BadFile(message, field="file")


class Bounded(io.RawIOBase):
    """A stream that ends with BadFile when its file's budget does."""

    def __init__(self, stream: IO[bytes], *, budget: Budget) -> None:
        self.stream = stream
        self.budget = budget

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read a piece. Raises BadFile for a file that is damaged, too short or a bomb."""
        try:
            piece = self.stream.read(len(buffer))
        except (EOFError, zlib.error, OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            message = f"The file is damaged or broke off: {error}. What was read of it stays; bring it again whole."
            raise BadFile(message[:400], field="file") from error
        self.budget.spend(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_packed(file: IO[bytes]) -> bool:
    """Say whether a file is a zip."""
    file.seek(0)
    return file.read(4) == ZIP


def member_names(file: IO[bytes]) -> list[str]:
    """Return the names of the files in a zip, in their order; none of another file. Raises BadFile."""
    if not is_packed(file):
        return []
    try:
        members = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadFile(f"The zip is damaged: {error}. Download it again.", field="file") from error
    if len(members) > MOST_MEMBERS:
        raise BadFile(f"The zip holds {len(members):,} files; {MOST_MEMBERS:,} is the most.", field="file")
    return sorted(each.filename for each in members if not each.is_dir() and "__MACOSX" not in each.filename)


def fitting(names: Sequence[str], patterns: Sequence[str]) -> list[str]:
    """Return the names that fit one of some patterns, whatever their folder and case."""
    return [name for name in names if any(fnmatch(Path(name).name.lower(), pattern) for pattern in patterns)]


def open_parts(file: IO[bytes], *, budget: Budget, patterns: Sequence[str]) -> Iterator[tuple[str, io.BufferedReader]]:
    """Yield what a file holds as plain bytes, each part with its name: one, or the fitting members of a zip.

    Raises BadFile where no member fits, and while it is read.
    """
    if is_packed(file):
        names = fitting(member_names(file), patterns)
        if not names:
            raise BadFile(f"The zip holds no file like {' or '.join(patterns)}.", field="file")
        packed = zipfile.ZipFile(file)
        for name in names:
            try:
                opened = packed.open(name)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise BadFile(f"{name} in the zip cannot be opened: {error}.", field="file") from error
            yield name, buffered(opened, budget)
        return
    file.seek(0)
    magic = file.read(2)
    file.seek(0)
    if magic == GZIP:
        yield "", buffered(gzip.GzipFile(fileobj=file), budget)
    else:
        yield "", buffered(file, budget)


def buffered(stream: Any, budget: Budget) -> io.BufferedReader:
    """Return a bounded stream that can be looked into."""
    return io.BufferedReader(Bounded(stream, budget=budget), PIECE)


class Lines:
    """The lines of a part as text, at most a megabyte of each: `is_cut` says that the last one was longer.

    UTF-8 and UTF-16 by their marks, else UTF-8; a line that is none is read as Windows' Latin letters.
    """

    def __init__(self, part: io.BufferedReader) -> None:
        self.is_cut = False
        start = part.peek(4)[:4]
        self.text: io.TextIOWrapper | None = None
        self.part = part
        if start.startswith(UTF_16_MARKS):
            self.text = io.TextIOWrapper(part, encoding="utf-16", errors="replace", newline="\n")
        elif start.startswith(UTF_8_MARK):
            part.read(len(UTF_8_MARK))

    def __iter__(self) -> Iterator[str]:
        """Yield line after line, with its end. Raises BadFile."""
        while line := self.next_line():
            yield line.replace("\x00", "\ufffd")

    def next_line(self) -> str:
        """Return the next line; empty at the end. What is beyond a megabyte of it is skipped."""
        try:
            read: Any = self.text.readline if self.text else self.part.readline
            line = read(LONGEST_LINE)
            rest = line
            self.is_cut = len(line) >= LONGEST_LINE and line[-1:] not in {"\n", b"\n"}
            while rest and self.is_cut and rest[-1:] not in {"\n", b"\n"}:
                rest = read(LONGEST_LINE)
        except UnicodeError as error:
            raise BadFile(f"The file's text cannot be read: {error}.", field="file") from error
        return line if isinstance(line, str) else decode_line(line)


def decode_line(line: bytes) -> str:
    """Return a line as text."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:  # an old spreadsheet's export
        return line.decode("cp1252", "replace")
