"""What a flag is for somebody: plain functions over records, without a database or a clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from zuka.platform.flags.bucketing import is_rolled_out, pick_variant


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag as processes keep it. `is_on` says whether it is started and neither ended nor killed."""

    name: str
    unit: str
    salt: str
    rollout: int
    is_on: bool
    is_public: bool
    kept_variant: str = ""
    variants: tuple[tuple[str, int], ...] = ()
    tiers: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        """Say whether anybody can have it."""
        return self.is_on or bool(self.kept_variant)


def no_groups() -> frozenset[str]:
    """Return the groups of nobody."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a flag is asked for. `find_groups` is called only where a flag asks for groups."""

    visitor_id: str | None = None
    user_id: str | None = None
    tier: str = ""
    country: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    find_groups: Callable[[], frozenset[str]] = no_groups

    def unit_id(self, unit: str) -> str | None:
        """Return what somebody is drawn by; None for guests where only customers are."""
        return self.user_id if unit == "user" else self.visitor_id


@dataclass(frozen=True, slots=True)
class Answer:
    """What a flag is for somebody: off, on, or on with a variant."""

    is_on: bool = False
    variant: str = ""


OFF = Answer()


def meets_criteria(flag: Flag, subject: Subject) -> bool:
    """Say whether somebody is whom a flag is for: each kind of criteria that it names must hold."""
    return (
        (not flag.tiers or subject.tier in flag.tiers)
        and (not flag.countries or subject.country in flag.countries)
        and all(subject.attributes.get(name) in allowed for name, allowed in flag.attributes.items())
        and (not flag.groups or bool(flag.groups & subject.find_groups()))
    )


def evaluate(flag: Flag | None, subject: Subject) -> Answer:
    """Return what a flag is for somebody: off where it is unknown, or they are not who is drawn."""
    if flag is None or not flag.is_live or not meets_criteria(flag, subject):
        return OFF
    if flag.kept_variant:
        return Answer(is_on=True, variant=flag.kept_variant)
    unit = subject.unit_id(flag.unit)
    if not unit or not is_rolled_out(salt=flag.salt, unit=unit, rollout=flag.rollout):
        return OFF
    if not flag.variants:
        return Answer(is_on=True)
    return Answer(is_on=True, variant=pick_variant(salt=flag.salt, unit=unit, variants=flag.variants))
