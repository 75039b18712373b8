"""Chance that repeats: the same seed draws the same, and parts do not shift one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import TypeVar
from uuid import UUID

Value = TypeVar("Value")
BLOCK = 2048


def random_for(seed: int, part: str) -> Random:
    """Return the source of chance of one part of the data, for example `sessions`."""
    return Random(f"{seed}:{part}")  # noqa: S311 - believable numbers, not secrets


def endless(rng: Random, weighted: Sequence[tuple[Value, float]]) -> Iterator[Value]:
    """Yield values for ever, each as often as its weight says. Blocks are cheaper than single draws."""
    values = [value for value, _ in weighted]
    cumulative = list(accumulate(weight for _, weight in weighted))
    while True:
        yield from rng.choices(values, cum_weights=cumulative, k=BLOCK)


def random_uuid(rng: Random) -> UUID:
    """Return a uuid of version 4."""
    return UUID(int=rng.getrandbits(128), version=4)
