"""A shop on servers of its own, which may be killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.rig.databases import server_url, url_of
from bench.rig.site import Beginning, Site, find_beginning, open_site
from zuka.up.accounts import give
from zuka.up.homes import Home, make_sockets_folder, open_home
from zuka.up.postgres import Postgres
from zuka.up.processes import PROC, all_pids, wait_until_gone
from zuka.up.valkey import Valkey

PATIENCE = 30.0


@dataclass(frozen=True)
class Mortal:
    """A shop on servers of its own, which may be killed."""

    site: Site
    postgres: Postgres
    valkey: Valkey

    @property
    def spools(self) -> bool:
        """Whether events wait on disk while PostgreSQL is away."""
        return "SPOOL_PATH" in self.site.environment

    def waiting_files(self) -> list[str]:
        """What lies in the spool; nothing where there is none."""
        path = self.site.environment.get("SPOOL_PATH")
        return sorted(each.name for each in Path(path).iterdir()) if path and Path(path).exists() else []


def open_folder(folder: Path) -> Home:
    """A home in a folder of its own."""
    folder.chmod(0o711)
    home = open_home({"ZUKA_HOME": str(folder)})
    make_sockets_folder(home)
    return home


def copy_cluster(home: Home) -> str:
    """Put a copy of a PostgreSQL with a shop into a home; return its login and keys as JSON.

    Five journeys kill servers. The first one makes what all copy, in the folder READY_CLUSTER.
    """
    source = Path(os.environ["READY_CLUSTER"])
    made = source / "made.json"
    with psycopg.connect(server_url()) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [str(source)])
        if not made.exists():
            shutil.rmtree(source, ignore_errors=True)
            source.mkdir()
            make_cluster(open_folder(source), made)
    subprocess.run(["cp", "-Rp", source / "pg18", home.data], check=True)
    return made.read_text()


def make_cluster(home: Home, made: Path) -> None:
    """Make a PostgreSQL with a shop that nobody uses, and stop it: the shop of other journeys, by a dump of it."""
    source, facts = find_beginning(Beginning.EMPTY)
    postgres = Postgres(home, disposable=True)
    postgres.start()
    folder = home.path / "dump"
    folder.mkdir()
    give(folder, home.account)
    for program in (
        ("pg_dump", "--format=custom", "--no-owner", "--file", folder / "shop", url_of(server_url(), source)),
        ("pg_restore", "--exit-on-error", "--no-owner", "--dbname", postgres.url, folder / "shop"),
    ):
        done = postgres.call(*program)
        assert done.returncode == 0, done.stderr
    assert postgres.stop()
    shutil.rmtree(home.sockets)
    made.write_text(facts)


@contextmanager
def open_mortal(**settings: str) -> Iterator[Mortal]:
    """A shop on a PostgreSQL as durable as that of `./run.sh up`; `{folder}` in a setting is the shop's own folder."""
    folder = Path(tempfile.mkdtemp(prefix="zuka-kill-"))
    home = open_folder(folder)
    postgres, valkey = Postgres(home, disposable=False), Valkey(home, disposable=True)
    try:
        made = copy_cluster(home)
        postgres.start()
        valkey.start()
        with open_site(postgres.url, redis_url=valkey.url, made=made) as site:
            site.environment.update({name: value.format(folder=folder) for name, value in settings.items()})
            site.start_web()
            yield Mortal(site, postgres, valkey)
    finally:
        valkey.stop()
        postgres.stop()
        for path in (home.sockets, home.data, home.path):
            shutil.rmtree(path, ignore_errors=True)


def wait_until(true: Callable[[], bool], *, what: str, seconds: float = PATIENCE) -> None:
    """Wait for something that must come to be."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(0.01)


def parent_of(pid: int) -> int:
    """The pid of a process's parent; 0 for one that is gone."""
    with suppress(OSError):  # it ended while it was looked at
        stat = (PROC / str(pid) / "stat").read_text()
        return int(stat[stat.rindex(")") + 2 :].split()[1])
    return 0


def kill_hard(pid: int | None) -> None:
    """Kill a process of ours and its children, each by its pid, and wait until they are gone.

    It is stopped first, so that it has no child after they were listed: a session that PostgreSQL began in between
    outlived it, waiting for ever for a lock of one that was killed, and kept the next server from starting.
    """
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    pids = [pid, *(each for each in all_pids() if parent_of(each) == pid)]
    for each in pids:
        with suppress(ProcessLookupError):  # its parent's end was its own
            os.kill(each, signal.SIGKILL)
    for each in pids[1:]:
        assert wait_until_gone(each, seconds=10)
