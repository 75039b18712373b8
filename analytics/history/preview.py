"""What the first rows of a file would become, without storing anything: for a page, and for a dry run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from analytics.history.formats import FORMATS
from analytics.history.forms import Format
from analytics.history.importing import CHUNK_BYTES
from analytics.history.opening import BadFile
from analytics.history.reading import Chunk, read_chunk
from analytics.history.records import HistoryFile, Record
from analytics.history.sources import source_of
from analytics.store.models import HistoryImport
from zuka.platform.clock import shop_zone
from zuka.platform.money import format_money

LOOKED_AT = 200
SHOWN = 10
HEADS = ("When", "Event", "Who", "Page", "Product", "Order", "Value")
DAY_HEADS = ("Day", "Visitors", "Visits", "Page views", "Bounces")


@dataclass(slots=True)
class Preview:
    """The first rows of a file: how many were read, what the first of them become, why others are refused."""

    heads: Sequence[str]
    records: int = 0
    received: int = 0
    accepted: int = 0
    dropped: int = 0
    rows: list[Sequence[str]] = field(default_factory=list)
    problems: list[tuple[str, int]] = field(default_factory=list)
    failure: str = ""


def preview_file(path: Path, job: HistoryImport, *, most: int = LOOKED_AT, shown: int = SHOWN) -> Preview:
    """Return what would become of the first rows of a file. Never raises for what the file is."""
    format_ = FORMATS[job.format]
    found = Preview(DAY_HEADS if format_.read_day else HEADS)
    records: list[Record] = []
    try:
        with HistoryFile(path, patterns=format_.patterns) as file:
            for record in islice(file.records(), most):
                records.append(record)
                if file.unpacked >= CHUNK_BYTES:
                    break
    except BadFile as refusal:
        found.failure = refusal.message
    if records:
        fill(found, records, format_, job, shown)
    return found


def fill(found: Preview, records: list[Record], format_: Format, job: HistoryImport, shown: int) -> None:
    """Fill in what becomes of some records."""
    chunk = read_chunk(records, format_, source_of(job), job.sha256[:32])
    outcome = chunk.outcome
    found.records, found.dropped = len(records), outcome.dropped
    found.accepted = len(chunk.days) + len(outcome.accepted)
    found.received = found.accepted + len(outcome.rejected) + outcome.dropped
    found.rows = (day_rows(chunk) if format_.read_day else event_rows(chunk))[:shown]
    found.problems = Counter(row.message for row in outcome.rejected).most_common(5)


def event_rows(chunk: Chunk) -> list[Sequence[str]]:
    """Return events as rows."""
    rows: list[Sequence[str]] = []
    for each in chunk.outcome.accepted:
        event = each.whole
        when = event.occurred_at.astimezone(shop_zone()).strftime("%Y-%m-%d %H:%M:%S")
        value = "" if event.value_kobo is None else format_money(event.value_kobo, event.currency or "")
        who = event.user_id or event.visitor_id or ""
        cells = (when, event.event_type, who, event.page_path, event.product_ref, event.order_ref, value)
        rows.append(tuple(cell or "" for cell in cells))
    return rows


def day_rows(chunk: Chunk) -> list[Sequence[str]]:
    """Return days as rows."""
    return [
        (str(each.day), *(f"{count:,}" for count in (each.visitors, each.visits, each.pageviews, each.bounces)))
        for each in chunk.days
    ]
