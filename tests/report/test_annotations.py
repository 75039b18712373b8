"""Notes on charts: who reads which, where they stand, and that pages, JSON, mails and pictures have them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.registry.reports import REPORTS
from analytics.report.annotations import Note, has_time, marks_of, notes_of
from analytics.report.mailing.composing import facts
from analytics.report.mailing.drawing import draw_chart
from analytics.report.periods import Period
from analytics.report.query import parse_query
from analytics.report.run import run_query
from analytics.report.scope import NOBODY, scope_of
from analytics.rollup.fill import fill_dirty
from analytics.store.models import Annotation
from commerce.accounts.models import User
from tests.commerce.factories import UserFactory
from tests.report.brands import make_brands, make_member
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event
from zuka.platform.keys.issuing import issue_key
from zuka.roles import ANALYST, BRAND, FINANCE

pytestmark = pytest.mark.django_db
ADD, LIST = "admin:analytics_annotation_add", "admin:analytics_annotation_changelist"
WEEK = {"from": "2026-11-15", "to": "2026-11-21"}
PERIOD = Period(date(2026, 11, 15), SATURDAY)


def staff_of(name: str) -> tuple[User, Client]:
    person: User = UserFactory.create(is_staff=True, name=name)
    person.groups.add(Group.objects.get(name=name))
    client = Client()
    client.force_login(person)
    return person, client


def note(text: str, first: date = FRIDAY, last: date | None = None, *, role: str = "", **fields: Any) -> Annotation:
    made = Annotation.objects.create(text=text, first_date=first, last_date=last or first, **fields)
    if role:
        made.roles.add(Group.objects.get(name=role))
    return made


def texts(report: str, person: Any = None) -> list[str]:
    scope = scope_of(person) if person else NOBODY
    return [each.text for each in notes_of(REPORTS[report], PERIOD, scope)]


def test_a_chart_has_the_notes_of_its_period_and_place():
    note("before", PERIOD.first - timedelta(days=2), PERIOD.first - timedelta(days=1))
    note("over its start", PERIOD.first - timedelta(days=2), PERIOD.first)
    note("mail", FRIDAY)
    note("prices", THURSDAY, places=["revenue"])
    note("desk", SATURDAY, places=["sales"])
    note("after", SATURDAY + timedelta(days=1))

    assert texts("revenue") == ["over its start", "prices", "mail", "desk"], "Sales has revenue on it"
    assert texts("sessions") == ["over its start", "mail"]
    assert (has_time(REPORTS["customers"]), texts("customers")) == (False, [])


def test_notes_are_read_by_those_they_are_for():
    ada, _ = staff_of(ANALYST.name)
    finance, _ = staff_of(FINANCE.name)
    note("own", author=ada, role=ANALYST.name)
    note("finance", role=FINANCE.name, author=ada)
    note("everybody", author=ada)
    brand = make_member(*make_brands())
    note("brands", role=BRAND.name, author=finance)

    assert texts("revenue", ada) == ["own", "finance", "everybody"]
    assert texts("revenue", finance) == ["finance", "everybody", "brands"]
    assert texts("product_days", brand) == ["brands"], "a note for everybody may speak of other brands"
    assert texts("revenue") == ["everybody"], "keys and mails have what is for everybody"
    assert next(each.author for each in notes_of(REPORTS["revenue"], PERIOD, scope_of(finance))) == ANALYST.name
    assert {each.author for each in notes_of(REPORTS["revenue"], PERIOD, NOBODY)} == {""}


def test_a_note_stands_on_the_point_that_has_its_day():
    notes = [Note(1, THURSDAY, SATURDAY, "mail", "Ada"), Note(2, date(2026, 10, 1), date(2027, 1, 1), "rain", "")]
    days = [PERIOD.first + timedelta(days=count) for count in range(7)]
    weeks = [date(2026, 11, 9), date(2026, 11, 16)]

    assert marks_of(notes, days) == [
        {"first": 4, "last": 6, "text": "19 Nov – 21 Nov 2026: mail"},
        {"first": 0, "last": 6, "text": "1 Oct 2026 – 1 Jan 2027: rain"},
    ]
    assert [(mark["first"], mark["last"]) for mark in marks_of(notes, weeks)] == [(1, 1), (0, 1)]


def test_a_page_draws_and_lists_them_and_json_has_them():
    _, client = staff_of(ANALYST.name)
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        event("page.viewed", at(FRIDAY, 9), visitor_id="femi", source_key=UUID(int=1))
        fill_dirty()
        address = client.get(reverse("admin:report", args=["sessions"]), WEEK).context["note_url"]
        assert "places=sessions" in address
        saved = client.post(address, {"first_date": "2026-11-20", "text": "Mail sent", "places": ["sessions"]})
        assert saved.status_code == 302, saved.context["adminform"].form.errors
        note("rain", THURSDAY, SATURDAY)

        pages = (
            (client.get(reverse("admin:report", args=["sessions"]), WEEK), ["rain", "Mail sent"]),
            (client.get(reverse("admin:report-build"), {**WEEK, "metric": "sessions"}), ["rain"]),
        )
        for page, shown in pages:
            content = page.content.decode()
            marks = [each["text"].partition(": ")[2] for each in page.context["figure"].data["notes"]]
            assert (marks, [content.count(f"</span> {text}") for text in shown]) == (shown, [1] * len(shown))
        token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
        answer = Client(headers={"Authorization": f"Bearer {token}"}).get(reverse("report", args=["sessions"]), WEEK)
    assert answer.json()["notes"] == [
        {"from": "2026-11-19", "to": "2026-11-21", "text": "rain"},
        {"from": "2026-11-20", "to": "2026-11-20", "text": "Mail sent"},
    ]


def test_mails_say_them_and_pictures_draw_them():
    now = at(SATURDAY, 20)
    query = parse_query(report=REPORTS["revenue"], params=WEEK, today=SATURDAY, scope=NOBODY)
    plain = draw_chart(run_query(query, now=now), query)
    note("rain", THURSDAY, SATURDAY)
    table = run_query(query, now=now)
    assert facts(table, query, now)["notes"] == ["19 Nov – 21 Nov 2026: rain"]
    assert draw_chart(table, query) not in {plain, None}


@pytest.mark.parametrize(
    ("form", "field", "message"),
    [
        ({"last_date": "2026-11-19"}, "last_date", "It is before 2026-11-20; choose that day or a later one."),
        ({"first_date": ""}, "first_date", "This field is required."),
        ({"text": ""}, "text", "This field is required."),
        ({"places": ["moon"]}, "places", "Select a valid choice. moon is not one of the available choices."),
    ],
)
def test_what_cannot_be_is_not_saved(form, field, message):
    _, client = staff_of(ANALYST.name)
    answer = client.post(reverse(ADD), {"first_date": "2026-11-20", "text": "Mail sent", **form})
    assert answer.context["adminform"].form.errors == {field: [message]}
    assert not Annotation.objects.exists()


def test_only_whoever_wrote_a_note_changes_it():
    ada, own = staff_of(ANALYST.name)
    _, finance = staff_of(FINANCE.name)
    address = reverse("admin:analytics_annotation_change", args=[note("mail", author=ada).pk])
    form = {"first_date": "2026-11-20", "text": "Mail not sent"}
    assert (finance.get(address).status_code, finance.post(address, form).status_code) == (200, 403)
    assert own.post(address, form).status_code == 302
    assert Annotation.objects.values_list("text", "first_date", "last_date").get() == ("Mail not sent", FRIDAY, FRIDAY)


def test_the_list_asks_as_often_for_three_as_for_one():
    ada, client = staff_of(ANALYST.name)
    client.get(reverse(LIST))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            note("mail", author=ada, role=ANALYST.name, places=["sales"])
        with CaptureQueriesContext(connection) as queries:
            assert b"All charts" not in client.get(reverse(LIST)).content
        counts.append(len(queries))
    assert counts[0] == counts[1]
