"""A whole dashboard by mail: numbers, charts and rows in it, one PDF, and the files of its reports."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from analytics.registry.dashboards import DASHBOARDS
from analytics.report.mailing import compose_mail, send_due_reports
from analytics.report.scope import NOBODY
from analytics.report.widgets import UnknownDashboard, widgets_for
from analytics.store.models import Annotation, ReportSubscription
from tests.report.files import csv_lines
from tests.report.mailing.mails import MONDAY, outcomes, subscribe
from tests.report.mailing.test_pages import ADD, FORM, INLINE
from tests.report.mailing.test_sending import pdf_text
from zuka.platform.mail.files import files_of
from zuka.platform.mail.models import OutgoingMail

PNG = b"\x89PNG\r\n\x1a\n"
DAYS = "2026-11-16-2026-11-22"


def test_a_dashboard_comes_with_its_charts_and_files(ada: Any) -> None:
    subscribe(ada, report="", dashboard="sales", formats=["csv", "pdf"])
    assert send_due_reports(at=MONDAY) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.subject, mail.recipient) == ("Sales: 16 Nov – 22 Nov 2026", "ada@example.com")
    for text in (
        "Hello Ada",
        "From goods to net",
        "₦5,000",
        "https://zuka.example/admin/dashboards/sales/",
        "Stop these",
    ):
        assert (text in mail.text, text in mail.html) == (True, True), text
    files = files_of(mail)
    pictures = [each for each in files if each.content_id]
    assert all(each.content.startswith(PNG) and f'src="cid:{each.content_id}"' in mail.html for each in pictures)
    assert len(pictures) >= 2
    named = {each.name: each.content for each in files if not each.content_id}
    assert f"cod_funnel-state-{DAYS}.csv" in named
    assert len(csv_lines(named[f"revenue-{DAYS}.csv"])) == 8
    assert [each in pdf_text(named[f"sales-{DAYS}.pdf"]) for each in ("From goods to net", "₦5,000")] == [True] * 2


def test_notes_stand_below_the_charts_that_they_are_on(ada: Any) -> None:
    friday = date(2026, 11, 20)
    Annotation.objects.create(author=ada, first_date=friday, last_date=friday, text="Black Friday mail sent")
    subscribe(ada, report="", dashboard="sales", formats=["pdf"])
    assert send_due_reports(at=MONDAY) == 1
    mail, said = OutgoingMail.objects.get(), "Fri 20 Nov 2026: Black Friday mail sent"
    assert [mail.text.count(said), mail.html.count(said)] == [2, 2]  # revenue and cash on delivery are by day
    (printed,) = (each for each in files_of(mail) if each.name.endswith(".pdf"))
    assert "Black Friday mail sent" in pdf_text(printed.content)


@pytest.mark.parametrize("dashboard", DASHBOARDS)
def test_every_dashboard_can_be_mailed(ada: Any, dashboard: str) -> None:
    row = subscribe(ada, report="", dashboard=dashboard, formats=["pdf"])
    mailed = compose_mail(row, due=MONDAY, now=MONDAY)
    assert [each["title"] for each in mailed.context["sections"]] == [
        widget.heading for widget in widgets_for(DASHBOARDS[dashboard], NOBODY)
    ]
    assert all(each["figures"] or each["chart"] or each["rows"] or each["empty"] for each in mailed.context["sections"])
    assert mailed.attachments[-1].content.startswith(b"%PDF")


def test_staff_choose_a_dashboard(ada: Any) -> None:
    client = Client()
    client.force_login(ada)
    mail_url = client.get(reverse("admin:dashboard", args=["sales"]), {"currency": "NGN"}).context["mail_url"]
    form = client.get(mail_url).context["adminform"].form
    assert (form.initial["report"], form.initial["asked"]) == ("dashboard:sales", "currency=NGN")
    chosen = {**FORM, **INLINE, "recipients-0-user": str(ada.pk), "report": "dashboard:sales"}
    refused = client.post(reverse(ADD), {**chosen, "asked": "by=state"}).content.decode()
    assert "A dashboard has no parameter &#x27;by&#x27;" in refused
    assert client.post(reverse(ADD), {**chosen, "asked": "currency=NGN"}).status_code == 302
    row = ReportSubscription.objects.get()
    assert (row.report, row.dashboard, row.params) == ("", "sales", {"currency": "NGN"})
    change = reverse("admin:analytics_reportsubscription_change", args=[row.pk])
    assert client.get(change).context["adminform"].form.initial["report"] == "dashboard:sales"
    preview = client.get(reverse("admin:report-mail", args=[row.pk])).content.decode()
    assert "From goods to net" in preview
    assert "Sales (dashboard)" in client.get(reverse("admin:analytics_reportsubscription_changelist")).content.decode()


def test_a_dashboard_that_is_gone_is_noted(ada: Any) -> None:
    row = subscribe(ada, report="", dashboard="moon")
    assert send_due_reports(at=MONDAY) == 0
    assert [(outcome, "There is no dashboard 'moon'" in said) for outcome, _, said in outcomes()] == [("failed", True)]
    with pytest.raises(UnknownDashboard):
        compose_mail(row, due=MONDAY, now=MONDAY)


@pytest.mark.parametrize("columns", [{"report": ""}, {"dashboard": "sales"}])
def test_one_of_both_is_mailed(ada: Any, columns: dict[str, str]) -> None:
    with pytest.raises(IntegrityError, match="subscription_report_or_dashboard"):
        subscribe(ada, **columns)
