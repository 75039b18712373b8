"""Which limits hold for a key, as its owner and its app are told."""

from __future__ import annotations

from typing import Any

from zuka.platform.throttling.rules import ANY, KEY, RULES, Rule


def limit_facts(rule: Rule) -> dict[str, Any]:
    """Return a rule as it is told."""
    spans = {"per_hour": rule.per_hour, "per_day": rule.per_day, "burst": rule.burst}
    return {"endpoint": rule.endpoint, **spans}


def limits_of(tier: str, *, is_limited: bool) -> list[dict[str, Any]]:
    """Return the limits of a key of a tier, the one of every endpoint first; none for a key that is not limited."""
    if not is_limited:
        return []
    held: dict[str, Rule] = {}
    for rule in RULES.get().rules:
        if rule.counted_by == KEY and rule.tier in {ANY, tier}:
            held.setdefault(rule.endpoint, rule)
    return [limit_facts(held[endpoint]) for endpoint in sorted(held, key=lambda name: (len(name), name))]
