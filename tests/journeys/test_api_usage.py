"""Requests to the API are recorded by real web processes, and are kept when those are told to end."""

from __future__ import annotations

import http.client
import os
import signal
import time
from contextlib import closing

import pytest

from bench.rig.databases import scratch_database, server_url
from bench.rig.site import Beginning, open_site

pytestmark = pytest.mark.journey
RECORDED = """
    SELECT endpoint, method, status, count(*), count(key_id), min(request_bytes), bool_and(ms > 0)
    FROM platform_api_usage GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def test_what_was_recorded_is_kept_when_web_is_told_to_end():
    with scratch_database(server_url(), name="usage") as url, open_site(url, beginning=Beginning.EMPTY) as site:
        site.environment["METRICS_PATH"] = str(site.folder / "metrics")
        site.start_web()
        secret = {"Authorization": f"Bearer {site.keys['secret']}"}
        began = time.monotonic()
        # Two web processes: so many connections reach both.
        for _ in range(20):
            with closing(http.client.HTTPConnection(site.address.host, site.address.port, timeout=10)) as connection:
                for path in ("/api/v1/reports/", "/api/v1/nothing/here?email=ada@example.com", "/healthz"):
                    connection.request("GET", path, headers=secret)
                    connection.getresponse().read()
        asked = 'zuka_http_requests_total{method="GET",route="reports",status="200"} 20.0'
        while asked not in site.send("GET", "/metrics")[1].decode():  # whichever of both answers knows all
            assert time.monotonic() < began + 20
            time.sleep(0.2)
        assert site.send("POST", "/api/v1/events", {"type": "page.viewed"})[0] == 401
        for _ in range(20):  # so that some wait when it ends
            assert site.send("GET", "/api/v1/reports/")[0] == 401
        web = site.processes.pop("web")
        os.kill(web.pid, signal.SIGTERM)
        began = time.monotonic()
        assert (web.wait(20), time.monotonic() - began < 10) == (0, True)
        # Doors and health checks answer before they are measured.
        assert site.sql(RECORDED) == [
            ("reports", "GET", 200, 20, 20, 0, True),
            ("reports", "GET", 401, 20, 0, 0, True),
            ("unrouted", "GET", 404, 20, 0, 0, True),
        ]
