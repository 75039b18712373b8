"""`@background(name=…, queue=NOW)` makes a function a background task; its queue is said there and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from celery import shared_task

if TYPE_CHECKING:
    from celery import Task

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def background(*, name: str, queue: str) -> Callable[[Callable[Given, Answer]], Task[Given, Answer]]:
    """Declare a background task: its name, module and function, and the queue that it waits in."""
    # `urgency` is an attribute of ours: Celery gives up its own, `queue`, for routes (`routing.py`).
    declare: Any = shared_task
    made: Callable[[Callable[Given, Answer]], Task[Given, Answer]] = declare(name=name, urgency=queue)
    return made
