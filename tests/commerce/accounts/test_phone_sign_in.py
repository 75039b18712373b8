"""Signing in or up by a code that comes as a text message, from a local server that speaks as Termii does."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.accounts.models import AuthProvider, DeviceSession, OneTimeCode, User, UserStatus
from commerce.accounts.services import register_customer
from tests.commerce.accounts.doors import (
    PASSWORD,
    api,
    ask_by_phone,
    code_texted,
    enter,
    mails,
    problem,
    send,
    token_in,
    token_of,
)
from tests.commerce.accounts.test_password_reset import statements
from tests.commerce.accounts.test_second_step import TOTP, code_of
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, UserFactory, in_threads
from zuka.demo.providers.desk import Providers
from zuka.platform.actor import Actor
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db
PHONE = "+2348031234567"
WRONG = {
    "message": "This code is not right, or it is too old. Look again, or ask for a new one.",
    "code": "wrong_code",
    "param": "code",
}


def test_a_code_makes_an_account_without_a_password_and_later_signs_in_to_it(termii: Providers, facts: Facts) -> None:
    assert (ask_by_phone().status_code, ask_by_phone().content) == (202, b"")

    answer = enter(code_texted(termii), name="Ada Obi")

    profile = api("get", "me/", token=token_in(answer)).json()
    user = User.objects.get()
    assert (profile["phone"], profile["name"], profile["email"]) == (PHONE, "Ada Obi", None)
    assert (profile["is_phone_confirmed"], profile["has_password"]) == (True, False)
    assert (user.auth_provider, user.has_usable_password()) == (AuthProvider.PHONE, False)
    assert [[each["user_id"] for each in facts(kind)] for kind in ("user.created", "user.logged_in")] == [
        [str(user.pk)],
        [],
    ]

    ask_by_phone("+234 0803 123 4567")
    again = enter(code_texted(termii), name="Somebody else")

    assert api("get", "me/", token=token_in(again)).json()["name"] == "Ada Obi"
    assert [each["user_id"] for each in facts("user.logged_in")] == [str(user.pk)]
    assert DeviceSession.objects.filter(user=user).count() == 2


def test_the_message_says_whose_code_it_is_in_letters_of_every_phone(termii: Providers, settings: Any) -> None:
    settings.SHOP_NAME = "Ọjà Adé and Daughters of Lagos Island"
    ask_by_phone()

    assert termii.messages[0].text == (
        f"Oja Ade and Daughters of Lagos: {code_texted(termii)} is your code to sign in. It is good for 10 minutes. "
        "Tell it to nobody, not even to us."
    )
    assert len(termii.messages[0].text) <= 160


@pytest.mark.parametrize("status", [None, *UserStatus])
def test_the_answer_and_the_work_are_the_same_with_and_without_an_account(
    termii: Providers, status: UserStatus | None
) -> None:
    ask_by_phone("0803 000 0000")
    if status:
        UserFactory.create(phone=PHONE, status=status, phone_verified_at=NOON)
    with CaptureQueriesContext(connection) as unknown:
        other = ask_by_phone("0803 000 0001")
    with CaptureQueriesContext(connection) as known:
        answer = ask_by_phone()

    del answer.headers["X-Request-ID"], other.headers["X-Request-ID"]
    assert (answer.status_code, answer.content, answer.headers) == (other.status_code, other.content, other.headers)
    assert statements(known) == statements(unknown)
    assert [each.to for each in termii.messages[1:]] == ["2348030000001", "2348031234567"]


def test_neither_code_nor_phone_can_be_read_in_the_database(termii: Providers) -> None:
    ask_by_phone()
    row, code = OneTimeCode.objects.get(), code_texted(termii)

    assert (code in f"{row.code_hash}{row.address_hash}", "803" in row.address_hash, row.user) == (False, False, None)


@pytest.mark.parametrize("phone", ["0803 123 4567", "0803 999 9999"])
def test_a_wrong_code_is_refused_alike(termii: Providers, phone: str) -> None:
    UserFactory.create(phone=PHONE, phone_verified_at=NOON)
    ask_by_phone(phone)

    assert problem(enter("00000000", phone)) == (400, WRONG)


def test_a_code_is_good_once_for_one_phone_and_ten_minutes(termii: Providers) -> None:
    ask_by_phone()
    code = code_texted(termii)

    assert problem(enter(code, "0803 123 4568")) == (400, WRONG)
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert problem(enter(code)) == (400, WRONG)
    assert [enter(code).status_code, problem(enter(code))] == [200, (400, WRONG)]


def test_after_five_guesses_even_the_right_code_is_refused(termii: Providers) -> None:
    ask_by_phone()
    code = code_texted(termii)

    guesses = [problem(enter(f"{(int(code) + each) % 10**8:08}")) for each in range(1, 6)]

    assert guesses == [(400, WRONG)] * 5
    assert problem(enter(code)) == (400, WRONG)


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.DELETED])
def test_only_an_active_account_is_entered(termii: Providers, status: UserStatus) -> None:
    user = UserFactory.create(email=None, phone=PHONE, phone_verified_at=NOON, status=status)
    ask_by_phone()

    answer = enter(code_texted(termii))

    # The phone of a deleted account is free for a new one.
    assert answer.status_code == (400 if status == UserStatus.SUSPENDED else 200)
    assert DeviceSession.objects.filter(user=user).count() == 0


def test_a_phone_that_somebody_else_wrote_on_their_account_opens_nothing_there(termii: Providers) -> None:
    stranger = register_customer(email="eve@example.com", phone=PHONE, password=PASSWORD, at=NOON, actor=Actor())
    ask_by_phone()

    token = token_in(enter(code_texted(termii)))

    stranger.refresh_from_db()
    profile = api("get", "me/", token=token).json()
    assert (profile["id"] == str(stranger.pk), profile["phone"], stranger.phone) == (False, PHONE, None)
    assert mails() == [("account.phone_gone", "eve@example.com")]


def test_an_account_that_has_nothing_but_a_phone_is_its_phone_s(termii: Providers) -> None:
    user = register_customer(phone=PHONE, password=PASSWORD, at=NOON, actor=Actor())
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    stranger = token_of(user)
    ask_by_phone()

    token = token_in(enter(code_texted(termii)))

    user.refresh_from_db()
    assert (api("get", "me/", token=stranger).status_code, api("get", "me/", token=token).json()["id"]) == (
        401,
        str(user.pk),
    )
    assert (user.has_usable_password(), user.phone_verified_at is not None) == (False, True)
    assert Authenticator.objects.count() == 0


def test_a_second_step_is_asked_for_as_by_e_mail(termii: Providers) -> None:
    with time_machine.travel(now(), tick=False):
        ask_by_phone()
        token = token_in(enter(code_texted(termii)))
        secret = send(TOTP, method="get", token=token).json()["meta"]["secret"]
        assert send(TOTP, {"code": code_of(secret)}, token=token).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        ask_by_phone()
        answer = enter(code_texted(termii))

        pending = token_in(answer)
        flows = [each["id"] for each in answer.json()["data"]["flows"] if each.get("is_pending")]
        assert (answer.status_code, flows) == (401, ["mfa_authenticate"])
        assert api("get", "me/", token=pending).status_code == 401
        assert send("auth/2fa/authenticate", {"code": code_of(secret)}, token=pending).status_code == 200


@pytest.mark.parametrize(
    ("said", "param", "code"),
    [
        ({"phone": "0803", "code": "00000000"}, "phone", "invalid_phone"),
        ({"code": "00000000"}, "phone", "required"),
        ({"phone": PHONE}, "code", "required"),
    ],
)
def test_what_cannot_be_read_is_named(termii: Providers, said: dict[str, str], param: str, code: str) -> None:
    status, found = problem(send("auth/phone", said))

    assert (status, found["param"], found["code"]) == (400, param, code)


def test_who_is_signed_in_signs_out_first(termii: Providers) -> None:
    token = token_of(UserFactory.create())

    assert send("auth/phone", {"phone": PHONE, "code": "00000000"}, token=token).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_one_code_in_six_threads_makes_one_account(termii: Providers) -> None:
    ask_by_phone()
    code = code_texted(termii)

    statuses = in_threads(6, lambda: enter(code).status_code)

    assert (sorted(statuses), User.objects.count()) == ([200] + [400] * 5, 1)
    assert OneTimeCode.objects.get().guesses <= 5


@pytest.mark.django_db(transaction=True)
def test_two_codes_of_a_phone_at_once_make_one_account(termii: Providers) -> None:
    codes = []
    for _ in range(4):
        ask_by_phone()
        codes.append(code_texted(termii))
    numbers = count()

    statuses = in_threads(4, lambda: enter(codes[next(numbers)]).status_code)

    assert (sorted(statuses), User.objects.count()) == ([200, 400, 400, 400], 1)
    assert User.objects.get().phone_verified_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_phone_are_one_account(termii: Providers) -> None:
    """Somebody signs up by a phone while another account confirms it: one of them has it, and nothing is half done."""
    other = register_customer(email="eve@example.com", at=NOON, actor=Actor())
    token = token_of(other)
    ask_by_phone()
    entry = code_texted(termii)
    assert api("post", "me/phone/", {"phone": PHONE}, token=token).status_code == 202
    proof, turns = code_texted(termii), count()

    def work() -> int:
        if next(turns):
            return int(enter(entry).status_code)
        said = {"phone": PHONE, "code": proof}
        return int(api("post", "me/phone/confirm/", said, token=token).status_code)

    statuses = in_threads(2, work)

    assert User.objects.filter(phone=PHONE, phone_verified_at__isnull=False).count() == 1
    assert 200 in statuses
    assert set(statuses) <= {200, 400, 409}
