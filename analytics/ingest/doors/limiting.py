"""Limits of the doors: how many events a key, a visitor and an address may send. A request passes as a whole or not."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.ingest.doors.door import Call, Door, Refusal
from analytics.ingest.received import RawEvent
from zuka.platform.keys.finding import Grant
from zuka.platform.limits import network_of
from zuka.platform.throttling.buckets import Subject
from zuka.platform.throttling.leases import spend
from zuka.platform.throttling.rules import IP, KEY, RULES


def limit_events(events: Sequence[RawEvent], call: Call, grant: Grant, door: Door) -> None:
    """Count a request's events against the limits. Raises Refusal, which SDKs answer by sending again later.

    Of a secret key only the key is counted: one server sends for many visitors. A request's visitor is its first
    event's: a browser has one.
    """
    if not grant.is_limited or not events:
        return
    rules = RULES.get().find(f"events-{door.name}", grant.tier)
    counted = ((rule, who_of(counted_by, events, call, grant)) for counted_by, rule in rules.items())
    subjects = [Subject(rule, who) for rule, who in counted if who]
    if wait := spend(subjects, len(events)):
        message = f"Too many events. Send them again in {wait} seconds."
        # Segment's servers say it in both.
        raise Refusal(429, "rate_limited", message, headers={"Retry-After": str(wait), "X-RateLimit-Reset": str(wait)})


def who_of(counted_by: str, events: Sequence[RawEvent], call: Call, grant: Grant) -> str:
    """Return the key, the visitor or the address that a request is counted for; empty where it is for none."""
    if counted_by == KEY:
        return str(grant.key_id)
    if grant.kind == "secret":
        return ""
    if counted_by == IP:
        return network_of(call.address or "")
    said = events[0].visitor_id or events[0].user_id
    return said[:200] if isinstance(said, str) else ""
