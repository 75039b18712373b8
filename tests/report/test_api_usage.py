"""Requests to the API as staff see them: whole tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from analytics.ask import ask
from analytics.registry.reports import REPORTS
from analytics.report.addresses import total_url
from analytics.report.query import parse_query
from analytics.report.scope import ALL
from analytics.rollup.api_hours import count_api_hours
from analytics.store.models import HourlyApiPerformance
from analytics.tasks import count_api_hours as job
from tests.commerce.factories import UserFactory
from tests.ingest.factories import make_key
from tests.rollup.story import FRIDAY, SATURDAY, at
from zuka.platform.models import ApiKey, ApiUsage
from zuka.platform.usage.recording import Call
from zuka.platform.usage.writing import keep_calls

pytestmark = pytest.mark.django_db
DAYS = {"from": "2026-11-20", "to": "2026-11-21"}
MEASURED = ("hour", "endpoint", "method", "requests", "client_errors", "server_errors", "cache_hits")
TIMED = ("total_ms", "p50_ms", "p95_ms", "p99_ms")


@pytest.fixture(autouse=True)
def _recorded(settings: Any) -> None:
    settings.API_USAGE_DAYS = 90


def call(moment: datetime, endpoint: str = "orders", **facts: Any) -> Call:
    usual = {"method": "GET", "status": 200, "ms": 10.0, "request_bytes": 5, "response_bytes": 100, "is_cached": False}
    others = {"is_api": True, "key": None, "user": None, "ip": None}
    return Call(at=moment.timestamp(), endpoint=endpoint, **{**usual, **others, **facts})


def columns(report: str, *names: str, **params: str) -> list[tuple[Any, ...]]:
    table = ask(report, **DAYS, **params)
    places = [[column.name for column in table.columns].index(name) for name in names]
    return [tuple(row[place] for place in places) for row in table.rows]


def tell(moment: datetime, times: Sequence[int], **facts: Any) -> None:
    keep_calls([call(moment + timedelta(seconds=place), ms=float(ms), **facts) for place, ms in enumerate(times)])


def test_an_hour_is_counted_with_its_percentiles() -> None:
    tell(at(FRIDAY, 23, 30), range(1, 101))
    tell(at(SATURDAY, 0, 30), [200, 400], status=503)
    tell(at(SATURDAY, 0, 40), [7], status=429, method="POST", is_cached=True)
    tell(at(SATURDAY, 0, 50), [3], endpoint="unrouted", status=404)
    count_api_hours(at=at(SATURDAY, 1))
    assert list(HourlyApiPerformance.objects.order_by("hour", "endpoint", "method").values_list(*MEASURED, *TIMED)) == [
        (at(FRIDAY, 23), "orders", "GET", 100, 0, 0, 0, 5050.0, 50.0, 95.0, 99.0),
        (at(SATURDAY, 0), "orders", "GET", 2, 0, 2, 0, 600.0, 200.0, 400.0, 400.0),
        (at(SATURDAY, 0), "orders", "POST", 1, 1, 0, 1, 7.0, 7.0, 7.0, 7.0),
        (at(SATURDAY, 0), "unrouted", "GET", 1, 1, 0, 0, 3.0, 3.0, 3.0, 3.0),
    ]
    assert list(HourlyApiPerformance.objects.filter(requests=100).values_list("request_bytes", "response_bytes")) == [
        (500, 10_000)
    ]


def test_only_hours_that_may_have_changed_are_counted_again() -> None:
    tell(at(FRIDAY, 9), [10])
    tell(at(FRIDAY, 12), [10])
    assert count_api_hours(at=at(FRIDAY, 12, 30)) == 1
    tell(at(FRIDAY, 12, 10), [30])  # late
    tell(at(FRIDAY, 9, 10), [30])  # later than a stored request can be
    count_api_hours(at=at(FRIDAY, 12, 40))
    count_api_hours(at=at(FRIDAY, 12, 50))
    assert columns("api_hours", "hour", "requests", "mean_ms") == [(at(FRIDAY, 12), 2, 20.0), (at(FRIDAY, 9), 1, 10.0)]


def test_hours_outlive_their_requests_and_go_in_their_turn(settings: Any) -> None:
    settings.API_HOURS_MONTHS = 1
    tell(at(FRIDAY, 9), [10])
    count_api_hours(at=at(FRIDAY, 10))
    ApiUsage.objects.all().delete()
    count_api_hours(at=at(FRIDAY, 11))
    assert HourlyApiPerformance.objects.count() == 1
    count_api_hours(at=datetime(2027, 1, 2, 12, tzinfo=at(FRIDAY, 1).tzinfo))
    assert HourlyApiPerformance.objects.count() == 0
    job.apply(throw=True)


def test_performance_adds_what_may_be_added_and_names_the_slowest_hour() -> None:
    tell(at(FRIDAY, 9), [10] * 3)
    tell(at(SATURDAY, 9), [40], status=500)
    tell(at(SATURDAY, 10), [5], endpoint="products", is_cached=True)
    count_api_hours(at=at(SATURDAY, 11))
    table = ask("api_performance", **DAYS)
    assert table.rows == [
        ("orders", "GET", 4, 17.5, 40.0, 40.0, 0, 1, 0.25, 0.0, 0, 3),
        ("products", "GET", 1, 5.0, 5.0, 5.0, 0, 0, 0.0, 1.0, 1, 1),
    ]
    assert table.totals == {
        "requests": 5,
        "answered": 4,
        "client_errors": 0,
        "server_errors": 1,
        "error_share": 0.2,
        "cache_hits": 1,
        "cache_share": 0.2,
        "mean_ms": 15.0,
    }
    assert table.series == [(date(2026, 11, 20), 3, 0, 0), (date(2026, 11, 21), 1, 0, 1)]
    assert ask("api_hours", endpoint="orders", **DAYS).series == [
        (date(2026, 11, 20), 10.0, 10.0),
        (date(2026, 11, 21), 40.0, 40.0),
    ]


def test_use_by_key_and_by_user_is_read_from_the_requests() -> None:
    make_key("secret", scopes=["reports:read"])
    key, gone, ada = ApiKey.objects.get(), uuid4(), UserFactory.create(name="Ada")
    tell(at(FRIDAY, 9), [10, 20], key=key.pk)
    tell(at(FRIDAY, 10), [30], key=key.pk, endpoint="products", status=429, is_cached=True)
    tell(at(FRIDAY, 11), [5], key=gone, status=500)
    tell(at(FRIDAY, 12), [8], user=ada.pk, status=404)
    last = at(FRIDAY, 9) + timedelta(seconds=1)
    assert ask("api_keys", **DAYS).rows == [
        ("Test", 3, 2, 1, 0, 1, pytest.approx(1 / 3), 20.0, 30.0, at(FRIDAY, 10), str(key.pk)),
        ("A deleted key", 1, 1, 0, 1, 0, 0.0, 5.0, 5.0, at(FRIDAY, 11), str(gone)),
    ]
    assert ask("api_users", **DAYS).rows == [(1, 1, 1, 0, 8.0, 8.0, at(FRIDAY, 12), str(ada.pk))]
    shown = ("created_at", "endpoint", "status", "ms", "cached", "key_name")
    assert columns("api_requests", *shown, key=str(key.pk)) == [
        (at(FRIDAY, 10), "products", "429", 30.0, "Yes", "Test"),
        (last, "orders", "200", 20.0, "No", "Test"),
        (at(FRIDAY, 9), "orders", "200", 10.0, "No", "Test"),
    ]
    assert columns("api_requests", "created_at", person=str(ada.pk)) == [(at(FRIDAY, 12),)]
    assert [row[0] for row in columns("api_requests", "status", outcome="server")] == ["500"]
    first = ask("api_requests", limit="2", **DAYS)
    second = ask("api_requests", limit="9", **DAYS, **first.next_page)
    assert [*first.rows, *second.rows] == ask("api_requests", **DAYS).rows
    assert len(second.rows) == 3


def test_who_asked_is_shown_to_those_who_may_see_people_alone() -> None:
    ada = UserFactory.create(name="Ada")
    tell(at(FRIDAY, 12), [8], user=ada.pk)
    seen = {}
    for role in ("Owner", "Analyst"):
        client, person = Client(), UserFactory.create(is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        client.force_login(person)
        users = client.get(reverse("admin:report", args=["api_users"]), DAYS)
        requests = client.get(reverse("admin:report", args=["api_requests"]), DAYS).content.decode()
        seen[role] = (users.status_code, "Ada" in requests, str(ada.pk) in requests, ">orders<" in requests)
    assert seen["Owner"][:3] == (200, True, True)
    assert seen["Analyst"][:3] == (403, False, False)


@pytest.mark.parametrize("report", ["api_keys", "api_users"])
def test_no_total_leads_to_requests_that_are_not_in_it(report: str) -> None:
    query = parse_query(report=REPORTS[report], params=DAYS, today=SATURDAY, scope=ALL)
    led = [column for column in query.report.columns if column.behind]

    assert len(led) > 3
    assert [total_url(query, column) for column in led] == [""] * len(led)
