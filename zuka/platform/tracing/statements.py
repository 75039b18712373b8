"""The statements that a request or a task runs, with the places of their values and never with the values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.signals import connection_created
from opentelemetry.trace import SpanKind, StatusCode
from psycopg import sql

from zuka.platform.tracing.exporting import is_traced, process_tracer

LONGEST = 4_000


def watch_statements() -> None:
    """Trace the statements of every connection that is opened from now on."""
    connection_created.connect(watch_connection, dispatch_uid="watch_statements")


def watch_connection(connection: Any, **_signal: Any) -> None:
    """Trace the statements of a connection; it may have been open before."""
    if trace_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(trace_statement)


def trace_statement(
    execute: Callable[..., Any],
    statement: Any,
    params: Any,
    many: bool,  # noqa: FBT001 - Django's signature
    context: Any,
) -> Any:
    """Run a statement, in a span where the request or the task is traced. Of an error its kind alone is kept."""
    if not is_traced():
        return execute(statement, params, many, context)
    text = text_of(statement).strip()[:LONGEST]
    verb = text.partition(" ")[0].strip("(\n").upper()[:20] or "SQL"
    facts = {"db.system.name": "postgresql", "db.operation.name": verb, "db.query.text": text}
    span = process_tracer().start_span(verb, kind=SpanKind.CLIENT, attributes=facts)
    try:
        return execute(statement, params, many, context)
    except Exception as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(StatusCode.ERROR)
        raise
    finally:
        span.end()


def text_of(statement: Any) -> str:
    """Return a statement's text; a value that was composed into it becomes a place."""
    if isinstance(statement, sql.Composed):
        return "".join(map(text_of, statement))
    if isinstance(statement, sql.Literal):
        return "%s"
    if isinstance(statement, sql.Composable):
        return statement.as_string()
    return statement.decode() if isinstance(statement, bytes) else str(statement)
