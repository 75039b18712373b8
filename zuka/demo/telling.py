"""Telling events: what a client says of itself, and what the shop states, as the pipeline would have stored them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from analytics.ingest.identity import VERSION_8, compose_id, stable_id
from analytics.registry.types import Flag
from analytics.store.event import Event
from zuka.demo.draws import endless, random_for
from zuka.demo.people import Customer, Visitor
from zuka.demo.shelf import Sight
from zuka.demo.tables.visits import Channel

SHOP = b"shop"
# Stands for the storefront's key where the shop has none yet.
STOREFRONT_KEY = UUID("5d0c1f7e-8a54-4c0e-9d1b-2f6a7c3e9b10")
BATCHED, ON_THE_WAY = timedelta(milliseconds=1400), timedelta(milliseconds=160)
AT_ONCE = 350


def moment_of(millisecond: int) -> datetime:
    """Return the moment of milliseconds since 1970."""
    return datetime.fromtimestamp(millisecond / 1000, UTC)


def millisecond_of(moment: datetime) -> int:
    """Return whole milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def state_fact(event_type: str, *, at: datetime, message_id: str, properties: str, **columns: Any) -> Event:
    """Return a fact that the shop itself states; `message_id` makes its id, as `track` does."""
    return Event(
        id=stable_id(source=SHOP, message_id=message_id, client_at=at),
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
        self.lengths = endless(rng, [(min(int(rng.lognormvariate(9.7, 0.8)), 300_000), 1.0) for _ in range(4096)])
        self.ids = random_for(seed, "message ids")
        self.source_key = source_key


class Session:
    """One visit as it unfolds: time moves on with each event, never past `end_ms`."""

    __slots__ = (
        "added",
        "channel",
        "columns",
        "end_ms",
        "events",
        "flags",
        "ids",
        "is_app",
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
        campaign: str | None,
        session_id: str,
        start_ms: int,
        end_ms: int,
        flags: int = 0,
    ) -> None:
        self.visitor, self.channel, self.session_id, self.flags = visitor, channel, session_id, flags
        self.ms, self.end_ms, self.added = start_ms, end_ms, 0
        self.lengths: Iterator[int] = pauses.lengths
        self.ids: Random = pauses.ids
        self.source_key = pauses.source_key
        self.is_app = visitor.device.platform != "web"
        self.events: list[Event] = []
        self.columns: dict[str, Any] = describe(visitor, channel, campaign, session_id)

    @property
    def at(self) -> datetime:
        """Now, in the session."""
        return moment_of(self.ms)

    def sign_in(self, customer: Customer) -> None:
        """Know from here on who it is."""
        self.columns["user_id"] = customer.ref

    def tell(
        self,
        event_type: str,
        source_name: str,
        properties: str,
        *,
        pause: int | None = None,
        flags: int = 0,
        **columns: Any,
    ) -> None:
        """Let the client tell an event after a pause in milliseconds; by default as long as people look at a page."""
        self.ms = ms = min(self.ms + (pause or next(self.lengths)), self.end_ms)
        at = datetime.fromtimestamp(ms / 1000, UTC)
        sent_at = at + BATCHED
        bits = self.ids.getrandbits(80)
        self.events.append(
            Event(
                id=compose_id(millisecond=ms, bits=bits, version=VERSION_8),
                event_type=event_type,
                source_name=source_name,
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
        """Look at a page or screen."""
        sight = sights[self.is_app]
        self.tell(sight.event_type, sight.source_name, sight.properties, **sight.columns)

    def state(self, event_type: str, message_id: str, properties: str, *, pause: int = AT_ONCE, **columns: Any) -> None:
        """Let the shop state a fact of this session, just now."""
        self.ms = min(self.ms + pause, self.end_ms)
        self.events.append(
            state_fact(event_type, at=self.at, message_id=message_id, properties=properties, **self.columns, **columns)
        )

    def claim(self, event_type: str, source_name: str, properties: str, **columns: Any) -> None:
        """Let the client claim what only the shop can know."""
        self.tell(event_type, source_name, properties, pause=AT_ONCE, flags=int(Flag.CLAIMED), **columns)


def describe(visitor: Visitor, channel: Channel, campaign: str | None, session_id: str) -> dict[str, Any]:
    """Return the columns that all events of a session share."""
    device, place = visitor.device, visitor.place
    columns: dict[str, Any] = {
        "visitor_id": visitor.visitor_id,
        "session_id": session_id,
        "platform": device.platform,
        "device_type": device.device_type,
        "os": device.os,
        "browser": device.browser,
        "country": "NG",
        "state": place.state,
        "city": place.city,
        "referrer_url": channel.referrer,
    }
    if channel.source:
        columns |= {"utm_source": channel.source, "utm_medium": channel.medium, "utm_campaign": campaign}
    return columns
