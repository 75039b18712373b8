"""Requests, counted for Prometheus by the thread that records them.

With several web processes each keeps its counts in a file of METRICS_PATH, and whichever is asked adds all files up.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from zuka.platform.usage.recording import Call

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Name, what it says and labels of what this module counts; the page of docs is made of it.
COUNTED = (
    ("zuka_http_requests_total", "counter", "Requests by route, method and status.", ("route", "method", "status")),
    ("zuka_http_request_seconds", "histogram", "Seconds until the answer began, by route.", ("route",)),
    ("zuka_usage_dropped_total", "counter", "Requests not recorded: too many waited to be written.", ()),
    (
        "zuka_report_reads_total",
        "counter",
        "With a replica: tables of reports by the server that they were read from, and why from the primary.",
        ("server", "why"),
    ),
)


class Counters(NamedTuple):
    """prometheus_client's counters of this process."""

    requests: Any
    seconds: Any
    dropped: Any
    reads: Any


def use_folder() -> Path | None:
    """Tell prometheus_client, before it is first imported, in which folder processes count together."""
    if not settings.METRICS_PATH:
        return None
    folder = Path(settings.METRICS_PATH)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


@cache
def counters() -> Counters:
    """Return this process's counters, made when first needed: their files belong to the process that makes them."""
    use_folder()
    from prometheus_client import CollectorRegistry, Counter, Histogram  # it reads the folder when it is imported

    registry = CollectorRegistry()
    (requests, _, about_requests, by), (seconds, _, about_seconds, by_route), dropped, reads = COUNTED
    return Counters(
        Counter(requests, about_requests, by, registry=registry),
        Histogram(seconds, about_seconds, by_route, registry=registry, buckets=SECONDS),
        Counter(dropped[0], dropped[2], registry=registry),
        Counter(reads[0], reads[2], reads[3], registry=registry),
    )


def count_calls(calls: Sequence[Call], dropped: int) -> None:
    """Count answered requests, and those that were dropped instead of recorded."""
    counted = counters()
    counted.dropped.inc(dropped)
    for call in calls:
        counted.requests.labels(call.endpoint, call.method, call.status).inc()
        counted.seconds.labels(call.endpoint).observe(call.ms / 1000)


def collect_counted(registry: Any) -> None:
    """Have a registry tell what all web processes have counted."""
    from prometheus_client.multiprocess import MultiProcessCollector  # as above

    counted = counters()
    if settings.METRICS_PATH:
        MultiProcessCollector(registry, settings.METRICS_PATH)  # type: ignore[no-untyped-call]  # without types there
        return
    for each in counted:
        registry.register(each)
