"""Web's connections that go on too slowly are ended: the server waits for a body for ever, and a thread with it.

Granian bounds the time of a request's head only. Sixty-four clients that announce a body and never send it would
hold every thread; two thousand that send nothing would hold every place. Linux knows of each connection when bytes
last went either way, so one thread of each web process looks through the process's own connections.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)
HANDLES = Path("/proc/self/fd")
LOOK_SECONDS = 5.0
SILENT_SECONDS = 120.0
# As Apache has it (mod_reqtimeout, body=20,MinRate=500): 20 seconds, and another for each 500 bytes.
BODY_SECONDS, BYTES_A_SECOND = 20.0, 500
# struct tcp_info, linux/tcp.h: milliseconds since the last bytes sent and received; bytes acknowledged and received.
LAST_SENT, LAST_RECEIVED, TOTALS = 44, 52, 120
INFO_BYTES = TOTALS + 16


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went over a connection: seconds since bytes were last sent and received, and all bytes so far."""

    since_sent: float
    since_received: float
    sent: int
    received: int


@dataclass(slots=True)
class Watched:
    """A connection on which nothing has been answered since `began`, when `received` bytes had come and none waited."""

    began: float
    sent: int
    received: int


def read_traffic(connection: socket.socket) -> Traffic:
    """Return what Linux knows of a connection."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, INFO_BYTES)
    (sent_ms,), (received_ms,) = (
        struct.unpack_from("=I", info, LAST_SENT),
        struct.unpack_from("=I", info, LAST_RECEIVED),
    )
    sent, received = struct.unpack_from("=QQ", info, TOTALS)
    return Traffic(sent_ms / 1000, received_ms / 1000, sent, received)


def own_sockets() -> Iterator[socket.socket]:
    """Yield a second handle of each TCP socket of this process; it is closed afterwards, the first is not."""
    for path in list(HANDLES.iterdir()):
        try:
            if path.is_socket():
                with second_handle(int(path.name)) as found:
                    if found.type == socket.SOCK_STREAM and found.family in {socket.AF_INET, socket.AF_INET6}:
                        yield found
        except OSError:  # closed meanwhile
            continue


def second_handle(number: int) -> socket.socket:
    """Return a socket of its own for a handle. Raises OSError when it is gone, or another file's by now."""
    handle = os.dup(number)
    try:
        return socket.socket(fileno=handle)
    except OSError:  # another file has the number by now
        os.close(handle)
        raise


def client_connections() -> Iterator[socket.socket]:
    """Yield handles of the connections that clients made: those of a port on which this process listens.

    One at a time: an attack takes up most of the handles there are.
    """
    listening = {
        each.getsockname()[1] for each in own_sockets() if each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    }
    for each in own_sockets():
        if each.getsockname()[1] in listening and not each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            yield each


@dataclass
class Watch:
    """The connections that wait for an answer, by their inode."""

    waiting: dict[int, Watched] = field(default_factory=dict)

    def look(self, now: float) -> int:
        """Look at every connection, end those that go on too slowly, and return how many."""
        ended, seen = 0, {}
        for connection in client_connections():
            try:
                inode = os.fstat(connection.fileno()).st_ino
                traffic = read_traffic(connection)
                seen[inode] = watched = self.note(inode, traffic, now)
                if is_too_slow(watched, traffic, now):
                    connection.shutdown(socket.SHUT_RDWR)
                    ended += 1
            except OSError:  # the client has gone
                continue
        self.waiting = seen
        return ended

    def note(self, inode: int, traffic: Traffic, now: float) -> Watched:
        """Return since when a connection waits; from now, where it was answered or sent nothing after the last look."""
        known = self.waiting.get(inode)
        if known and known.sent == traffic.sent and known.received < traffic.received:
            return known
        return Watched(began=now, sent=traffic.sent, received=traffic.received)


def is_too_slow(watched: Watched, traffic: Traffic, now: float) -> bool:
    """Say whether a connection is silent, or its client still sends a request that takes too long."""
    if min(traffic.since_sent, traffic.since_received) > SILENT_SECONDS:
        return True
    seconds, received = now - watched.began, traffic.received - watched.received
    return 0 < received < (seconds - BODY_SECONDS) * BYTES_A_SECOND and traffic.since_received < LOOK_SECONDS * 2


def watch_connections() -> threading.Thread | None:
    """Begin to look through this process's connections, where the system is Linux; return the thread that does."""
    if not sys.platform.startswith("linux"):
        return None
    thread = threading.Thread(target=keep_watch, name="slow-clients", daemon=True)
    thread.start()
    return thread


def keep_watch() -> None:
    """Look for ever. What fails is logged, and tried again: it must not end the watch."""
    watch = Watch()
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            if ended := watch.look(time.monotonic()):
                log.info("web.slow_clients_ended", connections=ended)
        except Exception:
            log.exception("web.watch_failed")
