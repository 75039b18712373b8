"""Archived events, read and changed by what is loaded when somebody asks: Parquet takes tens of megabytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from zuka.platform.personal_data.people import Person


def erase_archived(person: Person, at: datetime) -> int:
    """Rewrite the archived months that hold events of a person; return how many events that were."""
    from analytics.personal_data import archived  # see above

    return archived.erase_archived(person, at)


def read_archived(person: Person) -> Iterator[dict[str, Any]]:
    """Yield a person's archived events as plain dicts."""
    from analytics.personal_data import archived  # see above

    yield from archived.read_archived(person)


def count_archived(person: Person) -> int:
    """Return how many archived events are a person's."""
    from analytics.personal_data import archived  # see above

    return archived.count_archived(person)


def forget_unfinished() -> None:
    """Delete the files of months that are begun to be archived or restored, whose events are in PostgreSQL."""
    from analytics.lifecycle.archive import rewriting  # see above

    rewriting.forget_unfinished()
