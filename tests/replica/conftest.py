"""A real streaming replica of the server that tests write to: `./run.sh test-replica`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connections

from zuka.platform.db.databases import PRIMARY, REPLICA
from zuka.platform.metrics.counting import counters
from zuka.platform.replica import standing
from zuka.up.refusals import Refusal
from zuka.up.replica import VARIABLE, Replica, described_replica

collect_ignore_glob = [] if os.environ.get(VARIABLE) else ["test_*.py"]
PATIENCE_SECONDS = 30


def ask(alias: str, query: str) -> Any:
    """Return the one value that a database answers with."""
    with connections[alias].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def catch_up() -> None:
    """Wait until the replica has everything that was committed until now."""
    place = ask(PRIMARY, "SELECT pg_current_wal_insert_lsn()")
    end = time.monotonic() + PATIENCE_SECONDS
    while not ask(REPLICA, f"SELECT pg_last_wal_replay_lsn() >= '{place}'"):
        assert time.monotonic() < end, "the replica does not follow"
        time.sleep(0.02)


def pause() -> None:
    """Have the replica receive what is written and not replay it."""
    ask(REPLICA, "SELECT pg_wal_replay_pause()")
    while ask(REPLICA, "SELECT pg_get_wal_replay_pause_state()") != "paused":
        time.sleep(0.02)


def resume() -> None:
    """Have it go on, and wait until it has everything."""
    ask(REPLICA, "SELECT pg_wal_replay_resume()")
    catch_up()


def reads() -> dict[tuple[str, str], int]:
    """Return how much was read from where, and why, in this test."""
    samples = next(iter(counters().reads.collect())).samples
    return {
        (each.labels["server"], each.labels["why"]): int(each.value) for each in samples if each.name.endswith("_total")
    }


@pytest.fixture
def replica(transactional_db: None) -> Iterator[Replica]:
    """The replica, running, with all of what was written; nothing is known of it or kept."""
    found = described_replica()
    cache.clear()
    counters.cache_clear()
    standing.forget()
    catch_up()
    yield found
    try:
        connections[REPLICA].close()
        ask(REPLICA, "SELECT pg_wal_replay_resume()")
    except OperationalError:
        start(found)
    standing.forget()


def start(found: Replica) -> None:
    """Start it again, as somebody would who saw that it is gone."""
    connections[REPLICA].close()
    try:
        found.start()
    except Refusal:  # it has come back meanwhile
        ask(REPLICA, "SELECT 1")
