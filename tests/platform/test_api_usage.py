"""Requests to the API, recorded off their path: whole rows, what is dropped, and months that come and go."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject

from tests.commerce.accounts.doors import token_of
from tests.commerce.factories import UserFactory, VariantFactory
from tests.ingest.factories import make_key
from zuka.platform.db.partitions import drop_partition, list_partitions
from zuka.platform.models import ApiKey, ApiUsage
from zuka.platform.tasks import keep_api_usage
from zuka.platform.usage.keeping import drop_old_usage, ensure_usage_partitions
from zuka.platform.usage.middleware import UsageMiddleware, make_call
from zuka.platform.usage.recording import Call, CallLog, close_process_log, process_log
from zuka.platform.usage.writing import TABLE, keep_calls, timed_id

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FORKING = """
import os, django
django.setup()
from tests.platform.test_api_usage import call
from zuka.platform.usage.recording import process_log
process_log().add(call("before"))
child = os.fork()
if child == 0:
    log = process_log()
    os._exit(0 if log.process == os.getpid() and not log.waiting and log.thread.is_alive() else 1)
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def call(endpoint: str = "orders", *, at: datetime = NOON, **facts: Any) -> Call:
    usual = {"method": "GET", "status": 200, "ms": 2.5, "request_bytes": 0, "response_bytes": 90, "is_cached": False}
    others = {"is_api": True, "key": None, "user": None, "ip": None}
    return Call(at=at.timestamp(), endpoint=endpoint, **{**usual, **others, **facts})


@pytest.mark.django_db(transaction=True)
def test_each_request_is_recorded_with_its_route_and_who_made_it(settings: Any) -> None:
    settings.API_USAGE_DAYS = 90
    key = make_key("secret", scopes=["reports:read"])
    key_id, person = ApiKey.objects.get().pk, UserFactory.create()
    product = VariantFactory.create().product
    client = Client()
    client.get("/api/v1/reports/", headers={"X-Api-Key": key})
    client.get("/api/v1/me/", headers={"X-Session-Token": token_of(person)})
    for _ in range(2):
        client.get(f"/api/v1/products/{product.slug}/")
    client.post("/api/v1/nobody/knows/ada@example.com", {"a": 1}, "application/json")
    client.get("/t.js", headers={"X-Api-Key": key})  # not of the API
    close_process_log()
    kept = ApiUsage.objects.order_by("created_at")
    shown = ("endpoint", "method", "status", "request_bytes", "is_cached", "key_id", "user_id")
    assert list(kept.values_list(*shown)) == [
        ("reports", "GET", 200, 0, False, key_id, None),
        ("profile", "GET", 200, 0, False, None, person.pk),
        ("product", "GET", 200, 0, False, None, None),
        ("product", "GET", 200, 0, True, None, None),
        ("unrouted", "POST", 404, 8, False, None, None),
    ]
    assert all(row.ms > 0 and row.response_bytes and row.country is None for row in kept)


def measured(response: Any, **request: Any) -> Call:
    asked = RequestFactory().generic(request.pop("method", "GET"), "/api/v1/orders/", request.pop("body", ""))
    asked.__dict__.update(request)
    return make_call(asked, response, seconds=0.0125)


def test_nobody_is_looked_up_and_nothing_streamed_is_counted() -> None:
    asked = SimpleLazyObject(lambda: pytest.fail("the user was looked up"))
    found = measured(StreamingHttpResponse([b"x"]), method="BREW", body="abc", user=asked)
    assert found._replace(at=0) == Call(
        *(0, "unrouted", "OTHER", 200, 12.5, 3, None, False, True, None, None, "127.0.0.1"),
    )
    assert measured(HttpResponse(status=304), user=AnonymousUser()).is_cached


def test_what_is_too_much_is_dropped_and_counted_and_nobody_waits() -> None:
    kept: list[str] = []
    log = CallLog(lambda calls: kept.extend(each.endpoint for each in calls), most=3)
    for number in range(5):
        log.add(call(f"call-{number}"))
    assert (log.flush(), kept, log.dropped) == (True, ["call-0", "call-1", "call-2"], 2)
    log.add(call("after"))
    assert (log.flush(), kept[3:], log.dropped) == (True, ["after"], 2)


def test_what_could_not_be_kept_is_tried_again_in_its_order() -> None:
    kept: list[list[str]] = []
    fails = iter((True, False, False))

    def keep(calls: Any) -> None:
        if next(fails):
            raise OSError("PostgreSQL is away")
        kept.append([each.endpoint for each in calls])

    log = CallLog(keep)
    log.add(call("first"))
    assert log.flush() is False
    log.add(call("second"))
    assert (log.flush(), kept) == (True, [["first"], ["second"]])


def test_what_cannot_be_counted_is_kept_all_the_same() -> None:
    kept: list[str] = []

    def count(_calls: Any, _dropped: int) -> None:
        raise OSError("no space left for the counts")

    log = CallLog(lambda calls: kept.extend(each.endpoint for each in calls), count=count)
    for endpoint in ("first", "second"):
        log.add(call(endpoint))
        assert log.flush() is True
    assert kept == ["first", "second"]


def test_a_thread_keeps_what_waits_when_it_is_closed() -> None:
    kept: list[Call] = []
    log = CallLog(kept.extend).start()
    for _ in range(4_500):
        log.add(call())
    log.close()
    assert (len(kept), log.thread.is_alive()) == (4_500, False)
    log.close()


def test_a_forked_process_has_a_log_of_its_own() -> None:
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", FORKING], check=False).returncode == 0
    one = process_log()
    assert process_log() is one


@pytest.mark.django_db
def test_a_month_that_is_missing_is_made(settings: Any) -> None:
    settings.API_USAGE_DAYS = 90
    for each in list_partitions(table=TABLE):
        drop_partition(table=TABLE, name=each.name)
    keep_calls([call("a", at=datetime(2026, 10, 31, 22, 59, tzinfo=UTC)), call("b"), call("page", is_api=False)])
    months = [each.name for each in list_partitions(table=TABLE)]
    assert months == ["platform_api_usage_2026_10", "platform_api_usage_2026_11"]
    assert list(ApiUsage.objects.order_by("created_at").values_list("endpoint", flat=True)) == ["a", "b"]


@pytest.mark.django_db
def test_months_past_their_days_go_and_those_to_come_are_made(settings: Any) -> None:
    settings.API_USAGE_DAYS = 90
    for each in list_partitions(table=TABLE):
        drop_partition(table=TABLE, name=each.name)
    keep_calls([call(at=NOON - timedelta(days=days)) for days in (0, 92, 120)])
    made = ensure_usage_partitions(at=NOON)
    assert [name.removeprefix("platform_api_usage_") for name in made] == ["2026_12", "2027_01"]
    # 92 days before is 21 August, and of August some days are not past yet; July is.
    assert drop_old_usage(at=NOON) == ["platform_api_usage_2026_07"]
    assert ApiUsage.objects.count() == 2
    keep_api_usage.apply(throw=True)


@pytest.mark.django_db
def test_nothing_is_recorded_where_it_is_switched_off(settings: Any) -> None:
    settings.API_USAGE_DAYS = 0
    keep_calls([call()])
    assert not ApiUsage.objects.exists()


def test_ids_grow_with_time() -> None:
    ids = [timed_id(NOON.timestamp() + seconds) for seconds in range(3)]
    assert ids == sorted(ids)
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}


def test_an_error_of_the_view_is_not_swallowed() -> None:
    def fail(_request: Any) -> HttpResponse:
        raise LookupError("not found")

    with pytest.raises(LookupError):
        UsageMiddleware(fail)(RequestFactory().get("/api/v1/orders/"))
