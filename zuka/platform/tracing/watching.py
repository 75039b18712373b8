"""Starts to watch what is traced, where the settings ask for it."""

from __future__ import annotations

from django.conf import settings


def watch() -> None:
    """Watch statements, calls out and tasks, where traces are sent. No thread is started before the first span."""
    if not settings.TRACING.is_on:
        return
    # OpenTelemetry may not be installed, and takes a quarter of a second to load.
    from zuka.platform.tracing.calls import watch_calls
    from zuka.platform.tracing.statements import watch_statements
    from zuka.platform.tracing.tasks import watch_tasks

    watch_statements()
    watch_calls()
    watch_tasks()
