"""From records to what they become: which format a file has, and each record's events or day, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from analytics.history.formats import FORMATS
from analytics.history.forms import DayTotal, Format, Shape, Unreadable
from analytics.history.opening import BadFile, fitting, member_names
from analytics.history.records import HistoryFile, Record
from analytics.ingest.identity import uuid7_moment
from analytics.ingest.pipeline import Sorted, process_event, rejected_row, sort_events
from analytics.ingest.received import Accepted, RawEvent, Rejection, Source
from analytics.ingest.timing import Unreadable as NoMoment
from analytics.ingest.timing import read_moment
from analytics.registry.types import Reason
from analytics.store.event import as_event

log = structlog.get_logger(__name__)
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)  # before there was anything to import from; a year of its own for each typo


@dataclass(slots=True)
class Chunk:
    """Some records of a file, and what came of them: events through the pipeline, or days.

    `records` is the number of the last one. Of days, those that cannot be read are rejected like events.
    """

    records: int
    outcome: Sorted
    days: dict[DayTotal, None] = field(default_factory=dict)


def recognise(path: Path) -> Format:
    """Return the format of a file, by the names in its first record. Raises BadFile."""
    with path.open("rb") as file:
        names = member_names(file)
    seen: set[str] = set()
    for format_ in FORMATS.values():
        if names and not fitting(names, format_.patterns):
            continue
        first, shape = first_names(path, format_)
        is_own = format_.keeps_ids  # one of several names is enough
        if shape is format_.shape and (format_.needs & first if is_own else format_.needs <= first):
            return format_
        seen |= first
    told = f" Its first row has {', '.join(sorted(seen)[:12])}." if seen else ""
    kinds = ", ".join(each.title for each in FORMATS.values())
    raise BadFile(f"This is no file of {kinds}.{told} Choose the format, or see how to get the file.", field="file")


def first_names(path: Path, format_: Format) -> tuple[set[str], Shape]:
    """Return the names of a file's first record, none where it cannot be read, and its shape. Raises BadFile."""
    with HistoryFile(path, patterns=format_.patterns) as file:
        first = next(file.records(), None)
        return (set(first.value) if first and first.value else set()), file.shape


def raw_events(record: Record, format_: Format, file_id: str) -> list[RawEvent]:
    """Return the raw events of a record, each with an id that is the same whenever this file is read."""
    raws = [RawEvent(original=record.text, problem=record.problem)] if record.value is None else []
    if record.value is not None and format_.read:
        try:
            raws = format_.read(record.value)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            log.warning("history.unread", format=format_.id, record=record.number, error=repr(error)[:300])
            raws = [RawEvent(original=record.value, problem=f"Row {record.number} could not be read.")]
    for place, raw in enumerate(raws):
        raw.place = place
        if raw.message_id in (None, ""):
            raw.message_id = f"{file_id}:{record.number}" + (f":{place}" if place else "")
    return raws


def refusal_of(raw: RawEvent, source: Source) -> Rejection | None:
    """Return why history does not take what the pipeline would: an event without a moment, or of one to come, would
    stand among those of today, and one of a broken clock among those of 1970.
    """
    if raw.problem:
        return None
    try:
        moment = read_moment(raw.occurred_at)
    except NoMoment:
        return None  # the pipeline refuses it, and says why
    if moment is None and isinstance(raw.message_id, str):
        moment = uuid7_moment(raw.message_id)
    if moment is None:
        return Rejection(Reason.INVALID_PROPERTY, "It does not say when it happened.", "occurred_at")
    if moment > source.received_at:
        message = f"{moment:%Y-%m-%d %H:%M} UTC is still to come: history has been."
        return Rejection(Reason.INVALID_PROPERTY, message, "occurred_at")
    if moment < OLDEST:
        message = f"{moment:%Y-%m-%d} is before {OLDEST:%Y}: the clock that wrote it was wrong."
        return Rejection(Reason.TOO_OLD, message, "occurred_at")
    return None


def with_own_id(each: Accepted) -> Accepted:
    """Return an event of an export of Zuka's own under the id it had: brought back to its own shop it is there."""
    said = each.raw.original.get("id") if isinstance(each.raw.original, dict) else None
    try:
        own = UUID(str(said))
    except ValueError:
        return each  # no id of ours: it keeps the one made of its message
    if own.version not in {7, 8}:
        return each
    return msgspec.structs.replace(each, event=msgspec.structs.replace(as_event(each.event), id=own))


def read_events(records: Sequence[Record], format_: Format, source: Source, file_id: str) -> Chunk:
    """Return what becomes of some records' events: through the same steps as those of every door."""
    raws, refused = [], []
    for record in records:
        for raw in raw_events(record, format_, file_id):
            rejection = refusal_of(raw, source)
            if rejection is None:
                raws.append(raw)
            else:
                row = rejected_row(raw=raw, source=source, rejection=rejection, stage="read_history")
                row.reading = None  # replayed, it would be an event of the moment of its import
                refused.append(row)
    outcome = sort_events(raws, source)
    if format_.keeps_ids:
        outcome.accepted = [with_own_id(each) for each in outcome.accepted]
    outcome.rejected += refused
    outcome.places += [0] * len(refused)
    return Chunk(records=records[-1].number, outcome=outcome)


def read_days(records: Sequence[Record], format_: Format, source: Source, file_id: str) -> Chunk:
    """Return the days that some records tell of. One that cannot be read is rejected like an event."""
    assert format_.read_day is not None
    chunk = Chunk(records=records[-1].number, outcome=Sorted(source))
    for record in records:
        try:
            if record.value is None:
                raise Unreadable(record.problem)
            day = format_.read_day(record.value)
            if day.day > source.received_at.date() or day.day < OLDEST.date():
                raise Unreadable(f"{day.day} is no day of history.")
            chunk.days[day] = None
        except Unreadable as problem:
            raw = RawEvent(original=record.value or record.text, problem=str(problem))
            raw.message_id = f"{file_id}:{record.number}"
            row = process_event(raw, source)
            assert row is not None
            assert not isinstance(row, Accepted)
            chunk.outcome.rejected.append(row)
            chunk.outcome.places.append(0)
    return chunk


def read_chunk(records: Sequence[Record], format_: Format, source: Source, file_id: str) -> Chunk:
    """Return what becomes of some records."""
    read = read_days if format_.read_day else read_events
    return read(records, format_, source, file_id)
