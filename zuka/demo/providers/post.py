"""A practice post office: it takes mails by SMTP, keeps those of late for whoever looks, and sends them to nobody."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

LOOPBACK = "127.0.0.1"
MOST_LETTERS = 100
MOST_BYTES = 5_000_000
IDLE_SECONDS = 30


class PostOffice(socketserver.ThreadingTCPServer):
    """What came in, and what a test has go wrong."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, listener: socket.socket | None = None) -> None:
        super().__init__((LOOPBACK, 0), Desk, bind_and_activate=listener is None)
        if listener is not None:
            self.socket.close()
            self.socket, self.server_address = listener, listener.getsockname()
        self.lock = threading.Lock()
        self.letters: list[tuple[str, EmailMessage]] = []
        self.refused: set[str] = set()  # addresses
        self.seconds = 0.0  # that a letter takes
        self.is_closed = False  # greets nobody

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def keep(self, recipient: str, letter: EmailMessage) -> None:
        """Take a letter; those of long ago are thrown away."""
        with self.lock:
            self.letters.append((recipient, letter))
            del self.letters[:-MOST_LETTERS]

    def read(self) -> list[tuple[str, str, str, str]]:
        """Return whom each letter went to, its subject, text and HTML, in the order they came."""
        with self.lock:
            kept = list(self.letters)
        return [(to, str(each["Subject"]), part(each, "plain"), part(each, "html")) for to, each in kept]

    def recipients(self) -> list[str]:
        """Return whom letters went to, sorted."""
        return sorted(to for to, _ in self.letters)


def part(letter: EmailMessage, kind: str) -> str:
    """Return a letter's body of a kind; empty where it has none."""
    body = letter.get_body((kind,))
    return body.get_content().replace("\r\n", "\n") if body else ""


class Desk(socketserver.StreamRequestHandler):
    """One connection."""

    server: Any
    timeout = IDLE_SECONDS

    def say(self, words: str) -> None:
        """Send a line."""
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        """Talk until the other side has nothing more to say."""
        if self.server.is_closed:
            self.say("554 closed")
            return
        self.say("220 post office")
        recipient = ""
        while line := self.rfile.readline(MOST_BYTES).decode("utf-8", "replace").strip():
            verb = line.split(" ", 1)[0].upper()
            if verb == "RCPT":
                recipient = re.sub(r".*<(.*)>.*", r"\1", line)
            if verb == "RCPT" and recipient in self.server.refused:
                self.say("550 no such person")
            elif verb == "DATA":
                self.say("354 go on")
                self.take(recipient)
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self, recipient: str) -> None:
        """Read a letter up to its end, a dot by itself, and keep it."""
        lines, size = [], 0
        while (line := self.rfile.readline(MOST_BYTES)) not in {b".\r\n", b""}:
            size += len(line)
            if size <= MOST_BYTES:
                lines.append(line[1:] if line.startswith(b"..") else line)
        if size > MOST_BYTES:
            self.say("552 too large")
            return
        threading.Event().wait(self.server.seconds)
        self.server.keep(recipient, message_from_bytes(b"".join(lines), policy=policy.default))
        self.say("250 taken")


@contextmanager
def open_post_office(listener: socket.socket | None = None) -> Iterator[PostOffice]:
    """Take mails while the block lasts, on an open socket or on any port of this machine."""
    with PostOffice(listener) as office:
        thread = threading.Thread(target=office.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield office
        finally:
            office.shutdown()
            thread.join()
