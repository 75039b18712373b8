import json

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from psycopg import errors
from rest_framework.request import Request

from zuka.platform.actor import current_actor
from zuka.platform.errors import server_error
from zuka.platform.http import CursorPages, RequestContextMiddleware, client_ip
from zuka.platform.logs import drop_personal_data

pytestmark = pytest.mark.django_db


def test_health_is_said_to_machines_whatever_name_they_call(settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["shop.example"], True
    assert Client().get("/healthz").json() == {"status": "ok"}
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (200, "ok")


def test_a_missing_page_is_json_for_programs_and_a_page_for_people():
    answer = Client().get("/api/v1/nothing/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()) == (
        404,
        {"code": "not_found", "message": "There is nothing at /api/v1/nothing/."},
    )
    page = Client().get("/nothing", headers={"Accept": "text/html"})
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_a_list_asked_for_what_no_column_holds_says_so(admin_client):
    address = "/admin/platform/apikey/"
    answers = [admin_client.get(address, query) for query in ({"name": "a\x00"}, {"q": "key", "b\x00d": ""})]
    assert [(each.status_code, each.json()) for each in answers] == [
        (400, {"code": "bad_request", "message": f"{name}: expected text without NUL characters."})
        for name in ("name", "bd")
    ]
    page = admin_client.get(address, {"name": "a\x00"}, headers={"Accept": "text/html"})
    assert (page.status_code, "name: expected text without NUL" in page.content.decode()) == (400, True)
    assert admin_client.get(address, {"name": "a"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_list_asked_for_what_postgresql_cannot_read_says_so(admin_client):
    answer = admin_client.get("/admin/platform/apikey/", {"scopes": "abc"})
    message = "scopes: expected what a column of this list can hold."
    assert (answer.status_code, answer.json()) == (400, {"code": "bad_request", "message": message})


@pytest.mark.parametrize(
    ("cause", "is_away"),
    [
        (psycopg.OperationalError("the connection is lost"), True),
        (errors.AdminShutdown(), True),
        (errors.CannotConnectNow(), True),
        (errors.DiskFull(), True),
        (errors.TooManyConnections(), True),
        (errors.QueryCanceled(), False),  # it took too long, and would again
        (errors.DeadlockDetected(), False),
    ],
)
def test_a_request_that_met_no_database_may_come_again(rf, cause, is_away):
    def answer(**headers):
        try:
            raise OperationalError("of PostgreSQL") from cause
        except OperationalError:  # as Django's handler is asked, with the error at hand
            return server_error(rf.get("/shop/", headers=headers))

    programs, people = answer(), answer(accept="text/html")
    assert [each.status_code for each in (programs, people)] == [503 if is_away else 500] * 2
    assert json.loads(programs.content)["code"] == ("unavailable" if is_away else "server_error")
    assert [each.headers.get("Retry-After") for each in (programs, people)] == ["5" if is_away else None] * 2
    assert ("The shop cannot answer just now" in people.content.decode()) == is_away


@pytest.mark.parametrize(("sent", "kept"), [("abcd-1234", True), ("<script>alert(1)</script>", False), ("", False)])
def test_a_request_keeps_its_id_when_it_is_a_sane_one(sent, kept):
    answer = Client().get("/api/v1/categories/", headers={"X-Request-ID": sent})
    assert (answer["X-Request-ID"] == sent) is kept
    assert len(answer["X-Request-ID"]) >= 8


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 41.58.1.1", "41.58.1.1"),
        (2, "6.6.6.6, 41.58.1.1", "6.6.6.6"),
        (2, "41.58.1.1", "10.0.0.1"),
    ],
)
def test_a_forwarded_address_is_trusted_as_far_as_our_proxies_wrote_it(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")
    assert client_ip(request) == expected


def test_who_acts_is_carried_from_the_headers():
    seen = []

    def view(request):
        seen.append(current_actor())
        return HttpResponse()

    request = RequestFactory().get("/", headers={"X-Zuka-Visitor": " ada ", "X-Zuka-Session": "s1"})
    RequestContextMiddleware(view)(request)
    assert [(actor.visitor_id, actor.session_id, actor.user_id) for actor in seen] == [("ada", "s1", None)]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (
            "utm_source=instagram&utm_campaign=detty%20december",
            {"utm_source": "instagram", "utm_campaign": "detty december"},
        ),
        ("utm_medium=cpc&gclid=1&utm_source=", {"utm_medium": "cpc"}),
        ("utm_source=a%00b&utm_source=c", {"utm_source": "c"}),
        ("nonsense", {}),
        ("&".join(f"a{number}=1" for number in range(20)), {}),
        ("utm_source=" + "x" * 500, {}),
        ("", {}),
    ],
)
def test_the_campaign_of_a_visit_is_carried_from_its_header(sent, kept):
    seen = []

    def view(request):
        seen.append(current_actor())
        return HttpResponse()

    RequestContextMiddleware(view)(RequestFactory().get("/", headers={"X-Zuka-Campaign": sent}))
    assert [actor.utm for actor in seen] == [kept]


def test_logs_hide_personal_data():
    event = {
        "event": "user.created",
        "email": "ada@example.com",
        "phone": "+2348030000000",
        "order": "ZUKA-2026-000001",
    }
    assert drop_personal_data(None, "info", event) == {
        "event": "user.created",
        "email": "[hidden]",
        "phone": "[hidden]",
        "order": "ZUKA-2026-000001",
    }


@pytest.mark.parametrize(("asked", "given"), [("100000", 100), ("7", 7), ("0", 24), ("-1", 24), ("many", 24)])
def test_a_page_of_a_list_is_bounded(rf, asked, given):
    assert CursorPages().get_page_size(Request(rf.get("/", {"page_size": asked}))) == given
