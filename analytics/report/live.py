"""Today, seconds fresh: one small record, made once for everybody who looks, of minutes of events and the ledger's day.

Nobody is named in it: who may see reports may see all of it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction

from analytics.people.cutting import BOT_FLAGS, NOT_VISITS
from analytics.registry.events import EVENT_TYPES
from analytics.report.seeing import without_numbers
from analytics.report.wording import day_text
from zuka.platform.clock import day_start, local_day, shop_zone
from zuka.platform.db.files import load_sql
from zuka.platform.money import format_money

log = structlog.get_logger(__name__)
FOLDER = Path(__file__).parent.parent / "store" / "sql" / "live"
FRESH_SECONDS = 3
KEPT_SECONDS = 600
TURN_SECONDS = 15  # longer than a snapshot may take; after a failure nobody tries again until it is over
FIRST_WAIT_SECONDS = 2.0
STATEMENT_LIMIT = "2s"
NOW = timedelta(minutes=5)
SHOWN_MINUTES = 30
CART_OPEN = timedelta(minutes=60)  # as long as it takes a cart to be left behind
MOST_PAGES, MOST_EVENTS = 8, 20
# Said by programs many times a minute: they would push out what people do.
QUIET = ["page.pinged", "page.left", "session.started", "cart.updated", "user.identified", "user.aliased"]
WINDOWS = (timedelta(minutes=1), NOW, timedelta(minutes=SHOWN_MINUTES))
SNAPSHOT, TURN = "analytics.live", "analytics.live.turn"
Snapshot = dict[str, Any]


def latest_snapshot(*, now: datetime) -> Snapshot | None:
    """Return what is known of this moment: at most a few seconds old, or older while PostgreSQL does not answer.

    One process computes it, the others take what there is meanwhile. None when nothing could be computed yet.
    """
    kept = cache.get(SNAPSHOT)
    if is_fresh(kept, now):
        return kept  # type: ignore[no-any-return]
    if not cache.add(TURN, 1, timeout=TURN_SECONDS):
        return kept or wait_for_first()
    # Somebody may have finished between our look and our turn.
    kept = cache.get(SNAPSHOT)
    made = kept if is_fresh(kept, now) else renew(kept, now)
    if made is not None and made is not kept:
        cache.set(SNAPSHOT, made, timeout=KEPT_SECONDS)
    if made is not None:
        cache.delete(TURN)
    return made or kept


def is_fresh(kept: Snapshot | None, now: datetime) -> bool:
    """Say whether a snapshot is good for a few seconds more."""
    return kept is not None and (now - kept["computed_at"]).total_seconds() < FRESH_SECONDS


def renew(kept: Snapshot | None, now: datetime) -> Snapshot | None:
    """Return a new snapshot; None when PostgreSQL is away or slow, so that what is kept grows old and says so."""
    try:
        return make_snapshot(kept, now)
    except DatabaseError as error:
        log.warning("live.failed", error=str(error))
        return None


def wait_for_first() -> Snapshot | None:
    """Return the very first snapshot when it is there; whoever has the turn is at it."""
    until = time.monotonic() + FIRST_WAIT_SECONDS
    while time.monotonic() < until:
        if kept := cache.get(SNAPSHOT):
            return kept  # type: ignore[no-any-return]
        time.sleep(0.05)
    return None


def make_snapshot(kept: Snapshot | None, now: datetime) -> Snapshot:
    """Compute a snapshot. Of the minutes, those that are over are taken from the one before."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [STATEMENT_LIMIT])
        moment = {"now": now, "since": now - NOW, "bot_flags": BOT_FLAGS, "not_visits": NOT_VISITS, "quiet": QUIET}
        people = ask(cursor, "people", moment)[0][0]
        pages = ask(cursor, "pages", moment | {"limit": MOST_PAGES})
        carts, carts_kobo = ask(cursor, "carts", {"since": now - CART_OPEN, "currency": settings.SHOP_CURRENCY})[0]
        return {
            "computed_at": now,
            "people": people,
            "minutes": count_minutes(cursor, kept, moment),
            "pages": [{"page": without_numbers(page, ()), "people": count} for page, count in pages],
            "carts": carts,
            "carts_kobo": carts_kobo,
            **compare_sales(cursor, now),
            "stream": read_stream(cursor, moment),
        }


def ask(cursor: Any, name: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of one of the view's SQL files."""
    cursor.execute(load_sql(FOLDER / f"{name}.sql"), params)
    return list(cursor.fetchall())


def count_minutes(cursor: Any, kept: Snapshot | None, moment: Mapping[str, Any]) -> list[tuple[datetime, int]]:
    """Return the events of the last thirty minutes, each minute with its start, the running one last."""
    now = moment["now"]
    this = now.replace(second=0, microsecond=0)
    first = this - timedelta(minutes=SHOWN_MINUTES - 1)
    known = {minute: count for minute, count in kept["minutes"] if minute < this - NOW} if kept else {}
    is_recent = kept is not None and kept["computed_at"] > this - NOW / 2
    since = this - NOW if is_recent else first
    counts = {**known, **dict(ask(cursor, "minutes", {**moment, "since": since}))}
    minutes = (first + timedelta(minutes=place) for place in range(SHOWN_MINUTES))
    return [(minute, counts.get(minute, 0)) for minute in minutes]


def compare_sales(cursor: Any, now: datetime) -> dict[str, Any]:
    """Return the orders and revenue of today, and of the same weekday last week until the same time."""
    today = local_day(now)
    week_ago = today - timedelta(days=7)
    passed = now - day_start(today)
    spans = ((day_start(today), now), (day_start(week_ago), day_start(week_ago) + passed))
    figures = [
        ask(cursor, "sales", {"start": start, "until": until, "currency": settings.SHOP_CURRENCY})[0]
        for start, until in spans
    ]
    names = ("orders", "revenue_kobo", "orders_before", "revenue_before_kobo")
    return dict(zip(names, (*figures[0], *figures[1]), strict=True)) | {"compared_day": day_text(week_ago)}


def read_stream(cursor: Any, moment: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the latest events in words, newest first; further back only where little happens."""
    rows: list[tuple[Any, ...]] = []
    for window in WINDOWS:
        rows = ask(cursor, "stream", {**moment, "since": moment["now"] - window, "limit": MOST_EVENTS})
        if len(rows) == MOST_EVENTS:
            break
    return [stream_line(row) for row in rows]


def stream_line(row: tuple[Any, ...]) -> dict[str, str]:
    """Return an event as one line of the stream, which all staff may read: without the numbers of orders."""
    event_id, at, event_type, what, kobo, currency, *whence = row
    declared = EVENT_TYPES.get(event_type)
    return {
        "id": str(event_id),
        "at": f"{at.astimezone(shop_zone()):%H:%M:%S}",
        "text": declared.text.rstrip(".") if declared else event_type,
        "what": without_numbers(what or "", ())[:120],
        "value": format_money(kobo, currency or settings.SHOP_CURRENCY) if kobo else "",
        "where": ", ".join(each for each in whence if each),
    }
