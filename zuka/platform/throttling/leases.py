"""Tokens that a process has taken ahead, for the doors: they take thousands of events a second, and to ask Valkey about
each request costs as much as a fifth of storing its event.

A process takes a fiftieth of what a rule gives in a minute, and spends it without asking anybody; what it has not spent
after that minute is lost. So no more passes than the buckets hold, and no process wastes more than a fiftieth of what
comes in. Who is refused is refused again without asking, for a second. Where neither Valkey nor PostgreSQL can say,
events are taken: they wait on disk meanwhile.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic

import structlog
from django.db import DatabaseError, InterfaceError

from zuka.platform.throttling.buckets import Subject, Taken, take
from zuka.platform.throttling.rules import Rule

log = structlog.get_logger(__name__)
SHARE, LIFE, KEPT = 50, 60.0, 50_000
REFUSED_SECONDS = 1.0
_lock = Lock()


@dataclass(slots=True)
class Lease:
    """Tokens taken ahead, and until when; or until when there are fewer than `refused`, and in how long there are."""

    tokens: int = 0
    until: float = 0.0
    refused_until: float = 0.0
    refused: int = 0
    wait: int = 0


_leases: OrderedDict[Subject, Lease] = OrderedDict()


def spend(subjects: Sequence[Subject], cost: int) -> int:
    """Take `cost` tokens of each subject, or none of any; return 0, or in how many seconds to ask again.

    More than a bucket can ever hold is taken as all of it: a batch must not wait for ever.
    """
    now = monotonic()
    with _lock:
        lacking = []
        for subject in subjects:
            lease = _leases.get(subject)
            if lease is None or lease.tokens < cost or now >= lease.until:
                if lease is not None and now < lease.refused_until and cost >= lease.refused:
                    return lease.wait
                lacking.append(subject)
        had = subjects if not lacking else [subject for subject in subjects if subject not in lacking]
        for subject in had:
            _leases[subject].tokens -= cost
            _leases.move_to_end(subject)
    if not lacking:
        return 0
    try:
        return take_ahead(lacking, had, cost, now)
    except (DatabaseError, InterfaceError) as error:
        log.warning("limits.unknown", error=str(error)[:200])
        return 0


def share_of(rule: Rule) -> int:
    """Return how many tokens a process takes ahead: a fiftieth of a minute's, and of the smallest bucket at most."""
    capacity, rate = min(each.capacity for each in rule.buckets), min(each.rate for each in rule.buckets)
    return min(capacity // SHARE, int(rate * LIFE / SHARE))


def take_ahead(lacking: Sequence[Subject], had: Sequence[Subject], cost: int, now: float) -> int:
    """Take tokens for now and for what comes; where those are too many, for now only. Returns as `spend` does."""
    most = [min(bucket.capacity for bucket in subject.rule.buckets) for subject in lacking]
    exact = [min(cost, each) for each in most]
    ahead = [max(least, share_of(subject.rule)) for least, subject in zip(exact, lacking, strict=True)]
    taken = take(lacking, costs=ahead)
    if not taken.is_taken and ahead != exact:
        ahead, taken = exact, take(lacking, costs=exact)
    with _lock:
        if not taken.is_taken:
            for subject in had:
                lease_of(subject).tokens += cost  # of one that was forgotten meanwhile, a lease that has ended
            note_refused(lacking, taken, cost, now)
            return taken.wait
        for subject, got, least in zip(lacking, ahead, exact, strict=True):
            lease = lease_of(subject)
            lease.tokens = (lease.tokens if now < lease.until else 0) + got - least
            lease.until, lease.refused_until = now + LIFE, 0.0
    return 0


def note_refused(subjects: Sequence[Subject], taken: Taken, cost: int, now: float) -> None:
    """Remember who has too little left, so that they are refused without asking."""
    left = iter(taken.left)
    for subject in subjects:
        own = [next(left) for _ in subject.rule.buckets]
        if any(each.wait > 0 for each in own):
            lease = lease_of(subject)
            lease.refused_until, lease.refused, lease.wait = now + REFUSED_SECONDS, cost, taken.wait


def lease_of(subject: Subject) -> Lease:
    """Return the lease of a subject, forgetting the oldest beyond 50,000."""
    lease = _leases.setdefault(subject, Lease())
    _leases.move_to_end(subject)
    while len(_leases) > KEPT:
        _leases.popitem(last=False)
    return lease


def forget_leases() -> None:
    """Forget everything taken ahead in this process."""
    with _lock:
        _leases.clear()
