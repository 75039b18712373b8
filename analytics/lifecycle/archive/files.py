"""The files of a month: one Parquet file a shop's day, and a manifest that says what is in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.lifecycle.archive.content import conform, content_of, event_schema, joined
from analytics.lifecycle.archive.places import ArchiveUnavailable, Place, edition_folder

MANIFEST = "manifest.json"
COMPRESSION, LEVEL = "zstd", 6


@dataclass(frozen=True, slots=True)
class DayFile:
    """A day's file: `content` is the hash of its rows as a decimal number, `sha256` that of its bytes."""

    day: str
    name: str
    rows: int
    bytes: int
    sha256: str
    content: str


def day_files(stored: Sequence[dict[str, Any]]) -> list[DayFile]:
    """Return the files that a month's row names."""
    return [DayFile(**each) for each in stored]


def path_of(month: date, edition: int, name: str) -> str:
    """Return where a file of an edition is."""
    return f"{edition_folder(month, edition)}/{name}"


def write_day(*, place: Place, month: date, edition: int, day: date, tables: Iterable[pa.Table]) -> DayFile | None:
    """Write a day's rows and return its file, measured by reading it back; None for a day without any."""
    waiting = iter(tables)
    first = next(waiting, None)
    if first is None:
        return None
    name = f"{day}.parquet"
    path = path_of(month, edition, name)
    place.make_folder(edition_folder(month, edition))
    rows = content = 0
    with (
        place.reached(),
        place.files.open_output_stream(path) as stream,
        pq.ParquetWriter(stream, event_schema(), compression=COMPRESSION, compression_level=LEVEL) as writer,
    ):
        for table in chain([first], waiting):
            writer.write_table(table)
            rows += table.num_rows
            content += content_of(table)
    place.keep(path)
    size, digest = place.measure(path)
    return DayFile(str(day), name, rows, size, digest, str(content))


def read_parts(*, place: Place, month: date, edition: int, file: DayFile) -> Iterator[pa.Table]:
    """Yield a day's rows some thousands at a time, as they were written, with today's columns. Raises
    ArchiveUnavailable.
    """
    with place.reached(), place.files.open_input_file(path_of(month, edition, file.name)) as stream:
        parts = pq.ParquetFile(stream)
        for number in range(parts.num_row_groups):
            yield conform(parts.read_row_group(number))


def read_day(*, place: Place, month: date, edition: int, file: DayFile) -> pa.Table:
    """Return a day's rows as one table, with today's columns. Raises ArchiveUnavailable."""
    return joined(list(read_parts(place=place, month=month, edition=edition, file=file)))


def check_bytes(*, place: Place, month: date, edition: int, file: DayFile) -> None:
    """See that a day's file is the one that was written. Raises ArchiveUnavailable."""
    path = path_of(month, edition, file.name)
    if place.measure(path) != (file.bytes, file.sha256):
        raise ArchiveUnavailable(f"{path} at {place.name} is not the file that was written: its sha256 differs.")


def checked_parts(*, place: Place, month: date, edition: int, file: DayFile) -> Iterator[pa.Table]:
    """Yield a day's rows as `read_parts` does, of the file that was written.

    Raises ArchiveUnavailable: before the first where its bytes differ, after the last where rows or their hash do.
    """
    check_bytes(place=place, month=month, edition=edition, file=file)
    rows = content = 0
    for part in read_parts(place=place, month=month, edition=edition, file=file):
        rows += part.num_rows
        content += content_of(part)
        yield part
    if (rows, str(content)) != (file.rows, file.content):
        path = path_of(month, edition, file.name)
        raise ArchiveUnavailable(f"{path} at {place.name} does not hold the {file.rows} rows that were written.")


def check_day(*, place: Place, month: date, edition: int, file: DayFile) -> None:
    """See that a day's file is what was written: bytes, rows and their hash. Raises ArchiveUnavailable."""
    for _ in checked_parts(place=place, month=month, edition=edition, file=file):
        pass


def sums(files: Sequence[DayFile]) -> dict[str, Any]:
    """Return what a month's row says of all its files."""
    return {
        "files": [asdict(each) for each in files],
        "rows": sum(each.rows for each in files),
        "bytes": sum(each.bytes for each in files),
        "content": str(sum(int(each.content) for each in files)),
    }


def write_manifest(*, place: Place, month: date, edition: int, files: Sequence[DayFile], at: datetime) -> None:
    """Write beside the files what is in them, for who has the archive and no Zuka."""
    schema = [{"name": each.name, "type": str(each.type)} for each in event_schema()]
    facts = {"table": "analytics_events", "month": f"{month:%Y-%m}", "edition": edition, "written_at": at.isoformat()}
    text = json.dumps({**facts, "schema": schema, **sums(files)}, indent=1)
    place.make_folder(edition_folder(month, edition))
    place.write(path_of(month, edition, MANIFEST), text.encode())


def read_manifest(*, place: Place, month: date, edition: int) -> dict[str, Any]:
    """Return what the manifest says. Raises ArchiveUnavailable."""
    path = path_of(month, edition, MANIFEST)
    try:
        found: dict[str, Any] = json.loads(place.read(path))
    except ValueError as error:
        raise ArchiveUnavailable(f"{path} at {place.name} is no JSON: {error}.") from error
    return found


def check_manifest(*, place: Place, month: date, edition: int, files: Sequence[dict[str, Any]]) -> None:
    """See that the manifest names the files that a month's row does. Raises ArchiveUnavailable."""
    said = read_manifest(place=place, month=month, edition=edition)
    if (said.get("edition"), said.get("files")) != (edition, list(files)):
        path = path_of(month, edition, MANIFEST)
        raise ArchiveUnavailable(f"{path} at {place.name} names other files than Zuka's table does.")
