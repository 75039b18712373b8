"""Confirming an e-mail by a mailed code, and changing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from commerce.accounts.models import OneTimeCode, User
from commerce.accounts.services import (
    TooManyCodes,
    WrongCode,
    confirm_email,
    email_proved,
    register_customer,
    reset_password,
    send_email_code,
    send_password_code,
)
from tests.commerce.accounts.doors import PASSWORD, api, code_sent, mails, token_of
from tests.commerce.factories import NOON, UserFactory, in_threads
from zuka.platform.actor import Actor
from zuka.platform.clock import now
from zuka.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
WRONG = {
    "code": "wrong_code",
    "message": "This code is not right, or it is too old. Look again, or ask for a new one.",
    "field": "code",
}


@pytest.fixture
def ada(db: None) -> User:
    """A customer whose e-mail is not confirmed."""
    return register_customer(email="ada@example.com", password=PASSWORD, name="Ada Obi", at=NOON, actor=Actor())


def confirm(token: str, code: str, **said: str) -> Any:
    return api("post", "me/email/confirm/", {"code": code, **said}, token=token)


def ask(token: str, **said: str) -> Any:
    return api("post", "me/email/", said, token=token)


def test_a_code_proves_the_e_mail_also_when_it_is_copied_with_blanks(ada: User) -> None:
    token = token_of(ada)
    ask(token)
    assert mails() == [("account.email_code", "ada@example.com")]

    code = code_sent("ada@example.com")
    answer = confirm(token, f" {code[:4]} {code[4:]} ")

    user = User.objects.get()
    assert (answer.status_code, answer.json()["is_email_confirmed"]) == (200, True)
    assert user.email_verified_at is not None
    assert (now() - user.email_verified_at).total_seconds() < 60


def test_neither_the_code_nor_the_address_can_be_read_in_the_database(ada: User) -> None:
    ask(token_of(ada))
    row, code = OneTimeCode.objects.get(), code_sent("ada@example.com")

    assert code not in f"{row.code_hash}{row.address_hash}"
    assert "ada@" not in row.address_hash
    assert code not in str(OutgoingMail.objects.get().context)


def test_a_confirmed_e_mail_needs_no_code(ada: User) -> None:
    User.objects.update(email_verified_at=NOON)

    answer = ask(token_of(ada))

    assert (answer.status_code, answer.json()["code"], mails()) == (409, "already_confirmed", [])


def test_a_code_is_good_once(ada: User) -> None:
    token = token_of(ada)
    assert ask(token).status_code == 202
    code = code_sent("ada@example.com")

    assert [confirm(token, code).status_code, confirm(token, code).json()] == [200, WRONG]


def test_an_earlier_code_is_good_until_one_is_used(ada: User) -> None:
    token = token_of(ada)
    ask(token)
    first = code_sent("ada@example.com")
    ask(token)
    second = code_sent("ada@example.com")

    assert [confirm(token, first).status_code, confirm(token, second).json()] == [200, WRONG]


def test_a_code_expires(ada: User) -> None:
    token = token_of(ada)
    ask(token)
    code = code_sent("ada@example.com")

    with time_machine.travel(now() + timedelta(minutes=31)):
        assert confirm(token, code).json() == WRONG


def test_after_five_guesses_even_the_right_code_is_refused(ada: User) -> None:
    token = token_of(ada)
    ask(token)
    code = code_sent("ada@example.com")

    guesses = [confirm(token, f"{(int(code) + each) % 10**8:08}").json() for each in range(1, 6)]

    assert guesses == [WRONG] * 5
    assert confirm(token, code).json() == WRONG


def test_a_code_is_of_one_account_and_one_e_mail(ada: User) -> None:
    ask(token_of(ada))
    code = code_sent("ada@example.com")
    thief = UserFactory.create(email="thief@example.com")

    assert confirm(token_of(thief), code, email="ada@example.com").json() == WRONG
    assert confirm(token_of(ada), code, email="other@example.com").json() == WRONG
    assert confirm(token_of(ada), code).status_code == 200


def test_the_sixth_code_within_an_hour_must_wait(ada: User) -> None:
    token = token_of(ada)

    statuses = [ask(token).status_code for _ in range(6)]

    assert (statuses, ask(token).json()["code"]) == ([202] * 5 + [429], "too_many_codes")
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert ask(token_of(ada)).status_code == 202


def test_what_strangers_ask_for_keeps_no_code_from_the_owner(ada: User) -> None:
    stranger = UserFactory.create(email="stranger@example.com")
    for _ in range(5):
        send_email_code(user=stranger, email="ada@example.com", at=now())

    assert ask(token_of(ada)).status_code == 202


def test_an_account_sends_no_more_than_twenty_codes_a_day(ada: User) -> None:
    for number in range(20):
        send_email_code(user=ada, email=f"{number}@example.com", at=NOON + timedelta(hours=number))

    with pytest.raises(TooManyCodes):
        send_email_code(user=ada, email="20@example.com", at=NOON + timedelta(hours=20))


def test_a_code_goes_to_the_e_mail_as_the_account_has_it(ada: User) -> None:
    assert ask(token_of(ada), email="ADA@example.com").status_code == 202
    assert mails() == [("account.email_code", "ada@example.com")]


def test_a_code_is_worth_nothing_once_the_password_was_set_anew_meanwhile(ada: User) -> None:
    send_email_code(user=ada, email="thief@example.com", at=NOON)
    send_password_code(email="ada@example.com", at=NOON)
    reset_password(email="ada@example.com", code=code_sent("ada@example.com"), password="seven green mangoes", at=NOON)

    # The thief's request was let in before, and waited for the row.
    with pytest.raises(WrongCode):
        confirm_email(user=ada, email="thief@example.com", code=code_sent("thief@example.com"), at=NOON)
    assert User.objects.get().email == "ada@example.com"


def test_calls_from_one_address_are_limited(ada: User) -> None:
    token = token_of(ada)

    asked = [ask(token, email="no e-mail").status_code for _ in range(11)]
    guessed = [confirm(token, "").status_code for _ in range(31)]

    assert (asked, guessed) == ([400] * 10 + [429], [400] * 30 + [429])
    assert ask(token).json()["code"] == "too_often"


def test_another_e_mail_is_the_account_s_when_it_is_confirmed(ada: User) -> None:
    token = token_of(ada)

    assert ask(token, email="New@Example.com", password=PASSWORD).status_code == 202
    ada.refresh_from_db()
    assert ada.email == "ada@example.com"

    answer = confirm(token, code_sent("New@Example.com"), email="new@example.com")
    assert (answer.status_code, answer.json()["email"], answer.json()["is_email_confirmed"]) == (
        200,
        "new@example.com",
        True,
    )
    assert mails() == [("account.email_code", "New@Example.com"), ("account.email_changed", "ada@example.com")]


@pytest.mark.parametrize("said", [{}, {"password": "wrong"}, {"password": ""}])
def test_another_e_mail_needs_the_password(ada: User, said: dict[str, str]) -> None:
    answer = ask(token_of(ada), email="new@example.com", **said)

    assert (answer.status_code, answer.json()["code"] in {"wrong_password", "blank"}, mails()) == (400, True, [])
    assert answer.json()["field"] == "password"


def test_guesses_at_the_password_are_counted(ada: User) -> None:
    token = token_of(ada)

    answers = [ask(token, email="new@example.com", password="wrong").json()["message"] for _ in range(6)]

    assert answers[4:] == ["Type your current password.", "Too many failed login attempts. Try again later."]


def test_who_has_no_password_needs_none_for_an_e_mail() -> None:
    token = token_of(register_customer(phone="0803 123 4567", at=NOON, actor=Actor()))

    assert ask(token, email="ada@example.com").status_code == 202
    assert confirm(token, code_sent("ada@example.com"), email="ada@example.com").json()["email"] == "ada@example.com"


def test_who_has_no_e_mail_has_none_to_confirm() -> None:
    token = token_of(UserFactory.create(email=None, phone="+2348031234567"))

    assert (ask(token).status_code, ask(token).json()["field"]) == (400, "email")


def test_that_another_account_has_an_e_mail_is_said_to_who_reads_its_mails(ada: User) -> None:
    UserFactory.create(email="taken@example.com")
    token = token_of(ada)

    asked = ask(token, email="taken@example.com", password=PASSWORD)
    answer = confirm(token, code_sent("taken@example.com"), email="Taken@example.com")

    ada.refresh_from_db()
    assert (asked.status_code, answer.status_code, answer.json()["code"]) == (202, 409, "account_taken")
    assert (ada.email, ada.email_verified_at) == ("ada@example.com", None)


def test_guests_are_asked_to_sign_in() -> None:
    assert [api("post", path).status_code for path in ("me/email/", "me/email/confirm/")] == [401, 401]


@pytest.mark.django_db(transaction=True)
def test_one_code_in_eight_threads_is_used_once() -> None:
    user = UserFactory.create(email="ada@example.com")
    token = token_of(user)
    ask(token)
    code, heard = code_sent("ada@example.com"), []

    def listen(user: User, **_rest: Any) -> None:
        heard.append(user.email)

    email_proved.connect(listen)
    try:
        statuses = in_threads(8, lambda: confirm(token, code).status_code)
    finally:
        email_proved.disconnect(listen)

    assert (sorted(statuses), heard) == ([200] + [400] * 7, ["ada@example.com"])
    assert OneTimeCode.objects.get().guesses <= 5


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_are_five() -> None:
    token = token_of(UserFactory.create(email="ada@example.com"))
    ask(token)

    in_threads(12, lambda: confirm(token, "00000000"))

    assert OneTimeCode.objects.get().guesses == 5
