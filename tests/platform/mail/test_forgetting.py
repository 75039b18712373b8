from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.platform.mail.letters import NOON, queue
from zuka.platform.mail.forgetting import forget_old_mails
from zuka.platform.mail.models import MailStatus, OutgoingMail
from zuka.platform.mail.queueing import send_again
from zuka.platform.tasks import forget_old_mails as job

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=91)


def end(status: MailStatus) -> OutgoingMail:
    """A mail that came to its end at noon."""
    mail = queue(headers={"List-Unsubscribe": "<https://shop.example/u>"})
    OutgoingMail.objects.update(status=status, sent_at=NOON, last_error="550 person1@example.com?")
    return mail


@pytest.mark.parametrize("status", [MailStatus.SENT, MailStatus.FAILED, MailStatus.SUPPRESSED])
def test_of_an_old_mail_stays_that_it_was_sent(status: MailStatus) -> None:
    mail = end(status)
    assert forget_old_mails(at=NOON + timedelta(days=90)) == 0
    assert [forget_old_mails(at=LATER), forget_old_mails(at=LATER)] == [1, 0]

    row = OutgoingMail.objects.values().get()
    assert {name: row[name] for name in ("key", "template", "status", "sent_at")} == {
        "key": mail.key,
        "template": "test.greeting",
        "status": status,
        "sent_at": NOON,
    }
    assert [word for word in ("person1", "Person 1", "shop.example") if word in str(row)] == []


def test_what_was_forgotten_is_neither_sent_again_nor_queued_again() -> None:
    mail = end(MailStatus.SENT)
    forget_old_mails(at=LATER)
    assert send_again(mail_ids=[mail.pk], at=LATER) == 0
    assert queue(at=LATER).status == MailStatus.SENT
    assert OutgoingMail.objects.count() == 1


def test_mails_that_wait_are_left_alone() -> None:
    queue()
    assert forget_old_mails(at=LATER) == 0


def test_many_are_forgotten_in_batches_and_the_days_are_a_setting(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_RETENTION_DAYS = 1
    monkeypatch.setattr("zuka.platform.mail.forgetting.AT_ONCE", 2)
    for number in range(5):
        queue(number)
    OutgoingMail.objects.update(status=MailStatus.SENT, sent_at=NOON)
    job(unknown="keyword")
    assert OutgoingMail.objects.filter(recipient="").count() == 5
