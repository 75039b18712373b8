"""Cutting the visits of activity days again, from the events, in the caller's transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql

from analytics.people.sessions import ARRIVALS, ENGAGEMENTS, IDLE, activity_bounds
from analytics.registry.events import EVENT_TYPES
from analytics.registry.types import Flag
from analytics.store.models import VisitorSession
from zuka.platform.clock import day_bounds
from zuka.platform.db.files import load_sql

FOLDER = Path(__file__).parent.parent / "store" / "sql" / "people"
DAY = timedelta(days=1)
NOT_VISITS = sorted(name for name, each in EVENT_TYPES.items() if not each.is_visit)
# Listed, since of `flags & 1 = 0` PostgreSQL thinks that one row in two hundred passes.
BOT_FLAGS = [bits for bits in range(2 ** len(Flag)) if bits & Flag.BOT]
COLUMNS = tuple(str(field.column) for field in VisitorSession._meta.concrete_fields)  # noqa: SLF001 - Django's name for it
# For the sorts of a busy day: 200,000 events took 3.4 s in the usual 4 MB.
MEMORY = "SET LOCAL work_mem = '64MB'"
# Statistics end where autoanalyze last looked, so of today's events it expects one: 30.7 s against 0.6 s.
NO_LOOPS, LOOPS = "SET LOCAL enable_nestloop = off", "SET LOCAL enable_nestloop TO DEFAULT"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('zuka:sessions'), %s)"
# Without it joins are planned for a handful of rows: 11.6 s against 0.3 s for 200,000 events. Few rows tell enough.
ANALYZE = "SET LOCAL default_statistics_target = 20; ANALYZE zuka_visit_events (session, event_type, order_ref)"
# With the types of the table, so that rows can be compared, and a key to find each stored visit by.
MAKE_VISITS = "CREATE TEMP TABLE zuka_visits (LIKE analytics_sessions) ON COMMIT DROP"
KEY_VISITS = "ALTER TABLE zuka_visits ADD PRIMARY KEY (id)"
INSERT = sql.SQL("INSERT INTO zuka_visits ({columns}) SELECT {columns} FROM ({select}) AS measured")
DROP = "DROP TABLE zuka_concerned, zuka_visit_events, zuka_visit_sales, zuka_visits"


def own_hosts() -> list[str]:
    """Return the names of this shop: who comes from one of its own pages was not referred."""
    return [host.lstrip(".").removeprefix("www.").lower() for host in settings.ALLOWED_HOSTS if host != "*"]


def cutting_params(*, start: datetime, turn: datetime, midnight: datetime, end: datetime) -> dict[str, Any]:
    """Return what the SQL of visits binds, for `[start, end)`, in which activity days meet at `turn`: of the earlier
    one only what the shop's day that begins at `midnight` concerns.
    """
    rules = {"idle": IDLE, "arrivals": list(ARRIVALS), "engagements": list(ENGAGEMENTS)}
    marks = {"bot_flags": BOT_FLAGS, "not_visits": NOT_VISITS, "claimed": int(Flag.CLAIMED)}
    bounds = {"start": start, "turn": turn, "midnight": midnight, "end": end}
    return {**bounds, "own_hosts": own_hosts(), **rules, **marks}


def cut_days(*, first: date, last: date) -> set[date]:
    """Cut an activity day again, replace the visits that changed, and return the shop's days of those.

    With the day before as `first`, also its visits that the shop's day `last` may change, which begins before its
    activity day does. Locks both in order, so that neighbours which are cut at the same time wait for one another.
    """
    start, turn = activity_bounds(first)
    turn = start if first == last else turn
    params = cutting_params(start=start, turn=turn, midnight=day_bounds(last)[0], end=activity_bounds(last)[1])
    with connection.cursor() as cursor:
        cursor.execute(MEMORY)
        for day in sorted({first, last}):
            cursor.execute(LOCK, [day.toordinal()])
        cursor.execute(load_sql(FOLDER / "concerned_visitors.sql"), params)
        cursor.execute(NO_LOOPS)
        cursor.execute(load_sql(FOLDER / "visit_events.sql"), params)
        cursor.execute(LOOPS)
        cursor.execute(ANALYZE)
        cursor.execute(load_sql(FOLDER / "visit_campaigns.sql"))
        cursor.execute(load_sql(FOLDER / "visit_sales.sql"), params)
        cursor.execute(MAKE_VISITS)
        cursor.execute(measuring(), params)
        cursor.execute(KEY_VISITS)
        changed = set()
        for name in ("forget_visits", "keep_visits"):
            cursor.execute(load_sql(FOLDER / f"{name}.sql"), params)
            changed |= {day for (day,) in cursor.fetchall()}
        cursor.execute(DROP)
    return changed


def measuring() -> sql.Composed:
    """Return the statement that measures the visits."""
    columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    return INSERT.format(columns=columns, select=sql.SQL(load_sql(FOLDER / "measured_sessions.sql")))


def digest_day(day: date) -> tuple[Any, ...]:
    """Return what tells whether the visits of a shop's day are still the same."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "session_digest.sql"), {"day": day})
        return tuple(cursor.fetchone())


def recut_day(day: date) -> list[date]:
    """Cut again what a shop's day touches of its two activity days; return which of its neighbours' visits changed."""
    changed = cut_days(first=day - DAY, last=day)
    return sorted(changed & {day - DAY, day + DAY})
