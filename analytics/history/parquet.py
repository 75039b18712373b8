"""The rows of a Parquet file, in pieces that are bounded in memory.

A kilobyte of Parquet may say a gigabyte: a text that stands once in it and is meant a thousand times, or a page that
packs well. What its footer tells of each column is looked at before any is read; texts that repeat stay apart from the
rows that mean them until a row is made; and rows are made a few at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.history.opening import MOST_TIMES, BadFile, most_unpacked

BATCH_ROWS = 1_000
LARGEST_ROW = 8 << 20  # and the most of rows that are made together
# Of one column in one group of rows, unpacked: what is honest whatever it is packed in, and the most of all.
COLUMN_ALWAYS_ALLOWED, LARGEST_COLUMN = 16 << 20, 512 << 20
LEVEL_BYTES = 8  # what a value in a list takes at least, however many are told by a few bytes
VALUE_BYTES = 64  # and what it takes once it is Python's
LONGEST_FIXED = 256
TOO_LARGE = f"The row is larger than {LARGEST_ROW >> 20} MB."
DICTIONARY, DELTA = {"PLAIN_DICTIONARY", "RLE_DICTIONARY"}, "DELTA_BYTE_ARRAY"
TEXT, FIXED = "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"
ADVICE = "Write the file again in smaller groups of rows, or as JSON lines."

Item = dict[str, Any] | tuple[str, str]


class ParquetRows:
    """The rows of a file, `count` of them, of which `read` are read and were about `unpacked` bytes.

    One that is too large is its text, none, and what is wrong with it.
    """

    def __init__(self, path: Path, *, size: int) -> None:
        """Open a file and look at what it says it holds. Raises BadFile."""
        try:
            with pq.ParquetFile(path) as file:
                facts, columns = file.metadata, [file.schema.column(at) for at in range(file.metadata.num_columns)]
        except (pa.ArrowException, OSError) as error:
            raise unreadable(error) from error
        self.path, self.count, self.read, self.unpacked = path, int(facts.num_rows), 0, 0
        check_columns(facts, columns, size=size)
        encodings = [encodings_of(facts, at) for at in range(facts.num_columns)]
        # A text told by its difference from the one before repeats as well, and is not to be had apart.
        self.repeats = any(DELTA in each for each in encodings)
        for column, told in zip(columns, encodings, strict=True):
            if DELTA in told and column.max_repetition_level:
                raise BadFile(f"{column.path[:80]} is a list written as {DELTA}. Write it plain, or as JSON lines.")
        self.apart = [
            column.path
            for column, told in zip(columns, encodings, strict=True)
            if column.physical_type == TEXT and told & DICTIONARY and DELTA not in told
        ]

    def __iter__(self) -> Iterator[Item]:
        """Yield row after row. Raises BadFile."""
        try:
            with pq.ParquetFile(self.path, read_dictionary=self.apart, buffer_size=1 << 20, pre_buffer=False) as file:
                rows = 1 if self.repeats else BATCH_ROWS
                # Texts that are kept apart are another list in each group, which no batch may straddle.
                for group in range(file.num_row_groups):
                    for batch in file.iter_batches(batch_size=rows, row_groups=[group], use_threads=False):
                        yield from self.rows_of(batch)
        except (pa.ArrowException, OSError) as error:
            raise unreadable(error) from error

    def rows_of(self, batch: Any) -> Iterator[Item]:
        """Yield the rows of a batch, made a part of it at a time."""
        count, bytes_ = batch.num_rows, sum(map(unpacked_bytes, batch.columns))
        if count > 1 and bytes_ > LARGEST_ROW:
            yield from self.rows_of(batch.slice(0, count // 2))
            yield from self.rows_of(batch.slice(count // 2))
            return
        rows: list[Item] = [("", TOO_LARGE)] if bytes_ > LARGEST_ROW else batch.to_pylist()
        self.unpacked += bytes_
        for row in rows:
            self.read += 1
            yield row


def unreadable(error: Exception) -> BadFile:
    """Return what is said of a file that cannot be read."""
    return BadFile(f"The Parquet file cannot be read: {error}"[:300], field="file")


def encodings_of(facts: Any, at: int) -> set[str]:
    """Return how a column's values are written, in any of the groups of rows."""
    return {name for group in range(facts.num_row_groups) for name in facts.row_group(group).column(at).encodings}


def check_columns(facts: Any, columns: list[Any], *, size: int) -> None:
    """Look at what a file's footer says of its columns. Raises BadFile for what no honest file says."""
    left = most_unpacked(size)
    for at, column in enumerate(columns):
        width = column.length if column.physical_type == FIXED else 0
        if width > LONGEST_FIXED:
            raise BadFile(f"{column.path[:80]} has {width:,} bytes in each row: write it as text.", field="file")
        for group in range(facts.num_row_groups):
            told = facts.row_group(group).column(at)
            listed = told.num_values * max(width, LEVEL_BYTES) if column.max_repetition_level else 0
            left -= check_column(column.path, told, listed=listed)
    if left < 0:
        raise BadFile(f"The file unpacks to more than {MOST_TIMES} times its size. {ADVICE}", field="file")


def check_column(name: str, told: Any, *, listed: int) -> int:
    """Return how many bytes a column in a group of rows unpacks to. Raises BadFile where they are too many."""
    honest = max(told.total_compressed_size * MOST_TIMES, COLUMN_ALWAYS_ALLOWED)
    packed, most = int(told.total_uncompressed_size), min(honest, LARGEST_COLUMN)
    if not 0 <= packed <= most or not 0 <= listed <= LARGEST_COLUMN:
        found = f"{name[:80]} unpacks to {max(packed, listed) >> 20:,} MB in one group of rows"
        raise BadFile(f"{found}, from {told.total_compressed_size:,} bytes. {ADVICE}", field="file")
    return packed + listed


def unpacked_bytes(array: Any) -> int:
    """Return about how many bytes an array's values have when each stands by itself."""
    kind, own = array.type, len(array) * VALUE_BYTES
    if pa.types.is_dictionary(kind):
        lengths = pc.binary_length(array.dictionary).cast(pa.int64())
        return own + (pc.sum(lengths.take(array.indices)).as_py() or 0)
    if pa.types.is_struct(kind):
        return own + sum(map(unpacked_bytes, array.flatten()))
    if pa.types.is_map(kind):
        start, end = (array.offsets[at].as_py() for at in (0, -1))
        return own + sum(unpacked_bytes(part.slice(start, end - start)) for part in (array.keys, array.items))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return own + unpacked_bytes(array.flatten())
    return own + int(array.nbytes)
