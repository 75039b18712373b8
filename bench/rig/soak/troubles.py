"""What a shop is troubled with: what is done, and what must be true after it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.rig.soak.crowd import EVENT, Crowd
from bench.rig.soak.shop import Shop, wait_until

HOUR = timedelta(hours=1)
LAGOS = -HOUR  # of a shop's midnight, to UTC
NEW_MONTH = datetime(2026, 12, 1, tzinfo=UTC) + LAGOS
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC) + LAGOS
BARE_MONTH = datetime(2027, 2, 1, tzinfo=UTC) + LAGOS
LEAD = timedelta(minutes=3)  # before midnight, where a trouble is about one
AWAY_SECONDS = 3.0
STOPPED_SECONDS = 12.0  # of which each is worth many of the jobs' minutes
FULL_SECONDS = 8.0
MONTHS_AHEAD = 3  # after the job of the day, one less until then where a month has just begun
AHEAD = """
    SELECT count(*) FROM generate_series(0, %s) AS months (number)
    WHERE to_regclass(
        'analytics_events_' || to_char(zuka_local_day(now()) + make_interval(months => number), 'YYYY_MM')
    ) IS NOT NULL
"""
LATER = """
    SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'analytics_events'::regclass
    AND inhrelid::regclass::text >= %s
"""
UNREPLAYED = """
    SELECT count(*) FROM analytics_rejected_events
    WHERE reason IN ('no_partition', 'storage_error') AND replayed_at IS NULL
"""
# As staff do from the list of rejected events.
REPLAY = """
from analytics.ingest.replay import Mend, replay_events
from analytics.store.models import RejectedEvent
from zuka.platform import clock
rows = RejectedEvent.objects.filter(reason__in=["no_partition", "storage_error"], replayed_at=None)
done = replay_events(ids=list(rows.values_list("id", flat=True)), mend=Mend(), at=clock.now())
print(f"{done.accepted:,} replayed, {done.refused:,} refused again")
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done to a shop: from when on it could recover (monotonic), and what is worth saying of it."""

    since: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble: what happens, by what, and what must be true once it is over besides that nothing is lost.

    `begins`: the clock shows this moment at least. `mend` is what somebody does about it, `must` what has to come true.
    """

    name: str
    what: str
    act: Callable[[Shop, Crowd], Done]
    begins: datetime | None = None
    mend: Callable[[Shop], str] = lambda _shop: ""
    must: Callable[[Shop], bool] = lambda _shop: True


def now() -> float:
    """Return this moment, by the clock that nobody troubles."""
    return time.monotonic()


def pass_midnight(midnight: datetime) -> Callable[[Shop, Crowd], Done]:
    """Return what lets the clock pass a midnight."""

    def act(shop: Shop, crowd: Crowd) -> Done:
        time.sleep(max(shop.world.seconds_until(midnight), 0))
        since = now()
        time.sleep(AWAY_SECONDS)
        crowd.hush()
        before, after = shop.site.sql(
            "SELECT count(*) FILTER (WHERE occurred_at < %s), count(*) FILTER (WHERE occurred_at >= %s) "
            "FROM analytics_events WHERE starts_with(message_id, %s)",
            [midnight, midnight, f"{crowd.name}-"],
        )[0]
        if not before or not after:
            raise RuntimeError(f"{before} events before midnight and {after} after it are none of a boundary")
        crowd.go_on()
        return Done(since, f"{before:,} events before midnight, {after:,} after")

    return act


def has_months(ahead: int) -> Callable[[Shop], bool]:
    """Return what says whether this month and so many more can take events."""
    return lambda shop: bool(shop.site.sql(AHEAD, [ahead])[0][0] == ahead + 1)


def stop_worker(shop: Shop, _crowd: Crowd) -> Done:
    """Stop the worker where it stands, for longer than any job waits, and let it go on."""
    shop.signal("worker", signal.SIGSTOP)
    time.sleep(STOPPED_SECONDS)
    shop.signal("worker", signal.SIGCONT)
    return Done(now(), f"for {STOPPED_SECONDS * shop.world.rate / 60:.0f} minutes of the shop's")


def kill_worker(shop: Shop, _crowd: Crowd) -> Done:
    """Kill worker and beat, and start them later."""
    shop.stop_celery()
    time.sleep(STOPPED_SECONDS)
    since = now()
    shop.start_celery()
    return Done(since, f"for {STOPPED_SECONDS * shop.world.rate / 60:.0f} minutes of the shop's")


def kill_web(shop: Shop, _crowd: Crowd) -> Done:
    """Kill web with all its workers, and start it again."""
    shop.site.kill("web")
    time.sleep(1)
    since = now()
    shop.site.start_web()
    return Done(since)


def restart_postgres(shop: Shop, _crowd: Crowd) -> Done:
    """Stop PostgreSQL in order, and start it."""
    shop.postgres.stop()
    return start_postgres(shop, seconds=AWAY_SECONDS)


def crash_postgres(shop: Shop, _crowd: Crowd) -> Done:
    """Stop PostgreSQL as a loss of power would, and start it."""
    shop.crash_postgres()
    return start_postgres(shop, seconds=AWAY_SECONDS)


def start_postgres(shop: Shop, *, seconds: float) -> Done:
    """Start PostgreSQL after so many seconds."""
    time.sleep(seconds)
    since, waiting = now(), shop.waiting_bytes()
    shop.postgres.start()
    return Done(since, f"away for {seconds:g} s, {waiting / 1000:,.0f} kB of events waited on disk")


def fill_spool(shop: Shop, crowd: Crowd) -> Done:
    """Keep PostgreSQL away until there is no room for more events on disk."""
    shop.crash_postgres()
    began, before = now(), len(crowd.acknowledged)
    # One of 60 may find no room where one of 4 still does.
    wait_until(lambda: refused_events(crowd, began) > 5, what="the spool is full")
    taken = len(crowd.acknowledged) - before
    done = start_postgres(shop, seconds=AWAY_SECONDS)
    return Done(done.since, f"{done.words}; {taken:,} events were taken before it was full")


def refused_events(crowd: Crowd, since: float) -> int:
    """Return how many calls with events were refused since a moment."""
    return sum(each.kind == EVENT and each.status == 503 and each.began > since for each in list(crowd.answers))


def fill_disk(shop: Shop, _crowd: Crowd) -> Done:
    """Let no file of any process grow for a while; servers that end of it are started again."""
    shop.world.fill_disk(is_full=True)
    time.sleep(FULL_SECONDS)
    shop.world.fill_disk(is_full=False)
    since = now()
    ended = shop.revive_servers()
    return Done(since, f"for {FULL_SECONDS:g} s; {', '.join(ended) or 'neither server'} ended of it")


def flush_valkey(shop: Shop, _crowd: Crowd) -> Done:
    """Forget everything that Valkey holds: queues, what is kept of answers, limits."""
    import redis

    with redis.Redis.from_url(shop.valkey.url) as line:
        keys = sum(facts["keys"] for facts in line.info("keyspace").values())
        line.flushall()
    return Done(now(), f"{keys:,} keys forgotten")


def restart_valkey(shop: Shop, _crowd: Crowd) -> Done:
    """Kill Valkey, and start it."""
    shop.crash_valkey()
    time.sleep(AWAY_SECONDS)
    since = now()
    shop.valkey.start()
    return Done(since, f"away for {AWAY_SECONDS:g} s")


def jump_to(target: Callable[[Shop], datetime]) -> Callable[[Shop, Crowd], Done]:
    """Return what lets the clock of every process show another moment at once."""

    def act(shop: Shop, _crowd: Crowd) -> Done:
        before, at = shop.world.now(), target(shop)
        shop.world.set_clock(at)
        return Done(now(), f"from {before + HOUR:%Y-%m-%d %H:%M} to {at + HOUR:%Y-%m-%d %H:%M} in Lagos")

    return act


def take_months(shop: Shop, crowd: Crowd) -> Done:
    """Let a month begin that has no partition, since no job ran; then let jobs run again."""
    shop.stop_celery()
    later = shop.site.sql(LATER, [f"analytics_events_{BARE_MONTH + HOUR:%Y_%m}"])
    for (name,) in later:
        shop.site.sql(f"DROP TABLE {name}")  # as PostgreSQL names it
    shop.world.set_clock(BARE_MONTH - LEAD)
    time.sleep(shop.world.seconds_until(BARE_MONTH) + AWAY_SECONDS)
    since = now()
    shop.start_celery()
    wait_until(lambda: has_months(MONTHS_AHEAD)(shop), what="the job has made the months")
    made = now() - since
    crowd.hush()
    rejected = shop.count(UNREPLAYED)
    if not rejected:
        raise RuntimeError("no event found its month missing")
    crowd.go_on()
    return Done(since, f"{rejected:,} events kept as rejected; the job made the months within {made:.1f} s")


def replay(shop: Shop) -> str:
    """Replay what found no partition; return what came of it."""
    return shop.site.manage("shell", "-c", REPLAY).strip().splitlines()[-1]


TROUBLES = (
    Trouble(
        "month boundary",
        "midnight in Lagos, a new month begins",
        pass_midnight(NEW_MONTH),
        begins=NEW_MONTH - LEAD,
        must=has_months(MONTHS_AHEAD - 1),
    ),
    Trouble("worker stopped", "SIGSTOP to all of it, then SIGCONT", stop_worker),
    Trouble("worker killed", "worker and beat killed, started later", kill_worker),
    Trouble("web killed", "all of web killed and started", kill_web),
    Trouble("PostgreSQL restarted", "stopped in order, started", restart_postgres),
    Trouble("PostgreSQL crashes", "stopped at once, started", crash_postgres),
    Trouble("spool full", "PostgreSQL away until the spool takes no more", fill_spool),
    Trouble("disk full", "no file of any process can grow", fill_disk),
    Trouble("Valkey flushed", "FLUSHALL", flush_valkey),
    Trouble("Valkey restarted", "killed and started", restart_valkey),
    Trouble(
        "clock forward", "every clock jumps", jump_to(lambda _shop: NEW_YEAR - HOUR), must=has_months(MONTHS_AHEAD)
    ),
    Trouble(
        "new year",
        "midnight in Lagos, a new year begins",
        pass_midnight(NEW_YEAR),
        begins=NEW_YEAR - LEAD,
        must=has_months(MONTHS_AHEAD - 1),
    ),
    Trouble("clock back", "it jumps back by 3 hours", jump_to(lambda shop: shop.world.now() - 3 * HOUR)),
    Trouble(
        "partition missing",
        "worker and beat away, a month without a partition begins, then they start",
        take_months,
        mend=replay,
        must=has_months(MONTHS_AHEAD),
    ),
)
