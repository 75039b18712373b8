"""Reading a file record by record: rows of CSV, lines of JSON, items of a JSON list, rows of Parquet.

A record that cannot be read is told with what is wrong about it, and the next one follows; what makes all that follows
unreadable raises BadFile.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from analytics.history.forms import Shape
from analytics.history.opening import LONGEST_LINE, PARQUET, BadFile, Budget, Lines, open_parts
from analytics.ingest.lenient import decode_leniently, without_nul

if TYPE_CHECKING:
    from analytics.history.parquet import ParquetRows

KEPT_TEXT = 2_000
JSON_PIECE = 1 << 18
LARGEST_ITEM = 8 << 20
DELIMITERS = ",;\t|"
BROKE_OFF = "The list broke off. What was read of it stays; bring it again whole."
TOO_LARGE = f"An item of the list is no JSON, or larger than {LARGEST_ITEM >> 20} MB."
TOO_LONG = f"It is longer than {LONGEST_LINE >> 20} MB."


@dataclass(frozen=True, slots=True)
class Record:
    """A row, line or item of a file, from 1 on over the whole file: its value, or its text and what is wrong with it.

    `place` names it for people and, with the file's hash, for good: `row 12`.
    """

    number: int
    value: dict[str, Any] | None
    text: str = ""
    problem: str = ""


# A value, or the text and what is wrong with it.
Item = dict[str, Any] | tuple[str, str]


class HistoryFile:
    """A file whose records are read one after the other. To be used with `with`."""

    def __init__(self, path: Path, *, patterns: Sequence[str]) -> None:
        self.path, self.patterns = path, patterns
        self.size = path.stat().st_size
        self.file: IO[bytes] = path.open("rb")
        self.budget = Budget(size=self.size)
        self.parquet: ParquetRows | None = None
        self.shape = Shape.TABLE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()

    @property
    def position(self) -> int:
        """How many bytes of the file as it is are read: for telling how far it is."""
        if self.parquet:
            return self.size * self.parquet.read // max(self.parquet.count, 1)
        return min(self.file.tell(), self.size)

    @property
    def unpacked(self) -> int:
        """How many bytes came out of it so far."""
        return self.parquet.unpacked if self.parquet else self.budget.spent

    def records(self, *, after: int = 0) -> Iterator[Record]:
        """Yield the records after so many. Raises BadFile."""
        for number, item in enumerate(self.items(), 1):
            if number <= after:
                continue
            if isinstance(item, dict):
                yield Record(number, item)
            else:
                yield Record(number, None, item[0][:KEPT_TEXT], item[1])

    def items(self) -> Iterator[Item]:
        """Yield what the file holds. Raises BadFile."""
        if self.file.read(4) == PARQUET:
            self.shape = Shape.OBJECTS
            yield from self.parquet_items()
            return
        for name, part in open_parts(self.file, budget=self.budget, patterns=self.patterns):
            start = part.peek(64)[:64].lstrip(b"\xef\xbb\xbf \r\n\t")
            self.shape = Shape.OBJECTS if start[:1] in {b"[", b"{"} else Shape.TABLE
            if start.startswith(b"["):
                yield from list_items(part)
            elif start.startswith(b"{"):
                yield from line_items(Lines(part))
            elif start:
                yield from csv_items(Lines(part))
            elif name == "":
                raise BadFile("The file is empty.", field="file")

    def parquet_items(self) -> Iterator[Item]:
        """Yield the rows of a Parquet file. Raises BadFile."""
        # It brings 60 MB of memory, only where such a file is read.
        from analytics.history.parquet import ParquetRows

        self.parquet = ParquetRows(self.path, size=self.size)
        yield from self.parquet


def line_items(lines: Lines) -> Iterator[Item]:
    """Yield one object a line; empty lines say nothing."""
    for line in lines:
        text = line.strip()
        if not text:
            continue
        if lines.is_cut:
            yield text, TOO_LONG
            continue
        try:
            value = decode_leniently(text.encode("utf-8", "replace"))
        except (ValueError, RecursionError):
            yield text, "The line is no JSON."
            continue
        yield value if isinstance(value, dict) else (text, "The line is no JSON object.")


def csv_items(lines: Lines) -> Iterator[Item]:
    """Yield rows by the names in the first one. Raises BadFile for a first row that names no columns."""
    told = iter(lines)
    first = next(told, "")
    delimiter = max(DELIMITERS, key=first.count)
    names = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
    if len(names) < 2 or len(set(names)) < len(names):
        raise BadFile("The first row must name the columns, each once, with commas between.", field="file")
    reader = csv.reader(told, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return  # the file is over
        except csv.Error as error:
            yield "", f"The row cannot be read: {error}."
            continue
        if lines.is_cut:
            yield delimiter.join(cells), TOO_LONG
        elif len(cells) > len(names):
            yield delimiter.join(cells), f"The row has {len(cells)} cells, the first row {len(names)}."
        elif any(cells):
            yield dict(zip(names, cells, strict=False))


def list_items(part: io.BufferedReader) -> Iterator[Item]:
    """Yield the items of a JSON list, of which one is in memory at a time. Raises BadFile."""
    text = io.TextIOWrapper(part, encoding="utf-8-sig", errors="replace")
    decode = json.JSONDecoder(parse_constant=lambda _name: None).raw_decode
    held, at = text.read(JSON_PIECE).lstrip()[1:], 0
    while True:
        while at < len(held) and held[at] in " \r\n\t,":
            at += 1
        if held[at : at + 1] == "]":
            return
        try:
            value, end = decode(held, at)
        except RecursionError as error:
            raise BadFile("An item of the list is nested too deeply.", field="file") from error
        except ValueError as error:
            piece = text.read(JSON_PIECE)
            if not piece:
                raise BadFile(BROKE_OFF, field="file") from error
            if len(held) - at > LARGEST_ITEM:
                raise BadFile(TOO_LARGE, field="file") from error
            held, at = held[at:] + piece, 0
            continue
        yield without_nul(value) if isinstance(value, dict) else (held[at:end], "It is no JSON object.")
        at = end
