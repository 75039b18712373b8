"""One caller who asks again when answered, over one connection: how long it takes, and what it costs."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from bench.rig.site import Site

WARMING = 100


@dataclass(frozen=True, slots=True)
class Called:
    """Milliseconds at the median and the 95th percentile, and processor time of web and PostgreSQL, in µs a call."""

    p50: float
    p95: float
    web_cpu: float
    postgres_cpu: float


def call_often(
    site: Site, method: str, path: str, body: Any = None, *, requests: int, headers: Mapping[str, str] | None = None
) -> Called:
    """Send the same request so many times, some before that are not counted. Raises RuntimeError for a refusal."""
    data = json.dumps(body).encode() if body is not None else None
    sent = {"Content-Type": "application/json", **(headers or {})}
    taken = []
    connection = http.client.HTTPConnection(site.address.host, site.address.port, timeout=60)
    with contextlib.closing(connection):
        for place in range(-WARMING, requests):
            if place == 0:
                before = site.cpu()
            began = time.perf_counter()
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            text = answer.read()
            taken.append(time.perf_counter() - began)
            if answer.status != 200:
                raise RuntimeError(f"{method} {path} answered {answer.status}: {text[:200]!r}")
    after = site.cpu()
    cuts = quantiles(taken[WARMING:], n=100)
    cpu = [(later - earlier) / requests * 1e6 for earlier, later in zip(before, after, strict=True)]
    return Called(cuts[49] * 1e3, cuts[94] * 1e3, *cpu)
