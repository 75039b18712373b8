"""A little site of another origin, whose pages include the tracker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="data:,">{script}</head><body><a id="next" href="/next">Next</a></body></html>"""


@dataclass
class LittleSite:
    """Where the site answers; `attributes` are those of its script element."""

    url: str
    script: str
    attributes: str = ""
    asked: list[str] = field(default_factory=list)

    def page(self, path: str) -> bytes:
        """Return a page that includes the tracker."""
        script = f'<script src="{self.script}" defer {self.attributes}></script>'
        return PAGE.format(title=path, script=script).encode()


@contextmanager
def little_site(script: str, key: str) -> Iterator[LittleSite]:
    """Serve the site for as long as the block lasts."""
    site = LittleSite("", script, f'data-key="{key}"')

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site.page(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
