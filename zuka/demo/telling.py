"""Telling events: what a client says of itself, and what the shop states, as the pipeline would have stored them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from analytics.ingest.identity import VERSION_8, compose, stable_id
from analytics.registry.types import Flag
from analytics.store.event import Event
from zuka.demo.draws import endless, random_for
from zuka.demo.moments import moment_of
from zuka.demo.people import Customer, Visitor
from zuka.demo.shelf import Sight
from zuka.demo.tables.visits import Channel

SHOP = b"shop"
# Stands for the storefront's key where the shop has none yet.
STOREFRONT_KEY = UUID("5d0c1f7e-8a54-4c0e-9d1b-2f6a7c3e9b10")
BATCHED, ON_THE_WAY = timedelta(milliseconds=1400), timedelta(milliseconds=160)
AT_ONCE = 350
# How often a client tells what the shop knows anyway: lost on the way, once, or twice when a page is loaded again.
CLAIMS = ((0, 2.0), (1, 97.2), (2, 0.8))
Campaign = dict[str, str]


def state_fact(event_type: str, *, at: datetime, message_id: str, properties: str, **columns: Any) -> Event:
    """Return a fact that the shop itself states; `message_id` makes its id, as `track` does."""
    return Event(
        id=stable_id(source=SHOP, message_id=message_id, client_at=None),
        event_type=event_type,
        source_name=event_type,
        occurred_at=at,
        received_at=at,
        message_id=message_id,
        properties=properties,
        **columns,
    )


class Pauses:
    """How long people look at a page, in milliseconds: mostly ten to thirty seconds, at most five minutes."""

    def __init__(self, seed: int, *, source_key: UUID) -> None:
        rng = random_for(seed, "pauses")
        self.lengths = endless(rng, [(min(int(rng.lognormvariate(9.9, 0.9)), 300_000), 1.0) for _ in range(4096)])
        self.ids = random_for(seed, "message ids")
        self.claims = endless(random_for(seed, "claims"), CLAIMS)
        self.source_key = source_key


class Session:
    """One visit as it unfolds: time moves on with each event, never past `end_ms`.

    Where the tracker is blocked nothing is heard of the client, only the shop's own facts. `customer` is who is
    signed in; `first_ms` is when the client was first heard of.
    """

    __slots__ = (
        "campaign",
        "channel",
        "claims",
        "columns",
        "customer",
        "end_ms",
        "events",
        "first_ms",
        "flags",
        "ids",
        "is_app",
        "landing",
        "lengths",
        "ms",
        "session_id",
        "source_key",
        "visitor",
    )

    def __init__(
        self,
        pauses: Pauses,
        *,
        visitor: Visitor,
        channel: Channel,
        landing: Campaign,
        session_id: str,
        start_ms: int,
        end_ms: int,
        flags: int = 0,
    ) -> None:
        self.visitor, self.channel, self.session_id, self.flags = visitor, channel, session_id, flags
        self.ms, self.end_ms = start_ms, end_ms
        self.lengths: Iterator[int] = pauses.lengths
        self.ids: Random = pauses.ids
        self.claims: Iterator[int] = pauses.claims
        self.source_key = pauses.source_key
        self.is_app = visitor.device.platform != "web"
        self.events: list[Event] = []
        self.customer: Customer | None = None
        self.first_ms: int | None = None
        self.campaign: Campaign = {name: value for name, value in landing.items() if name.startswith("utm_")}
        # What only the first page knows: the link that led to it.
        self.landing: dict[str, Any] = {"referrer_url": channel.referrer, **landing}
        self.columns: dict[str, Any] = describe(visitor, session_id)

    @property
    def at(self) -> datetime:
        """Now, in the session."""
        return moment_of(self.ms)

    @property
    def platform(self) -> str:
        """Return what the visitor came with: web, android, ios."""
        return self.visitor.device.platform

    def sign_in(self, customer: Customer) -> None:
        """Know from here on who it is."""
        self.customer = customer
        self.columns["user_id"] = customer.ref

    def wait(self, milliseconds: int) -> None:
        """Let time pass."""
        self.ms = min(self.ms + milliseconds, self.end_ms)

    def tell(
        self, event_type: str, properties: str, *, pause: int | None = None, flags: int = 0, **columns: Any
    ) -> None:
        """Let the client tell an event after a pause in milliseconds; by default as long as people look at a page."""
        self.ms = ms = min(self.ms + (pause or next(self.lengths)), self.end_ms)
        if self.visitor.is_blocking:
            return
        if self.first_ms is None:
            self.first_ms = ms
        at = datetime.fromtimestamp(ms / 1000, UTC)
        sent_at = at + BATCHED
        bits = self.ids.getrandbits(80)
        self.events.append(
            Event(
                id=UUID(int=compose(ms, bits, VERSION_8)),
                event_type=event_type,
                source_name=event_type,
                occurred_at=at,
                sent_at=sent_at,
                received_at=sent_at + ON_THE_WAY,
                properties=properties,
                source_key=self.source_key,
                message_id=f"{bits:020x}",
                flags=self.flags | flags,
                **self.columns,
                **columns,
            )
        )

    def see(self, sights: tuple[Sight, Sight]) -> None:
        """Look at a page or screen. The first one tells what led there."""
        sight = sights[self.is_app]
        landing, self.landing = self.landing, {}
        self.tell(sight.event_type, sight.properties, **sight.columns, **landing)

    def state(self, event_type: str, message_id: str, properties: str, *, speaker: str | None, **columns: Any) -> None:
        """Let the shop state a fact of this session, just now. `speaker` names a guest whom no tracker names."""
        self.events.append(
            state_fact(
                event_type,
                at=self.at,
                message_id=message_id,
                properties=properties,
                **{"platform": "server", **columns},
                **self.actor(speaker),
            )
        )

    def actor(self, speaker: str | None) -> dict[str, Any]:
        """Return the columns that say who acts, as far as the shop is told: visitor, session, user, campaign."""
        user = self.columns.get("user_id")
        if not self.visitor.is_blocking:
            return {
                "visitor_id": self.visitor.visitor_id,
                "session_id": self.session_id,
                "user_id": user,
                **self.campaign,
            }
        return {"user_id": user} if user else {"visitor_id": speaker}

    def set_aside(self) -> None:
        """Draw now what the page after an order needs: when its number is known, others have drawn before."""
        self.ids = random_for(self.ids.getrandbits(64), "thanks")
        self.lengths = iter([next(self.lengths)])
        self.claims = iter([next(self.claims)])

    def claim(self, event_type: str, properties: str, **columns: Any) -> None:
        """Let the client claim what the shop has just stated: nearly always, now and then twice."""
        for _ in range(next(self.claims)):
            self.tell(event_type, properties, pause=AT_ONCE, flags=int(Flag.CLAIMED), **columns)


def describe(visitor: Visitor, session_id: str) -> dict[str, Any]:
    """Return the columns that all events of a client share."""
    device, place = visitor.device, visitor.place
    return {
        "visitor_id": visitor.visitor_id,
        "session_id": session_id,
        "platform": device.platform,
        "device_type": device.device_type,
        "os": device.os,
        "browser": device.browser,
        "country": "NG",
        "state": place.state,
        "city": place.city,
    }
