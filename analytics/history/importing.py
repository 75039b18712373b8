"""The work: chunk after chunk through the pipeline, each with its place and counts in one transaction.

So whatever ends a worker, in a chunk or between two, the row says exactly what is stored, and the next worker goes on
behind it. Nobody is told of old events: no alert, mail or webhook hangs on storing them, and their days are marked
to be counted when those of today are done (`rollup/fill.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import structlog

from analytics.history.formats import FORMATS
from analytics.history.months import with_months
from analytics.history.opening import BadFile
from analytics.history.reading import Chunk, read_chunk
from analytics.history.records import HistoryFile, Record
from analytics.history.sources import source_of
from analytics.ingest.counting import make_batch
from analytics.ingest.pipeline import Sorted
from analytics.ingest.received import Accepted, Source
from analytics.ingest.storing import late_rejection, set_aside
from analytics.store.event import RejectedRow
from analytics.store.models import HistoryImport, ImportedDay
from analytics.store.partitioning import event_months
from analytics.store.postgres import HISTORY, raw_connection, store_prompt
from zuka.platform import clock

log = structlog.get_logger(__name__)
CHUNK = 1_000
CHUNK_BYTES = 16 << 20  # large rows come fewer at a time
LEASE = timedelta(minutes=10)  # each chunk renews it; one takes a second or two
MOST_STALLED = 3
# A file whose rows are nearly all refused is the wrong file, and would fill the list of rejected events.
LOOKED_AT, MOST_REFUSED = 1_000, 0.9
COUNTS = ("received", "accepted", "duplicate", "rejected", "dropped")
Counts = dict[str, int]
Told = Callable[[HistoryImport], None]


class Lost(Exception):  # noqa: N818 - named for what is the case
    """The import is no longer this worker's: it was paused, cancelled, or given to another."""


def ours(job: HistoryImport) -> Any:
    """Return the import's row, if it is still this worker's."""
    return HistoryImport.objects.filter(pk=job.pk, status=job.status, attempts=job.attempts)


def check_ours(job: HistoryImport) -> None:
    """Raise Lost for an import that is not this worker's any more; else lock it."""
    if not ours(job).select_for_update().exists():
        raise Lost


def renew_lease(job: HistoryImport, *, by: timedelta) -> None:
    """Keep an import for a longer time than a chunk takes. Raises Lost."""
    if not ours(job).update(leased_until=clock.now() + by):
        raise Lost


def import_file(job: HistoryImport, path: Path, *, tell: Told | None = None) -> None:
    """Import what is left of a file that is this worker's. Raises Lost, BadFile, and the database's and disk's errors.

    `tell` is called after each chunk.
    """
    format_ = FORMATS[job.format]
    source = source_of(job)
    file_id = job.sha256[:32]
    with HistoryFile(path, patterns=format_.patterns) as file:
        for records in in_chunks(file, after=job.records):
            chunk = read_chunk(records, format_, source, file_id)
            keep_chunk(job, chunk, position=file.position)
            if tell:
                tell(job)
            stop_wrong_file(job)


def in_chunks(file: HistoryFile, *, after: int) -> Iterator[list[Record]]:
    """Yield records some at a time: those before one that makes the rest unreadable come before that is raised."""
    records = file.records(after=after)
    while True:
        start = file.unpacked
        chunk: list[Record] = []
        problem: BadFile | None = None
        try:
            chunk.extend(islice(records, 1))
            while chunk and len(chunk) < CHUNK and file.unpacked - start < CHUNK_BYTES:
                chunk.append(next(records))
        except StopIteration:
            pass  # the last chunk is shorter
        except BadFile as error:
            problem = error
        if chunk:
            yield chunk
        if problem:
            raise problem
        if not chunk:
            return


def stop_wrong_file(job: HistoryImport) -> None:
    """Stop over a file of which nearly nothing can be taken. Raises BadFile."""
    refused = job.rejected / max(job.received, 1)
    if job.received >= LOOKED_AT and refused >= MOST_REFUSED:
        message = f"{job.rejected:,} of the first {job.received:,} rows were refused: is it the right file and format? "
        raise BadFile(message + "Rejected events say why.", field="file")


def keep_chunk(job: HistoryImport, chunk: Chunk, *, position: int) -> None:
    """Store a chunk, and in the same transaction how far the import is. Raises Lost and NoRoom: nothing is stored."""
    times = [each.event.occurred_at for each in chunk.outcome.accepted]
    months = {clock.month_start(clock.local_day(at)) for at in times}
    times += [clock.day_start(each.day) for each in chunk.days]
    with with_months(months, renew=lambda by: renew_lease(job, by=by)):
        check_ours(job)
        counts = store_days(job, chunk) if chunk.days or FORMATS[job.format].read_day else store_events(chunk.outcome)
        now = clock.now()
        moved = {name: getattr(job, name) + counts[name] for name in COUNTS}
        moved |= {"records": chunk.records, "bytes_read": position, "moved_at": now, "stalled": 0}
        moved |= {"leased_until": now + LEASE}
        moved |= {"first_at": min([*times, *known(job.first_at)], default=None)}
        moved |= {"last_at": max([*times, *known(job.last_at)], default=None)}
        ours(job).update(**moved)
    for name, value in moved.items():
        setattr(job, name, value)


def known(moment: datetime | None) -> list[datetime]:
    """Return a moment, if there is one."""
    return [] if moment is None else [moment]


def store_events(outcome: Sorted) -> Counts:
    """Store a chunk's events in the current transaction; return what came of them."""
    received = len(outcome.accepted) + len(outcome.rejected) + outcome.dropped
    refused = set_aside(event_months, outcome)
    stored = store_together(outcome, refused)
    if stored is None:
        stored = store_apart(outcome, refused)
    accepted, duplicate, late = stored
    rejected = len(outcome.rejected) + late
    assert received == accepted + duplicate + rejected + outcome.dropped
    counted = (received, accepted, duplicate, rejected, outcome.dropped)
    return dict(zip(COUNTS, counted, strict=True))


def store_together(outcome: Sorted, refused: list[RejectedRow]) -> tuple[int, int, int] | None:
    """Store all at once; return how many were new, were there, were refused; None where one value is no value."""
    batch = make_batch([outcome], refused)
    assert not batch.displaced, "history has its own clock's times alone"
    try:
        doubles = store_prompt(raw_connection(), batch.prompt, batch.rejected, batch.counts, cause=HISTORY)
    except (psycopg.DataError, psycopg.IntegrityError):
        return None  # nothing was stored: the caller stores one by one, and keeps what is refused
    new = len(batch.prompt) - len(doubles)
    return new, len(outcome.accepted) - new, len(refused)


def store_apart(outcome: Sorted, refused: list[RejectedRow]) -> tuple[int, int, int]:
    """Store event by event, after all at once were refused for one of them: that one is kept as rejected."""
    new = doubles = 0
    rest = Sorted(outcome.source, rejected=outcome.rejected, places=outcome.places, dropped=outcome.dropped)
    rest.refused = outcome.refused
    for each in outcome.accepted:
        late = store_alone(each, outcome.source)
        if isinstance(late, RejectedRow):
            refused.append(late)
            rest.refused += 1
        else:
            new, doubles = new + (not late), doubles + late
    batch = make_batch([rest], refused)
    store_prompt(raw_connection(), [], batch.rejected, batch.counts)
    return new, doubles, len(refused)


def store_alone(each: Accepted, source: Source) -> RejectedRow | bool:
    """Store one event; return whether it was there before, or its row where the database does not take it."""
    batch = make_batch([Sorted(source, accepted=[each])])
    try:
        return bool(store_prompt(raw_connection(), batch.prompt, counts=batch.counts, cause=HISTORY))
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        return late_rejection(each, message=str(error))


def store_days(job: HistoryImport, chunk: Chunk) -> Counts:
    """Store what was counted on days in the current transaction: one that is there already with the same counts is a
    duplicate, with others it is replaced.
    """
    store_prompt(raw_connection(), [], chunk.outcome.rejected, make_batch([chunk.outcome]).counts)
    days = list({each.day: each for each in chunk.days}.values())
    there = ImportedDay.objects.filter(source_key=job.source_key, day__in=[each.day for each in days])
    columns = ("day", "visitors", "visits", "pageviews", "bounces", "visit_seconds")
    same = set(there.values_list(*columns))
    facts = {"history_import": job, "source_key": job.source_key, "source": job.source}
    told = [{name: getattr(each, name) for name in columns} for each in days]
    new = [ImportedDay(**each, **facts) for each in told if tuple(each.values()) not in same]
    replaced = ["history_import", "source", *columns[1:]]
    ImportedDay.objects.bulk_create(
        new, update_conflicts=True, unique_fields=["source_key", "day"], update_fields=replaced
    )
    rejected = len(chunk.outcome.rejected)
    received = len(chunk.days) + rejected
    return dict(zip(COUNTS, (received, len(new), len(chunk.days) - len(new), rejected, 0), strict=True))
