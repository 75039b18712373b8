"""A streaming replica of a PostgreSQL of ours, for tests: made by pg_basebackup, stopped and started as they like."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path

from zuka.up.accounts import give
from zuka.up.homes import Home
from zuka.up.postgres import Postgres
from zuka.up.refusals import Refusal

PORT = 5433
# Where tests that stop and start it learn which it is.
VARIABLE = "ZUKA_REPLICA"
# So that a test sees at once that a statement there is ended for what must be replayed.
SETTINGS = {"port": str(PORT), "max_standby_streaming_delay": "200ms", "hot_standby_feedback": "off"}


class Replica:
    """The replica of a home's PostgreSQL."""

    def __init__(self, home: Home) -> None:
        self.primary = Postgres(home, disposable=True)
        self.home = home
        self.data = home.data / "replica"

    @property
    def url(self) -> str:
        """The URL of the shop's database there."""
        return f"postgresql://zuka@/zuka?host={self.home.sockets}&port={PORT}"

    def make(self) -> None:
        """Copy the primary, which must run, and start. Raises Refusal."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        give(self.data, self.home.account)
        source = ("-h", self.home.sockets, "-p", "5432", "-U", "zuka")
        self.call("pg_basebackup", *source, "-D", self.data, "-X", "stream", "-c", "fast", "-R", "--no-sync")
        with (self.data / "zuka.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        self.start()

    def start(self) -> None:
        """Start it, and wait until it can be asked. Raises Refusal."""
        self.call("pg_ctl", "-D", self.data, "-w", "-t", "60", "-s", "-l", self.data / "server.log", "start")

    def kill(self) -> None:
        """Stop it at once, whoever reads. Raises Refusal."""
        self.call("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "-s", "stop")

    def call(self, program: str, *arguments: object) -> None:
        """Run one of PostgreSQL's programs. Raises Refusal with what it said."""
        done = self.primary.call(program, *arguments)
        if done.returncode:
            raise Refusal(f"{program} failed: {done.stderr.strip()}", f"Its log may be in {self.data}.")

    def describe(self) -> str:
        """Return which it is, for another process."""
        account = self.home.account.pw_name if self.home.account else ""
        return json.dumps([str(self.home.path), str(self.home.data), str(self.home.programs), account])


def described_replica() -> Replica:
    """Return the replica that the environment describes."""
    path, data, programs, account = json.loads(os.environ[VARIABLE])
    return Replica(Home(Path(path), Path(data), Path(programs), pwd.getpwnam(account) if account else None))


@contextlib.contextmanager
def running_replica(home: Home) -> Iterator[Replica]:
    """Have a replica of the home's PostgreSQL while the block runs."""
    replica = Replica(home)
    try:
        replica.make()
        yield replica
    finally:
        with contextlib.suppress(Refusal):  # a test may have left it stopped
            replica.kill()
        shutil.rmtree(replica.data, ignore_errors=True)
