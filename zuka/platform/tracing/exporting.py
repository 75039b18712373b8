"""Spans wait in the process, and one thread sends them in batches; who makes them never waits for the collector.

The queue is bounded: when it is full, as while the collector is away, the oldest spans are dropped.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.util import Finalize

import structlog
from django.conf import settings
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Tracer, get_current_span

from zuka.platform.tracing.choices import Tracing

log = structlog.get_logger(__name__)
SENT_EVERY_MS = 2_000
CALL_SECONDS, CLOSING_SECONDS = 5.0, 3.0
TOLD_EVERY = 60.0


class ProcessTraces:
    """What makes and sends the spans of one process."""

    def __init__(self, choices: Tracing) -> None:
        # The SDK logs each failure as an error, and each span that a full queue drops.
        logger = logging.getLogger("opentelemetry")
        logger.handlers, logger.propagate = [RareWarnings()], False
        headers = dict(choices.headers or {})
        exporter = OTLPSpanExporter(
            endpoint=choices.url, headers=headers, timeout=CALL_SECONDS, compression=Compression.Gzip
        )
        named = {"service.name": choices.service, "service.version": choices.release}
        self.provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(choices.ratio)),
            resource=Resource.create({name: value for name, value in named.items() if value}),
            shutdown_on_exit=False,  # it would wait for half a minute
        )
        self.provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=SENT_EVERY_MS))
        self.tracer: Tracer = self.provider.get_tracer("zuka")
        self.process = os.getpid()
        # Ends of processes that multiprocessing forked or spawned run these, and so does atexit.
        Finalize(self, self.close, exitpriority=4)

    def close(self) -> None:
        """Send what waits, for at most a few seconds. Later spans are sent by nobody."""
        if self.process == os.getpid():
            ending = threading.Thread(target=self.provider.shutdown, name="end-traces", daemon=True)
            ending.start()
            ending.join(CLOSING_SECONDS)


class RareWarnings(logging.Handler):
    """Passes on what the SDK complains of as a warning, once a minute, with how often it did since."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(logging.WARNING)
        self.clock = clock
        self.told_at = float("-inf")
        self.times = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count a complaint, and tell it if none was told within the minute. Logging lets one in at a time."""
        self.times += 1
        if self.clock() - self.told_at >= TOLD_EVERY:
            log.warning("traces.not_sent", why=record.getMessage()[:200], times=self.times)
            self.told_at, self.times = self.clock(), 0


_traces: ProcessTraces | None = None
_starting = threading.Lock()


def process_tracer() -> Tracer:
    """Return the tracer of this process, started with its first span: a server or a worker may fork before that."""
    global _traces  # noqa: PLW0603 - one a process
    if _traces is None or _traces.process != os.getpid():
        with _starting:
            if _traces is None or _traces.process != os.getpid():
                _traces = ProcessTraces(settings.TRACING)
    return _traces.tracer


def close_process_traces() -> None:
    """Send what waits in this process; the next span starts anew."""
    global _traces  # noqa: PLW0603 - see above
    with _starting:
        if _traces is not None:
            _traces.close()
        _traces = None


def is_traced() -> bool:
    """Say whether what runs now belongs to a request or a task whose trace is sent."""
    return get_current_span().get_span_context().trace_flags.sampled
