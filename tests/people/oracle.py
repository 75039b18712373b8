"""Visits and identity worked out in plain Python from all events at once: what the tables must say in the end."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from analytics.people.sessions import ARRIVALS, ENGAGEMENTS, Seen, activity_day, cut_sessions
from analytics.registry.events import EVENT_TYPES
from analytics.registry.types import Flag
from analytics.store.event import Event
from commerce.orders.models import Order
from zuka.platform.clock import local_day

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "click_id")
FUNNEL = ("product.viewed", "cart.item_added", "checkout.started", "order.created")
Row = dict[str, Any]


def is_visit(event: Event) -> bool:
    declared = EVENT_TYPES.get(event.event_type)
    return not event.flags & Flag.BOT and (declared is None or declared.is_visit)


def visitor_of(event: Event) -> str:
    return event.visitor_id or event.user_id or ""


def campaign_of(event: Event) -> tuple[str | None, ...] | None:
    found = tuple(getattr(event, name) for name in UTM)
    return found if any(found) else None


def identity(events: Iterable[Event]) -> dict[str, str]:
    """Return each visitor's user: the first seen with it; of an alias' two ids the one that is a user elsewhere."""
    links: dict[str, str] = {}
    told = [event for event in events if not event.flags & Flag.BOT]
    users = {event.user_id for event in told if event.event_type != "user.aliased"} - {None}
    for event in sorted(told, key=lambda each: (each.occurred_at, each.id)):
        user, ids = event.user_id, {event.visitor_id}
        if event.event_type == "user.aliased":
            named, previous = event.user_id or event.visitor_id, json.loads(event.properties).get("previous_id")
            user = previous if previous in users and named not in users else user
            ids |= {named, previous}
        for each in ids - {user, None}:
            if each and user:
                links.setdefault(each, user)
    return links


def expected_sessions(events: list[Event]) -> list[Row]:
    """Return the rows of `analytics_sessions`, by start and id, without the key of the person."""
    by_visitor: dict[str, dict[Any, Event]] = defaultdict(dict)
    for event in filter(is_visit, events):
        by_visitor[visitor_of(event)][event.id] = event
    visits = []
    for told in by_visitor.values():
        cut = cut_sessions(
            Seen(each.id, each.occurred_at, each.event_type, campaign_of(each)) for each in told.values()
        )
        visits += [[told[seen.id] for seen in visit] for visit in cut]
    orders, links = chosen_orders(visits), identity(events)
    rows = [measure(visit, orders[place], links) for place, visit in enumerate(visits)]
    return sorted(rows, key=lambda row: (row["started_at"], row["id"]))


def chosen_orders(visits: list[list[Event]]) -> dict[int, list[tuple[Event, Order]]]:
    """Return each visit's orders: one visit an order, a seen one first, a fact before a claim."""
    found: dict[int, list[tuple[Event, Order]]] = defaultdict(list)
    for order in Order.objects.filter(is_test=False):
        if order.status in {"cancelled", "expired"} and order.paid_at is None:
            continue
        told = [
            (
                not any(each.source_key for each in visit),
                bool(event.flags & Flag.CLAIMED),
                event.occurred_at,
                event.id,
                place,
            )
            for place, visit in enumerate(visits)
            for event in visit
            if event.event_type == "order.created" and event.order_ref == order.number
            if activity_day(event.occurred_at) == activity_day(order.placed_at)
        ]
        if told:
            *_, told_by, place = min(told)
            found[place].append((next(event for event in visits[place] if event.id == told_by), order))
    return found


def measure(visit: list[Event], placed: list[tuple[Event, Order]], links: dict[str, str]) -> Row:
    """Return a visit's row."""
    first, last = visit[0], visit[-1]
    kinds = Counter(event.event_type for event in visit)
    arrivals = [event for event in visit if event.event_type in ARRIVALS]
    users = [event.user_id for event in visit if event.user_id and event.event_type != "user.aliased"]
    aliased = [event.user_id for event in visit if event.user_id]
    user = users[-1] if users else links.get(visitor_of(first)) or next(reversed(aliased), None)
    pages = [event.page_path or event.screen_name for event in arrivals if event.page_path or event.screen_name]
    placed = sorted(placed, key=lambda pair: (pair[0].occurred_at, pair[0].id))
    campaigns = [campaign_of(event) for event in (*arrivals, *visit)]
    campaign = next((each for each in campaigns if each), (None,) * len(UTM))
    referrer = arrivals[0].referrer_url if arrivals else None
    seen_pages = len(arrivals)
    return {
        "id": first.id,
        "day": local_day(first.occurred_at),
        "visitor": visitor_of(first),
        "visitor_id": next((event.visitor_id for event in visit if event.visitor_id), None),
        "user_id": user,
        "person": user or visitor_of(first),
        "is_known": user is not None,
        "is_seen": any(event.source_key for event in visit),
        "started_at": first.occurred_at,
        "ended_at": last.occurred_at,
        "duration_seconds": round((last.occurred_at - first.occurred_at) / timedelta(seconds=1)),
        "events": len(visit),
        "page_views": seen_pages,
        "product_views": kinds["product.viewed"],
        "searches": kinds["product.searched"],
        "cart_adds": additions(visit),
        **steps(visit, placed),
        "has_cart": kinds["cart.item_added"] > 0,
        "has_checkout": kinds["checkout.started"] > 0,
        "has_order": bool(placed),
        "orders": len(placed),
        "order_ref": placed[0][1].number if placed else None,
        "currency": placed[0][1].currency if placed else None,
        "value_kobo": sum(order.total_kobo for _, order in placed),
        "entry_page": pages[0] if pages else None,
        "exit_page": pages[-1] if pages else None,
        "referrer_url": referrer,
        "referrer_host": urlsplit(referrer).netloc.removeprefix("www.") or None if referrer else None,
        **dict(zip(UTM, campaign, strict=True)),
        "platform": platform_of(visit),
        **{name: first_known(visit, name) for name in ("device_type", "os", "browser", "country", "state")},
        "is_bounce": seen_pages <= 1 and not any(kinds[name] for name in ENGAGEMENTS),
        "pages": pages or None,
    }


def additions(visit: list[Event]) -> int:
    """Each product's additions once: as the shop knows them or as clients claim them, whichever are more."""
    facts: Counter[Any] = Counter()
    claims: Counter[Any] = Counter()
    for event in visit:
        if event.event_type == "cart.item_added":
            (claims if event.flags & Flag.CLAIMED else facts)[event.product_ref] += 1
    return sum((facts | claims).values())


def steps(visit: list[Event], placed: list[tuple[Event, Order]]) -> Row:
    """The first moment of each step at or after the one before."""
    moments = {name: [event.occurred_at for event in visit if event.event_type == name] for name in FUNNEL[:3]}
    moments["order.created"] = [event.occurred_at for event, _ in placed]
    row: Row = {}
    since = visit[0].occurred_at
    for column, name in zip(("viewed_at", "carted_at", "checkout_at", "ordered_at"), FUNNEL, strict=True):
        reached = [moment for moment in moments[name] if moment >= since] if None not in row.values() else []
        row[column] = min(reached, default=None)
        since = row[column] or since
    return row


def platform_of(visit: list[Event]) -> str | None:
    found = [event.platform for event in visit if event.platform]
    return next((each for each in found if each != "server"), min(found, default=None))


def first_known(visit: list[Event], name: str) -> Any:
    return next((getattr(event, name) for event in visit if getattr(event, name)), None)
