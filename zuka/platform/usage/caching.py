"""Whether the answer of the request that runs was kept from an earlier one."""

from __future__ import annotations

from contextvars import ContextVar

_is_cached: ContextVar[bool] = ContextVar("is_cached", default=False)


def note_cached() -> None:
    """Note that what is answered was kept. Called by what keeps answers."""
    _is_cached.set(True)


def forget_cached() -> None:
    """Begin a request: nothing of its answer is known yet."""
    _is_cached.set(False)


def was_cached() -> bool:
    """Say whether the answer of this request was kept."""
    return _is_cached.get()
