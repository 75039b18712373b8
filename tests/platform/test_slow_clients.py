"""Which connections are ended for being slow, on real sockets of this process."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator

import pytest

from zuka.platform import slow_clients
from zuka.platform.slow_clients import Traffic, Watch, Watched, client_connections, is_too_slow, read_traffic

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux about its sockets")
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A client's end of a connection, and ours."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        ours, _ = listener.accept()
        with ours:
            yield client, ours


def was_ended(client: socket.socket) -> bool:
    client.settimeout(0.2)
    try:
        return client.recv(1) == b""
    except TimeoutError:  # still open: nothing came, and no end
        return False


def test_only_what_clients_made_is_looked_at(pair):
    assert [each.getpeername() for each in client_connections()] == [pair[0].getsockname()]


def test_what_went_over_a_connection_is_known(pair):
    client, ours = pair
    client.sendall(b"12345")
    ours.recv(5)
    ours.sendall(b"123")
    client.recv(3)
    time.sleep(0.1)
    traffic = read_traffic(ours)
    assert (traffic.received, traffic.sent) == (5, 3)
    assert 0.05 < traffic.since_sent < 5
    assert 0.05 < traffic.since_received < 5


def test_a_silent_connection_is_ended_and_another_is_not(pair, monkeypatch):
    client, _ours = pair
    assert (Watch().look(0.0), was_ended(client)) == (0, False)
    monkeypatch.setattr(slow_clients, "SILENT_SECONDS", 0.05)
    assert (Watch().look(0.0), was_ended(client)) == (1, True)


def test_a_dripping_request_is_ended_when_its_time_is_over(pair):
    client, ours = pair
    watch = Watch()
    for second in range(0, 24, 2):
        client.sendall(b"x")
        ours.recv(1)
        assert watch.look(float(second)) == (1 if second > 20 else 0)
    assert was_ended(client)


def test_a_request_after_a_long_pause_is_not_slow(pair):
    client, ours = pair
    watch = Watch()
    client.sendall(b"x")
    ours.recv(1)
    ours.sendall(b"y")
    client.recv(1)
    for second in range(0, 45, 5):
        watch.look(float(second))
    client.sendall(b"x" * 600)
    ours.recv(600)
    assert (watch.look(45.0), was_ended(client)) == (0, False)


def test_an_answer_begins_the_time_anew(pair):
    client, ours = pair
    watch = Watch()
    watch.look(0.0)
    for second in range(2, 60, 2):
        client.sendall(b"x")
        ours.recv(1)
        ours.sendall(b"y")
        client.recv(1)
        assert watch.look(float(second)) == 0


@pytest.mark.parametrize(
    ("seconds", "received", "since_received", "slow"),
    [
        (19.0, 1, 0.1, False),
        (21.0, 1, 0.1, True),
        (40.0, 9_999, 0.1, True),
        (40.0, 10_001, 0.1, False),
        (40.0, 1, 30.0, False),  # nothing comes any more: the answer may be under way
        (140.0, 1, 121.0, True),
        (40.0, 0, 40.0, False),
    ],
)
def test_how_slow_is_too_slow(seconds, received, since_received, slow):
    traffic = Traffic(since_sent=seconds, since_received=since_received, sent=0, received=received)
    assert is_too_slow(Watched(began=0.0, sent=0, received=0), traffic, seconds) is slow
