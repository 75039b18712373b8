"""The rules that cut a visitor's events into visits. Pure: `cutting.py` applies the same constants in SQL.

A new visit begins after 30 minutes without an event, at an arrival by another campaign, and at 04:00 of the shop's day.
The last rule makes each activity day, from 04:00 to 04:00, a thing of its own: whatever comes late or out of order,
only its activity day is cut again, and the result is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from zuka.platform.clock import shop_zone

IDLE = timedelta(minutes=30)
# A visit never goes on past this hour of the shop's day: nearly nobody is there to be cut in two.
TURN = time(4)
# A page or a screen may be how somebody arrives; only these start a visit by their campaign.
ARRIVALS = ("page.viewed", "screen.viewed")
# Whoever did one of these has not just left again.
ENGAGEMENTS = (
    "product.searched",
    "cart.item_added",
    "checkout.started",
    "order.created",
    "user.created",
    "user.logged_in",
    "product.reviewed",
)

# utm source, medium, campaign, term, content, and the advertiser's click id.
Campaign = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One event of a visitor, as far as cutting asks; `campaign` is None where its link named none."""

    id: UUID
    occurred_at: datetime
    event_type: str
    campaign: Campaign | None = None


@dataclass(slots=True)
class Visit:
    """A visit that may go on: its last moment, whether anybody arrived yet, and by which campaign."""

    last_at: datetime
    has_arrived: bool = False
    campaign: Campaign | None = None


def activity_day(moment: datetime) -> date:
    """Return the activity day of a moment: the shop's day that began at 04:00."""
    local = moment.astimezone(shop_zone())
    return local.date() if local.time() >= TURN else local.date() - timedelta(days=1)


def activity_bounds(day: date) -> tuple[datetime, datetime]:
    """Return `[start, end)` of an activity day."""
    start, end = (datetime.combine(each, TURN, tzinfo=shop_zone()) for each in (day, day + timedelta(days=1)))
    return start, end


def begins_visit(visit: Visit, event: Seen) -> bool:
    """Say whether an event is the first of a new visit, after those of `visit`."""
    if event.occurred_at - visit.last_at >= IDLE or activity_day(event.occurred_at) != activity_day(visit.last_at):
        return True
    comes_again = event.event_type in ARRIVALS and visit.has_arrived
    return comes_again and event.campaign is not None and event.campaign != visit.campaign


def cut_sessions(events: Iterable[Seen]) -> list[list[Seen]]:
    """Return the visits of one visitor, each with its events, in order. The events may come in any order."""
    visits: list[list[Seen]] = []
    visit: Visit | None = None
    for event in in_order(events):
        if visit is None or begins_visit(visit, event):
            visit = Visit(event.occurred_at)
            visits.append([])
        visit.last_at = event.occurred_at
        if event.event_type in ARRIVALS:
            visit.campaign = visit.campaign or event.campaign
            visit.has_arrived = True
        visits[-1].append(event)
    return visits


def in_order(events: Iterable[Seen]) -> Sequence[Seen]:
    """Return events by moment; those of the same moment by id."""
    return sorted(events, key=lambda event: (event.occurred_at, event.id))
