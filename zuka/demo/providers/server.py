"""The server: the APIs and the pages on one port, in this process or for one."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from zuka.demo.providers.desk import Providers
from zuka.demo.providers.pages import (
    CHOICES,
    DECLINE,
    HEADERS,
    MAILS,
    MESSAGES,
    PAY_ONCE,
    checkout_page,
    front_page,
    mails_page,
    messages_page,
    missing_page,
    return_url,
)
from zuka.demo.providers.post import open_post_office
from zuka.demo.providers.state import PRACTICE_KEYS, Keys
from zuka.demo.providers.webhooks import Outbox
from zuka.demo.providers.wire import Answer, Call

MOST_BYTES = 1_000_000
IDLE_SECONDS = 30
PAGES = "/pay/"
ANYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1"}  # noqa: S104 - what may be asked for, and where we then are


class PracticeServer(ThreadingHTTPServer):
    """Answers each request in a thread, and ends them all when it is closed."""

    daemon_threads = False
    providers: Providers

    def __init__(self, address: tuple[str, int], listener: socket.socket | None = None) -> None:
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        super().__init__(address, Handler, bind_and_activate=listener is None)
        if listener is not None:
            self.socket.close()
            self.socket, self.server_address = listener, listener.getsockname()
            self.note_address()

    def server_bind(self) -> None:
        """Bind without asking the network for the name of this machine, which may take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.note_address()

    def note_address(self) -> None:
        """Remember where we are."""
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection while it is open."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of errors, but not of callers that left before the answer: hanging makes them do so."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """End: nothing is accepted, what hangs answers, who only connected is cut off, every thread is over."""
        self.closing.set()
        self.shutdown()
        for connection in list(self._open):
            with contextlib.suppress(OSError):  # it has gone by itself
                connection.shutdown(socket.SHUT_RD)
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """Reads a request, has it answered, and writes the answer."""

    server: PracticeServer
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        """Answer an API or show a page."""
        self.respond()

    def do_POST(self) -> None:
        """Answer an API or do what a page's button says."""
        self.respond()

    def respond(self) -> None:
        """Answer one request."""
        call = self.read_call()
        if call is None:
            return self.write(Answer(413, b"", {}))
        answered = self.server.providers.answer(call)
        if answered is None:
            return self.write(answer_page(self.server.providers, call))
        answer, seconds = answered
        self.server.closing.wait(seconds)
        return self.write(answer)

    def read_call(self) -> Call | None:
        """Return the request; None when it is too long."""
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isascii() and length.isdigit() else 0
        if size > MOST_BYTES:
            return None
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(self.command, parts.path, query, headers, self.rfile.read(size))

    def write(self, answer: Answer) -> None:
        """Send an answer."""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_words: object) -> None:
        """Say nothing of each request."""


SHOWN: Mapping[str, Callable[[Providers], str]] = {
    "/": lambda _providers: front_page(),
    MESSAGES: lambda providers: messages_page(providers.messages),
    MAILS: lambda providers: mails_page(providers.post.read()),
}


def answer_page(providers: Providers, call: Call) -> Answer:
    """Show the page of a charge, or do what its button says and send the customer back to the shop."""
    if call.path in SHOWN:
        return show(200, SHOWN[call.path](providers))
    code = call.path.removeprefix(PAGES) if call.path.startswith(PAGES) else ""
    charge = providers.ledger.find_code(code)
    if charge is None:
        return show(404, missing_page())
    if call.method == "POST":
        choice = dict(parse_qsl(call.body.decode("utf-8", "replace"))).get("choice", "")
        if choice == DECLINE:
            return show(200, checkout_page(providers.decline(charge.reference), providers.merchant))
        if choice not in CHOICES:
            return show(400, checkout_page(charge, providers.merchant))
        charge = providers.finish(charge, CHOICES[choice])
        if choice == PAY_ONCE:
            providers.set_card(charge.reference, "declined")
        url = return_url(charge)
        if url:
            return Answer(303, b"", {**HEADERS, "Location": url})
    return show(200, checkout_page(charge, providers.merchant))


def show(status: int, page: str) -> Answer:
    """Return a page as an answer."""
    return Answer(status, page.encode(), HEADERS)


@contextlib.contextmanager
def open_providers(
    shop_url: str | None = None,
    *,
    paystack_secret: str = PRACTICE_KEYS.paystack_secret,
    flutterwave_secret: str = PRACTICE_KEYS.flutterwave_secret,
    flutterwave_hash: str = PRACTICE_KEYS.flutterwave_hash,
    termii_key: str = PRACTICE_KEYS.termii,
    merchant: str = "Zuka",
    host: str = "127.0.0.1",
    port: int = 0,
    listener: socket.socket | None = None,
    page_url: str = "",
    charges_file: Path | None = None,
    mail_listener: socket.socket | None = None,
) -> Iterator[Providers]:
    """Serve all providers while the block lasts; with a shop's address, webhooks go there by themselves.

    A `listener` is an open socket to serve on, whatever host and port say; `mail_listener` one for the post office,
    which else takes any port. What is in `charges_file` goes on.
    """
    keys = Keys(paystack_secret, flutterwave_secret, flutterwave_hash, termii_key)
    server = PracticeServer((host, port), listener)
    outbox = Outbox(shop_url) if shop_url else None
    url = f"http://{ANYWHERE.get(server.server_name, server.server_name)}:{server.server_port}"
    server.providers = Providers(
        keys, url=url, page_url=page_url, merchant=merchant, outbox=outbox, charges_file=charges_file
    )
    with open_post_office(mail_listener) as server.providers.post:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.providers
        finally:
            server.stop()
            thread.join()
            if outbox:
                outbox.close()
