"""Calling addresses that staff named: signed, in time, and never a machine of our own."""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from zuka.platform import webhooks
from zuka.platform.webhooks import BadAddress, call_webhook, is_public, look_up, read_target

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def listening(*answers: bytes, pause: float = 0.0) -> Iterator[tuple[str, list[bytes]]]:
    """A machine of ours that answers each call with the next of some bytes; yields its address and what it was sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def answer() -> None:
            for each in answers:
                connection, _ = server.accept()
                with connection:
                    heard.append(connection.recv(65_536))
                    for place in range(len(each) if pause else 1):
                        time.sleep(pause)
                        try:
                            connection.sendall(each[place : place + 1] if pause else each)
                        except OSError:  # the caller has had enough, which is what is tested
                            break

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook?a=b c", heard
        thread.join()


@pytest.fixture
def private(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_ADDRESSES = True


@pytest.mark.usefixtures("private")
def test_a_call_is_signed_over_its_moment_and_body() -> None:
    with listening(OK) as (url, heard):
        assert call_webhook(url, b'{"shop": 1}', secret="s3cret", at=NOW) == 200
    head, _, body = heard[0].partition(b"\r\n\r\n")
    digest = hmac.new(b"s3cret", b"1795248000." + body, hashlib.sha256).hexdigest()
    assert (body, head.splitlines()[0]) == (b'{"shop": 1}', b"POST /hook?a=b%20c HTTP/1.1")
    assert f"X-Zuka-Signature: t=1795248000,v1={digest}".encode() in head.splitlines()


@pytest.mark.usefixtures("private")
def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with listening(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n") as (url, _heard):
        assert call_webhook(url, b"{}", secret="s", at=NOW) == 302


@pytest.mark.usefixtures("private")
@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"x" * 5_000])
def test_what_is_not_http_is_an_error(answer: bytes) -> None:
    with listening(answer) as (url, _heard), pytest.raises(OSError, match="not HTTP"):
        call_webhook(url, b"{}", secret="s", at=NOW)


@pytest.mark.usefixtures("private")
def test_an_answer_that_drips_ends_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "CALL_SECONDS", 0.3)
    began = time.monotonic()
    with listening(b"HTTP/1.1 200 OK", pause=0.1) as (url, _heard), pytest.raises(TimeoutError):
        call_webhook(url, b"{}", secret="s", at=NOW)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:53aa:64c::"),
    ],
)
def test_machines_that_are_not_on_the_internet_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_machines_on_the_internet_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://hooks.example.com/", "must begin with https://"),
        ("ftp://hooks.example.com/", "like https://hooks.example.com/zuka"),
        ("https://ada:secret@hooks.example.com/", "must not hold a user"),
        ("https:///zuka", "like https://hooks.example.com/zuka"),
        ("https://hooks.example.com:99999/", "no web address"),
        ("https://hooks.example.com\r\nX-Evil: 1/", "no web address"),
    ],
)
def test_an_address_that_is_not_called_is_named(url: str, message: str) -> None:
    with pytest.raises(BadAddress, match=message):
        call_webhook(url, b"{}", secret="s", at=NOW)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1"])
def test_no_spelling_of_our_own_machine_is_called(host: str) -> None:
    with listening() as (_url, heard):
        with pytest.raises(BadAddress, match="not on the internet"):
            call_webhook(f"https://{host}/", b"{}", secret="s", at=NOW)
        assert heard == []


def test_a_name_without_an_address_is_named() -> None:
    with pytest.raises(BadAddress, match="has no address"):
        look_up(read_target("https://nowhere.invalid/"))


def test_a_path_cannot_write_a_header() -> None:
    assert "\r" not in read_target("https://hooks.example.com/a%0d%0aX: 1?b=\r\nX: 2").path
