"""Reports over months whose events are in the archive: the same SQL, over a table that holds those events for a moment.

In the report's transaction the archived events that it needs (its days, the columns that it names, where it has few the
types) are copied into a temporary table, and a temporary view of both takes the name of the events' table. PostgreSQL
looks for temporary names first, so the report's statements read it; nothing is left when the transaction ends, also
behind a pooler.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection

from analytics.lifecycle.archive.months import away_months, days_of_month
from analytics.people.narrowing import COMMENT, view_texts
from analytics.report.funnels.statement import types_read_raw
from analytics.report.limits import reading_report
from analytics.report.query import BadQuery, Query
from analytics.store.models import ArchivedMonth, Event, VisitorSession
from zuka.platform.clock import local_day
from zuka.platform.errors import Refused
from zuka.platform.replica.reading import reading_alias

EVENTS = "analytics_events"
# What looks beyond its period looks no further: a pet's words two days before an order, a path or a funnel's end after.
MARGIN = timedelta(days=2)
ALWAYS = ("id", "event_type", "occurred_at", "flags")
# Of these reports every event is of one type.
ONE_TYPE = {"search_list": "product.searched", "signup_list": "user.created"}
WORD = re.compile(r"\b[a-z_]\w*\b")


class ArchiveTooLarge(BadQuery):
    """A report would read more from the archive than one may wait for."""

    code: ClassVar[str] = "archive_too_large"


class ArchiveAway(BadQuery):
    """The archive that a report needs cannot be read."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "archive_unavailable"


@dataclass(frozen=True, slots=True)
class Loan:
    """What a question needs of the archive. `types` are empty where it may need any; `views` are those that must be
    read anew because they read events.
    """

    months: tuple[ArchivedMonth, ...]
    days: frozenset[date]
    columns: tuple[str, ...]
    types: tuple[str, ...]
    views: tuple[str, ...]


def words_of(text: str) -> set[str]:
    """Return the names in a statement."""
    return set(WORD.findall(COMMENT.sub("", text)))


@cache
def event_views() -> dict[str, str]:
    """Return the SELECTs of the views that read events, or other such views, in the order to create them."""
    found: dict[str, str] = {}
    for name, select in view_texts().items():
        if words_of(select) & {EVENTS, *found}:
            found[name] = select
    return found


def needed_loan(query: Query, texts: Sequence[tuple[str, dict[str, Any]]]) -> Loan | None:
    """Return what statements with what they bind need of the archive; None where PostgreSQL has it all."""
    words: set[str] = set().union(*(words_of(text) for text, _ in texts))
    views = event_views()
    months = away_months(using=reading_alias()) if words & {EVENTS, *views} else []
    if not months:
        return None
    for name in reversed(views):
        words |= words_of(views[name]) if name in words else set()
    days = days_read(query, [bound for _, bound in texts])
    touched = tuple(each for each in months if days & set(days_of_month(each.month)))
    columns = tuple(str(each.column) for each in Event._meta.concrete_fields)  # noqa: SLF001 - Django's name for it
    if not touched:
        return None
    return Loan(
        months=touched,
        days=frozenset(days),
        columns=tuple(name for name in columns if name in ALWAYS or name in words),
        types=types_read(query),
        views=tuple(name for name in views if name in words),
    )


def days_read(query: Query, bounds: Sequence[dict[str, Any]]) -> set[date]:
    """Return the days whose events statements may read."""
    if visit := query.values.get("visit"):
        return days_of_visit(visit)
    moments = [bound[name] for bound in bounds for name in ("start", "end", "until") if name in bound]
    first, last = local_day(min(moments) - MARGIN), local_day(max(moments) + MARGIN)
    return {first + timedelta(days=number) for number in range((last - first).days + 1)}


def days_of_visit(visit: str) -> set[date]:
    """Return the days of one visit; none where it is not known, or no visit's name."""
    found = VisitorSession.objects.filter(pk=visit).values_list("started_at", "ended_at") if is_uuid(visit) else []
    return {local_day(moment) for row in found for moment in row}


def is_uuid(text: str) -> bool:
    """Say whether a text is the name of a visit."""
    return re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) is not None


def types_read(query: Query) -> tuple[str, ...]:
    """Return the types that a report reads, where it is a few; a segment may be about any."""
    if query.segment is not None:
        return ()
    if query.report.id == "event_funnel":
        return types_read_raw(query.values)
    if query.report.id == "recent_events":
        return (query.values["type"],) if query.values.get("type") else ()
    return (ONE_TYPE[query.report.id],) if query.report.id in ONE_TYPE else ()


@contextmanager
def reading(loan: Loan | None, *, is_job: bool = False) -> Iterator[None]:
    """Read a report as `reading_report` does, with what it needs of the archive. Raises TooSlow, and BadQuery where
    that is too much or out of reach.
    """
    if loan is None:
        with reading_report():
            yield
        return
    is_nested = connection.in_atomic_block
    with reading_report(before=lambda: lend(loan, connection, is_job=is_job)):
        yield
        if is_nested:
            # Loaded only where there is an archive: it brings what reads Parquet.
            from analytics.lifecycle.archive.lending import take_back

            take_back(connection)


def lend(loan: Loan, using: Any, *, is_job: bool = False) -> None:
    """Have the archived events of a loan beside the others, until the transaction ends. Raises BadQuery."""
    # As above.
    from analytics.lifecycle.archive.lending import TooManyRows, lend_events

    views = {name: event_views()[name] for name in loan.views}
    limit = None if is_job else settings.ARCHIVE_QUERY_ROWS
    try:
        lend_events(
            using, months=loan.months, days=loan.days, columns=loan.columns, types=loan.types, views=views, limit=limit
        )
    except TooManyRows as error:
        names = ", ".join(f"{each.month:%Y-%m}" for each in loan.months)
        text = (
            f"This reads more than {limit:,} events from the archive ({names}). Choose a shorter period, take it as an "
            f"export, or have the months restored: `manage.py archive --restore {loan.months[0].month:%Y-%m}`."
        )
        raise ArchiveTooLarge(text, field="period") from error
    except Refused as refusal:
        raise ArchiveAway(refusal.message, field="period") from refusal


def archived_text(months: Sequence[str]) -> str:
    """Return in words that figures are read from the archive; '' where none are."""
    return f"Read from the archive ({', '.join(months)}): slower" if months else ""


def month_names(loan: Loan | None) -> tuple[str, ...]:
    """Return the months that a loan is of: 2025-03."""
    return tuple(f"{each.month:%Y-%m}" for each in loan.months) if loan else ()
