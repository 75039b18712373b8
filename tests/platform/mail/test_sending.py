from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.commerce.factories import in_threads
from tests.platform.mail.letters import NOON, queue, states
from tests.platform.mail.post_office import PostOffice
from zuka.platform.mail.models import MailStatus, OutgoingMail, Suppression
from zuka.platform.mail.queueing import send_again
from zuka.platform.mail.sending import send_waiting_mails
from zuka.platform.mail.suppressing import suppress_address
from zuka.platform.tasks import send_waiting_mails as task

MINUTE = timedelta(minutes=1)


def the_mail() -> OutgoingMail:
    return OutgoingMail.objects.get()


@pytest.mark.django_db
def test_a_mail_leaves_as_text_and_html_with_its_headers(office: PostOffice) -> None:
    mail = queue()

    assert send_waiting_mails(at=NOON) == 1

    assert office.read() == [("person1@example.com", "For Person 1", mail.text, mail.html)]
    [(_, letter)] = office.letters
    assert (letter["From"], letter["To"]) == ("Ada's Shop <shop@zuka.example>", "person1@example.com")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert str(letter["Message-ID"]).endswith("@zuka.example>")
    sent = the_mail()
    assert (sent.status, sent.attempts, sent.sent_at, sent.last_error) == ("sent", 1, NOON, "")
    assert send_waiting_mails(at=NOON + MINUTE) == 0


@pytest.mark.django_db
def test_without_a_mail_server_mails_wait(settings: Any) -> None:
    settings.EMAIL_URL = ""
    queue()

    task()

    assert states() == [("person1@example.com", "queued", 0)]


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_send_each_mail_once(office: PostOffice) -> None:
    office.seconds = 0.01
    for number in range(12):
        queue(number)

    counts = in_threads(3, lambda: send_waiting_mails(at=NOON))

    assert sum(counts) == 12
    assert office.recipients() == sorted(f"person{number}@example.com" for number in range(12))
    assert {row[1:] for row in states()} == {("sent", 1)}


@pytest.mark.django_db
def test_one_that_is_refused_does_not_stop_the_others_and_is_tried_later_and_later(office: PostOffice) -> None:
    office.refused = {"person1@example.com"}
    queue(1), queue(2)
    at, waits = NOON, []

    assert send_waiting_mails(at=at) == 1
    assert states() == [("person1@example.com", "queued", 1), ("person2@example.com", "sent", 1)]
    refused = OutgoingMail.objects.get(recipient="person1@example.com")
    while refused.status == MailStatus.QUEUED:
        waits.append(refused.next_attempt_at - at)
        at = refused.next_attempt_at
        assert send_waiting_mails(at=at - timedelta(seconds=1)) == 0
        send_waiting_mails(at=at)
        refused.refresh_from_db()

    assert [wait.total_seconds() / 60 for wait in waits] == [1, 5, 30, 120, 360]
    assert (refused.status, refused.attempts) == ("failed", 6)
    assert refused.last_error == "SMTPRecipientsRefused: {'person1@example.com': (550, b'no such person')}"
    assert send_waiting_mails(at=at + timedelta(hours=6)) == 0


@pytest.mark.django_db
def test_a_server_that_is_away_costs_no_attempt_and_ends_the_run(office: PostOffice) -> None:
    office.is_closed = True
    queue(1), queue(2)

    assert send_waiting_mails(at=NOON) == 0
    assert states() == [("person1@example.com", "queued", 0), ("person2@example.com", "queued", 0)]
    assert list(OutgoingMail.objects.order_by("id").values_list("next_attempt_at", flat=True)) == [NOON + MINUTE, NOON]
    assert OutgoingMail.objects.order_by("id")[0].last_error.startswith("SMTPConnectError: ")

    office.is_closed = False
    assert send_waiting_mails(at=NOON + MINUTE) == 2
    assert {row[1:] for row in states()} == {("sent", 1)}


@pytest.mark.django_db
def test_a_mail_whose_sender_died_goes_when_the_lease_is_over_and_fails_when_each_died(office: PostOffice) -> None:
    queue(1), queue(2)
    lease = NOON + timedelta(minutes=10)
    OutgoingMail.objects.update(status=MailStatus.SENDING, attempts=1, next_attempt_at=lease)
    OutgoingMail.objects.filter(recipient="person2@example.com").update(attempts=6)

    assert send_waiting_mails(at=lease - MINUTE) == 0
    assert send_waiting_mails(at=lease) == 1

    assert states() == [("person1@example.com", "sent", 2), ("person2@example.com", "failed", 6)]


@pytest.mark.django_db
def test_a_mail_that_is_old_news_does_not_leave(office: PostOffice) -> None:
    queue()

    assert send_waiting_mails(at=NOON + timedelta(days=3, minutes=1)) == 0

    assert (the_mail().status, the_mail().last_error) == ("failed", "It waited for three days.")
    assert office.letters == []


@pytest.mark.django_db
def test_nobody_is_mailed_whose_address_is_suppressed(office: PostOffice) -> None:
    queue(1), queue(2)
    suppress_address(address=" Person1@Example.com ", reason=Suppression.Reason.OPTED_OUT, at=NOON)

    assert send_waiting_mails(at=NOON) == 1

    assert states() == [("person1@example.com", "suppressed", 0), ("person2@example.com", "sent", 1)]
    assert office.recipients() == ["person2@example.com"]


@pytest.mark.django_db
def test_of_who_is_erased_the_address_goes_and_stays_suppressed(office: PostOffice) -> None:
    for reason in (Suppression.Reason.OPTED_OUT, Suppression.Reason.ERASED, Suppression.Reason.BOUNCED):
        suppress_address(address="person1@example.com", reason=reason, at=NOON)
    queue()

    assert send_waiting_mails(at=NOON) == 0
    assert list(Suppression.objects.values_list("address", "reason")) == [("", "erased")]
    assert the_mail().status == "suppressed"


@pytest.mark.django_db
def test_a_mail_can_be_sent_again_under_the_same_message_id(office: PostOffice) -> None:
    mail = queue()
    send_waiting_mails(at=NOON)
    later = NOON + timedelta(days=9)

    assert send_again(mail_ids=[mail.pk], at=later) == 1
    assert send_waiting_mails(at=later) == 1

    assert (the_mail().status, the_mail().attempts, the_mail().sent_at) == ("sent", 1, later)
    assert len({str(letter["Message-ID"]) for _, letter in office.letters}) == 1
    assert len(office.letters) == 2


@pytest.mark.django_db
def test_one_that_is_being_sent_is_not_queued_again() -> None:
    mail = queue()
    OutgoingMail.objects.update(status=MailStatus.SENDING)

    assert send_again(mail_ids=[mail.pk], at=NOON) == 0
