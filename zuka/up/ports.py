"""The address that web listens on: read it, see whether it is free, and name who has it."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from zuka.up.processes import PROC, Process, all_pids, find_process
from zuka.up.refusals import Refusal

LISTENING = "0A"
BACKLOG = 128
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a user may ask for, and where we then look


@dataclass(frozen=True, slots=True)
class Address:
    """Where web listens."""

    host: str
    port: int

    @property
    def local_host(self) -> str:
        """The host to reach it from this machine."""
        return ANYWHERE.get(self.host, self.host)

    @property
    def url(self) -> str:
        """The URL for a browser on this machine."""
        host = f"[{self.local_host}]" if ":" in self.local_host else self.local_host
        return f"http://{host}:{self.port}"


def read_address(environ: Mapping[str, str]) -> Address:
    """Read ZUKA_HOST and ZUKA_PORT; raises Refusal when the port is no port."""
    text = environ.get("ZUKA_PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refusal(
            f"ZUKA_PORT is {text!r}, which is no port", "Set it to a number from 1 to 65535, for example 8001."
        )
    return Address(environ.get("ZUKA_HOST") or "127.0.0.1", int(text))


def listen(address: Address) -> socket.socket:
    """Return a socket that listens there; raises OSError. Port 0 is any that is free."""
    family = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0][0]
    listener = socket.socket(family)
    try:
        # Connections of an earlier run that linger in TIME_WAIT do not count as in use.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.host, address.port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def bind_error(address: Address) -> OSError | None:
    """Try to listen there and return the error, or None when it is possible."""
    try:
        listen(address).close()
    except OSError as error:  # returned, for who asks to tell
        return error
    return None


def refuse_unless_free(address: Address) -> None:
    """Raise Refusal when web could not listen there; a busy port is told with who holds it."""
    error = bind_error(address)
    if error is None:
        return
    if error.errno == errno.EADDRINUSE:
        raise Refusal(
            f"port {address.port} is in use by {describe_holder(address.port)}",
            f"Stop it, or choose another port: ZUKA_PORT={next_free_port(address)} ./run.sh up",
        )
    if error.errno == errno.EACCES:
        raise Refusal(f"port {address.port} is for root alone", "Choose one from 1024 up: ZUKA_PORT=8000 ./run.sh up")
    raise Refusal(f"ZUKA_HOST={address.host} is no address of this machine", "Set it to 127.0.0.1 or 0.0.0.0.")


def next_free_port(address: Address) -> int:
    """Return a port near the busy one that is free now."""
    candidates = (port for port in range(address.port + 1, 65536) if not bind_error(Address(address.host, port)))
    return next(candidates, 8000)


def describe_holder(port: int) -> str:
    """Return who listens on the port, in words; another user's process cannot be seen by everyone."""
    holder = find_holder(port)
    if holder is None:
        return "a process that this user cannot see"
    command = holder.command if len(holder.command) <= 100 else f"{holder.command[:99]}…"
    return f"process {holder.pid} ({command})"


def find_holder(port: int) -> Process | None:
    """Return the process that listens on the port, where /proc shows it."""
    wanted = {f"socket:[{inode}]" for inode in listening_inodes(port)}
    if not wanted:
        return None
    return next((find_process(pid) for pid in all_pids() if wanted & open_sockets(pid)), None)


def listening_inodes(port: int) -> set[str]:
    """Return the inodes of sockets that listen on the port."""
    inodes = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):  # a machine without IPv6 has no such table
            for line in (PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(fields[9])
    return inodes


def open_sockets(pid: int) -> set[str]:
    """Return what the file descriptors of a process point to; empty where that may not be read."""
    links = set()
    with contextlib.suppress(OSError):  # another user's, or ended
        for entry in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):  # closed meanwhile
                links.add(str(entry.readlink()))
    return links
