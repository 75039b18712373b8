"""SQL lives in named files: one statement each, values bound."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def load_sql(path: Path) -> str:
    """Return the text of a SQL file. Read once a process."""
    return path.read_text(encoding="utf-8")


def sql_files(folder: Path) -> Iterator[Path]:
    """Yield the SQL files of a folder in name order, which is the order to create them in."""
    yield from sorted(folder.glob("*.sql"))
