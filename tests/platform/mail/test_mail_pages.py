from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.commerce.factories import UserFactory
from tests.platform.mail.letters import NOON, queue, states
from zuka.platform.mail.models import MailStatus, OutgoingMail, Suppression
from zuka.platform.mail.suppressing import hash_address, is_suppressed, suppress_address

pytestmark = pytest.mark.django_db
LIST, NO_MAIL = "admin:platform_outgoingmail_changelist", "admin:platform_suppression_changelist"


@pytest.fixture
def staff(client: Client) -> Client:
    """A browser in which a superuser is signed in."""
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", [LIST, NO_MAIL])
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(staff: Client, name: str) -> None:
    queries_of(staff, reverse(name))
    found: list[int] = []
    for count in (1, 2):
        for number in range(count):
            queue(len(found) * 10 + number)
            address = f"nobody{len(found)}{number}@example.com"
            suppress_address(address=address, reason=Suppression.Reason.BOUNCED, at=NOON)
        found.append(queries_of(staff, reverse(name)))

    assert found == [3, 3]


def test_a_mail_is_shown_in_a_frame_that_can_do_nothing(staff: Client) -> None:
    mail = queue(context={"name": 'x" onload="alert(1)'})

    answer = staff.get(reverse("admin:platform_outgoingmail_change", args=[mail.pk]))

    page = answer.content.decode()
    assert page.count('<iframe class="mail-frame" title="The mail" sandbox="" srcdoc="&lt;!DOCTYPE html&gt;') == 1
    assert 'onload="alert(1)' not in page
    assert ("Hello x" in page, "How are you?" in page, 'name="_save"' in page) == (True, True, False)


@pytest.mark.parametrize(("chosen", "expected"), [("test.greeting", 1), ("another", 0)])
def test_the_list_is_filtered_by_kind(staff: Client, chosen: str, expected: int) -> None:
    queue()
    answer = staff.get(reverse(LIST), {"template": chosen} if expected else {"status": "failed"})
    assert len(answer.context["cl"].result_list) == expected


def test_staff_send_a_mail_again(staff: Client) -> None:
    mail = queue()
    OutgoingMail.objects.update(status=MailStatus.FAILED, attempts=6)

    page = staff.post(reverse(LIST), {"action": "send_mails_again", "_selected_action": [mail.pk]}, follow=True)

    assert "1 queued." in page.content.decode()
    assert states() == [("person1@example.com", "queued", 0)]


def test_mails_are_not_changed_by_hand(staff: Client) -> None:
    mail = queue()
    addresses = [
        reverse("admin:platform_outgoingmail_add"),
        reverse("admin:platform_outgoingmail_change", args=[mail.pk]),
        reverse("admin:platform_outgoingmail_delete", args=[mail.pk]),
    ]
    assert [staff.post(address).status_code for address in addresses] == [403, 403, 403]


def test_staff_need_the_right_to_see_and_another_to_send(client: Client) -> None:
    person = UserFactory.create(is_staff=True)
    client.force_login(person)
    pages = [reverse(LIST), reverse("admin:mail-templates"), reverse("admin:mail-template", args=["test.greeting"])]
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]

    person.user_permissions.add(Permission.objects.get(codename="view_outgoingmail"))
    mail = queue()
    OutgoingMail.objects.update(status=MailStatus.FAILED)
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]
    client.post(reverse(LIST), {"action": "send_mails_again", "_selected_action": [mail.pk]})
    assert states() == [("person1@example.com", "failed", 0)]


def test_each_kind_of_mail_is_shown_by_its_example(staff: Client) -> None:
    everything = staff.get(reverse("admin:mail-templates")).content.decode()
    one = staff.get(reverse("admin:mail-template", args=["test.greeting"])).content.decode()

    assert ("test.greeting" in everything, "For tests." in everything) == (True, True)
    assert ("For Ada" in one, "Hello Ada,\n\nHow are you?" in one) == (True, True)
    assert one.count('sandbox="" srcdoc="&lt;!DOCTYPE html&gt;') == 1
    assert staff.get(reverse("admin:mail-template", args=["unknown"])).status_code == 404


def add(client: Client, address: str) -> Any:
    return client.post(reverse("admin:platform_suppression_add"), {"address": address, "reason": "opted_out"})


def test_staff_put_an_address_on_the_list_once_and_take_it_off(staff: Client) -> None:
    assert add(staff, "Ada@example.com").status_code == 302
    assert [is_suppressed("ada@EXAMPLE.com"), is_suppressed("bob@example.com")] == [True, False]
    again, empty = add(staff, "ada@example.com"), add(staff, "")
    assert dict(again.context["adminform"].form.errors) == {"address": ["This address gets no mail already."]}
    assert dict(empty.context["adminform"].form.errors) == {"address": ["Write the address."]}

    [row] = Suppression.objects.all()
    change = reverse("admin:platform_suppression_change", args=[row.pk])
    staff.post(change, {"address": "bob@example.com", "reason": "complained"})
    row.refresh_from_db()
    assert (row.address, row.reason) == ("Ada@example.com", "complained")
    assert row.address_hash == hash_address("ada@example.com")

    staff.post(reverse("admin:platform_suppression_delete", args=[row.pk]), {"post": "yes"})
    assert is_suppressed("ada@example.com") is False
