"""Rules that staff change now and then and every order reads: kept in the process for a second.

What another process changed is noticed by then, as with keys (decision 37); what this one saved, at once. A price that
changed in that second is not charged unseen: orders say which total was shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import structlog
from django.db import DatabaseError, InterfaceError
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save

from zuka.platform.db.connections import renew_connection

log = structlog.get_logger(__name__)
FRESH_SECONDS = 1.0
Rules = TypeVar("Rules")
_all: list[Kept[Any]] = []


class Kept(Generic[Rules]):
    """What `load` returned less than a second ago, forgotten when a row of `models` is saved or deleted here.

    Nobody may change what it returns: all threads have the same.
    """

    def __init__(self, load: Callable[[], Rules], *, models: tuple[type[Model], ...]) -> None:
        self.load = load
        self.loaded: tuple[float, Rules] | None = None
        for model in models:
            for signal in (post_save, post_delete, m2m_changed):
                signal.connect(self.forget, sender=model)
        _all.append(self)

    def get(self) -> Rules:
        """Return the rules, read anew when a second is over."""
        # Threads that come at once may each read them; the moment is that before the reading.
        asked_at, known = time.monotonic(), self.loaded
        if known is None or asked_at - known[0] >= FRESH_SECONDS:
            known = self.loaded = (asked_at, self.load())
        return known[1]

    def forget(self, **_signal: Any) -> None:
        """Read the rules anew the next time."""
        self.loaded = None


class KeptSteadily(Kept[Rules]):
    """Rules that are asked for where nothing may fail: while the database is away those of before go on, and where none
    were ever read, `otherwise`.
    """

    def __init__(self, load: Callable[[], Rules], *, models: tuple[type[Model], ...], otherwise: Rules) -> None:
        super().__init__(load, models=models)
        self.otherwise = otherwise
        self.last = otherwise

    def get(self) -> Rules:
        """Return the rules. One asks again each second, and the others go on meanwhile, however long it takes."""
        asked_at, known = time.monotonic(), self.loaded
        if known is not None and asked_at - known[0] < FRESH_SECONDS:
            return known[1]
        if known is not None:
            self.loaded = (asked_at, known[1])
        try:
            renew_connection()
            self.last = self.load()
        except (DatabaseError, InterfaceError) as error:
            log.warning("rules.not_read", error=str(error))
        self.loaded = (asked_at, self.last)
        return self.last

    def forget_all(self) -> None:
        """Forget what was last known too, as a process that has just started."""
        self.last = self.otherwise
        self.forget()


def forget_kept() -> None:
    """Forget all rules, which an UPDATE of many rows does not by itself."""
    for each in _all:
        each.forget()
