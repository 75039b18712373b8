"""Reports by mail in the back office, the link that ends them, and every report as PDF."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from analytics.registry.reports import REPORTS
from analytics.report.mailing import compose_report, send_due_reports
from analytics.report.scope import OutOfScope
from analytics.store.models import ReportRecipient, ReportSubscription
from tests.commerce.factories import UserFactory
from tests.report.mailing.mails import MONDAY, outcomes, sent_to, subscribe
from zuka.platform.mail.models import OutgoingMail

LIST, ADD = "admin:analytics_reportsubscription_changelist", "admin:analytics_reportsubscription_add"
INLINE = {"recipients-TOTAL_FORMS": "1", "recipients-INITIAL_FORMS": "0"}
OUTSIDE = {"address": "a@example.com", "vouched": "on"}
FORM = {"report": "revenue", "cadence": "weekly", "weekday": "0", "month_day": "1", "hour": "7", "is_active": "on"}


@pytest.fixture
def staff(ada: Any) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(ada)
    return client


def post(staff: Client, ada: Any, **fields: Any) -> Any:
    return staff.post(reverse(ADD), {**FORM, **INLINE, "recipients-0-user": str(ada.pk), **fields})


def test_staff_have_a_report_mailed(staff: Client, ada: Any) -> None:
    link = reverse("admin:report", args=["signup_sources"]) + "?by=platform"
    page = staff.get(link).content.decode()
    [address] = re.findall(r'href="([^"]*reportsubscription/add[^"]*)"', page)
    assert "by=platform" in staff.get(address.replace("&amp;", "&")).content.decode()
    assert post(staff, ada, asked="currency=NGN", formats=["csv", "pdf"]).status_code == 302
    row = ReportSubscription.objects.get()
    assert (row.params, row.formats, row.owner, row.due_at.isoformat()) == (
        {"currency": "NGN"},
        ["csv", "pdf"],
        ada,
        "2026-11-30T06:00:00+00:00",
    )
    [recipient] = row.recipients.all()
    assert (recipient.user, recipient.address, recipient.confirmed_by) == (ada, "", None)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"asked": "currency"}, "&#x27;currency&#x27; is no parameter. Write it like currency=NGN."),
        ({"asked": "colour=red"}, "This report has no parameter"),
        ({"asked": "period=soon"}, "period must be one of"),
        ({"hour": "24"}, "Write an hour from 0 to 23."),
        ({"month_day": "31"}, "Write a day from 1 to 28, which every month has."),
        ({"recipients-0-user": ""}, ""),
        ({"recipients-0-address": "a@example.com"}, "Choose a member of staff, or write an address outside."),
        ({"recipients-0-user": "", "recipients-0-address": "a@example.com"}, "Say that this address may have"),
    ],
)
def test_what_cannot_be_mailed_is_said(staff: Client, ada: Any, fields: Any, message: str) -> None:
    answer = post(staff, ada, **fields)
    assert (message in answer.content.decode(), ReportSubscription.objects.count()) == (True, 0 if message else 1)


def test_nobody_stands_in_two_rows(staff: Client, ada: Any) -> None:
    twice = {"recipients-TOTAL_FORMS": "4", "recipients-1-user": str(ada.pk)}
    outside = {f"recipients-{row}-{name}": said for row in (2, 3) for name, said in OUTSIDE.items()}
    answer = post(staff, ada, asked="currency=NGN", **twice, **outside)
    rows = answer.context["inline_admin_formsets"][0].formset
    assert [dict(form.errors) for form in rows] == [
        {},
        {"user": [f"{ada} is in a row above already. Take one of the two out."]},
        {},
        {"address": ["a@example.com is in a row above already. Take one of the two out."]},
    ]
    assert "currency=NGN" in answer.content.decode()
    assert not ReportSubscription.objects.exists()


def test_somebody_vouches_for_an_address_outside(staff: Client, ada: Any) -> None:
    fields = {"recipients-0-user": "", "recipients-0-address": "a@example.com", "recipients-0-vouched": "on"}
    assert post(staff, ada, **fields).status_code == 302
    assert ReportRecipient.objects.values_list("address", "confirmed_by").get() == ("a@example.com", ada.pk)


def test_a_preview_and_one_now(staff: Client, ada: Any) -> None:
    row = subscribe(ada, formats=["pdf"])
    button = staff.get(reverse("admin:analytics_reportsubscription_preview", args=[row.pk]))
    page = staff.get(button.headers["Location"]).content.decode()
    assert ("data:image/png;base64," in page, "revenue-2026-11-16-2026-11-22.pdf" in page) == (True, True)
    address = reverse("admin:analytics_reportsubscription_send_one_now", args=[row.pk])
    staff.post(address, {"_form_submitted": "True"})
    assert sent_to() == ["ada@example.com"]
    mail = staff.get(reverse("admin:platform_outgoingmail_change", args=[OutgoingMail.objects.get().pk]))
    assert "data:image/png;base64," in mail.content.decode()


def test_a_preview_needs_both_rights(shop: None, ada: Any) -> None:
    row = subscribe(ada)
    client = Client(headers={"accept": "text/html"})
    client.force_login(UserFactory.create(is_staff=True))
    assert client.get(reverse("admin:report-mail", args=[row.pk])).status_code == 403


def test_a_failed_one_is_seen_in_the_list(staff: Client, ada: Any) -> None:
    subscribe(ada, report="horoscope")
    send_due_reports(at=MONDAY)
    assert "Failed 2026-11-23" in staff.get(reverse(LIST)).content.decode()
    assert "no report" in staff.get(reverse("admin:analytics_reportdelivery_changelist")).content.decode()


def test_lists_take_as_many_queries_for_three_as_for_one(staff: Client, ada: Any) -> None:
    staff.get(reverse(LIST))
    found = []
    for count in (1, 2):
        for _ in range(count):
            subscribe(ada, formats=[])
        send_due_reports(at=MONDAY)
        with CaptureQueriesContext(connection) as captured:
            staff.get(reverse(LIST))
            staff.get(reverse("admin:analytics_reportdelivery_changelist"))
        found.append(len(captured))
    assert found[0] == found[1]


def test_a_reader_ends_it_by_its_link(ada: Any) -> None:
    row = subscribe(ada, formats=[])
    send_due_reports(at=MONDAY)
    mail = OutgoingMail.objects.get()
    link = mail.headers["List-Unsubscribe"].strip("<>")
    assert (link in mail.html, link.startswith("https://zuka.example/report-mails/")) == (True, True)
    path, reader = link.removeprefix("https://zuka.example"), Client()
    assert "Stop this report?" in reader.get(path).content.decode()
    assert ReportRecipient.objects.get().ended_at is None
    assert [("no more" in reader.post(path).content.decode()) for _ in range(2)] == [True, True]
    assert ReportRecipient.objects.get().ended_at == MONDAY
    send_due_reports(at=row.due_at.replace(day=30))
    assert (len(sent_to()), outcomes()[-1]) == (1, ("nobody", 0, ""))


def test_a_link_of_nobody_does_not_work(ada: Any) -> None:
    for answer in (Client().get("/report-mails/x/"), Client().post("/report-mails/x/")):
        assert (answer.status_code, "This link does not work" in answer.content.decode()) == (404, True)


PRINTED = ("overview", "recent_events", "coupons", "event_counts")  # many charts, documents, no chart, one chart


def test_every_report_can_be_mailed_and_printed(ada: Any) -> None:
    for report_id, report in REPORTS.items():
        formats = ["pdf"] if report_id in PRINTED else []
        row = ReportSubscription(report=report_id, cadence="weekly", formats=formats, params={})
        if report.permission:
            with pytest.raises(OutOfScope, match="names people or orders"):
                compose_report(row, due=MONDAY, now=MONDAY)
            continue  # nobody's name is mailed
        mailed = compose_report(row, due=MONDAY, now=MONDAY)
        assert mailed.context["title"] == report.title
        for file in mailed.attachments:
            if file.media_type == "application/pdf":
                text = PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
                assert (report_id, report.title in text.replace("\n", " ")) == (report_id, True)
