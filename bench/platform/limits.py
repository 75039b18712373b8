"""What a limit costs: the same call with a key that is limited, and with one that is not."""

from __future__ import annotations

import time

from bench.rig.calling import Called, call_often
from bench.rig.site import Site
from bench.rig.tables import markdown

NOTICED_SECONDS = 1.2  # what processes have copied of keys and rules is a second old at most
HEADS = ("call", "p50, ms", "p50 without limits, ms", "web CPU, µs", "without limits, µs", "costs")
EVENT = {"type": "page.viewed", "visitor_id": "bench", "properties": {"path": "/"}}


def measure(site: Site, *, requests: int) -> str:
    """Return the table: an API call, counted in Valkey each time, and an event, counted in the process."""
    site.sql(
        "INSERT INTO platform_rate_limit_rule (endpoint, tier, counted_by, per_hour, burst, is_active, updated_at)"
        " SELECT endpoint, '', counted_by, 1000000000, 100000000, true, now()"
        " FROM (VALUES ('reports', 'key'), ('events-native', 'key'), ('events-native', 'ip'),"
        " ('events-native', 'visitor')) AS rules (endpoint, counted_by)"
    )
    calls = (
        ("GET /api/v1/reports/", "GET", "/api/v1/reports/", None, site.keys["secret"]),
        ("an event", "POST", "/api/v1/events", EVENT, site.keys["publishable"]),
    )
    rows = []
    for name, method, path, body, key in calls:
        headers = {"Authorization": f"Bearer {key}"}
        both = []
        for is_limited in (False, True):
            site.sql("UPDATE platform_api_key SET is_limited = %s", [is_limited])
            time.sleep(NOTICED_SECONDS)
            both.append(call_often(site, method, path, body, requests=requests, headers=headers))
        rows.append(row(name, *both))
    return markdown(HEADS, rows)


def row(name: str, free: Called, limited: Called) -> list[str]:
    """Return a row of the table."""
    times = [f"{each.p50:.2f}" for each in (limited, free)]
    costs = f"{limited.web_cpu / free.web_cpu - 1:+.1%}"
    return [name, *times, *(f"{each.web_cpu:,.0f}" for each in (limited, free)), costs]
