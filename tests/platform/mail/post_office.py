"""A small SMTP server for tests: it takes mails, refuses those to some addresses, and can be slow or die."""

from __future__ import annotations

import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Lock, Thread
from time import sleep
from typing import Any


class PostOffice(socketserver.ThreadingTCPServer):
    """What came in, and what is to go wrong."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.lock = Lock()
        self.letters: list[tuple[str, EmailMessage]] = []
        self.refused: set[str] = set()  # addresses
        self.seconds = 0.0  # that a letter takes
        self.is_closed = False  # greets nobody

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def read(self) -> list[tuple[str, str, str, str]]:
        """Whom each letter went to, its subject, text and HTML, in the order they came."""
        return [(to, str(each["Subject"]), part(each, "plain"), part(each, "html")) for to, each in self.letters]

    def recipients(self) -> list[str]:
        """Whom letters went to, sorted."""
        return sorted(to for to, _ in self.letters)


def part(letter: EmailMessage, kind: str) -> str:
    """A letter's body of a kind."""
    body = letter.get_body((kind,))
    return body.get_content().replace("\r\n", "\n") if body else ""


class Desk(socketserver.StreamRequestHandler):
    """One connection."""

    server: Any

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        if self.server.is_closed:
            self.say("554 closed")
            return
        self.say("220 post office")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
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
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        sleep(self.server.seconds)
        letter = message_from_bytes(b"".join(lines), policy=policy.default)
        with self.server.lock:
            self.server.letters.append((recipient, letter))
        self.say("250 taken")


@contextmanager
def open_post_office(settings: Any) -> Iterator[PostOffice]:
    """A post office that the shop sends by."""
    with PostOffice() as office:
        Thread(target=office.serve_forever, args=(0.05,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        settings.EMAIL_URL = f"smtp://127.0.0.1:{office.port}"
        settings.MAIL_FROM = "shop@zuka.example"
        settings.SHOP_NAME = "Ada's Shop"
        yield office
        office.shutdown()
