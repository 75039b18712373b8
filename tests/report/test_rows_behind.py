"""Figures and the rows behind them: what a link leads to adds up to the figure, for those who may see it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.ask import ask
from analytics.rollup.fill import fill_dirty
from analytics.store.models import IdentityLink
from commerce.orders.models import Order
from tests.commerce.factories import UserFactory
from tests.report.selling import DAYS
from tests.report.telling import EVENING
from tests.rollup.story import SATURDAY, at, event, pay, place
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db


def test_an_order_leads_to_its_money(story: dict[str, Order]) -> None:
    paid = story["paid"]
    money = ask("payment_list", order=paid.number, **DAYS)
    listed = {row[1]: row for row in ask("order_list", **DAYS).rows}
    kobo, back = paid.total_kobo, paid.taken_off_kobo
    assert [row[2:5] for row in money.rows] == [("Back", -back, None), ("In", kobo, 2_000)]
    assert listed[paid.number][7:10] == (kobo, kobo - back, kobo - back)


def test_people_with_the_ids_that_are_them() -> None:
    person = UserFactory.create(name="Ada")
    IdentityLink.objects.create(visitor_id="phone", user_id=str(person.pk), linked_at=EVENING, event_id=uuid4())
    for hour, who in ((9, {"visitor_id": "phone"}), (11, {"user_id": str(person.pk)}), (10, {"visitor_id": "bola"})):
        event("page.viewed", at(SATURDAY, hour), source_key=uuid4(), page_path="/", **who)
    fill_dirty()
    with connection.cursor() as cursor:  # in the order of the database's language
        cursor.execute("SELECT array_agg(id ORDER BY id) FROM unnest(%s::text[]) AS id", [["phone", str(person.pk)]])
        ids = cursor.fetchone()[0]
    with time_machine.travel(EVENING, tick=False):
        table = ask("people_list", **DAYS)
        first = ask("people_list", limit="1", **DAYS)
        second = ask("people_list", limit="1", **DAYS, **first.next_page)
    assert [row[:9] for row in table.rows] == [
        (at(SATURDAY, 11), "Ada", str(person.pk), 2, 2, 0, 0, at(SATURDAY, 9), ", ".join(ids)),
        (at(SATURDAY, 10), None, "bola", 1, 1, 0, 0, at(SATURDAY, 10), "bola"),
    ]
    assert [*first.rows, *second.rows] == table.rows
    assert (second.next_page, ask("people_list", visitor="bola", **DAYS).rows) == ({}, table.rows[1:])


@pytest.mark.parametrize("report", ["order_list", "payment_list"])
def test_lists_are_read_page_by_page(report: str) -> None:
    for minutes in range(5):
        pay(place("gown", at(SATURDAY, 9, minutes // 2)), at(SATURDAY, 10, minutes // 2))
    with time_machine.travel(EVENING, tick=False):
        whole = ask(report, **DAYS).rows
        found, more = [], {"limit": "2"}
        while more:
            page = ask(report, **DAYS, **more)
            found += page.rows
            more = {"limit": "2", **page.next_page} if page.next_page else {}
    assert (len(whole), found) == (5, whole)


@pytest.mark.parametrize("report", ["order_list", "payment_list", "people_list"])
@pytest.mark.parametrize(("role", "status"), [("Owner", 200), ("Analyst", 403), ("Marketing", 403)])
def test_lists_that_name_people_are_for_roles_that_may_see_them(report: str, role: str, status: int) -> None:
    client, person = Client(), UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    client.force_login(person)
    addresses = [reverse(f"admin:{name}", args=[report]) for name in ("report", "report-csv")]
    addresses += [f"/api/v1/reports/{report}", f"/api/v1/reports/{report}.csv"]
    assert [client.get(address).status_code for address in addresses] == [status] * 4
    with time_machine.travel(EVENING, tick=False):
        place("gown", at(SATURDAY, 9))
        fill_dirty()
        page = client.get(reverse("admin:report", args=["revenue"]), DAYS).content.decode()
    assert ("/reports/order_list/" in page) == (status == 200)


@pytest.mark.parametrize(("scopes", "status"), [(["reports"], 403), (["reports", "records"], 200)])
def test_keys_need_a_scope_of_their_own_for_them(scopes: list[str], status: int) -> None:
    token = issue_key(name="BI", kind="secret", scopes=scopes)[1]
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/reports/order_list")
    assert answer.status_code == status
    if status == 403:
        assert "the key needs the scope `records`" in answer.content.decode()


def test_a_list_costs_as_many_queries_for_three_rows_as_for_one() -> None:
    client = Client()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    counts = []
    client.get(reverse("admin:report", args=["order_list"]))
    for minutes in range(3):
        place("gown", at(SATURDAY, 9) + timedelta(minutes=minutes))
        with time_machine.travel(EVENING, tick=False), CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("admin:report", args=["order_list"]), DAYS).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[2]
