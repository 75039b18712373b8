"""kill -9 in a loop under load: whatever dies, by turns, what was acknowledged is stored once, and counted once.

Each round kills one thing while clients go on sending, and has it started again. The clients' mix has events of every
path through the pipeline: in time, late, without a time, refused. `ZUKA_KILL_ROUNDS=60 ./run.sh test
tests/journeys/test_kill_loop.py` is a soak; `ZUKA_KILL_SEED` repeats an order of kills.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from celery import Celery

from bench.rig.site import Site
from tests.journeys.crowd import Call, Crowd, make_call, sending
from tests.journeys.mortal import Mortal, kill_hard, parent_of, wait_until
from zuka.platform.queues.declared import broker_url

pytestmark = pytest.mark.journey

ROUNDS = int(os.environ.get("ZUKA_KILL_ROUNDS", "8"))
SEED = os.environ.get("ZUKA_KILL_SEED") or secrets.token_hex(4)
MORE = 120
LARGE = 60
JOBS = ("analytics.tasks.fold_ingest_counts", "analytics.tasks.fill_rollups")


def kill_web_worker(mortal: Mortal, chance: random.Random) -> None:
    """Kill one of web's workers: web starts another, or ends where that was killed too within a few seconds."""
    kill_one(lambda: workers_of(mortal.site), chance)


def kill_web(mortal: Mortal, _chance: random.Random) -> None:
    """Kill all of web, and start it again."""
    mortal.site.kill("web")
    mortal.site.start_web()


def kill_postgresql(mortal: Mortal, chance: random.Random) -> None:
    """Kill PostgreSQL with all its sessions, and start it again: at once, or after clients have noticed."""
    kill_hard(mortal.postgres.pid())
    if chance.random() < 0.5:
        wait_until(lambda: bool(mortal.waiting_files()) or not mortal.spools, what="something waits on disk")
    mortal.postgres.start()


def kill_postgresqls_session(mortal: Mortal, chance: random.Random) -> None:
    """Kill one session of PostgreSQL: it ends all others, recovers, and is never away as a process."""
    kill_one(lambda: sessions_of(mortal.site), chance)


def kill_valkey(mortal: Mortal, _chance: random.Random) -> None:
    """Kill Valkey, and start it again."""
    kill_hard(mortal.valkey.pid())
    mortal.valkey.start()


def kill_celery_worker(mortal: Mortal, _chance: random.Random) -> None:
    """Kill the worker with its children, and start it again with jobs to do."""
    mortal.site.kill("worker")
    mortal.site.start("worker")
    order_jobs(mortal.site)


KILLS: tuple[Callable[[Mortal, random.Random], None], ...] = (
    kill_web_worker,
    kill_web,
    kill_postgresql,
    kill_postgresqls_session,
    kill_valkey,
    kill_celery_worker,
)


def kill_one(find: Callable[[], list[int]], chance: random.Random) -> None:
    """Kill one of some processes, as soon as there is one."""

    def is_done() -> bool:
        with suppress(ProcessLookupError):  # it may have ended by itself
            if pids := find():
                os.kill(chance.choice(pids), signal.SIGKILL)
                return True
        return False

    wait_until(is_done, what="there is one to kill")


def workers_of(site: Site) -> list[int]:
    """The pids of web's workers that live."""
    web = site.processes["web"].pid
    return [pid for pid in site.members("web") if parent_of(pid) == web]


def sessions_of(site: Site) -> list[int]:
    """The pids of the sessions of others; none while PostgreSQL recovers."""
    sessions = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with suppress(psycopg.OperationalError):  # it recovers from the kill before
        return [pid for (pid,) in site.sql(sessions)]
    return []


def order_jobs(site: Site) -> None:
    """Have the worker add up counts and count days while everything else goes on."""
    broker = broker_url(site.environment["REDIS_URL"])
    with Celery("loop", broker=broker, set_as_current=False) as celery:
        for job in JOBS:
            celery.send_task(job)


def draw_kills(chance: random.Random, rounds: int) -> list[Callable[[Mortal, random.Random], None]]:
    """Every kill by turns, each turn in an order of its own."""
    drawn: list[Callable[[Mortal, random.Random], None]] = []
    while len(drawn) < rounds:
        drawn += chance.sample(KILLS, len(KILLS))
    return drawn[:rounds]


def make_mixed(message_id: str) -> Call:
    """One of ten has no time, one a clock that is two hours slow, one belongs to nobody and is refused."""
    call = make_call(message_id)
    kind = sum(message_id.encode()) % 10
    if kind == 0:
        del call["timestamp"]
    elif kind == 1:
        slow = datetime.now(UTC) - timedelta(hours=2)
        call |= {"timestamp": slow.isoformat(), "sentAt": (slow + timedelta(seconds=1)).isoformat()}
    elif kind == 2:
        del call["anonymousId"]
    return call


def is_refused(message_id: str) -> bool:
    """Whether the mix makes this event one that is refused."""
    return "anonymousId" not in make_mixed(message_id)


@contextmanager
def two_crowds(site: Site) -> Iterator[list[Crowd]]:
    """Clients of small batches, which share transactions, and of large ones, which have their own."""
    with ExitStack() as stack:
        small = stack.enter_context(sending(site, "small", clients=6, make=make_mixed))
        large = stack.enter_context(sending(site, "large", clients=2, size=LARGE, make=make_mixed))
        yield [small, large]


def assert_nothing_lost_or_doubled(mortal: Mortal, crowds: list[Crowd]) -> None:
    """Every id that was sent was acknowledged, and is kept exactly once; nothing else is there; the counts agree."""
    site = mortal.site
    sent = set[str]().union(*(crowd.acknowledged for crowd in crowds))
    assert [crowd.unanswered for crowd in crowds] == [[], []]
    assert {answer for crowd in crowds for answer in crowd.answers} <= {"200", "503", "away"}
    refused = {each for each in sent if is_refused(each)}
    stored = Counter(message_id for (message_id,) in site.sql("SELECT message_id FROM analytics_events"))
    assert stored == dict.fromkeys(sent - refused, 1)
    kept = Counter(message_id for (message_id,) in site.sql("SELECT message_id FROM analytics_rejected_events"))
    assert kept == dict.fromkeys(refused, 1)
    assert_conserved(site, stored=len(sent - refused), refused=len(refused))


def assert_conserved(site: Site, *, stored: int, refused: int) -> None:
    """The counts of the key say what the tables hold; repeats come on top, and are counted as what they are."""
    sums = "sum(received), sum(accepted), sum(duplicate), sum(rejected), sum(dropped)"
    counts = f"SELECT source_key, {sums} FROM ingest_counts GROUP BY source_key"
    [(key, received, accepted, duplicate, rejected, dropped)] = site.sql(counts)
    assert site.sql("SELECT DISTINCT source_key FROM analytics_events") == [(key,)]
    assert (accepted, dropped) == (stored, 0)
    assert received == accepted + duplicate + rejected + dropped
    assert rejected >= refused


def wait_until_served(site: Site, crowds: list[Crowd]) -> None:
    """Wait until more is acknowledged; web is started again where it has ended, as whoever runs it would do."""
    wanted = [(crowd, len(crowd.acknowledged) + MORE) for crowd in crowds]

    def is_served() -> bool:
        if site.processes["web"].poll() is not None:
            site.kill("web")
            site.start_web()
        return all(len(crowd.acknowledged) >= number for crowd, number in wanted)

    wait_until(is_served, what=f"more is acknowledged\n{site.log('web')}")


def run_rounds(mortal: Mortal) -> None:
    """Kill by turns under load, then compare what was acknowledged with what is there."""
    site, chance = mortal.site, random.Random(SEED)
    kills = draw_kills(chance, ROUNDS)
    print(f"ZUKA_KILL_SEED={SEED}: {', '.join(kill.__name__ for kill in kills)}")
    site.start("worker")
    with two_crowds(site) as crowds:
        wait_until_served(site, crowds)  # web spools only for keys that it has read while PostgreSQL was there
        for kill in kills:
            kill(mortal, chance)
            wait_until_served(site, crowds)
            with suppress(OSError):  # jobs wait for the next round while Valkey is away
                order_jobs(site)
    site.kill("worker")
    wait_until(lambda: mortal.waiting_files() == [], what=f"the spool is empty: {mortal.waiting_files()}")
    print({crowd.name: (len(crowd.acknowledged), crowd.answers) for crowd in crowds})
    assert_nothing_lost_or_doubled(mortal, crowds)


def test_kill_after_kill_without_a_spool(mortal: Mortal) -> None:
    run_rounds(mortal)


def test_kill_after_kill_with_a_spool(spooling: Mortal) -> None:
    run_rounds(spooling)
