"""Calling an address that staff named, without letting it lead to our own machines.

The name is looked up once and each of its addresses must be public; the connection goes to the address that was looked
at, so an answer that changes between look-up and call changes nothing. Redirects are not followed, of the answer only
the status is read, and all of it together has ten seconds.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from django.conf import settings

CALL_SECONDS = 10.0
STATUS_LENGTH = 200
STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")
# Networks that carry an IPv4 address inside, which may be a private one.
CARRIERS = [ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


class BadAddress(Exception):  # noqa: N818 - said to staff
    """An address that is not called: what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a webhook goes: whether by TLS, the host's name and port, and the path with its query."""

    is_secure: bool
    host: str
    port: int
    path: str


def read_target(url: str) -> Target:
    """Return where an address leads. Raises BadAddress."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise BadAddress("This is no web address.") from error
    host, is_secure = (parts.hostname or "").lower(), parts.scheme == "https"
    if parts.scheme not in {"https", "http"} or not HOST.fullmatch(host):
        raise BadAddress("Write the address like https://hooks.example.com/zuka.")
    if not is_secure and not settings.WEBHOOK_PRIVATE_ADDRESSES:
        raise BadAddress("The address must begin with https://.")
    if parts.username or parts.password:
        raise BadAddress("The address must not hold a user or a password.")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    return Target(is_secure, host, port or (443 if is_secure else 80), path + query)


def is_public(address: str) -> bool:
    """Say whether an IP address is somebody's on the internet, and no disguise of another."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    if mapped is not None:
        return is_public(str(mapped))
    if isinstance(ip, ipaddress.IPv6Address) and (ip.is_site_local or ip.is_reserved):
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in CARRIERS)


def look_up(target: Target) -> str:
    """Return the address to connect to. Raises BadAddress for a name without one, or with one that is not public."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadAddress(f"{target.host} has no address.") from error
    addresses = [str(each[4][0]) for each in found]
    if not settings.WEBHOOK_PRIVATE_ADDRESSES and not all(map(is_public, addresses)):
        raise BadAddress(f"{target.host} leads to a machine that is not on the internet.")
    return addresses[0]


def sign(body: bytes, *, secret: str, at: datetime) -> str:
    """Return the header `X-Zuka-Signature`: the moment in seconds, and the HMAC-SHA256 of `<moment>.<body>`."""
    moment = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def call_webhook(url: str, body: bytes, *, secret: str, at: datetime) -> int:
    """Post a JSON body, signed, and return the status. Raises BadAddress, or OSError where nobody answers in time."""
    target = read_target(url)
    until = time.monotonic() + CALL_SECONDS
    head = (
        f"POST {target.path} HTTP/1.1\r\nHost: {target.host}:{target.port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nUser-Agent: Zuka\r\nConnection: close\r\n"
        f"X-Zuka-Signature: {sign(body, secret=secret, at=at)}\r\n\r\n"
    )
    with socket.create_connection((look_up(target), target.port), timeout=left(until)) as plain:
        if not target.is_secure:
            return exchange(plain, head.encode("ascii") + body, until)
        with ssl.create_default_context().wrap_socket(plain, server_hostname=target.host) as secure:
            return exchange(secure, head.encode("ascii") + body, until)


def exchange(connection: socket.socket, request: bytes, until: float) -> int:
    """Send a request and return the status of the answer. Raises OSError."""
    connection.settimeout(left(until))
    connection.sendall(request)
    answer = b""
    while b"\n" not in answer and len(answer) < STATUS_LENGTH:
        connection.settimeout(left(until))
        piece = connection.recv(STATUS_LENGTH)
        if not piece:
            break
        answer += piece
    status = STATUS.match(answer)
    if status is None:
        raise ConnectionError("The answer is not HTTP.")
    return int(status[1])


def left(until: float) -> float:
    """Return the seconds that are left. Raises TimeoutError when there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("The answer took too long.")
    return seconds
