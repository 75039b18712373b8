from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from commerce.accounts.models import User
from commerce.notifications.kinds import GROUPS, Rule
from commerce.notifications.models import AddressOptOut, Channel, NoticeGroup, NotificationPreference
from commerce.notifications.preferences import (
    SALT,
    FixedPreference,
    Reader,
    UnconfirmedEmail,
    choose_preference,
    opt_out,
    opt_out_link,
    wants,
)
from commerce.notifications.services import mail_reader
from tests.commerce.factories import NOON
from tests.platform.mail.post_office import open_post_office
from zuka.platform.mail.sending import send_waiting_mails

pytestmark = pytest.mark.django_db
REMINDERS, EMAIL = NoticeGroup.REMINDERS, Channel.EMAIL
GUEST = Reader(None, "Ngozi@example.com", has_agreed=True)


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.SHOP_URL, settings.SHOP_NAME = "https://shop.example", "Ada's Shop"


def reader(user: User, **facts: bool) -> Reader:
    return Reader(user.pk, user.email or "", **{"has_agreed": True, **facts})


def path_of(who: Reader) -> str:
    return opt_out_link(who, group=REMINDERS).removeprefix("https://shop.example")


def gets(who: Reader) -> bool:
    return wants(who, group=REMINDERS, channel=EMAIL)


def test_following_the_link_asks_and_its_button_ends_the_mails(client: Client, alice: User) -> None:
    path = path_of(reader(alice))
    page = client.get(path)
    assert ("Stop these e-mails?" in page.content.decode(), gets(reader(alice))) == (True, True)
    assert "no-store" in page.headers["Cache-Control"]

    done = client.post(path)

    assert ("We will not send you this again." in done.content.decode(), gets(reader(alice))) == (True, False)
    assert [row.group for row in NotificationPreference.objects.all()] == ["reminders"]


def test_a_mail_program_ends_them_by_one_post_without_a_token_of_ours() -> None:
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = program.post(path_of(GUEST), {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.cookies) == (200, {})
    assert gets(GUEST) is False
    [row] = AddressOptOut.objects.all()
    assert "ngozi" not in f"{row.address_hash} {path_of(GUEST)}".lower()


def test_who_has_an_account_with_an_e_mail_that_is_not_theirs_cannot_undo_it(client: Client, alice: User) -> None:
    client.post(path_of(reader(alice)))
    asked = Reader(None, (alice.email or "").upper(), has_agreed=True)
    assert gets(asked) is False

    with pytest.raises(UnconfirmedEmail):
        choose_preference(reader=reader(alice), group=REMINDERS, channel=EMAIL, is_on=True, at=NOON)
    assert (gets(reader(alice)), gets(asked)) == (False, False)

    own = reader(alice, is_confirmed=True)
    choose_preference(reader=own, group=REMINDERS, channel=EMAIL, is_on=True, at=NOON)
    assert (gets(own), gets(asked)) == (True, True)


FORGED = {
    "a word": "x",
    "parts": "a:b:c",
    "another salt": signing.dumps(["reminders", "", ""]),
    "another shape": signing.dumps("x", salt=SALT),
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_a_link_that_is_none_of_ours_ends_nothing(client: Client, token: str) -> None:
    for answer in (client.get(f"/unsubscribe/{token}/"), client.post(f"/unsubscribe/{token}/")):
        assert (answer.status_code, "This link does not work" in answer.content.decode()) == (404, True)


def test_the_link_of_an_account_that_is_gone_ends_them_for_its_address(client: Client, alice: User) -> None:
    path = path_of(reader(alice))
    alice.delete()
    assert (client.post(path).status_code, NotificationPreference.objects.count()) == (200, 0)
    assert gets(Reader(None, "alice@example.com", has_agreed=True)) is False


def test_the_links_lead_to_zuka_itself_where_the_shop_is_elsewhere(settings: Any) -> None:
    settings.ZUKA_URL = "https://zuka.example"
    assert opt_out_link(GUEST, group=REMINDERS).startswith("https://zuka.example/unsubscribe/")
    settings.ZUKA_URL = settings.SHOP_URL = ""
    assert opt_out_link(GUEST, group=REMINDERS) == ""


def test_the_headers_of_one_click_leave_with_the_mail(settings: Any) -> None:
    with open_post_office(settings) as office:
        link = opt_out_link(GUEST, group=REMINDERS)
        mail_reader(
            kind="cart.reminder",
            key="k",
            reader=GUEST,
            context={"currency": "NGN", "subtotal_kobo": 0},
            links={"link": ""},
            at=NOON,
        )
        send_waiting_mails(at=NOON)
        [(_, letter)] = office.letters
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(letter["List-Unsubscribe"]).replace(" ", "") == f"<{link}>"
    assert letter["Message-ID"]


def test_what_is_always_told_cannot_be_switched_off(alice: User) -> None:
    fixed = [
        (group, channel)
        for group, each in GROUPS.items()
        for channel, rule in each.channels.items()
        if rule == Rule.ALWAYS
    ]
    for group, channel in [*fixed, (REMINDERS, Channel.IN_APP)]:
        with pytest.raises(FixedPreference):
            choose_preference(reader=reader(alice), group=group, channel=channel, is_on=False, at=NOON)


def test_an_address_that_opted_out_is_mailed_again_only_once_it_is_known_to_be_the_account_s(alice: User) -> None:
    opt_out(token=opt_out_link(Reader(None, "alice@example.com"), group=REMINDERS).split("/")[-2], at=NOON)
    switch = partial(choose_preference, group=REMINDERS, channel=EMAIL, is_on=True, at=NOON)
    with pytest.raises(UnconfirmedEmail):
        switch(reader=reader(alice))
    assert gets(reader(alice)) is False

    switch(reader=reader(alice, is_confirmed=True))
    assert gets(reader(alice)) is True
