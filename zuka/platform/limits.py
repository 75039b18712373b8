"""How often somebody may do something, counted in the cache: shared by all processes where there is Redis.

What is counted is counted before it is looked at, so that many requests at once do not slip through, and given back
where it should not have counted. Spans begin at fixed moments: at the turn of two, twice as many may pass.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache

IPV6_PREFIX = 64  # what one customer of a network has to choose from


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of something in a span of seconds; `name` is its own, and stays."""

    name: str
    most: int
    seconds: int

    def key(self, who: str, at: datetime) -> str:
        """Return where the cache counts somebody in the span of a moment. Who it is cannot be read there."""
        counted = hashlib.sha256(who.encode()).hexdigest()[:32]
        return f"limit:{self.name}:{counted}:{int(at.timestamp()) // self.seconds}"

    def take(self, who: str, *, at: datetime) -> int:
        """Count one more of whom this names; return 0, or for how many seconds there are no more."""
        key = self.key(who, at)
        cache.add(key, 0, timeout=self.seconds)
        try:
            count = cache.incr(key)
        except ValueError:  # Redis came or went between the two calls
            cache.set(key, 1, timeout=self.seconds)
            count = 1
        return 0 if count <= self.most else self.seconds - int(at.timestamp()) % self.seconds

    def give_back(self, who: str, *, at: datetime) -> None:
        """Take back one that was counted at this moment."""
        key = self.key(who, at)
        if cache.get(key):
            cache.incr(key, -1)


def network_of(address: str) -> str:
    """Return what of a network address is counted: of IPv6 the network, since each customer has many addresses."""
    try:
        known = ip_address(address)
    except ValueError:  # what a proxy wrote may be anything; it is counted as it is
        return address
    return str(ip_network((known, IPV6_PREFIX), strict=False)) if isinstance(known, IPv6Address) else address
