"""From the name a client sends to the canonical type: case, spaces, `_` and `-` make no difference."""

from __future__ import annotations

import re
from functools import lru_cache

from analytics.registry.events import EVENT_TYPES
from analytics.registry.types import EventType, Said

# Properties that hold money: naira, or kobo where the name says so.
AMOUNTS = frozenset(("price", "value", "total", "revenue", "amount", "discount", "value_kobo"))
BETWEEN_WORDS = re.compile(r"[\s_\-]+")
NOT_SLUG = re.compile(r"[^a-z0-9]+")
SLUG_LENGTH = 100


def fold_name(name: str) -> str:
    """Return a name as it is compared: lower case, single spaces."""
    return BETWEEN_WORDS.sub(" ", name.strip().lower())


def index_names() -> dict[str, EventType]:
    """Return every known name, folded, with its type. A name that two types claim is a mistake in the registry."""
    names: dict[str, EventType] = {}
    for each in EVENT_TYPES.values():
        for name in (each.name, *each.aliases):
            if names.setdefault(fold_name(name), each) is not each:
                raise ValueError(f"two event types are called {name!r}")
    return names


NAMES = index_names()


def slug(name: str) -> str:
    """Return the part after `custom.`: lower case letters, digits and underscores, at most 100."""
    return NOT_SLUG.sub("_", name.strip().lower()).strip("_")[:SLUG_LENGTH] or "unnamed"


@lru_cache(maxsize=8192)
def find_type(name: str) -> EventType | None:
    """Return the declared type of a client's name, or None for a custom one."""
    folded = fold_name(name)
    if folded.startswith("viewed ") and folded.endswith(" page"):
        return EVENT_TYPES["page.viewed"]
    return NAMES.get(folded)


@lru_cache(maxsize=8192)
def custom_name(name: str) -> str:
    """Return the stored name of a type that is not declared; a client's own `custom.` is not doubled."""
    return f"custom.{slug(name.strip().removeprefix('custom.'))}"


def is_reserved(event_type: EventType) -> bool:
    """Say whether only the shop may say it; from a client it is stored as custom, flag `renamed`."""
    return event_type.said is Said.SERVER
