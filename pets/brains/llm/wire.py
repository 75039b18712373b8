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
# Until the connection stands, and between two events; the whole request is bounded by its reader.
PATIENCE = httpx2.Timeout(12.0, connect=3.0)
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


def stream_events(*, url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> Iterator[Event]:
    """Yield an answer's events as they come. Raises `BrainFailed`; after the first event nothing is tried again."""
    for attempt in range(TRIES):
        has_begun = False
        try:
            for event in ask_once(url, headers, body):
                has_begun = True
                yield event
        except (Passing, httpx2.HTTPError) as error:
            if has_begun or attempt == TRIES - 1:
                raise BrainFailed(f"{type(error).__name__}: {error}") from error
            wait = getattr(error, "wait", None)
            time.sleep(min(PAUSES[attempt] if wait is None else wait, LONGEST_PAUSE))
        else:
            return


def ask_once(url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> Iterator[Event]:
    """Send a request and yield its events. Raises `Passing`, `BrainFailed`, `httpx2.HTTPError`."""
    with (
        httpx2.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", url, headers=dict(headers), json=dict(body)) as answer,
    ):
        if answer.status_code in TRY_AGAIN:
            raise Passing(f"status {answer.status_code}", wait=seconds_of(answer.headers.get("Retry-After")))
        if answer.status_code != 200:
            # Its words may repeat what was sent; the status says enough.
            raise BrainFailed(f"status {answer.status_code}")
        for line in answer.iter_lines():
            if line.startswith("data:") and (text := line[5:].strip()) != "[DONE]":
                yield read_event(text)


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
