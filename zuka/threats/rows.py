"""A row of the table of threats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threat:
    """One row: how it comes, what stands against it, where (`module:name`), the tests' node ids, and what is open."""

    name: str
    path: str
    control: str
    code: tuple[str, ...]
    tests: tuple[str, ...]
    missing: str = ""
