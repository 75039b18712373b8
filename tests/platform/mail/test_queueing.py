from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from tests.commerce.factories import in_threads
from tests.platform.mail.letters import NOON, queue, states
from zuka.platform.mail.models import OutgoingMail
from zuka.platform.mail.rendering import render_mail
from zuka.platform.mail.templates import MailTemplate, mail_templates


@pytest.mark.django_db
def test_a_mail_is_queued_as_it_will_be_read(settings: Any) -> None:
    settings.SHOP_NAME, settings.SHOP_URL = "Ada's Shop", "https://shop.example"

    mail = queue(links={"link": "https://shop.example/orders/1#token=secret"})

    assert states() == [("person1@example.com", "queued", 0)]
    assert (mail.subject, mail.recipient) == ("For Person 1", "person1@example.com")
    assert (mail.queued_at, mail.next_attempt_at, mail.sent_at) == (NOON, NOON, None)
    assert mail.context == {"name": "Person 1"}
    assert mail.text == (
        "Hello Person 1,\n\nHow are you?\n\n"
        "See your order: https://shop.example/orders/1#token=secret\n\nAda's Shop\nhttps://shop.example\n"
    )
    assert '<a href="https://shop.example">Ada&#x27;s Shop</a>' in mail.html


@pytest.mark.django_db
def test_a_key_is_queued_once_and_the_first_stays(django_assert_num_queries: Any) -> None:
    first = queue()

    with django_assert_num_queries(2):
        second = queue(recipient="other@example.com", context={"name": "Other"})

    assert (second.pk, second.subject) == (first.pk, "For Person 1")
    assert OutgoingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_is_queued_once_by_those_who_come_at_the_same_moment() -> None:
    found = in_threads(4, lambda: queue().pk)

    assert len(set(found)) == 1
    assert states() == [("person1@example.com", "queued", 0)]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_queues_nothing() -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)

    assert states() == []


@pytest.mark.django_db
@pytest.mark.parametrize("recipient", ["", "ada", "ada@example.com\nBcc: all@example.com", "a" * 300 + "@example.com"])
def test_what_is_no_address_makes_a_mail_that_has_failed(recipient: str) -> None:
    mail = queue(recipient=recipient)

    assert (mail.status, mail.last_error) == ("failed", "This is no e-mail address.")


@pytest.mark.django_db
def test_names_cannot_write_headers_paragraphs_or_tags() -> None:
    name = "Ada\r\nBcc: all@example.com\n\nPay <b>here</b>\u2028\u202e&"

    mail = queue(context={"name": name, "lines": [{"name": "a\nb"}]})

    assert mail.subject == "For Ada Bcc: all@example.com Pay <b>here</b> &"
    assert mail.text.splitlines()[0] == "Hello Ada Bcc: all@example.com Pay <b>here</b> &,"
    assert "<p>Hello Ada Bcc: all@example.com Pay &lt;b&gt;here&lt;/b&gt; &amp;,</p>" in mail.html
    assert "<b>" not in mail.html


@pytest.mark.django_db
def test_a_long_subject_is_cut() -> None:
    assert len(queue(context={"name": "A" * 500}).subject) == 200


def test_a_kind_that_nobody_declared_is_an_error() -> None:
    with pytest.raises(LookupError):
        queue(template="nobody.knows")


def test_every_kind_is_listed_and_a_second_declaration_replaces_the_first() -> None:
    [template] = mail_templates()
    assert isinstance(template, MailTemplate)
    mail = render_mail(template, template.example)
    assert (mail.subject, {type(part) for part in (mail.subject, mail.text, mail.html)}) == ("For Ada", {str})
