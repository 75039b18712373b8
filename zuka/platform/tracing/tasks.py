"""A task belongs to the trace of whoever caused it: its message carries that in the header `traceparent`."""

from __future__ import annotations

from contextvars import Token
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun, worker_process_shutdown
from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.trace import Span, SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from zuka.platform.tracing.exporting import close_process_traces, process_tracer

PARENT = "traceparent"
_propagator = TraceContextTextMapPropagator()
_running: dict[str, tuple[Span, Token[Context]]] = {}  # by the id of the task


def watch_tasks() -> None:
    """Trace tasks from now on."""
    before_task_publish.connect(carry_parent, dispatch_uid="carry_parent")
    task_prerun.connect(begin_task, dispatch_uid="begin_task")
    task_postrun.connect(end_task, dispatch_uid="end_task")
    worker_process_shutdown.connect(end_process, dispatch_uid="end_process")


def carry_parent(*, headers: dict[str, Any] | None = None, **_signal: Any) -> None:
    """Let a message say what caused it, also that this is not traced."""
    if headers is not None:
        _propagator.inject(headers)


def begin_task(*, task_id: str, task: Any, **_signal: Any) -> None:
    """Begin the span of a task: its name and id, none of its arguments."""
    parent = _propagator.extract({PARENT: getattr(task.request, PARENT, None) or ""}, get_current())
    facts = {"messaging.system": "celery", "messaging.message.id": task_id}
    span = process_tracer().start_span(task.name, context=parent, kind=SpanKind.CONSUMER, attributes=facts)
    _running[task_id] = span, attach(set_span_in_context(span))


def end_task(*, task_id: str, state: str | None = None, retval: Any = None, **_signal: Any) -> None:
    """End the span of a task; of an error its kind alone is kept."""
    span, token = _running.pop(task_id, (None, None))
    if span is None or token is None:
        return
    if state == "FAILURE":
        span.set_attribute("error.type", type(retval).__name__)
        span.set_status(StatusCode.ERROR)
    detach(token)
    span.end()


def end_process(**_signal: Any) -> None:
    """Send what waits when a worker's process ends."""
    close_process_traces()
