"""Putting random ids in the place of a person's, in place: raw events month by month, then what was counted of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from analytics.lifecycle.archive.months import away_days
from analytics.lifecycle.compaction.periods import counting_days
from analytics.personal_data.archive import erase_archived, forget_unfinished
from analytics.personal_data.staying import STAYS
from analytics.registry.rollups import ROLLUPS
from analytics.rollup.fill import ERASURE, lock_fills, mark_days
from analytics.store.models import ArchivedMonth, IdentityLink
from analytics.store.partitioning import event_months
from analytics.store.report_files import put_in
from zuka.platform.clock import local_day, month_start
from zuka.platform.db.files import load_sql
from zuka.platform.personal_data.erasing import Postponed
from zuka.platform.personal_data.people import Person

FOLDER = Path(__file__).parent.parent / "store" / "sql" / "erasure"
# After the links of the random ids are there, and before those of the old ones go: counting in between is right too.
MOST_ROUNDS = 5
# Before visits are changed: they say what of the counts is theirs.
OLD = {f"old_{name}": ROLLUPS[name] for name in ("landings", "searches", "sources")}
COUNTED = ("sessions", "visitors", "touches", "journeys", "segment_members")


def own_visitors(person: Person) -> list[str]:
    """Return the browsers in which what nobody signed in for is theirs: not those shared, or tied to somebody else."""
    links = IdentityLink.objects.filter(visitor_id__in=person.visitors).exclude(user_id__in=person.users)
    others = set(links.values_list("visitor_id", flat=True))
    return [each for each in person.own_visitors if each not in others]


def replacing_params(person: Person) -> dict[str, Any]:
    """Return what the statements bind: ids and what stands for them, words, and what stays."""
    visitors = own_visitors(person)
    return {
        "was": person.ids,
        "becomes": [person.pseudonym(each) for each in person.ids],
        "users": list(person.users),
        "visitors": visitors,
        "own": [*person.users, *visitors],
        "words": person.words,
        "salt": person.salt,
        "stays": list(STAYS),
    }


def run(name: str, params: Mapping[str, Any]) -> int:
    """Execute a statement and return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(put_in(load_sql(FOLDER / f"{name}.sql")), params)
        return int(cursor.rowcount)


def erase_events(person: Person, at: datetime) -> int:
    """Replace a person in raw events, here and in the archive, and in all that was counted of them; return how many.

    A month may leave PostgreSQL or come back meanwhile, and be seen in neither place: then both are looked through
    again. Raises `Postponed` while months keep moving.
    """
    if not person.ids:
        return 0
    count = 0
    for _ in range(MOST_ROUNDS):
        before = where_months_are()
        count += erase_archived(person, at) if before else 0
        count += replace_events(person)
        if before:
            forget_unfinished()
        if where_months_are() == before:
            return count
    raise Postponed("Months are on their way to the archive or back; this goes on once they are there.")


def where_months_are() -> list[tuple[Any, ...]]:
    """Return what changes when a month leaves PostgreSQL, or comes back."""
    facts = ("month", "state", "archived_at", "restored_at")
    return list(ArchivedMonth.objects.order_by("month").values_list(*facts))


def replace_events(person: Person) -> int:
    """Replace a person in the events that are in PostgreSQL and all that was counted of them; return how many events.

    A transaction a month. While it goes on nobody counts the month; run again it finds what is left.
    """
    params, months, count = replacing_params(person), event_months(), 0
    run("add_links", params)
    for start, end in months:
        with transaction.atomic():
            lock_fills()
            bounds = {**params, "start": start, "end": end}
            count += run("own_events", bounds)
            run("shared_events", bounds)
    with transaction.atomic():
        lock_fills()
        days = days_of(person)
        old = days_as_they_are(days, months)
        for name, rollup in OLD.items():
            stay = rows_as_they_are(days, months) if rollup.compacts else old
            if stay:
                run(name, {**params, "days": stay})
        for name in COUNTED:
            run(name, params)
        run("drop_links", params)
        mark_days(sorted({*days} - {*old}), cause=ERASURE)
    return count


def days_of(person: Person) -> list[date]:
    """Return the days on which a person was there."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "days.sql"), {"was": person.ids})
        return [day for (day,) in cursor.fetchall()]


def days_as_they_are(days: list[date], months: list[tuple[datetime, datetime]]) -> list[date]:
    """Return those of some days that are not counted again: their events are archived, or no longer kept.

    Not only days before the oldest month: one between two others may have gone alone.
    """
    away, here = away_days(days), {local_day(start) for start, _ in months}
    return [day for day in days if day in away or month_start(day) not in here]


def rows_as_they_are(days: list[date], months: list[tuple[datetime, datetime]]) -> list[date]:
    """Return the days that rows of a compacting rollup stand on which count some days, and are not counted again: where
    that is so of any of the days that are counted together.
    """
    together = counting_days(days)
    beside = set(days_as_they_are(sorted({each for whole in together.values() for each in whole}), months))
    return sorted({whole[0] for whole in together.values() if beside & set(whole)})


def count_events(person: Person) -> int:
    """Return how many events are a person's."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "count_events.sql"), replacing_params(person))
        return int(cursor.fetchone()[0])


def read_events(person: Person) -> Iterator[dict[str, Any]]:
    """Yield a person's events as plain dicts, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "read_events.sql"), replacing_params(person))
        names = [each.name for each in cursor.description]
        while rows := cursor.fetchmany(1000):
            yield from (dict(zip(names, row, strict=True)) for row in rows)


def see_other_accounts(person: Person, visitors: Iterable[str]) -> dict[str, set[str]]:
    """Return the accounts, beside a person's own, that were seen in browsers."""
    with connection.cursor() as cursor:
        asked = {"visitors": list(visitors), "users": list(person.users)}
        cursor.execute(load_sql(FOLDER / "accounts_in.sql"), asked)
        found: dict[str, set[str]] = {}
        for visitor, user in cursor.fetchall():
            found.setdefault(visitor, set()).add(user)
    return found


def find_visitors(person: Person) -> Mapping[str, list[str]]:
    """Return the browsers in which an account was seen."""
    if not person.users:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "visitors_of.sql"), {"users": list(person.users)})
        return {"visitors": [row[0] for row in cursor.fetchall()]}
