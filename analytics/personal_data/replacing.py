"""Putting random ids in the place of a person's, in place: raw events month by month, then what was counted of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from analytics.personal_data.staying import STAYS
from analytics.rollup.fill import lock_fills
from analytics.store.models import IdentityLink
from analytics.store.partitioning import event_months
from zuka.platform.db.files import load_sql
from zuka.platform.personal_data.people import Person

FOLDER = Path(__file__).parent.parent / "store" / "sql" / "erasure"
# After the links of the random ids are there, and before those of the old ones go: counting in between is right too.
COUNTED = ("sessions", "visitors", "touches", "journeys", "segment_members")


def own_visitors(person: Person) -> list[str]:
    """Return the browsers in which what nobody signed in for is this person's: not those tied to somebody else."""
    links = IdentityLink.objects.filter(visitor_id__in=person.visitors).exclude(user_id__in=person.users)
    others = set(links.values_list("visitor_id", flat=True))
    return [each for each in person.visitors if each not in others]


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
        cursor.execute(load_sql(FOLDER / f"{name}.sql"), params)
        return int(cursor.rowcount)


def erase_events(person: Person, _at: datetime) -> int:
    """Replace a person in raw events and all that was counted of them; return the number of events.

    A transaction a month. While it goes on nobody counts the month; run again it finds what is left.
    """
    if not person.ids:
        return 0
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
        for name in COUNTED:
            run(name, params)
        run("drop_links", params)
        if months:
            run("mark_days", {**params, "oldest": months[0][0]})
    return count


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


def find_visitors(person: Person) -> Mapping[str, list[str]]:
    """Return the browsers in which an account was seen."""
    if not person.users:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "visitors_of.sql"), {"users": list(person.users)})
        return {"visitors": [row[0] for row in cursor.fetchall()]}
