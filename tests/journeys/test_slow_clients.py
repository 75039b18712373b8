"""Slow clients and bodies that break off, on real sockets: each has a named outcome, and nobody else is held up."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from bench.rig.site import Site, scratch_site
from tests.journeys.crowd import sending, stored_ids
from tests.journeys.mortal import wait_until
from zuka.up.homes import CHECKOUT
from zuka.up.serving import ask_ready

pytestmark = pytest.mark.journey

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
LOAD = 100
IDLE = 100
THREADS = 64
CHUNKED = "Transfer-Encoding: chunked"
FORM = "application/x-www-form-urlencoded"


def make_body(name: str) -> bytes:
    """A batch of one event."""
    return json.dumps({"batch": [{"type": "page", "anonymousId": "slow", "messageId": name}]}).encode()


def make_head(site: Site, length: str, *, path: str = "/v1/batch", kind: str = "application/json") -> bytes:
    """The head of a request; `length` is the line that says how long its body is."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {site.address.host}",
        f"User-Agent: {BROWSER}",
        f"Authorization: Bearer {site.keys['publishable']}",
        f"Content-Type: {kind}",
        length,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def length_of(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


@contextmanager
def connected(site: Site) -> Iterator[socket.socket]:
    """A connection to web, closed at the end."""
    with socket.create_connection((site.address.host, site.address.port), timeout=10) as connection:
        yield connection


def read_answer(connection: socket.socket) -> tuple[int, Any]:
    """The status of an answer, and its body as JSON."""
    answer = http_answer(connection)
    return answer[0], json.loads(answer[1])


def http_answer(connection: socket.socket) -> tuple[int, bytes]:
    """The status and the body of an answer whose length is told."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
    while len(body) < length:
        body += receive(connection)
    return int(lines[0].split(" ")[1]), body


def receive(connection: socket.socket) -> bytes:
    data = connection.recv(65_536)
    assert data, "the connection ended without an answer"
    return data


def outcomes(site: Site) -> tuple[list[Any], list[Any], tuple[int, ...]]:
    """What is stored, what is rejected, and received, accepted and rejected as they are counted."""
    [counts] = site.sql(
        "SELECT coalesce(sum(received), 0), coalesce(sum(accepted), 0), coalesce(sum(rejected), 0) FROM ingest_counts"
    )
    return (
        [row[0] for row in site.sql("SELECT message_id FROM analytics_events ORDER BY 1")],
        site.sql("SELECT stage, reason, message FROM analytics_rejected_events"),
        tuple(int(each) for each in counts),
    )


BROKEN = [("read_body", "malformed", "The body broke off before its end; send it again.")]
NOT_JSON = ("read_body", "malformed")


@pytest.fixture
def site(live_zuka: Site) -> Iterator[Site]:
    """A web without events; whatever a test did to it, its workers are the same afterwards, and it is ready."""
    live_zuka.sql("TRUNCATE analytics_events, analytics_rejected_events, analytics_ingest_tallies")
    workers = live_zuka.members("web")
    yield live_zuka
    assert ask_ready(live_zuka.address)[0] == 200
    assert live_zuka.members("web") == workers


def test_a_body_that_drips_is_stored_and_holds_nobody_up(site: Site) -> None:
    body = make_body("drip")
    with connected(site) as slow, sending(site, "fast", clients=2) as crowd:
        slow.sendall(make_head(site, length_of(body)))
        for place in range(40):
            slow.sendall(body[place : place + 1])
            time.sleep(0.05)
        crowd.wait_for(LOAD)
        slow.sendall(body[40:])
        status, answer = read_answer(slow)
    assert (status, answer["accepted"]) == (200, 1)
    assert set(crowd.answers) == {"200"}
    assert stored_ids(site, "fast") == dict.fromkeys(crowd.acknowledged, 1)


def test_a_body_that_is_cut_off_is_one_rejected_event(site: Site) -> None:
    body = make_body("cut")
    with connected(site) as client:
        client.sendall(make_head(site, length_of(body)) + body[:-10])
    wait_until(lambda: outcomes(site)[2] == (1, 0, 1), what="it is counted")
    assert outcomes(site) == ([], BROKEN, (1, 0, 1))


def test_a_client_that_cuts_its_body_off_and_listens_is_told(site: Site) -> None:
    body = make_body("half-closed")
    with connected(site) as client:
        client.sendall(make_head(site, length_of(body)) + body[:-10])
        client.shutdown(socket.SHUT_WR)
        assert read_answer(client) == (400, {"code": "malformed", "message": BROKEN[0][2]})
    assert outcomes(site) == ([], BROKEN, (1, 0, 1))


def test_a_form_that_is_cut_off_is_not_taken_for_a_whole_one(site: Site) -> None:
    key = site.keys["publishable"]
    form = f"idsite={key}&rec=1&_id=0123456789abcdef&url=https://shop.example/dresses&action_name=Dresses".encode()
    with connected(site) as client:
        client.sendall(make_head(site, length_of(form), path="/matomo.php", kind=FORM) + form[:-24])
        client.shutdown(socket.SHUT_WR)
        assert http_answer(client)[0] == 400
    assert outcomes(site) == ([], BROKEN, (1, 0, 1))


def test_a_chunked_body_that_is_cut_off_is_one_rejected_event(site: Site) -> None:
    body = make_body("chunked")
    for half in (body[:30], body[:-1]):
        with connected(site) as client:
            client.sendall(make_head(site, CHUNKED) + b"%x\r\n%s\r\n" % (len(half), half))
            client.shutdown(socket.SHUT_WR)
            assert read_answer(client)[0] == 400
    found, refused, counts = outcomes(site)
    assert (found, [row[:2] for row in refused], counts) == ([], [NOT_JSON] * 2, (2, 0, 2))


def test_a_chunked_form_is_refused_since_nobody_could_tell_that_it_is_whole(site: Site) -> None:
    form = b"idsite=1&rec=1&url=https://shop.example/dre"
    with connected(site) as client:
        client.sendall(make_head(site, CHUNKED, path="/matomo.php", kind=FORM))
        client.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(form), form))
        assert http_answer(client)[0] == 411
    found, _, counts = outcomes(site)
    assert (found, counts) == ([], (1, 0, 1))


def test_a_body_that_never_comes_holds_nobody_up(site: Site) -> None:
    body = make_body("never")
    with connected(site) as waiting:
        waiting.sendall(make_head(site, f"Content-Length: {len(body) + 10}") + body)
        with sending(site, "meanwhile", clients=2) as crowd:
            crowd.wait_for(LOAD)
        waiting.settimeout(0.1)
        with pytest.raises(TimeoutError):
            waiting.recv(1)
        assert stored_ids(site, "never") == {}
    assert set(crowd.answers) == {"200"}
    wait_until(lambda: outcomes(site)[1] == BROKEN, what="it is rejected when its client goes")


def test_a_hundred_idle_connections_hold_nobody_up(site: Site) -> None:
    head = make_head(site, "Content-Length: 10")
    with ExitStack() as stack:
        for number in range(IDLE):
            client = stack.enter_context(connected(site))
            client.sendall(head[: number % len(head)])  # none of it, or a part
        with sending(site, "beside", clients=2) as crowd:
            crowd.wait_for(LOAD)
    assert set(crowd.answers) == {"200"}
    assert outcomes(site)[1:] == ([], (len(crowd.acknowledged), len(crowd.acknowledged), 0))


IMPATIENT = """
from zuka.platform import slow_clients

slow_clients.SILENT_SECONDS, slow_clients.BODY_SECONDS, slow_clients.LOOK_SECONDS = 2.0, 2.0, 0.2
"""


@pytest.fixture(scope="module")
def impatient_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A web whose patience with slow clients is a few seconds."""
    folder = tmp_path_factory.mktemp("impatient")
    (folder / "sitecustomize.py").write_text(IMPATIENT)
    with scratch_site() as site:
        site.environment["PYTHONPATH"] = f"{folder}:{CHECKOUT}"
        site.start_web()
        yield site


@pytest.mark.parametrize("drips", [False, True], ids=["silent", "dripping"])
def test_more_slow_bodies_than_threads_hold_web_up_for_a_while_only(impatient_site: Site, drips: bool) -> None:
    site = impatient_site
    site.sql("TRUNCATE analytics_rejected_events, analytics_ingest_tallies")
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(site)) for _ in range(4 * THREADS)]
        for each in slow:
            each.sendall(make_head(site, "Content-Length: 1000") + b"{")
        wait_until(lambda: ask(site, seconds=0.2) == 0, what="every thread of a worker waits")
        end = time.monotonic() + 20
        while [ask(site, seconds=0.2) for _ in range(6)] != [200] * 6:
            assert time.monotonic() < end, "slow clients hold every thread"
            for each in slow * drips:
                drip(each)
    wait_until(lambda: outcomes(site)[2] == (4 * THREADS, 0, 4 * THREADS), what="each is one rejected event")
    assert set(outcomes(site)[1]) == {*BROKEN}


def test_only_connections_on_which_nothing_goes_are_ended(impatient_site: Site) -> None:
    with connected(impatient_site) as silent, connected(impatient_site) as used:
        for _ in range(8):
            used.sendall(b"OPTIONS /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert http_answer(used)[0] == 200
            time.sleep(0.4)
        assert silent.recv(1) == b""


def ask(site: Site, *, seconds: float) -> int:
    """The status of a page that needs a thread; 0 where it takes too long."""
    try:
        with socket.create_connection((site.address.host, site.address.port), timeout=seconds) as connection:
            connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {site.address.host}\r\n\r\n".encode())
            return int(connection.recv(100).split(b" ")[1])
    except OSError:  # ended without an answer
        return 0


def drip(connection: socket.socket) -> None:
    """Send one byte more, unless the connection was ended."""
    try:
        connection.sendall(b" ")
    except OSError:  # ended, which the test looks for itself
        return
