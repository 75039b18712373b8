"""A shop as the practice providers see it: it calls their APIs, opens their pages, and takes their webhooks."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from zuka.demo.providers.server import open_providers

SECRET, FLW_SECRET, FLW_HASH = "sk_test_abc", "FLWSECK_TEST-abc", "the-hash"
REQUEST = {"email": "ada@example.com", "amount": 1_250_000, "reference": "ORDER-1", "callback_url": "http://shop/paid/"}
PAYMENT = {
    "tx_ref": "ORDER-2",
    "amount": 2500.5,
    "redirect_url": "http://shop/paid/?lang=en",
    "customer": {"email": "bayo@example.com", "name": "Bayo Ade", "phonenumber": "08030000000"},
    "customizations": {"title": "Ọjà & Co"},
}
NOT_FOUND = (400, {"status": "error", "message": "No transaction was found for this id", "data": None})


def open_ours(shop_url=None):
    """Serve the providers with our secrets."""
    return open_providers(shop_url, paystack_secret=SECRET, flutterwave_secret=FLW_SECRET, flutterwave_hash=FLW_HASH)


def send(url, body=None, *, secret=None, kind="application/json"):
    """Send one request, follow no redirect; return status, headers and the body."""
    parts = urlsplit(url)
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {secret}"} if secret else {})
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET" if data is None else "POST", path, data, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def read(url, body=None, *, secret):
    """Call an API; return status and JSON."""
    status, _, content = send(url, body, secret=secret)
    return status, json.loads(content)


def paystack(providers, path, body=None, secret=SECRET):
    return read(providers.paystack_url + path, body, secret=secret)


def flutterwave(providers, path, body=None, secret=FLW_SECRET):
    return read(providers.flutterwave_url + path, body, secret=secret)


def refused(message):
    return 400, {"status": False, "message": message}


def error(message, status=400):
    return status, {"status": "error", "message": message, "data": None}


def begin(providers, **changes):
    """Open a checkout at Paystack; return the address of its page."""
    status, answer = paystack(providers, "/transaction/initialize", REQUEST | changes)
    assert status == 200, answer
    return answer["data"]["authorization_url"]


def begin_flutterwave(providers, **changes):
    status, answer = flutterwave(providers, "/payments", PAYMENT | changes)
    assert status == 200, answer
    return answer["data"]["link"]


def press(page_url, choice):
    """Press a button of a page; return the status and where it sends the customer."""
    status, headers, _ = send(page_url, f"choice={choice}".encode(), kind="application/x-www-form-urlencoded")
    return status, headers["Location"]


@dataclass
class Shop:
    """What came to the shop: path, headers in lower case, body. `answers` are its next statuses, then it is 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def wait(self, count):
        end = time.monotonic() + 10
        while len(self.got) < count and time.monotonic() < end:
            time.sleep(0.01)
        assert len(self.got) == count
        return self.got


@contextmanager
def open_shop(*answers):
    """Listen for webhooks while the block lasts."""
    shop = Shop(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = shop.answers.pop(0) if shop.answers else 200
            shop.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_words):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
