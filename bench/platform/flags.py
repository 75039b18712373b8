"""What asking for a flag costs a request: the copy in the process, criteria and the draw, without web or database."""

from __future__ import annotations

import os
import statistics
import time

import django

from bench.rig.site import Site
from bench.rig.tables import markdown

GOAL = 50.0  # µs, the median
HEADS = ("flag", "p50, µs", "p99, µs", "goal: p50, µs")


def measure(_site: Site, *, requests: int) -> str:
    """Return the table: a switch, an experiment, one with criteria and one that nobody made, among 200 others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zuka.settings")
    django.setup()
    from zuka.platform.flags.asking import kept_flags
    from zuka.platform.flags.evaluating import Flag

    def flag(name: str, variants: tuple[tuple[str, int], ...] = (), *, tiers: frozenset[str] = frozenset()) -> Flag:
        return Flag(name, "visitor", "f00d", 5_000, is_on=True, is_public=True, variants=variants, tiers=tiers)

    pair = (("control", 50), ("promise", 50))
    made = [flag("a switch"), flag("an experiment", pair), flag("with criteria", tiers=frozenset({"pro"}))]
    flags = {each.name: each for each in (*made, *(flag(f"other-{number}") for number in range(200)))}
    kept_flags.load = lambda: flags
    kept_flags.forget()
    return markdown(HEADS, [row(name, requests * 10) for name in (*(each.name for each in made), "unknown")])


def row(name: str, rounds: int) -> list[str]:
    """Return the row of a flag."""
    from zuka.platform.actor import Actor
    from zuka.platform.flags.asking import answer_for

    taken = []
    for number in range(rounds):
        actor = Actor(visitor_id=f"visitor-{number}")
        began = time.perf_counter_ns()
        answer_for(name, actor=actor)
        taken.append((time.perf_counter_ns() - began) / 1_000)
    return [
        name,
        f"{statistics.median(taken):.1f}",
        f"{statistics.quantiles(taken, n=100)[98]:.1f}",
        f"under {GOAL:.0f}",
    ]
