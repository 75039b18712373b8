"""When a gate shuts for what is cheapest to lose, and when it opens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from zuka.platform.shedding.gate import Gate
from zuka.platform.shedding.urgencies import NoUrgency, Urgency, find_urgency

SPARE = Urgency("spare", "", busy_share=0.5, seconds=1, routes=("reviews", "report-*"))
BUYING = Urgency("buying", "", busy_share=1.0, seconds=2, routes=("cart*", "report-mails"))
BOTH = (SPARE, BUYING)


def taken(gate: Gate) -> list[str]:
    return [each.name for each in BOTH if gate.takes(each)]


def fill(gate: Gate, count: int, now: float) -> None:
    for _ in range(count):
        gate.enter(now)


def test_what_lasts_shuts_the_least_urgent_first() -> None:
    gate = Gate(BOTH, threads=4)
    fill(gate, 4, now=10.0)
    seen = []
    for now in (10.9, 11.0, 11.9, 12.0):
        gate.look(now)
        seen.append((now, taken(gate)))
    assert seen == [(10.9, ["spare", "buying"]), (11.0, ["buying"]), (11.9, ["buying"]), (12.0, [])]
    assert gate.is_open is False


def test_it_opens_when_half_as_many_are_in_work() -> None:
    gate = Gate(BOTH, threads=4)
    fill(gate, 4, now=10.0)
    gate.look(13.0)
    seen = []
    for now in (14.0, 15.0, 16.0, 17.0):
        gate.leave(now)
        seen.append((gate.in_work, taken(gate)))
    assert seen == [(3, []), (2, ["buying"]), (1, ["spare", "buying"]), (0, ["spare", "buying"])]
    assert gate.is_open is True


def test_a_moment_with_room_starts_the_count_again() -> None:
    gate = Gate(BOTH, threads=4)
    fill(gate, 2, now=10.0)
    gate.leave(10.9)
    gate.enter(10.95)
    gate.look(11.9)
    assert taken(gate) == ["spare", "buying"]
    gate.look(11.95)
    assert taken(gate) == ["buying"]


def test_a_crowd_that_is_answered_all_the_time_shuts_too() -> None:
    """Each answer leaves a thread free for a moment."""
    gate = Gate(BOTH, threads=32)
    fill(gate, 32, now=0.0)
    seen: dict[int, float] = {}
    for hundredth in range(1, 300):
        now = hundredth / 100
        gate.leave(now)
        gate.leave(now)
        fill(gate, 2, now)
        seen.setdefault(len(taken(gate)), now)
    assert seen == {2: 0.01, 1: 1.0, 0: 2.0}


def test_a_process_with_one_thread_never_refuses() -> None:
    gate = Gate(BOTH, threads=1)
    for now in range(100):
        assert gate.is_open is True
        gate.enter(now)
        gate.leave(now + 0.99)


def test_nothing_is_counted_twice_or_lost_between_threads() -> None:
    gate = Gate(BOTH, threads=4)

    def pass_through(_: int) -> None:
        for now in range(2_000):
            gate.enter(now)
            gate.leave(now)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(pass_through, range(8)))
    assert gate.in_work == 0


def test_the_most_exact_name_says_how_urgent_a_route_is() -> None:
    routes = ("reviews", "report-csv", "report-mails", "cart", "cart-lines")
    assert [find_urgency(BOTH, each).name for each in routes] == ["spare", "spare", "buying", "buying", "buying"]
    with pytest.raises(NoUrgency, match="orders"):
        find_urgency(BOTH, "orders")
