"""Where an address is, by the operator's own MaxMind file (GEOIP_PATH). Without one nothing is guessed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import maxminddb
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)
KEPT = 50_000
LONGEST_ADDRESS = 45
Columns = dict[str, Any]


@lru_cache(maxsize=4)
def open_places(path: str) -> maxminddb.Reader | None:
    """Open a file of places once a process; one that cannot be read is logged and left out."""
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        log.error("geoip.unreadable", path=path, error=str(error))  # noqa: TRY400 - the operator's file, not our code
        return None


def find_place(address: str | None) -> Columns:
    """Return country, state and city of an address; empty when that is not known."""
    path = settings.GEOIP_PATH
    return look_up(path, address) if path and address and len(address) <= LONGEST_ADDRESS else {}


@lru_cache(maxsize=KEPT)
def look_up(path: str, address: str) -> Columns:
    """Look an address up in a City or Country file."""
    places = open_places(path)
    try:
        found: Any = places.get(address) if places else None
    except ValueError:
        return {}  # what is no address is nowhere
    if not isinstance(found, dict):
        return {}
    states = found.get("subdivisions") or [{}]
    columns = {
        "country": (found.get("country") or found.get("registered_country") or {}).get("iso_code"),
        "state": english(states[0]),
        "city": english(found.get("city") or {}),
    }
    return {name: value for name, value in columns.items() if value}


def english(place: Any) -> str | None:
    """Return a place's English name."""
    names = place.get("names") if isinstance(place, dict) else None
    return names.get("en") if isinstance(names, dict) else None
