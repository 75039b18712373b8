"""Which limits hold for a call: those declared here, and what staff have put in their place.

A rule is of an endpoint's name (`*` for any letters), a tier of keys (none: all), and whose calls are counted together.
The most exact rule of each counting holds: the one with the longest name, then the one of the tier.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from zuka.platform.keeping import KeptSteadily
from zuka.platform.throttling.models import CountedBy, RateLimitRule

HOUR, DAY = 3600, 86_400
KEY, VISITOR, IP = CountedBy.KEY.value, CountedBy.VISITOR.value, CountedBy.IP.value
ANY = ""


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many at once, filled at so many a second: a span of a rule. `span` is `hour`, `day` or `burst`."""

    span: str
    capacity: int
    rate: float

    @property
    def seconds(self) -> int:
        """Return how long it takes to be full again, rounded up."""
        return self.seconds_to(self.capacity)

    def seconds_to(self, tokens: float) -> int:
        """Return how long it takes to fill so many more, rounded up."""
        return math.ceil(round(tokens / self.rate, 3))


@dataclass(frozen=True, slots=True)
class Rule:
    """How many of an endpoint's calls, or events at its door, are taken; without a span as many as come."""

    endpoint: str
    tier: str
    counted_by: str
    per_hour: int | None = None
    per_day: int | None = None
    burst: int | None = None

    @property
    def name(self) -> tuple[str, str, str]:
        """Return what tells a rule from others, and which declared one a row stands for."""
        return (self.endpoint, self.tier, self.counted_by)

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """Return a bucket for each span of the rule."""
        made = []
        if self.per_hour:
            made.append(Bucket("hour", self.per_hour, self.per_hour / HOUR))
        if self.per_day:
            made.append(Bucket("day", self.per_day, self.per_day / DAY))
        if self.burst:
            rate = self.per_hour / HOUR if self.per_hour else (self.per_day or 1) / DAY
            made.append(Bucket("burst", self.burst, rate))
        return tuple(made)


DEFAULTS: tuple[Rule, ...] = (
    Rule("*", "free", KEY, per_hour=3_600, per_day=20_000, burst=120),
    Rule("*", "pro", KEY, per_hour=36_000, per_day=300_000, burst=600),
    Rule("*", "enterprise", KEY, per_hour=360_000, burst=3_000),
    # Who asks needs no key that holds: guesses are counted too. A server may use up Enterprise's million a day.
    Rule("keys-validate", ANY, IP, per_hour=50_000, burst=1_000),
    # Of doors, events are counted. A storefront's key is in every browser, and an address may be a whole network's.
    Rule("events-*", ANY, KEY, per_hour=36_000_000, burst=2_000_000),
    Rule("events-*", ANY, IP, per_hour=3_600_000, burst=200_000),
    Rule("events-*", ANY, VISITOR, per_hour=36_000, burst=5_000),
)


class RuleSet:
    """The rules that hold at a moment; what was looked up in them is remembered."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = sorted(rules, key=lambda rule: (-len(rule.endpoint.replace("*", "")), not rule.tier))
        self.found: dict[tuple[str, str], dict[str, Rule]] = {}

    def find(self, endpoint: str, tier: str) -> dict[str, Rule]:
        """Return the rules of an endpoint for keys of a tier (none: calls without a key), by whose calls they count."""
        known = self.found.get((endpoint, tier))
        if known is None:
            known = {}
            for rule in self.rules:
                if rule.tier in {ANY, tier} and fnmatchcase(endpoint, rule.endpoint):
                    known.setdefault(rule.counted_by, rule)
            known = {counted_by: rule for counted_by, rule in known.items() if rule.buckets}
            self.found[endpoint, tier] = known
        return known


def read_rows() -> list[tuple[Rule, bool]]:
    """Return what staff have written, and whether it is in force."""
    fields = ("endpoint", "tier", "counted_by", "per_hour", "per_day", "burst", "is_active")
    return [(Rule(*row[:-1]), row[-1]) for row in RateLimitRule.objects.order_by("id").values_list(*fields)]


def combine(rows: Iterable[tuple[Rule, bool]]) -> list[Rule]:
    """Return the declared rules with what staff have put in their place or added.

    One that is not in force stays as a rule without spans: no wider rule may hold in its place.
    """
    held = {rule.name: rule for rule in DEFAULTS}
    held |= {
        rule.name: rule if is_active else replace(rule, per_hour=None, per_day=None, burst=None)
        for rule, is_active in rows
    }
    return list(held.values())


DECLARED = RuleSet(DEFAULTS)
_last: list[tuple[list[tuple[Rule, bool]], RuleSet]] = [([], DECLARED)]


def load_rules() -> RuleSet:
    """Read the rules; those of before, where no row has changed, with what was looked up in them."""
    rows = read_rows()
    if rows != _last[0][0]:
        _last[0] = (rows, RuleSet(combine(rows)))
    return _last[0][1]


# While PostgreSQL is away or hangs, those of before hold, and doors go on.
RULES = KeptSteadily(load_rules, models=(RateLimitRule,), otherwise=DECLARED)
