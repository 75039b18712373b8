"""An error as Sentry's protocol has it, without anything that a person or a request brought."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

MOST_FRAMES, MOST_CAUSES = 60, 5


@dataclass(frozen=True, slots=True)
class Seen:
    """An error that the log told of: what it is grouped by, and what is sent of it."""

    group: tuple[str, ...]
    facts: dict[str, Any]


def describe(record: logging.LogRecord) -> Seen:
    """Return what is reported of a line of the log."""
    error, event = error_of(record), event_of(record)
    place = place_of(record)
    facts: dict[str, Any] = {"level": "error", "platform": "python", "logger": record.name, "transaction": place}
    if (request_id := said(record).get("request_id")) is not None:
        facts["tags"] = {"request_id": str(request_id)[:64]}
    if error is None:
        facts["message"] = event
        group: tuple[str, ...] = (record.name, event)
    else:
        causes = list(chain_of(error))
        facts["exception"] = {"values": [exception_of(each) for each in reversed(causes)]}
        group = (type(error).__name__, *(where for each in causes for where in last_line(each)))
    return Seen(group, facts | {"fingerprint": list(group)})


def said(record: logging.LogRecord) -> dict[str, Any]:
    """Return what our own log was told beside its event; nothing for lines of libraries."""
    return record.msg if isinstance(record.msg, dict) else {}


def event_of(record: logging.LogRecord) -> str:
    """Return the name of what happened: our event's, or a library's text before anything is filled in."""
    return str(said(record).get("event", record.msg))[:200]


def error_of(record: logging.LogRecord) -> BaseException | None:
    """Return the error that a line is about."""
    info = record.exc_info or said(record).get("exc_info")
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        error: BaseException | None = info[1]
        return error
    return sys.exc_info()[1] if info else None


def place_of(record: logging.LogRecord) -> str:
    """Return the route of the request, or the task, that a line is about; else who wrote the line."""
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    if match:
        return str(match.view_name or match.route)
    task = getattr(record, "data", None)  # as Celery says it
    return str(task["name"]) if isinstance(task, dict) and "name" in task else record.name


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it, the nearest first."""
    each: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if each is None:
            return
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)


def exception_of(error: BaseException) -> dict[str, Any]:
    """Return the kind of an error and the lines of code it came through; never what it says."""
    frames = [
        {"filename": short(frame.filename), "function": frame.name, "lineno": frame.lineno, "in_app": is_ours(frame)}
        for frame in frames_of(error)
    ]
    return {"type": type(error).__name__, "module": type(error).__module__, "stacktrace": {"frames": frames}}


def frames_of(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the last lines of code that an error came through, without their variables."""
    walked = traceback.walk_tb(error.__traceback__)
    return list(traceback.StackSummary.extract(walked, lookup_lines=False))[-MOST_FRAMES:]


def last_line(error: BaseException) -> list[str]:
    """Return the last line of our own code, else of any, that an error came through."""
    frames = frames_of(error)
    ours = [frame for frame in frames if is_ours(frame)] or frames
    return [f"{short(ours[-1].filename)}:{ours[-1].name}"] if ours else []


def is_ours(frame: traceback.FrameSummary) -> bool:
    """Say whether a line is of Zuka, not of a library."""
    return frame.filename.startswith(str(settings.BASE_DIR)) and "site-packages" not in frame.filename


def short(name: str) -> str:
    """Return a file's name without the folders above Zuka, or above the packages."""
    below = name.rpartition("site-packages/")[2]
    return below.removeprefix(f"{settings.BASE_DIR}/")
