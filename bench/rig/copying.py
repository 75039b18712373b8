"""The ceiling: COPY of ready rows into the same table with the same indexes, by connections of their own processes."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psycopg

from analytics.store.encoding import COPY_EVENTS
from analytics.store.event import COLUMNS

MOST_ROWS = 400_000


def save_rows(database_url: str, path: Path) -> int:
    """Write what is stored to a file, as COPY takes it, in the order of the ids; return the number of rows."""
    query = f"COPY (SELECT {', '.join(COLUMNS)} FROM analytics_events ORDER BY id LIMIT {MOST_ROWS}) TO STDOUT"
    rows = 0
    with psycopg.connect(database_url) as connection, path.open("wb") as file:  # noqa: SIM117 - COPY ends first
        with connection.cursor().copy(query.encode()) as copy:
            for data in copy:
                file.write(data)
                rows += bytes(data).count(b"\n")
    return rows


def cut(path: Path, *, rows: int, part: int, parts: int) -> list[bytes]:
    """Return every `parts`-th piece of a file, `rows` lines each."""
    lines = path.read_bytes().splitlines(keepends=True)
    pieces = [b"".join(lines[at : at + rows]) for at in range(0, len(lines), rows)]
    return pieces[part::parts]


@dataclass(frozen=True)
class Share:
    """What one of the processes copies, and where it leaves "rows seconds"."""

    database_url: str
    rows_file: str
    answer_file: str
    rows: int
    part: int
    parts: int
    seconds: float


def copy_share(share: Share, ready: Barrier) -> None:
    """COPY a share's pieces, a transaction each, until they or the time are used up."""
    pieces = cut(Path(share.rows_file), rows=share.rows, part=share.part, parts=share.parts)
    rows = 0
    with psycopg.connect(share.database_url, autocommit=True) as connection, connection.cursor() as cursor:
        ready.wait()
        began = time.perf_counter()
        for piece in pieces:
            with cursor.copy(COPY_EVENTS.encode()) as copy:
                copy.write(piece)
            rows += piece.count(b"\n")
            if time.perf_counter() - began > share.seconds:
                break
        took = time.perf_counter() - began
    Path(share.answer_file).write_text(f"{rows} {took}", encoding="utf-8")


def measure_copy(database_url: str, path: Path, *, rows: int, connections: int, seconds: float) -> float:
    """Return the rows a second of raw COPY in pieces of `rows`, all connections together. The table must be empty."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(connections)
    shares = [
        Share(database_url, str(path), str(path.with_suffix(f".{part}")), rows, part, connections, seconds)
        for part in range(connections)
    ]
    processes = [context.Process(target=copy_share, args=(share, ready)) for share in shares]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    answers = [Path(share.answer_file).read_text(encoding="utf-8").split() for share in shares]
    return sum(float(rows) for rows, _ in answers) / max(float(took) for _, took in answers)
