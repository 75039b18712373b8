"""Requests to a model's endpoint: a stream of server-sent events, tried again while nothing has come of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import structlog
from django.conf import settings

from pets.brains.base import BrainFailed

log = structlog.get_logger(__name__)
TRIES = 3
# Seconds between tries; an endpoint may ask for others by Retry-After, up to the last.
PAUSES = (0.4, 1.2)
LONGEST_PAUSE = 3.0
TRY_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
# Between two parts of an answer, and until the connection stands.
PATIENCE_SECONDS, CONNECT_SECONDS = 12.0, 3.0
LONGEST_STREAM = 2_000_000  # letters, with all that a protocol puts around words
Event = Mapping[str, Any]


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


class Passing(Exception):  # noqa: N818 - it is tried again
    """A try failed in a way that may pass; `wait` is what the endpoint asked for, in seconds."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def stream_events(*, url: str, headers: Mapping[str, str], body: Mapping[str, Any], ends_at: float) -> Iterator[Event]:
    """Yield an answer's events as they come. Raises `BrainFailed`; after the first event nothing is tried again.

    All tries together are over at `ends_at` of the monotonic clock.
    """
    for attempt in range(TRIES):
        has_begun = False
        try:
            for event in ask_once(url, headers, body, ends_at):
                has_begun = True
                yield event
        except (Passing, httpx2.HTTPError) as error:
            wait = getattr(error, "wait", None)
            pause = min(PAUSES[attempt] if wait is None else wait, LONGEST_PAUSE) if attempt < TRIES - 1 else None
            if has_begun or pause is None or pause >= seconds_left(ends_at):
                raise BrainFailed(f"{type(error).__name__}: {error}") from error
            time.sleep(pause)
        else:
            return


def seconds_left(ends_at: float) -> float:
    """Return how long there is still. Raises `BrainFailed` where the time is over."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise BrainFailed("it takes too long")
    return left


def ask_once(url: str, headers: Mapping[str, str], body: Mapping[str, Any], ends_at: float) -> Iterator[Event]:
    """Send a request and yield its events. Raises `Passing`, `BrainFailed`, `httpx2.HTTPError`."""
    left = seconds_left(ends_at)
    patience = httpx2.Timeout(min(PATIENCE_SECONDS, left), connect=min(CONNECT_SECONDS, left))
    with (
        httpx2.Client(timeout=patience, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", url, headers=dict(headers), json=dict(body)) as answer,
    ):
        if answer.status_code in TRY_AGAIN:
            raise Passing(f"status {answer.status_code}", wait=seconds_of(answer.headers.get("Retry-After")))
        if answer.status_code != 200:
            # Its words may repeat what was sent; the status says enough.
            raise BrainFailed(f"status {answer.status_code}")
        for line in lines_of(answer.iter_text(), ends_at):
            if line.startswith("data:") and (text := line[5:].strip()) != "[DONE]":
                yield read_event(text)


def lines_of(parts: Iterator[str], ends_at: float) -> Iterator[str]:
    """Yield the lines of a stream. Raises `BrainFailed` where it becomes too long or lasts beyond `ends_at`.

    Whatever comes is looked at, pings and thoughts too: each of them begins the patience with the next anew.
    """
    rest, letters = "", 0
    for part in parts:
        seconds_left(ends_at)
        letters += len(part)
        if letters > LONGEST_STREAM:
            raise BrainFailed("the answer is too long")
        *lines, rest = (rest + part).split("\n")
        yield from lines
    yield rest


def read_event(text: str) -> Event:
    """Return an event. Raises `BrainFailed` for what is none."""
    try:
        event = json.loads(text)
    except ValueError as error:
        raise BrainFailed("an event is no JSON") from error
    if not isinstance(event, dict):
        raise BrainFailed("an event is no object")
    return event


def seconds_of(text: str | None) -> float | None:
    """Return what Retry-After says in seconds; None where it says nothing or a date."""
    return float(text) if text and text.isdecimal() else None
