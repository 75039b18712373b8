"""Who a visitor is: the first user ever seen with it, on every day, whatever order the events came in.

An alias says that two ids are one person, and SDKs disagree on which of the two comes first: the user is the one that
other events name as theirs. Two users stay two people, whatever a client says of them.

An alias that names no user (a visitor and a previous id) ties nobody until one of its ids is known as a user's; if that
is on a later day, the link is made when the alias' own day is counted again.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from analytics.people.cutting import BOT_FLAGS, FOLDER, NOT_VISITS
from zuka.platform.clock import day_bounds
from zuka.platform.db.files import load_sql

DROP = "DROP TABLE zuka_aliases"


def link_visitors(day: date) -> None:
    """Tie the visitors of a day to their users, and mark the other days of those that changed for counting again."""
    start, end = day_bounds(day)
    params: dict[str, Any] = {"day": day, "start": start, "end": end, "bot_flags": BOT_FLAGS, "not_visits": NOT_VISITS}
    with connection.cursor() as cursor:
        for name in ("aliases", "mistaken_links", "identity_links"):
            cursor.execute(load_sql(FOLDER / f"{name}.sql"), params)
        cursor.execute(DROP)
