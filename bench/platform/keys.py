"""Validating a key, beside a request that does nothing: the difference is our own time."""

from __future__ import annotations

import time

from bench.rig.calling import Called, call_often
from bench.rig.site import Site
from bench.rig.tables import markdown

GOAL_MS = 2.0
NOTICED_SECONDS = 1.2  # what processes have copied of keys and rules is a second old at most
HEADS = ("call", "p50, ms", "p95, ms", "own p50, ms", "web CPU, µs", "PostgreSQL CPU, µs")


def measure(site: Site, *, requests: int) -> str:
    """Return the table: `/healthz`, a key that is valid, and one that is nobody's."""
    site.sql("UPDATE platform_api_key SET validations_most = 1000000000")
    site.sql(
        "INSERT INTO platform_rate_limit_rule (endpoint, tier, counted_by, per_hour, is_active, updated_at)"
        " VALUES ('keys-validate', '', 'ip', 1000000000, true, now())"
    )
    time.sleep(NOTICED_SECONDS)
    nothing = call_often(site, "GET", "/healthz", requests=requests)
    body = {"key": site.keys["secret"]}
    valid = call_often(site, "POST", "/api/v1/keys/validate", body, requests=requests)
    rows = [row("nothing (/healthz)", nothing, nothing), row("a valid key", valid, nothing)]
    return markdown(HEADS, rows) + f"\nThe goal is {GOAL_MS:.0f} ms of our own time at the median.\n"


def row(name: str, called: Called, nothing: Called) -> list[str]:
    """Return a row of the table."""
    own = called.p50 - nothing.p50
    return [name, *(f"{each:.2f}" for each in (called.p50, called.p95, own))] + [
        f"{each:,.0f}" for each in (called.web_cpu, called.postgres_cpu)
    ]
