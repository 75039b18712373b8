"""Which bucket somebody falls into: the same for ever, in every process and in the browser (`flags.js` is its twin)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

BUCKETS = 10_000


def bucket_of(salt: str, unit: str) -> int:
    """Return a bucket from 0 to 9,999: SHA-256 of `salt:unit`, all of its 256 bits, modulo 10,000."""
    return int.from_bytes(hashlib.sha256(f"{salt}:{unit}".encode(errors="replace")).digest()) % BUCKETS


def is_rolled_out(*, salt: str, unit: str, rollout: int) -> bool:
    """Say whether somebody is in a rollout of so many basis points. A larger one keeps all of a smaller one."""
    return bucket_of(salt, unit) < rollout


def pick_variant(*, salt: str, unit: str, variants: Sequence[tuple[str, int]]) -> str:
    """Return somebody's variant by the weights. Drawn apart from the rollout, so that raising that moves nobody.

    Weights are whole numbers, at least one of them above 0.
    """
    total = sum(weight for _, weight in variants)
    place = bucket_of(f"{salt}/variant", unit) * total
    for name, weight in variants:
        place -= weight * BUCKETS
        if place < 0:
            return name
    raise ValueError("A flag's weights add up to nothing.")
