"""How many reports were read from where, counted in each process for Prometheus."""

from __future__ import annotations

from zuka.platform.db.databases import PRIMARY


def count_read(alias: str, why: str) -> None:
    """Count that something was read from a database; `why` says for what reason from the primary."""
    from zuka.platform.metrics.counting import counters  # Prometheus' library is loaded where something is counted

    counters().reads.labels("primary" if alias == PRIMARY else "replica", why).inc()
