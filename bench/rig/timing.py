"""Medians of a few runs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any


def median_ms(call: Callable[[], Any], *, runs: int) -> float:
    """Return the median duration of a call, in milliseconds."""
    return statistics.median(duration_ms(call) for _ in range(runs))


def duration_ms(call: Callable[[], Any]) -> float:
    """Return the duration of one call, in milliseconds."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000
