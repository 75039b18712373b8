"""A shop of real processes on a PostgreSQL and a Valkey of its own, in a world of its own."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import psycopg

from bench.rig.site import Site, open_site
from bench.rig.soak.world import World, make_world
from bench.shop import stock
from zuka.up.homes import make_sockets_folder, open_home
from zuka.up.postgres import Postgres
from zuka.up.processes import find_group
from zuka.up.valkey import Valkey

PRODUCTS = 50
SPOOL_BYTES = 500_000
PATIENCE = 90.0
RESTART_SECONDS = 1.0
CELERY = ("worker", "beat")


@dataclass
class Shop:
    """What is troubled: processes, their servers, and the world they live in."""

    site: Site
    postgres: Postgres
    valkey: Valkey
    world: World
    restarted: list[str] = field(default_factory=list)
    closing: Event = field(default_factory=Event)

    @property
    def spool(self) -> Path:
        """Where events wait while PostgreSQL takes none."""
        return Path(self.site.environment["SPOOL_PATH"])

    def waiting_bytes(self) -> int:
        """Return how many bytes of events wait on disk."""
        total = 0
        for path in self.spool.glob("*") if self.spool.exists() else ():
            with suppress(FileNotFoundError):  # stored since the folder was read
                total += path.stat().st_size
        return total

    def count(self, query: str) -> int:
        """Return the number that a question is answered with."""
        return int(self.site.sql(query)[0][0])

    def stop_celery(self) -> None:
        """End worker and beat without a warning."""
        for name in CELERY:
            self.site.kill(name)

    def start_celery(self) -> None:
        """Start worker and beat."""
        for name in CELERY:
            self.site.start(name)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a process and its children a signal."""
        for each in find_group(self.site.processes[name].pid):
            with suppress(ProcessLookupError):  # it ended since
                os.kill(each.pid, number)

    def crash_postgres(self) -> None:
        """End PostgreSQL as a loss of power would: no session is told, nothing is written."""
        self.postgres.call("pg_ctl", "-D", self.postgres.data, "-m", "immediate", "-w", "-t", "20", "-s", "stop")

    def crash_valkey(self) -> None:
        """Kill Valkey."""
        pid = self.valkey.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self.valkey.pid() is None, what="Valkey is gone")

    def revive_servers(self) -> list[str]:
        """Start servers that have ended; return their names."""
        found = [each.name for each in (self.postgres, self.valkey) if each.pid() is None]
        self.postgres.start()
        self.valkey.start()
        return found

    def keep_alive(self) -> None:
        """Start processes again that end by themselves, as systemd and containers do; until the shop closes."""
        while not self.closing.wait(RESTART_SECONDS):
            for name, process in list(self.site.processes.items()):
                if process.poll() is not None and self.site.processes.get(name) is process:
                    self.restarted.append(name)
                    self.site.start(name)


@contextmanager
def open_shop(at: datetime) -> Iterator[Shop]:
    """Yield a shop with products whose web, worker and beat run, in a world whose clock shows `at`."""
    folder = Path(tempfile.mkdtemp(prefix="zuka-soak-"))
    folder.chmod(0o711)
    with make_world(folder, at) as world:
        home = open_home({"ZUKA_HOME": str(folder)})
        make_sockets_folder(home)
        postgres, valkey = Postgres(home, disposable=False), Valkey(home, disposable=False)
        try:
            postgres.start()
            valkey.start()
            with open_site(postgres.url, redis_url=valkey.url) as site:
                stock(site, products=PRODUCTS, orders=0)
                site.end_commands()
                site.environment |= {
                    "SPOOL_PATH": str(folder / "spool"),
                    "SPOOL_MAX_BYTES": str(SPOOL_BYTES),
                    "MEDIA_ROOT": str(folder / "media"),
                    "ARCHIVE_URL": str(folder / "archive"),
                }
                shop = Shop(site, postgres, valkey, world)
                site.start_web()
                shop.start_celery()
                keeper = Thread(target=shop.keep_alive, daemon=True)
                keeper.start()
                try:
                    yield shop
                finally:
                    shop.closing.set()
                    keeper.join()
        finally:
            world.fill_disk(is_full=False)
            valkey.stop()
            postgres.stop()
            for path in (home.sockets, home.data, home.path):
                shutil.rmtree(path, ignore_errors=True)


def wait_until(true: Callable[[], bool], *, what: str, seconds: float = PATIENCE) -> None:
    """Wait for something that must come to be. Raises RuntimeError where it does not."""
    end = time.monotonic() + seconds
    while not holds(true):
        if time.monotonic() > end:
            raise RuntimeError(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(0.1)


def holds(true: Callable[[], bool]) -> bool:
    """Say whether something is true now; while PostgreSQL is away nothing is."""
    try:
        return true()
    except psycopg.OperationalError:  # it is away, so nothing is true yet
        return False
