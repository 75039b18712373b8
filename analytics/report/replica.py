"""Reports from a read replica: what a question needs of it beside being near, and what only the primary can answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from analytics.report.archived import Loan
from analytics.report.query import Query, TooSlow
from analytics.store.models import Segment
from zuka.platform.replica.reading import NotOnReplica, on_replica, read_somewhere, reading_alias

Answer = TypeVar("Answer")


def read_report(query: Query, read: Callable[[], Answer]) -> Answer:
    """Return what a function reads for a question: from the replica where that is near and has it. Raises TooSlow."""
    return read_somewhere(read, only_primary=primary_reason(query), retried=(TooSlow,))


def primary_reason(query: Query) -> str:
    """Return why only the primary can answer; '' where a replica can."""
    return "its own" if query.report.of_primary else ""


def check_there(query: Query, loan: Loan | None) -> None:
    """Raise NotOnReplica where the replica is read and cannot answer: it knows other people of the segment than the
    question is about, or events must be copied from the archive, which a database that only reads cannot.
    """
    if not on_replica():
        return
    if loan is not None:
        raise NotOnReplica("events of the archive")
    used = query.segment
    if used and not Segment.objects.using(reading_alias()).filter(pk=used.id, refreshed_at=used.as_of).exists():
        raise NotOnReplica("people of a segment")
