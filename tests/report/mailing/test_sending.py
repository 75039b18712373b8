"""A mailed report from its hour to the reader: what it says, to whom it goes, and that it goes once."""

from __future__ import annotations

import io
from datetime import date, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from pypdf import PdfReader

from analytics.report.mailing import compose_report, next_due, send_due_reports, send_now, sending
from analytics.report.mailing.calendar import ended_period, latest_due
from analytics.report.periods import Period
from analytics.report.query import BadQuery
from analytics.store.models import ReportRecipient, ReportSubscription
from analytics.tasks import send_due_reports as job
from tests.commerce.factories import UserFactory, in_threads
from tests.platform.mail.post_office import open_post_office
from tests.report.files import csv_lines, sheet_of
from tests.report.mailing.mails import MONDAY, add, outcomes, sent_to, subscribe
from tests.rollup.story import at
from zuka.platform.mail.files import files_of
from zuka.platform.mail.models import MailFile, OutgoingMail
from zuka.platform.mail.sending import compose_mail, send_waiting_mails

PNG = b"\x89PNG\r\n\x1a\n"


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def viewer(name: str) -> Any:
    person = UserFactory.create(is_staff=True, name=name, email=f"{name}@example.com")
    person.user_permissions.add(Permission.objects.get(codename="view_report"))
    return person


def test_the_week_that_has_ended_comes_with_chart_and_files(ada: Any) -> None:
    row = subscribe(ada, formats=["csv", "xlsx", "pdf"])
    assert send_due_reports(at=MONDAY) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.subject, mail.recipient) == ("Revenue by day: 16 Nov – 22 Nov 2026", "ada@example.com")
    for text in ("Hello Ada", "₦5,000.00", "https://zuka.example/admin/reports/revenue/", "Stop these e-mails"):
        assert (text in mail.text, text in mail.html) == (True, True), text
    assert '<img src="cid:chart"' in mail.html
    chart, csv_file, xlsx, pdf = files_of(mail)
    name = "revenue-2026-11-16-2026-11-22"
    assert [each.name for each in (chart, csv_file, xlsx, pdf)] == [
        *("chart.png", f"{name}.csv", f"{name}.xlsx", f"{name}.pdf"),
    ]
    assert chart.content.startswith(PNG)
    assert len(csv_lines(csv_file.content)) == len(sheet_of(xlsx.content)) == 8
    text = pdf_text(pdf.content)
    assert [each in text for each in ("Revenue by day", "16 Nov – 22 Nov 2026", "₦5,000.00", "Fri 20 Nov 2026")] == [
        True
    ] * 4
    assert outcomes() == [("sent", 1, "")]
    row.refresh_from_db()
    assert (row.due_at, row.next_attempt_at) == (at(date(2026, 11, 30), 7), at(date(2026, 11, 30), 7))


def test_the_picture_is_part_of_the_html_and_the_files_stand_beside_it(ada: Any) -> None:
    subscribe(ada, formats=["csv"])
    send_due_reports(at=MONDAY)
    message = message_from_bytes(compose_mail(OutgoingMail.objects.get(), None).message().as_bytes())
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/csv",
    ]
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<chart>", "inline")


def test_it_leaves_with_its_files(ada: Any, settings: Any) -> None:
    subscribe(ada, formats=["pdf"])
    send_due_reports(at=MONDAY)
    with open_post_office(settings):
        assert send_waiting_mails(at=MONDAY) == 1


def test_it_is_sent_once_however_many_workers_look(ada: Any) -> None:
    subscribe(ada, ada, viewer("bola"), formats=["csv"])
    assert sorted(in_threads(3, lambda: send_due_reports(at=MONDAY))) == [0, 0, 2]
    assert send_due_reports(at=MONDAY + timedelta(minutes=5)) == 0
    assert (sorted(sent_to()), outcomes()) == (["ada@example.com", "bola@example.com"], [("sent", 2, "")])
    assert MailFile.objects.count() == 2  # the chart and the file, once for both


def test_what_was_missed_comes_once(ada: Any) -> None:
    subscribe(ada, cadence="daily", formats=[])
    assert send_due_reports(at=MONDAY + timedelta(days=3)) == 1
    assert OutgoingMail.objects.get().subject == "Revenue by day: Wed 25 Nov 2026"


def test_who_may_not_see_reports_any_more_gets_none(ada: Any) -> None:
    bola, outside = viewer("bola"), viewer("chi")
    row = subscribe(ada, ada, bola, formats=[])
    add(row, "accountant@example.com", outside)
    bola.user_permissions.clear()
    assert send_due_reports(at=MONDAY) == 2
    assert sent_to() == ["ada@example.com", "accountant@example.com"]
    assert "/admin/" not in OutgoingMail.objects.get(recipient="accountant@example.com").html
    outside.user_permissions.clear()
    ReportRecipient.objects.filter(user=ada).delete()
    assert send_due_reports(at=MONDAY + timedelta(days=7)) == 0
    assert outcomes() == [
        ("sent", 2, "Not to bola: they may not see reports."),
        ("nobody", 0, "Not to bola, accountant@example.com: they may not see reports."),
    ]


def test_a_report_that_is_gone_is_noted_and_waits_for_its_next_day(ada: Any) -> None:
    row = subscribe(ada, report="horoscope")
    assert send_due_reports(at=MONDAY) == 0
    [(outcome, mails, message)] = outcomes()
    assert (outcome, mails, message[:33]) == ("failed", 0, "There is no report 'horoscope'; t")
    row.refresh_from_db()
    assert row.next_attempt_at == at(date(2026, 11, 30), 7)


def test_one_that_could_not_be_made_is_tried_again_and_keeps_no_other(
    ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, other = subscribe(ada, formats=[]), subscribe(ada, formats=[], report="signups")
    real = compose_report

    def broken(subscription: ReportSubscription, **moments: Any) -> Any:
        if subscription.pk == row.pk:
            raise ZeroDivisionError
        return real(subscription, **moments)

    monkeypatch.setattr(sending, "compose_mail", broken)
    assert send_due_reports(at=MONDAY) == 1
    assert [each[0] for each in outcomes()] == ["failed", "sent"]
    assert send_due_reports(at=MONDAY + timedelta(minutes=14)) == 0
    monkeypatch.setattr(sending, "compose_mail", real)
    assert send_due_reports(at=MONDAY + timedelta(minutes=15)) == 1
    assert [each[0] for each in outcomes()] == ["sent", "sent"]
    other.refresh_from_db()
    row.refresh_from_db()
    assert row.due_at == other.due_at


def test_three_failures_are_enough(ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_options: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(sending, "compose_mail", broken)
    row = subscribe(ada)
    for minutes in (0, 15, 30, 45):
        job(unknown="keyword") if minutes == 0 else send_due_reports(at=MONDAY + timedelta(minutes=minutes))
    row.refresh_from_db()
    assert (row.attempts, row.due_at) == (0, at(date(2026, 11, 30), 7))
    assert outcomes() == [("failed", 0, "Something went wrong (ZeroDivisionError); the log has it.")]


def test_files_that_no_mail_can_carry_are_named(ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.report.mailing.composing.MOST_BYTES", 5_000)
    monkeypatch.setattr("analytics.report.mailing.composing.draw_chart", lambda *_: None)
    subscribe(ada, formats=["csv", "pdf"])
    send_due_reports(at=MONDAY)
    mail = OutgoingMail.objects.get()
    assert "Too large for a mail, and to be had on the report's page: revenue-2026-11-16-2026-11-22.pdf." in mail.text


def test_one_now_goes_beside_the_schedule(ada: Any) -> None:
    row = subscribe(ada)
    before = row.due_at
    assert send_now(subscription=row, user=ada, at=MONDAY).recipient == "ada@example.com"
    send_now(subscription=row, user=ada, at=MONDAY)
    row.refresh_from_db()
    assert (len(sent_to()), row.due_at, outcomes()) == (2, before, [])
    with pytest.raises(BadQuery):
        send_now(subscription=subscribe(ada, params={"period": "soon"}), user=ada, at=MONDAY)


@pytest.mark.parametrize(
    ("columns", "moment", "latest", "following"),
    [
        ({"cadence": "daily"}, at(date(2026, 11, 23), 6), at(date(2026, 11, 22), 7), at(date(2026, 11, 23), 7)),
        ({"cadence": "daily"}, at(date(2026, 11, 23), 7), at(date(2026, 11, 23), 7), at(date(2026, 11, 24), 7)),
        ({"cadence": "weekly"}, at(date(2026, 11, 22), 9), at(date(2026, 11, 16), 7), at(date(2026, 11, 23), 7)),
        (
            {"cadence": "monthly", "month_day": 28},
            at(date(2026, 3, 1), 9),
            at(date(2026, 2, 28), 7),
            at(date(2026, 3, 28), 7),
        ),
        (
            {"cadence": "monthly", "month_day": 1},
            at(date(2026, 12, 31), 9),
            at(date(2026, 12, 1), 7),
            at(date(2027, 1, 1), 7),
        ),
    ],
)
def test_the_calendar(columns: Any, moment: Any, latest: Any, following: Any) -> None:
    row = ReportSubscription(report="revenue", **columns)
    assert (latest_due(row, at=moment), next_due(row, at=moment)) == (latest, following)


def test_what_has_just_ended() -> None:
    day = date(2026, 3, 1)
    assert [ended_period(cadence, day=day) for cadence in ("daily", "weekly", "monthly")] == [
        Period(date(2026, 2, 28), date(2026, 2, 28)),
        Period(date(2026, 2, 22), date(2026, 2, 28)),
        Period(date(2026, 2, 1), date(2026, 2, 28)),
    ]
