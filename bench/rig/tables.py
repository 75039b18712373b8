"""Markdown tables of results, with what they were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime


def machine() -> str:
    """Return the size of this machine in words."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{cores} cores, {memory:.0f} GB, Python {platform.python_version()}"


def describe_run(name: str) -> str:
    """Return the line above a table: what, when, on what."""
    return f"\n### {name}, {datetime.now(tz=UTC):%Y-%m-%d}, {machine()}\n"


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
