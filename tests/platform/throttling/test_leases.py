"""Tokens that a process takes ahead: they cost a limit little, and forgetting them costs no error."""

from __future__ import annotations

from typing import Any

import pytest

from zuka.platform.throttling import leases
from zuka.platform.throttling.buckets import Left, Subject, Taken
from zuka.platform.throttling.leases import spend
from zuka.platform.throttling.rules import Rule

HOUR = 3600


class Simulated:
    """Buckets in a time of their own, as Valkey keeps them."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.kept: dict[str, tuple[float, float]] = {}

    def take(self, subjects: Any, *, costs: Any) -> Taken:
        """Take tokens from every bucket or from none."""
        asked = [
            (one.name_of(each), cost, each)
            for one, cost in zip(subjects, costs, strict=True)
            for each in one.rule.buckets
        ]
        found = []
        for name, _cost, bucket in asked:
            tokens, at = self.kept.get(name, (float(bucket.capacity), self.now))
            found.append(min(bucket.capacity, tokens + (self.now - at) * bucket.rate))
        is_taken = all(tokens >= cost for tokens, (_, cost, _) in zip(found, asked, strict=True))
        left = []
        for tokens, (name, cost, bucket) in zip(found, asked, strict=True):
            kept = tokens - cost if is_taken else tokens
            self.kept[name] = (kept, self.now)
            left.append(Left(bucket, kept, max(0.0, (cost - kept) / bucket.rate)))
        return Taken(is_taken, tuple(left))


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> Simulated:
    """A time that tests turn on."""
    made = Simulated()
    monkeypatch.setattr(leases, "monotonic", lambda: made.now)
    monkeypatch.setattr(leases, "take", made.take)
    return made


@pytest.mark.parametrize("spans", [{"per_hour": HOUR}, {"per_day": 8_640}, {"per_hour": 360_000}])
def test_who_sends_little_all_day_has_a_full_bucket_at_night(simulated: Simulated, spans: dict[str, int]) -> None:
    rule = Rule("events-*", "", "visitor", **spans)
    subject, [bucket] = Subject(rule, "ada"), rule.buckets
    for _ in range(12 * 60):
        assert spend([subject], 1) == 0
        simulated.now += 60
    tenth = bucket.capacity // 10
    assert [spend([subject], tenth) for _ in range(9)] == [0] * 9


def test_no_more_passes_than_a_bucket_gives(simulated: Simulated) -> None:
    subject = Subject(Rule("events-*", "", "visitor", per_hour=HOUR), "ada")
    passed = 0
    for _ in range(4 * HOUR):
        passed += sum(not spend([subject], 1) for _ in range(3))
        simulated.now += 1
    assert 5 * HOUR - 60 <= passed <= 5 * HOUR  # the bucket, and what came in four hours


def test_a_lease_that_is_forgotten_meanwhile_is_given_back_to_nobody(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Subject(Rule("events-*", "", "key", per_hour=HOUR * HOUR), "key")
    visitor = Subject(Rule("events-*", "", "visitor", per_hour=5), "ada")
    assert [spend([key], 1), spend([visitor], 5)] == [0, 0]

    def forgetful(subjects: Any, *, costs: Any) -> Taken:
        leases.forget_leases()  # as fifty thousand others do who come meanwhile
        return simulated.take(subjects, costs=costs)

    monkeypatch.setattr(leases, "take", forgetful)
    assert spend([key, visitor], 5) > 0
    monkeypatch.setattr(leases, "take", simulated.take)
    assert spend([key], 5) == 0


def test_who_sends_on_is_not_the_first_to_be_forgotten(simulated: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "KEPT", 2)
    ada, bob, eve = (Subject(Rule("events-*", "", "visitor", per_hour=HOUR * HOUR), who) for who in ("a", "b", "e"))
    for subject in (ada, bob, ada, eve):
        spend([subject], 1)
    assert list(leases._leases) == [ada, eve]
