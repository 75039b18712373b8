"""What a key's licence grants: the tiers, declared once. Limits by tier are in `throttling/defaults.py`.

Keys without an owner are the shop's own: their scopes are for staff to choose, whatever their tier.
"""

from __future__ import annotations

from dataclasses import dataclass

from zuka.platform.keys.scopes import READ_REPORTS, WRITE_SPEND


@dataclass(frozen=True, slots=True)
class Tier:
    """A licence: how often its app may ask whether it holds, and which scopes a partner's key of it may carry."""

    name: str
    title: str
    text: str
    validations: int  # a day of the shop's
    scopes: frozenset[str]


TIERS: dict[str, Tier] = {
    tier.name: tier
    for tier in (
        Tier("free", "Free", "To try things out.", 1_000, frozenset({"track", READ_REPORTS})),
        Tier(
            "pro",
            "Pro",
            "For partners who send and read daily.",
            50_000,
            frozenset({"track", READ_REPORTS, WRITE_SPEND, "import"}),
        ),
        Tier(
            "enterprise",
            "Enterprise",
            "For partners who also work on orders and people.",
            1_000_000,
            frozenset({"track", READ_REPORTS, WRITE_SPEND, "import", "records"}),
        ),
    )
}
TIER_CHOICES = [(tier.name, tier.title) for tier in TIERS.values()]
