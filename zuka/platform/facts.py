"""Facts that the platform itself states (`key.validated`, `experiment.viewed`), without knowing who keeps them.

Analytics binds its `track` here as it starts (decision 4), so a fact is recorded in the transaction of its cause. Where
nothing is bound, facts are let go: the platform works without them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from zuka.platform.actor import Actor

Sink = Callable[..., None]
_sinks: list[Sink] = []


def bind_facts(sink: Sink) -> None:
    """Let facts go to this function from now on, in place of the one before it. Called when a package starts.

    It is called as `sink(event_type, actor=…, at=…, message_id=…, **payload)` and must not raise for a bad event.
    """
    _sinks[:] = [sink]


def record(
    event_type: str, *, actor: Actor, at: datetime, message_id: str | None = None, **payload: str | float | bool | None
) -> None:
    """State a fact in the caller's transaction: a declared event type, who it is about, when, and its properties.

    The actor needs a user or a visitor; what has neither by nature names itself as a visitor. With a message id, the
    same fact told twice is kept once.
    """
    for sink in _sinks:
        sink(event_type, actor=actor, at=at, message_id=message_id, **payload)
