"""A Zuka of real processes: the commands and settings are those of `./run.sh up`, the database is somebody's own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg

from bench.rig.commands import Commands
from bench.rig.databases import copy_database, keep_database, same_server, scratch_database, server_url
from bench.rig.usage import Memory, read_cpu, read_memory
from zuka.up.environment import for_tests, value_of
from zuka.up.homes import CHECKOUT, Home
from zuka.up.ports import Address
from zuka.up.processes import find_group, kill_group
from zuka.up.serving import ask_ready, process_table, stream_command

READY_SECONDS = 60.0
END_SECONDS = 20.0
LISTENERS, LISTENING = Path("/proc/net/tcp"), "0A"


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """Yield a port of this machine that nobody else is given while the block lasts.

    Web shares its port among its workers (SO_REUSEPORT), so two sites on one port would not fail: each would answer
    some of the other's requests. A bound socket that does not listen keeps the port and gets no connection.
    """
    with socket.socket() as holder:
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            holder.setsockopt(socket.SOL_SOCKET, option, 1)
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])


@dataclass
class Site:
    """A migrated database with a staff login and keys, and the processes that were started on it."""

    folder: Path
    database_url: str
    address: Address
    environment: dict[str, str]
    staff: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    commands: Commands | None = None

    @property
    def url(self) -> str:
        """Where web answers, without a slash at the end."""
        return self.address.url

    @property
    def home(self) -> Home:
        """What Zuka's own start-up code derives names and folders from."""
        return Home(self.folder, self.folder, self.folder, None)

    def log(self, name: str) -> str:
        """Return the end of what a process wrote."""
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end and return what it printed. Raises RuntimeError with its words."""
        if self.commands is None or self.commands.environment != self.environment:
            self.end_commands()
            self.commands = Commands(self.folder, self.environment)
        done = self.commands.run(arguments)
        if done.code:
            raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.printed}{done.errors}")
        return done.printed

    def end_commands(self) -> None:
        """End what runs management commands."""
        if self.commands is not None:
            self.commands.close()
            self.commands = None

    def sql(self, query: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Ask the database, on a connection of its own; what it changes is committed."""
        with psycopg.connect(self.database_url, connect_timeout=10) as connection:
            cursor = connection.execute(query.encode(), params)
            return cursor.fetchall() if cursor.description else []

    def start(self, name: str, command: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start web, worker or beat as `./run.sh up` does, or what else Python is called with by this name."""
        command = command or process_table(self.home, self.address, self.environment)[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command],
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.processes[name]

    def start_web(self) -> None:
        """Start web and wait until each of its workers is ready. Raises RuntimeError with its log."""
        process = self.start("web")
        end = time.monotonic() + READY_SECONDS
        while ask_ready(self.address)[0] != 200 or not self.all_listen():
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"web is not ready: {ask_ready(self.address)[1]}\n{self.log('web')}")
            time.sleep(0.05)

    def start_streams(self, port: int) -> None:
        """Start the process that streams, and wait until it answers. Raises RuntimeError with its log."""
        own = Address(self.address.host, port)
        process = self.start("streams", stream_command(own))
        end = time.monotonic() + READY_SECONDS
        while ask_ready(own)[0] != 200:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"streams is not ready: {ask_ready(own)[1]}\n{self.log('streams')}")
            time.sleep(0.05)

    def all_listen(self) -> bool:
        """Say whether every worker of web takes connections; True where the system does not tell.

        The first to be up answers for all. One that comes a second later knows no key yet: tests that take PostgreSQL
        away in that second saw it answer 503, and a bench measured one worker. It may not even have been forked yet, so
        they are counted by what was asked for.
        """
        if not LISTENERS.exists():
            return True
        port = f":{self.address.port:04X}"
        rows = (line.split() for line in LISTENERS.read_text().splitlines())
        listening = sum(row[1].endswith(port) and row[3] == LISTENING for row in rows)
        return listening == int(value_of("WEB_WORKERS", self.environment))

    def members(self, name: str) -> list[int]:
        """Return the pids of a process and its children, the oldest first."""
        return sorted(process.pid for process in find_group(self.processes[name].pid))

    def stop(self, name: str) -> None:
        """End a process: asked first, then killed with all its children."""
        process = self.processes.pop(name)
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):  # it is killed next
                process.wait(END_SECONDS)
        kill_group(process.pid)
        process.wait()

    def kill(self, name: str) -> None:
        """Kill a process with all its children, without a warning to any."""
        process = self.processes.pop(name)
        kill_group(process.pid, signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        """End every process that was started."""
        self.end_commands()
        for name in list(self.processes):
            self.stop(name)

    def memory(self) -> Memory | None:
        """Return the memory of web, all its processes together; None where it cannot be read."""
        return read_memory(self.members("web"))

    def cpu(self) -> tuple[float, float]:
        """Return the seconds of processor time that web and its PostgreSQL sessions have used so far."""
        sessions = self.sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return read_cpu(self.members("web")), read_cpu(row[0] for row in sessions)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Send one request; a body that is not bytes goes as JSON. Return the status and the answer, read as JSON."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection(self.address.host, self.address.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
        return answer.status, json.loads(text) if answer.headers.get_content_type() == "application/json" else text

    def get(self, path: str) -> Any:
        """Return what an address answers to the secret key. Raises RuntimeError for anything but 200."""
        status, answer = self.send("GET", path, headers={"Authorization": f"Bearer {self.keys['secret']}"})
        if status != 200:
            raise RuntimeError(f"GET {path} answered {status}: {answer}")
        return answer


def site_environment(folder: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """Return the environment of a site's processes: production's, over plain HTTP."""
    home = Home(folder, folder, folder, None)
    urls = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    return for_tests(home, urls) | {"ALLOWED_HOSTS": "127.0.0.1", "STOREFRONT": "true", "PYTHONUNBUFFERED": "1"}


@contextlib.contextmanager
def bare_site(database_url: str, redis_url: str | None = None) -> Iterator[Site]:
    """Yield a site whose database is as it was; its processes end with the block."""
    with tempfile.TemporaryDirectory(prefix="zuka-site-") as name, reserved_port() as port:
        folder = Path(name)
        redis = os.environ.get("REDIS_URL", "") if redis_url is None else redis_url
        environment = site_environment(folder, database_url, redis)
        site = Site(folder, database_url, Address("127.0.0.1", port), environment)
        try:
            yield site
        finally:
            site.stop_all()


class Beginning(StrEnum):
    """What a site begins with."""

    TABLES = "tables"
    EMPTY = "empty"  # a staff login and keys
    SHOP = "shop"  # and products


def begin(site: Site, beginning: Beginning) -> str:
    """Fill a site's empty database; return login and keys as JSON.

    In tests by a copy of the first that began so, since there are fifty: to migrate takes 8 s of processor time, a
    login and keys 2 s, products 2 s, a copy 0.2 s. MIGRATED_DATABASE begins the names of what is copied.
    """
    if "MIGRATED_DATABASE" not in os.environ or not same_server(site.database_url, server_url()):
        return MAKERS[beginning](site)
    source, made = find_beginning(beginning)
    copy_database(server_url(), source=source, url=site.database_url)
    return made


def find_beginning(beginning: Beginning) -> tuple[str, str]:
    """Return the name of the database that is copied for such a beginning, and its login and keys as JSON."""

    def make(url: str) -> str:
        with bare_site(url) as site:
            return MAKERS[beginning](site)

    name = f"{os.environ['MIGRATED_DATABASE']}_{beginning}"
    return name, keep_database(server_url(), name, make)


def make_tables(site: Site) -> str:
    """Migrate a site's empty database."""
    return site.manage("migrate", "--no-input", "--verbosity", "0")


def make_logins(site: Site) -> str:
    """Make tables, a staff login and keys; return login and keys as JSON."""
    begin(site, Beginning.TABLES)
    return site.manage("bootstrap")


def make_products(site: Site) -> str:
    """Make an empty shop, and fill it with products; return login and keys as JSON."""
    made = begin(site, Beginning.EMPTY)
    site.manage("demo", "--stage", "shop")
    return made


MAKERS: dict[Beginning, Callable[[Site], str]] = {
    Beginning.TABLES: make_tables,
    Beginning.EMPTY: make_logins,
    Beginning.SHOP: make_products,
}


@contextlib.contextmanager
def open_site(
    database_url: str, *, redis_url: str | None = None, beginning: Beginning = Beginning.EMPTY, made: str = ""
) -> Iterator[Site]:
    """Fill an empty database, and yield the site on it; its processes end with the block.

    One that is filled already says what was `made`: its login and keys as JSON.
    """
    with bare_site(database_url, redis_url) as site:
        facts = json.loads(made or begin(site, beginning))
        site.staff, site.keys = facts["staff"], facts["keys"]
        yield site


@contextlib.contextmanager
def scratch_site(beginning: Beginning = Beginning.EMPTY) -> Iterator[Site]:
    """Yield a site on a database of its own, which goes with it; its settings may be added to before web starts."""
    with scratch_database(server_url(), name="journey") as url, open_site(url, beginning=beginning) as site:
        yield site
