"""ClickHouse's HTTP interface over the engine from PyPI: `python -m tests.warehouse.engine FOLDER PORT USER:PASSWORD`.

Enough of https://clickhouse.com/docs/interfaces/http for its own client: statements and parameters, settings of a
request, inserts with their data, compressed or not, accounts, errors with their codes. What answers is ClickHouse.
"""

from __future__ import annotations

import base64
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame

# What says how to send, not what the engine is to do.
OF_TRANSPORT = {
    *("database", "query", "query_id", "session_id", "client_protocol_version", "enable_http_compression", "compress"),
    *("send_progress_in_http_headers", "http_headers_progress_interval_ms", "wait_end_of_query"),
    "cancel_http_readonly_queries_on_client_close",
}
INSERT = re.compile(rb"\s*(INSERT\s+INTO\s.*?)\sFORMAT\s+(\w+)\s", re.IGNORECASE | re.DOTALL)
ENDING = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
CODE = re.compile(r"Code: (\d+)\.")
AUTHENTICATION_FAILED, SYNTAX_ERROR = "516", "62"


def quoted(text: str) -> str:
    """Return a text as a literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def plain_body(body: bytes, encoding: str | None) -> bytes:
    """Return what was sent, unpacked. Raises ValueError for a way of packing that is not known."""
    if encoding in {None, "", "identity"}:
        return body
    if encoding == "lz4":
        return bytes(lz4.frame.decompress(body))
    if encoding == "zstd":
        return unpack_zstd(body)
    raise ValueError(f"Code: {SYNTAX_ERROR}. Unknown encoding {encoding}")


def unpack_zstd(body: bytes) -> bytes:
    """Return what was packed by Zstandard."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return bytes(zstd.decompress(body))


class Engine:
    """The engine of a folder. Every statement has a session of its own, as over HTTP."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.turn = threading.Lock()
        self.holder = chdb.connect(folder)  # the engine ends with its last session

    def answer(self, sent: Mapping[str, str], body: bytes) -> bytes:
        """Run what was sent and return what the engine says. Raises RuntimeError and ValueError with its words."""
        whole = sent["query"].encode() + b"\n" + body if sent.get("query") else body
        with self.turn:
            session = chdb.connect(self.folder)
            try:
                return self.run(session.query, sent, whole)
            finally:
                session.close()

    def run(self, query: Callable[..., Any], sent: Mapping[str, str], whole: bytes) -> bytes:
        """Run a statement with a session's database, settings and parameters."""
        if sent.get("database"):
            query(f"USE `{sent['database']}`")
        for name, value in sent.items():
            if name not in OF_TRANSPORT and not name.startswith("param_"):
                query(f"SET {name} = {quoted(value)}")
        insert = INSERT.match(whole)
        if insert:
            return insert_file(query, insert[1].decode(), insert[2].decode(), whole[insert.end() :])
        text = whole.decode()
        ending = ENDING.search(text)
        params = {name.removeprefix("param_"): value for name, value in sent.items() if name.startswith("param_")}
        return bytes(query(text, ending[1] if ending else "TabSeparated", params=params).bytes())


def insert_file(query: Callable[..., Any], into: str, form: str, data: bytes) -> bytes:
    """Insert data, which the engine in process reads from a file."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        query(f"{into} FROM INFILE {quoted(file.name)} FORMAT {form}")
    return b""


class Server(ThreadingHTTPServer):
    """Serves an engine to an account, `user:password`."""

    def __init__(self, port: int, engine: Engine, account: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.engine, self.account = engine, account


class Handler(BaseHTTPRequestHandler):
    """Answers one request after another of a connection."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Run a statement."""
        body = self.body()
        basic = self.headers.get("Authorization", "").removeprefix("Basic ")
        if base64.b64decode(basic).decode() != self.server.account:
            self.tell(403, f"Code: {AUTHENTICATION_FAILED}. DB::Exception: Authentication failed.".encode())
            return
        sent = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        try:
            self.tell(200, self.server.engine.answer(sent, plain_body(body, self.headers.get("Content-Encoding"))))
        except (RuntimeError, ValueError) as error:  # the client is told, as by a server
            self.tell(500, str(error).encode())

    def body(self) -> bytes:
        """Return what was sent, in one piece or in chunks (RFC 9112, 7.1)."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def tell(self, status: int, content: bytes) -> None:
        """Answer."""
        self.send_response(status)
        if status != 200:
            found = CODE.search(content.decode())
            self.send_header("X-ClickHouse-Exception-Code", found[1] if found else SYNTAX_ERROR)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def main(folder: str, port: str, account: str) -> None:
    """Serve until ended."""
    with Server(int(port), Engine(folder), account) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:4])
