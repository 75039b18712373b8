"""Files of mails: kept once, sent with their mail, and forgotten with it."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes

import pytest

from tests.platform.mail.letters import NOON, queue
from zuka.platform.mail.files import Attachment, files_of
from zuka.platform.mail.forgetting import forget_old_mails
from zuka.platform.mail.models import MailFile, MailStatus, OutgoingMail
from zuka.platform.mail.sending import compose_mail

pytestmark = pytest.mark.django_db
SHEET = Attachment("Ọ̀ṣun.csv", "text/csv", "₦\r\n".encode())
PICTURE = Attachment("chart.png", "image/png", b"\x89PNG", "chart")


def test_a_file_is_kept_once_however_many_get_it() -> None:
    mails = [queue(number, attachments=[SHEET, PICTURE]) for number in range(3)]
    assert MailFile.objects.count() == 2
    assert [files_of(mail) for mail in mails] == [[SHEET, PICTURE]] * 3
    assert files_of(queue(4)) == []


def test_a_mail_has_its_files_as_they_were() -> None:
    message = message_from_bytes(compose_mail(queue(attachments=[SHEET, PICTURE]), None).message().as_bytes())
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/png", "text/csv"]
    sheet = next(part for part in message.walk() if part.get_content_type() == "text/csv")
    assert (sheet.get_filename(), sheet.get_payload(decode=True)) == (SHEET.name, SHEET.content)


def test_a_mail_without_files_is_as_before() -> None:
    message = compose_mail(queue(), None).message()
    assert message.get_content_type() == "multipart/alternative"


def test_files_go_when_no_mail_that_waits_needs_them() -> None:
    queue(1, attachments=[SHEET])
    queue(2, attachments=[PICTURE])
    later = NOON + timedelta(days=91)
    OutgoingMail.objects.filter(recipient="person1@example.com").update(status=MailStatus.SENT, sent_at=NOON)
    forget_old_mails(at=later)
    assert [bytes(each.content) for each in MailFile.objects.all()] == [PICTURE.content]
    assert OutgoingMail.objects.order_by("id").values_list("attachments", flat=True)[0] == []


def test_a_file_that_comes_again_stays_longer() -> None:
    queue(1, attachments=[SHEET])
    queue(2, attachments=[SHEET], at=NOON + timedelta(days=60))
    OutgoingMail.objects.update(status=MailStatus.SENT, sent_at=NOON)
    forget_old_mails(at=NOON + timedelta(days=91))
    assert MailFile.objects.count() == 1
