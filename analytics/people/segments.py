"""Who is in a segment: one SELECT out of its conditions, and the members that are kept of it.

Members are found by a job every fifteen minutes and, where none were found yet, by whoever asks first: one at a time,
and within `REPORT_SECONDS`. Until then the members before stay.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg import errors, sql

from analytics.people.conditions import Condition, Definition, DefinitionError, read_definition
from analytics.people.cutting import BOT_FLAGS
from analytics.registry.funnels import FILTER_COLUMNS, PROPERTY
from analytics.registry.segments.conditions import CHANNEL_NAMES, GOODS_COLUMNS, VISIT_COLUMNS
from analytics.store.models import Segment
from zuka.platform.clock import day_start, local_day
from zuka.platform.db.files import load_sql

log = structlog.get_logger(__name__)
FOLDER = Path(__file__).parent.parent / "store" / "sql" / "segments"
SAMPLE = 12
COUNT_SECONDS = 10
LIMIT = sql.SQL("SET LOCAL statement_timeout = {}")
LOCK = "SELECT pg_advisory_xact_lock(hashtext('zuka:segment'), %s)"
SET_OPERATIONS = {"all": sql.SQL("\nINTERSECT\n"), "any": sql.SQL("\nUNION\n")}
IN_BRACKETS, WITHOUT = sql.SQL("(\n{}\n)"), sql.SQL("(({whole})\nEXCEPT\n({part}))")
# What customers are told apart by, in the words of `user_analytics`.
FIGURES = {
    ("ordered", "ever"): "orders",
    ("ordered", "year"): "year_orders",
    ("spent", "ever"): "revenue_kobo",
    ("spent", "year"): "year_kobo",
}
AT_LEAST, AT_MOST = sql.SQL("customers.{column} >= {value}"), sql.SQL("customers.{column} <= {value}")
IS_GROUP = sql.SQL("customers.segment = ANY({values})")
MOMENTS = {"customer_since": "customers.first_date", "last_ordered": "zuka_local_day(customers.last_order_at)"}
WITHIN, BEFORE = (
    sql.SQL("{moment} > {today}::date - {days}::integer"),
    sql.SQL("{moment} <= {today}::date - {days}::integer"),
)
HAS_COLUMN, HAS_PROPERTY = sql.SQL("events.{column}"), sql.SQL("events.properties ->> {name}")
TESTS = {"=": sql.SQL("lower({field}) = lower({value})"), "~=": sql.SQL("strpos(lower({field}), lower({value})) > 0")}
EVERY = sql.SQL("true")


class SlowSegmentError(Exception):
    """Finding the people took longer than it may."""


class Bound:
    """Values that a statement binds, each under a name of its own."""

    def __init__(self, today: Any) -> None:
        self.today = today
        self.values: dict[str, Any] = {}

    def bind(self, value: Any) -> sql.Placeholder:
        """Return the place of a value in the statement."""
        name = f"condition_{len(self.values) + 1}"
        self.values[name] = value
        return sql.Placeholder(name)


def part(name: str) -> sql.SQL:
    """Return the SELECT of a condition."""
    return sql.SQL(load_sql(FOLDER / "conditions" / f"{name}.sql"))


def lowered(values: list[str]) -> list[str]:
    """Return words without regard to case."""
    return [each.lower() for each in values]


def visited(values: Mapping[str, Any], bound: Bound) -> sql.Composed:
    """Return who came by such visits."""
    words = lowered(values["values"])
    if values["by"] == "channel":
        words = [CHANNEL_NAMES.get(word, word) for word in words]
    return part("visited").format(
        column=sql.SQL(VISIT_COLUMNS[values["by"]][1]),
        values=bound.bind(words),
        times=bound.bind(values["times"]),
        days=bound.bind(values["days"]),
        today=bound.bind(bound.today),
    )


def did(values: Mapping[str, Any], bound: Bound) -> sql.Composed:
    """Return who did something."""
    matches: sql.Composable = EVERY
    if values["field"]:
        name = values["field"]
        field: sql.Composable = (
            HAS_COLUMN.format(column=sql.Identifier(name))
            if name in FILTER_COLUMNS
            else HAS_PROPERTY.format(name=bound.bind(name.removeprefix(PROPERTY)))
        )
        matches = TESTS[values["operator"]].format(field=field, value=bound.bind(values["value"]))
    return part("did").format(
        since=bound.bind(since(bound.today, values["days"])),
        event=bound.bind(values["event"]),
        bot_flags=bound.bind(BOT_FLAGS),
        matches=matches,
        times=bound.bind(values["times"]),
    )


def bought(values: Mapping[str, Any], bound: Bound) -> sql.Composed:
    """Return who ordered such goods."""
    return part("bought").format(
        since=bound.bind(since(bound.today, values["days"])),
        column=sql.SQL(GOODS_COLUMNS[values["by"]][1]),
        values=bound.bind(lowered(values["values"])),
        pieces=bound.bind(values["pieces"]),
    )


def since(today: Any, days: int) -> datetime:
    """Return when the first of so many days began, today included."""
    return day_start(today - timedelta(days=days - 1))


def customers(matches: sql.Composable, bound: Bound) -> sql.Composed:
    """Return the customers who match."""
    return part("customers").format(currency=bound.bind(settings.SHOP_CURRENCY), matches=matches)


def ordered(values: Mapping[str, Any], bound: Bound, *, kind: str = "ordered") -> sql.Composed:
    """Return customers by a figure of theirs."""
    column = sql.Identifier(FIGURES[kind, values["span"]])
    tests = [
        test.format(column=column, value=bound.bind(values[name]))
        for name, test in (("least", AT_LEAST), ("most", AT_MOST))
        if values[name] is not None
    ]
    return customers(sql.SQL(" AND ").join(tests), bound)


def spent(values: Mapping[str, Any], bound: Bound) -> sql.Composed:
    """Return customers by what they paid."""
    return ordered(values, bound, kind="spent")


def by_moment(values: Mapping[str, Any], bound: Bound, *, kind: str) -> sql.Composed:
    """Return customers by a moment of theirs."""
    test = WITHIN if values["side"] == "within" else BEFORE
    days, today = bound.bind(values["days"]), bound.bind(bound.today)
    return customers(test.format(moment=sql.SQL(MOMENTS[kind]), days=days, today=today), bound)


def customer_since(values: Mapping[str, Any], bound: Bound) -> sql.Composed:
    """Return customers by their first order."""
    return by_moment(values, bound, kind="customer_since")


def last_ordered(values: Mapping[str, Any], bound: Bound) -> sql.Composed:
    """Return customers by their last order."""
    return by_moment(values, bound, kind="last_ordered")


def rfm(values: Mapping[str, Any], bound: Bound) -> sql.Composed:
    """Return customers by their RFM group."""
    return customers(IS_GROUP.format(values=bound.bind(values["values"])), bound)


def lead(values: Mapping[str, Any], bound: Bound) -> sql.Composed:
    """Return people by their lead score."""
    return part("lead").format(values=bound.bind(values["values"]))


PARTS = {
    each.__name__: each for each in (visited, did, bought, ordered, spent, customer_since, last_ordered, rfm, lead)
}


def condition_part(condition: Condition, bound: Bound) -> sql.Composable:
    """Return who meets a condition; for a denied one everybody who does not."""
    people = PARTS[condition.kind.id](condition.values, bound)
    return WITHOUT.format(whole=part("everybody"), part=people) if condition.is_denied else IN_BRACKETS.format(people)


def people_statement(definition: Definition, *, at: datetime) -> tuple[sql.Composed, dict[str, Any]]:
    """Return the SELECT of a definition's people, each once, staff and test accounts left out, and what it binds."""
    bound = Bound(local_day(at))
    whole = SET_OPERATIONS[definition.match].join(condition_part(each, bound) for each in definition.conditions)
    return WITHOUT.format(whole=whole, part=part("unscored")), bound.values


@contextmanager
def limited(seconds: int) -> Iterator[Any]:
    """Lend a cursor in a transaction whose statements end after so many seconds. Raises SlowSegmentError."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LIMIT.format(sql.Literal(f"{seconds}s")))
            yield cursor
            cursor.execute(LIMIT.format(sql.Literal("0")))
    except OperationalError as error:
        if not isinstance(error.__cause__, errors.QueryCanceled):
            raise
        raise SlowSegmentError(f"Finding the people took longer than {seconds} seconds.") from error


def count_people(definition: Definition, *, at: datetime) -> int:
    """Return how many people a definition has now. Raises SlowSegmentError."""
    people, values = people_statement(definition, at=at)
    with limited(COUNT_SECONDS) as cursor:
        cursor.execute(member_part("count", people), values)
        return int(cursor.fetchone()[0])


def sample_people(definition: Definition, *, at: datetime) -> list[tuple[str, str | None, datetime | None]]:
    """Return some people of a definition: id, name, and when they were here last. Raises SlowSegmentError."""
    people, values = people_statement(definition, at=at)
    with limited(COUNT_SECONDS) as cursor:
        cursor.execute(member_part("sample", people), {**values, "limit": SAMPLE})
        return list(cursor.fetchall())


def member_part(name: str, people: sql.Composable) -> sql.Composed:
    """Return a statement about the people of a definition."""
    return sql.SQL(load_sql(FOLDER / "members" / f"{name}.sql")).format(people=people)


def refresh_segment(segment: Segment, *, at: datetime) -> Segment:
    """Find who is in a segment now, and return it as it is then. Raises SlowSegmentError; the members before stay then.

    One at a time: whoever waited for another takes what that one found.
    """
    began = time.monotonic()
    with limited(settings.REPORT_SECONDS) as cursor:
        cursor.execute(LOCK, [segment.pk])
        found = Segment.objects.get(pk=segment.pk)
        if found.refreshed_at and found.refreshed_at != segment.refreshed_at and found.definition == segment.definition:
            return found
        people, values = people_statement(read_definition(found.definition), at=at)
        cursor.execute(member_part("find", people), values)
        for name in ("leave", "join"):
            cursor.execute(load_sql(FOLDER / "members" / f"{name}.sql"), {"segment_id": found.pk})
        cursor.execute("DROP TABLE zuka_segment_people")
        found.people = found.members.count()
        found.refreshed_at, found.failure, found.seconds = at, "", time.monotonic() - began
        told = {name: getattr(found, name) for name in ("people", "refreshed_at", "failure", "seconds")}
        # Whoever has changed it meanwhile waits for nobody: these are not its people, and whoever asks next finds them.
        Segment.objects.filter(pk=found.pk, definition=found.definition).update(**told)
    return found


def refresh_segments(*, at: datetime) -> int:
    """Find the members of every segment anew, those that waited longest first; return how many there were."""
    done = 0
    for segment in Segment.objects.order_by("refreshed_at", "pk"):
        try:
            refresh_segment(segment, at=at)
            done += 1
        except (SlowSegmentError, DefinitionError) as failure:
            log.warning("segment.failed", segment=segment.pk, reason=str(failure))
            Segment.objects.filter(pk=segment.pk).update(failure=str(failure))
    return done
