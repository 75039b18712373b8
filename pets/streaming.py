"""An answer while it is written: what happens in a turn, as server-sent events.

Turns run in threads of their own, so that slow models hold no loop; a client that leaves does not end its turn, which
is kept like any other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from django.db import connections

from zuka.platform.errors import Refused

log = structlog.get_logger(__name__)
MOST_TURNS = 64
# Proxies end connections on which nothing is said.
PULSE_SECONDS = 10.0
_threads = ThreadPoolExecutor(MOST_TURNS, thread_name_prefix="pets")


def server_event(name: str, data: Any) -> bytes:
    """Return a server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


class Followed:
    """A turn that runs in a thread, and what it has said so far; the loop that reads it is woken for more."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.is_over = False
        self.reader: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def run(self, happenings: Iterator[bytes]) -> None:
        """Run the turn to its end, whoever reads."""
        try:
            for each in happenings:
                self.tell(each)
        except Refused as refusal:
            self.tell(server_event("error", {"code": refusal.code, "message": refusal.message}))
        except Exception:
            log.exception("pets.stream_failed")
            self.tell(server_event("error", {"code": "server_error", "message": "Something went wrong on our side."}))
        finally:
            connections.close_all()
            self.said.append(server_event("done", {}))
            self.is_over = True
            self.wake()

    def tell(self, event: bytes) -> None:
        """Say an event."""
        self.said.append(event)
        self.wake()

    def wake(self) -> None:
        """Wake who reads; a loop that is closed reads no more."""
        if self.reader and not self.reader[0].is_closed():
            self.reader[0].call_soon_threadsafe(self.reader[1].set)

    async def read(self) -> AsyncIterator[bytes]:
        """Yield what is said as it is said, and a pulse where it takes long."""
        told, event = 0, asyncio.Event()
        self.reader = (asyncio.get_running_loop(), event)
        while True:
            event.clear()
            is_over = self.is_over
            while told < len(self.said):
                yield self.said[told]
                told += 1
            if is_over:
                return
            try:
                await asyncio.wait_for(event.wait(), PULSE_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"


def follow(happenings: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Begin to run a turn in a thread, and return its events as they come."""
    followed = Followed()
    _threads.submit(followed.run, happenings)
    return followed.read()
