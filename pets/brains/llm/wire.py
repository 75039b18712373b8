"""The way to a model's endpoint: bounded in time and size, whatever the endpoint does to keep it open.

The kept libraries of both protocols send, try again and read; this is the HTTP client that they are given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
from django.conf import settings

from pets.brains.base import BrainFailed
from zuka.platform.tls import trusted_context

RETRIES = 2  # of what may pass: no connection, 408, 409, 429, 5xx; the libraries wait between them
LONGEST_PAUSE = 3.0  # what an endpoint may ask for by Retry-After; beyond it rules answer
# Between two parts of an answer, and until the connection stands.
PATIENCE_SECONDS, CONNECT_SECONDS = 12.0, 3.0
LONGEST_STREAM = 2_000_000  # bytes, with all that a protocol puts around words


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers: which protocol it speaks, its address, its key, and the model's name."""

    protocol: str
    url: str
    key: str
    model: str


def read_endpoint() -> Endpoint:
    """Return the endpoint of the settings."""
    return Endpoint(settings.PET_BRAIN, settings.PET_MODEL_URL, settings.PET_MODEL_KEY, settings.PET_MODEL)


def seconds_left(ends_at: float) -> float:
    """Return how long there is until a moment of the monotonic clock. Raises `httpx2.TimeoutException` where over."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise httpx2.ReadTimeout("it takes too long")
    return left


class BoundedParts(httpx2.SyncByteStream):
    """The parts of an answer. Each is looked at, pings and thoughts too: they would begin the patience anew."""

    def __init__(self, parts: httpx2.SyncByteStream, ends_at: float) -> None:
        self.parts, self.ends_at = parts, ends_at

    def __iter__(self) -> Iterator[bytes]:
        """Yield the parts. Raises `httpx2.TransportError` where they become too many or last too long."""
        size = 0
        for part in self.parts:
            seconds_left(self.ends_at)
            size += len(part)
            if size > LONGEST_STREAM:
                raise httpx2.ReadError("the answer is too long")
            yield part

    def close(self) -> None:
        """End the connection's use."""
        self.parts.close()


class BoundedTransport(httpx2.BaseTransport):
    """Requests that are over at a moment of the monotonic clock, all tries together."""

    def __init__(self, ends_at: float) -> None:
        self.inner, self.ends_at = (
            httpx2.HTTPTransport(verify=trusted_context(trust_env=False), trust_env=False),
            ends_at,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. Raises `httpx2.TransportError`."""
        left = seconds_left(self.ends_at)
        patience = httpx2.Timeout(min(PATIENCE_SECONDS, left), connect=min(CONNECT_SECONDS, left))
        request.extensions = {**request.extensions, "timeout": patience.as_dict()}
        answer = self.inner.handle_request(request)
        if pause_of(answer.headers) > min(LONGEST_PAUSE, seconds_left(self.ends_at)):
            answer.headers["x-should-retry"] = "false"  # both libraries heed it, and would else wait two minutes
        parts = answer.stream
        assert isinstance(parts, httpx2.SyncByteStream)
        return httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=BoundedParts(parts, self.ends_at),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """End all connections."""
        self.inner.close()


def pause_of(headers: httpx2.Headers) -> float:
    """Return for how many seconds an answer asks to wait; 0 where it does not say, or says a date."""
    asked = headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else 0.0


@contextmanager
def bounded_client(ends_at: float) -> Iterator[httpx2.Client]:
    """Yield a client for one question, over at a moment of the monotonic clock. It follows nobody elsewhere."""
    with httpx2.Client(transport=BoundedTransport(ends_at), follow_redirects=False, trust_env=False) as client:
        yield client


@contextmanager
def failures(kind: type[Exception], *, status_of: Callable[[Exception], int | None]) -> Iterator[None]:
    """Turn a library's errors into `BrainFailed`, named by kind and status: its words may repeat what was sent."""
    try:
        yield
    except (kind, httpx2.HTTPError, ValueError) as error:  # ValueError: an event that is no JSON
        status = status_of(error)
        raise BrainFailed(f"status {status}" if status else type(error).__name__) from error
