"""The servers of a home: started for whoever comes first, stopped by whoever leaves last."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Protocol

from zuka.up.homes import Home, make_sockets_folder
from zuka.up.locks import Taken, hold, is_free
from zuka.up.postgres import Postgres
from zuka.up.terminal import say, stage
from zuka.up.valkey import Valkey


class Server(Protocol):
    """What PostgreSQL and Valkey have in common."""

    name: str
    variable: str

    @property
    def url(self) -> str:
        """What its variable is set to for those who use it."""

    def pid(self) -> int | None:
        """The pid while it runs."""

    def start(self) -> None:
        """Start it unless it runs."""

    def stop(self) -> bool:
        """Stop it; whether it ran."""


def all_servers(home: Home, *, disposable: bool = False) -> list[Server]:
    """Return the servers of a home in the order in which they start."""
    return [Postgres(home, disposable=disposable), Valkey(home, disposable=disposable)]


def own_servers(home: Home, *, disposable: bool = False) -> list[Server]:
    """Return those that we start ourselves: whose variable is not set."""
    return [server for server in all_servers(home, disposable=disposable) if not os.environ.get(server.variable)]


@contextlib.contextmanager
def running_servers(home: Home, *, disposable: bool = False) -> Iterator[list[Server]]:
    """Have the servers run while the block runs; those that others still use go on afterwards.

    Raises Refusal when one cannot start.
    """
    servers = own_servers(home, disposable=disposable)
    with hold(home.users_lock, shared=True, wait=True) as users:
        try:
            with hold(home.gate_lock, wait=True):
                make_sockets_folder(home)
                for server in servers:
                    start_shown(server)
            yield servers
        finally:
            # Let go first: whoever leaves last finds the lock free.
            users.close()
            stop_unused(home, servers)


def start_shown(server: Server) -> None:
    """Start a server and show how long it took."""
    if server.pid():
        server.start()
        return
    with stage(f"{server.name} starts"):
        server.start()


def stop_unused(home: Home, servers: list[Server]) -> list[str]:
    """Stop the servers unless a command uses them; return the names of those that ran."""
    with hold(home.gate_lock, wait=True):
        try:
            with hold(home.users_lock):
                stopped = [server.name for server in reversed(servers) if stop_shown(server)]
                # Stays while it holds something, such as the socket of a killed server.
                with contextlib.suppress(OSError):  # it holds something still
                    home.sockets.rmdir()
                return stopped
        except Taken:  # somebody else uses them
            return []


def stop_shown(server: Server) -> bool:
    """Stop a server and show how long it took; return whether it ran."""
    if server.pid() is None:
        return False
    with stage(f"{server.name} stopped"):
        return server.stop()


def say_what_stays(home: Home) -> None:
    """Say so when servers go on, because another command uses them."""
    if not is_free(home.users_lock):
        say("another command still uses the servers; they stop with it")


def find_dead(servers: list[Server]) -> str | None:
    """Return the name of a server that is gone, or None while all run."""
    return next((server.name for server in servers if server.pid() is None), None)


def environment_of(servers: list[Server]) -> dict[str, str]:
    """Return the variables that lead to the servers."""
    return {server.variable: server.url for server in servers}
