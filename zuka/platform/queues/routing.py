"""Which queue a task goes to: the one it names where it is declared."""

from __future__ import annotations

import importlib
from typing import Any

from celery import current_app

from zuka.platform.queues.declared import SOON


def queue_of(task: str) -> str:
    """Return the queue of a task by its name; SOON for one that nobody declares."""
    known = current_app.tasks
    module = task.rpartition(".")[0]
    if task not in known and module.endswith(".tasks"):
        # Web knows no tasks until it queues one.
        try:
            importlib.import_module(module)
        except ModuleNotFoundError:  # the worker will say that it does not know the task
            return SOON
    return getattr(known.get(task), "urgency", None) or SOON


def route_task(name: str, *_arguments: Any, **_facts: Any) -> dict[str, str]:
    """Answer Celery where a task goes."""
    return {"queue": queue_of(name)}
