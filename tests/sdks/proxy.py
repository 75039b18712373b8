"""A small proxy in front of Zuka: it counts what a client sends, and answers the first posts itself when told to."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PER_CONNECTION = {"connection", "transfer-encoding", "keep-alive", "content-length"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the proxy says instead of Zuka."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Proxy:
    """Where it listens, the answers that it still has to give, and the path and status of every post so far."""

    port: int
    target: tuple[str, int]
    answers: list[Answer]
    posts: list[tuple[str, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where clients send to."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def statuses(self) -> list[int]:
        """The status of every post, in order."""
        return [status for _path, status in self.posts]

    def next_answer(self) -> Answer | None:
        """Return the proxy's own answer to a post; None when Zuka shall answer."""
        with self.lock:
            return self.answers.pop(0) if self.answers else None


class Handler(BaseHTTPRequestHandler):
    """Hands requests on, byte for byte."""

    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def do_GET(self) -> None:
        """Hand on a request without a body."""
        self.reply(*self.hand_on(b""))

    def do_POST(self) -> None:
        """Hand on a post, or answer it ourselves; noted before its answer, after which an SDK may end at once."""
        body = self.read_body()
        answer = self.proxy.next_answer()
        status, headers, content = (answer.status, answer.headers, b"{}") if answer else self.hand_on(body)
        self.proxy.posts.append((self.path, status))
        self.reply(status, headers, content)

    def read_body(self) -> bytes:
        """Return the body, whether it comes with a length or in chunks."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def hand_on(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """Send the request to Zuka; return its answer."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in PER_CONNECTION}
        connection = http.client.HTTPConnection(*self.proxy.target, timeout=30)
        with contextlib.closing(connection):
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers.items()), answer.read()

    def reply(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        """Answer the client."""
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in PER_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing: the tests read `posts`."""


@contextlib.contextmanager
def open_proxy(target: tuple[str, int], answers: Sequence[Answer] = ()) -> Iterator[Proxy]:
    """Yield a proxy that listens on a free port and gives `answers`, one a post, before it hands anything on."""

    class BoundHandler(Handler):
        """One proxy's handler: the server makes a new one for every connection."""

    with ThreadingHTTPServer(("127.0.0.1", 0), BoundHandler) as server:
        proxy = Proxy(server.server_address[1], target, list(answers))
        BoundHandler.proxy = proxy
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
