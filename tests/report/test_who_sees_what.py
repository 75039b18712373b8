"""Numbers of orders, and names beside them, are for who may see those: on pages, in files, JSON, mails and `ask`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from analytics.ask import ask
from analytics.registry.reports import REPORTS
from analytics.report.jobs.api import file_link
from analytics.report.mailing.boards import compose_dashboard
from analytics.report.mailing.composing import compose_report
from analytics.report.scope import ALL, NOBODY, Scope, Unnamed
from analytics.report.seeing import HIDDEN, without_numbers
from analytics.rollup.fill import fill_dirty
from analytics.rollup.refresh import refresh_views
from analytics.store.models import ExportJob, ReportSubscription, VisitorSession
from commerce.orders.models import Order
from tests.commerce.factories import UserFactory
from tests.rollup.story import SATURDAY, at, event, pay, place
from zuka.platform.clock import now
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
NOW = at(SATURDAY, 20)
TODAY = {"period": "today"}
THEIRS = "ORD/77"  # the number of an order of another shop, which only its column tells to be one
NAMING = ("session_list", "session_path", "recent_events", "customers", "landing_pages")


@pytest.fixture
def order() -> Iterator[Order]:
    """A guest's order in a visit whose page's address has its number; and an event of another shop's."""
    with time_machine.travel(NOW, tick=False):
        placed = place("gown", at(SATURDAY, 10), visitor_id="v1")
        pay(placed, at(SATURDAY, 11))
        seen = {"visitor_id": "v1", "source_key": uuid4()}
        event("page.viewed", at(SATURDAY, 9, 59), page_path=f"/orders/{placed.number}/", **seen)
        event("page.viewed", at(SATURDAY, 10, 1), page_path=f"/orders/{placed.number}/thanks/", **seen)
        for number in (placed.number, THEIRS):
            said = {"order_ref": number, "properties": f'{{"order_id": "{number}", "items": [{{"of": "{number}"}}]}}'}
            event("order.created", at(SATURDAY, 10), **seen, **said, value_kobo=500_000, currency="NGN")
        fill_dirty()
        refresh_views(at=now())
        yield placed


def staff_with(*rights: str, role: str = "") -> Client:
    person = UserFactory.create(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    person.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(person)
    return client


def asked(report: str) -> dict[str, str]:
    visit = {"visit": str(VisitorSession.objects.get(visitor="v1").pk)} if report == "session_path" else {}
    return visit if REPORTS[report].fixed_period else {**TODAY, **visit}


def texts(client: Client, report: str) -> list[str]:
    """What somebody gets of a report: page, file, and both by the API."""
    addresses = [reverse("admin:report", args=[report]), reverse("admin:report-csv", args=[report])]
    addresses += [f"/api/v1/reports/{report}", f"/api/v1/reports/{report}.csv", f"/api/v1/reports/{report}.jsonl"]
    answers = [client.get(address, asked(report), headers={"accept": "*/*"}) for address in addresses]
    assert [answer.status_code for answer in answers] == [200] * 5
    return [(answer.getvalue() if answer.streaming else answer.content).decode() for answer in answers]


def mail_of(report: str) -> str:
    """What a mailed report says, with its file."""
    row = ReportSubscription(report=report, params=asked(report), formats=["csv"], cadence="daily", created_at=NOW)
    mailed = compose_report(row, due=NOW, now=NOW)
    return str(mailed.context) + "".join(each.content.decode(errors="replace") for each in mailed.attachments)


def test_numbers_of_orders_are_for_roles_that_may_see_orders(order: Order) -> None:
    for role, sees in (("Owner", True), ("Marketing", False), ("Analyst", False)):
        client = staff_with(role=role)
        for report in NAMING:
            found = texts(client, report)
            assert [order.number in text for text in found] == [sees] * 5, (role, report)
            assert sees or THEIRS not in "".join(found)


def test_programs_and_mails_get_no_numbers_without_the_right(order: Order) -> None:
    tokens = [issue_key(name="BI", kind="secret", scopes=["reports", *more])[1] for more in ([], ["records"])]
    keys = [Client(headers={"Authorization": f"Bearer {token}"}) for token in tokens]
    for report in NAMING:
        found = [key.get(f"/api/v1/reports/{report}", asked(report)).content.decode() for key in keys]
        scopes = (ALL, NOBODY, Scope(None, sees_people=True))
        found += [str(ask(report, scope, **asked(report)).rows) for scope in scopes]
        assert [order.number in text for text in found] == [False, True, True, False, False], report
        assert order.number not in mail_of(report)


@pytest.mark.parametrize("report", ["session_list", "recent_events"])
def test_who_may_not_see_orders_cannot_ask_by_one(order: Order, report: str) -> None:
    analyst, finance = staff_with(role="Analyst"), staff_with(role="Finance")
    params = {**TODAY, "order": order.number}
    page = reverse("admin:report", args=[report])
    assert [client.get(page, params).status_code for client in (analyst, finance)] == [403, 200]
    assert "needs the right to see orders" in analyst.get(page, params).content.decode()
    fields = [[field.name for field in client.get(page).context["fields"]] for client in (analyst, finance)]
    assert ["order" in names for names in fields] == [False, True]
    answer = analyst.get(f"/api/v1/reports/{report}", params)
    assert (answer.status_code, answer.json()["field"]) == (403, "order")
    listed = {each["id"]: each for each in analyst.get("/api/v1/reports/").json()}[report]
    assert "order" not in [each["name"] for each in listed["parameters"]]
    assert "order_ref" not in [each["name"] for each in listed["columns"]]
    with pytest.raises(Unnamed):
        ask(report, NOBODY, order=order.number)


@pytest.mark.parametrize("report", ["order_list", "payment_list"])
def test_names_beside_orders_are_for_who_may_see_customers(order: Order, report: str) -> None:
    orders, both = ("view_report", "view_order"), ("view_report", "view_order", "view_user")
    found = [texts(staff_with(*rights), report) for rights in (orders, both)]
    assert [["ada@example.com" in text for text in each] for each in found] == [[False] * 5, [True] * 5]
    token = issue_key(name="BI", kind="secret", scopes=["reports", "records"])[1]
    answer = (
        Client(headers={"Authorization": f"Bearer {token}"}).get(f"/api/v1/reports/{report}", TODAY).content.decode()
    )
    assert (order.number in answer, "ada@example.com" in answer) == (True, False)


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("/o/ZUKA-2026-000001/x", f"/o/{HIDDEN}/x"),
        ("zuka-2026-000001", HIDDEN),
        (f"see {THEIRS}", f"see {HIDDEN}"),
        ({"a": [THEIRS, 1, None], "b": {"c": "x"}}, {"a": [HIDDEN, 1, None], "b": {"c": "x"}}),
        (5, 5),
        (None, None),
    ],
)
def test_a_number_is_taken_out_wherever_it_stands(value: Any, cleaned: Any) -> None:
    assert without_numbers(value, [THEIRS]) == cleaned


@pytest.mark.parametrize(("rights", "is_offered"), [(("view_report",), False), (("view_report", "view_order"), True)])
def test_a_refused_page_offers_no_field_of_orders_to_who_may_not_see_them(
    order: Order, rights: tuple[str, ...], is_offered: bool
) -> None:
    page = staff_with(*rights).get(reverse("admin:report", args=["recent_events"]), {"period": "soon"})
    assert (page.status_code, "order" in {field.name for field in page.context["fields"]}) == (400, is_offered)


def test_names_leave_by_the_api_for_a_session_that_proved_itself_and_for_keys(order: Order, settings: Any) -> None:
    settings.STAFF_REAUTH_MINUTES = 15
    client = staff_with(role="Owner")
    sign_in_at(client, time.time() - 16 * 60)
    records = issue_key(name="BI", kind="secret", scopes=["reports", "records"])[1]
    doors = ["/api/v1/reports/customers", "/api/v1/reports/customers.csv", "/api/v1/reports/customers.jsonl"]
    job = ExportJob.objects.create(
        user_id=client.session["_auth_user_id"], report="customers", format="csv", created_at=NOW
    )
    doors.append(file_link(job))

    for door in doors:
        refused = client.get(door)
        assert (refused.status_code, refused.json()["code"]) == (403, "proof_needed")
        assert "/admin/prove/" in refused.json()["message"]
    by_key = Client(headers={"Authorization": f"Bearer {records}"})
    assert [status_of(by_key, door) for door in doors[:3]] == [200] * 3

    sign_in_at(client, time.time())
    assert [status_of(client, door) for door in doors[:3]] == [200] * 3


def status_of(client: Client, door: str) -> int:
    answer = client.get(door)
    if answer.streaming:
        answer.getvalue()
    return int(answer.status_code)


def sign_in_at(client: Client, moment: float) -> None:
    """Have a session be one of somebody who signed in at a moment."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": moment}]
    session.save()


def test_a_dashboard_shows_lists_of_people_to_who_may_see_them_alone() -> None:
    page, widget = reverse("admin:dashboard", args=["platform"]), ("platform", "api_users-table")
    found = []
    for rights in (("view_report",), ("view_report", "view_user")):
        client = staff_with(*rights)
        shown = 'data-widget="api_users-table"' in client.get(page).content.decode()
        asked_for = client.get(reverse("admin:widget", args=widget)).status_code
        said = client.get("/api/v1/reports/dashboards/").json()
        listed = [each["key"] for board in said if board["id"] == "platform" for each in board["widgets"]]
        found.append((shown, asked_for, widget[1] in listed, "jobs-table" in listed))
    assert found == [(False, 404, False, True), (True, 200, True, True)]
    keys = []
    for scopes in (["reports"], ["reports", "records"]):
        _, token = issue_key(name="Board", kind="secret", scopes=scopes)
        headers = {"authorization": f"Bearer {token}"}
        board = Client().get("/api/v1/reports/dashboards/platform", headers=headers).json()
        keys.append("api_users-table" in [each["key"] for each in board["widgets"]])
    assert keys == [False, True]
    row = ReportSubscription(dashboard="platform", params={}, formats=["csv"], cadence="daily", created_at=NOW)
    mailed = compose_dashboard(row, due=NOW, now=NOW)
    assert "API use by user" not in [each["title"] for each in mailed.context["sections"]]
    assert not any("api_users" in each.name for each in mailed.attachments)
