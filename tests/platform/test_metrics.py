"""Metrics: who may read them, what they say, and that one source that is away hides no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.platform.test_api_usage import call
from zuka.platform.jobs import note_run
from zuka.platform.metrics import declared
from zuka.platform.metrics.counting import count_calls, counters
from zuka.platform.metrics.declared import Figure, Kind, add_figures, declared_figures, one

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_counts() -> Iterator[None]:
    counters.cache_clear()
    yield
    counters.cache_clear()


def scrape(**meta: Any) -> dict[str, float]:
    """Return the samples by name and labels, but for buckets and what prometheus_client adds."""
    answer = Client().get("/metrics", **meta)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    samples = dict(line.rsplit(" ", 1) for line in lines)
    return {name: float(value) for name, value in samples.items() if "_bucket" not in name and "_created" not in name}


@pytest.mark.parametrize(
    ("token", "meta", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "::1"}, 200),
        ("", {"REMOTE_ADDR": "10.0.0.7"}, 403),
        ("", {"REMOTE_ADDR": ""}, 403),
        ("", {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 403),
        ("", {"HTTP_FORWARDED": "for=127.0.0.1"}, 403),
        ("let-me-in", {}, 403),
        ("let-me-in", {"HTTP_AUTHORIZATION": "Bearer let-me-out"}, 403),
        ("let-me-in", {"HTTP_AUTHORIZATION": "Basic let-me-in"}, 403),
        ("let-me-in", {"HTTP_AUTHORIZATION": "Bearer let-me-in", "REMOTE_ADDR": "10.0.0.7"}, 200),
    ],
)
def test_metrics_are_for_who_has_the_token_or_is_on_this_machine(
    settings: Any, token: str, meta: dict[str, Any], status: int
) -> None:
    settings.METRICS_TOKEN = token
    assert Client().get("/metrics", headers={"Host": "metrics.invalid"}, **meta).status_code == status


def test_requests_are_counted_by_route_method_and_status() -> None:
    assert scrape()["zuka_usage_dropped_total"] == 0
    count_calls([call("orders", ms=20.0), call("orders", ms=40.0), call("orders", method="POST", status=500)], 7)
    found = scrape()
    assert {name: value for name, value in found.items() if "_http_" in name or "_usage_" in name} == {
        'zuka_http_requests_total{method="GET",route="orders",status="200"}': 2,
        'zuka_http_requests_total{method="POST",route="orders",status="500"}': 1,
        'zuka_http_request_seconds_count{route="orders"}': 3,
        'zuka_http_request_seconds_sum{route="orders"}': pytest.approx(0.0625),
        "zuka_usage_dropped_total": 7,
    }


def test_jobs_mails_and_the_database_are_told(settings: Any) -> None:
    note_run(task="one", began=1_000.0, error="")
    note_run(task="two", began=2_000.0, error="LookupError")
    note_run(task="two", began=3_000.0, error="LookupError")
    found = scrape()
    assert {name: found.get(name) for name in JOBS} == JOBS
    assert found["zuka_database_connections_max"] > found['zuka_database_connections{state="active"}'] >= 1
    assert 'zuka_mails{state="waiting"}' in found
    assert not [name for name in found if name.startswith("zuka_metrics_failed")]


JOBS = {
    'zuka_job_last_success_timestamp_seconds{task="one"}': 1_000.0,
    'zuka_job_last_success_timestamp_seconds{task="two"}': None,
    'zuka_job_failures{task="one"}': 0.0,
    'zuka_job_failures{task="two"}': 2.0,
}


def test_a_figure_that_cannot_be_read_is_named_and_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "_figures", dict(declared._figures))

    def fail() -> Any:
        raise OSError("away")

    add_figures(Figure("zuka_away", Kind.GAUGE, "Is away.", fail), Figure("zuka_z", Kind.GAUGE, "Is.", lambda: one(3)))
    found = scrape()
    assert (found['zuka_metrics_failed{figure="zuka_away"}'], found["zuka_z"], "zuka_away" in found) == (1, 3, False)


def test_names_say_their_unit_and_are_declared_once() -> None:
    figures = declared_figures()
    assert [each.name for each in figures] == sorted({each.name for each in figures})
    assert [each.name for each in figures if (each.kind is Kind.COUNTER) != each.name.endswith("_total")] == []
    assert [each.name for each in figures if not each.name.startswith("zuka_") or not each.text.endswith(".")] == []
