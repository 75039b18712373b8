"""Signing in or up by a mailed code: nobody learns who has an account, and nobody comes in to another's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics.store.models import Event
from commerce.accounts.models import Address, DeviceSession, OneTimeCode, User, UserStatus
from commerce.accounts.services import add_address, register_customer, send_email_code
from tests.commerce.accounts.doors import (
    JSON,
    PASSWORD,
    PREFIX,
    api,
    ask_by_email,
    code_sent,
    mails,
    problem,
    send,
    sign_in,
    sign_up,
    token_in,
    token_of,
)
from tests.commerce.accounts.test_addresses import HOME
from tests.commerce.accounts.test_password_reset import statements
from tests.commerce.accounts.test_phone_sign_in import PHONE, WRONG
from tests.commerce.accounts.test_second_step import TOTP, code_of
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, UserFactory, VariantFactory, in_threads, make_order
from zuka.platform.actor import Actor
from zuka.platform.clock import now
from zuka.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
EMAIL = "ada@example.com"
TOO_OFTEN = {"code": "too_often", "param": "email", "message": "That was too often. Wait a while, then try again."}


@pytest.fixture
def ada(db: None) -> User:
    """A customer with a password and a confirmed e-mail."""
    user = register_customer(email=EMAIL, password=PASSWORD, name="Ada Obi", at=NOON, actor=Actor())
    User.objects.update(email_verified_at=NOON)
    return user


def come(code: str, email: str = EMAIL, **said: Any) -> Any:
    return send("auth/email", {"email": email, "code": code, **said})


def come_anew(email: str = EMAIL, **said: Any) -> Any:
    """Ask for a code and come in by it."""
    ask_by_email(email)
    return come(code_sent(email), email, **said)


def test_a_code_signs_in_to_the_account_that_is_there(ada: User, facts: Facts) -> None:
    assert (ask_by_email("ADA@example.com").status_code, ask_by_email().content) == (202, b"")

    answer = come(code_sent(EMAIL), "Ada@Example.com", name="Somebody else")

    profile = api("get", "me/", token=token_in(answer)).json()
    assert (profile["id"], profile["name"], profile["email"]) == (str(ada.pk), "Ada Obi", EMAIL)
    signed_in = Event.objects.filter(event_type="user.logged_in").values_list("user_id", "properties")
    assert list(signed_in) == [(str(ada.pk), {"method": "email", "platform": "web"})]
    # As the account has it: to some servers another spelling is another person.
    assert mails() == [("account.entry_code", EMAIL)] * 2


@pytest.mark.parametrize(("is_known", "aim"), [(True, "sign in"), (False, "open an account")])
def test_the_mail_says_what_its_code_is_for(*, is_known: bool, aim: str) -> None:
    if is_known:
        UserFactory.create(email=EMAIL)
    ask_by_email()

    mail = OutgoingMail.objects.get()
    assert (mail.subject, f"your code to {aim} at" in mail.text) == (f"Your code to {aim}", True)
    assert code_sent(EMAIL) not in str(mail.context)


def of_nobody() -> None:
    """Leave the e-mail free."""


def account_of(**columns: Any) -> Callable[[], object]:
    return lambda: UserFactory.create(email=EMAIL, **columns)


KINDS = {
    "free": of_nobody,
    "confirmed": account_of(email_verified_at=NOON),
    "unconfirmed": account_of(),
    "by phone": account_of(phone=PHONE, phone_verified_at=NOON),
    "staff": account_of(is_staff=True, is_superuser=True),
    "suspended": account_of(status=UserStatus.SUSPENDED),
    "closed": account_of(status=UserStatus.DELETED),
}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS.keys())
@time_machine.travel(NOON, tick=False)
def test_answer_work_and_mail_are_the_same_whoever_has_the_e_mail(make: Callable[[], object]) -> None:
    ask_by_email("first@example.com")
    make()
    answers, work = [], []
    for email in ("free@example.com", EMAIL):
        with CaptureQueriesContext(connection) as found:
            asked = ask_by_email(email)
        work.append(statements(found))
        wrong = come("00000000", email)
        for answer in (asked, wrong):
            del answer.headers["X-Request-ID"]
        answers.append([(each.status_code, each.content, each.headers) for each in (asked, wrong)])

    assert (answers[0], work[0]) == (answers[1], work[1])
    assert [status for status, *_ in answers[0]] == [202, 400]
    assert mails()[1:] == [("account.entry_code", "free@example.com"), ("account.entry_code", EMAIL)]


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS.keys())
def test_limits_are_the_same_whoever_has_the_e_mail(settings: Any, make: Callable[[], object]) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    make()

    assert [ask_by_email().status_code for _ in range(6)] == [202] * 5 + [429]
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert ask_by_email().status_code == 202


def test_neither_code_nor_e_mail_can_be_read_in_the_database(ada: User) -> None:
    ask_by_email()
    row, code = OneTimeCode.objects.get(), code_sent(EMAIL)

    assert (code in f"{row.code_hash}{row.address_hash}", "ada@" in row.address_hash, row.user) == (False, False, None)


def test_a_code_is_good_once_for_one_e_mail_and_fifteen_minutes() -> None:
    ask_by_email()
    code = code_sent(EMAIL)

    assert problem(come(code, "eve@example.com")) == (400, WRONG)
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert problem(come(code)) == (400, WRONG)
    assert [come(code).status_code, problem(come(code))] == [200, (400, WRONG)]


def test_after_five_guesses_even_the_right_code_is_refused(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    ask_by_email()
    code = code_sent(EMAIL)

    guesses = [problem(come(f"{(int(code) + each) % 10**8:08}")) for each in range(1, 6)]

    assert guesses == [(400, WRONG)] * 5
    assert problem(come(code)) == (400, WRONG)


def test_a_code_of_another_purpose_is_refused(ada: User) -> None:
    api("post", "password-resets/", {"email": EMAIL})

    assert problem(come(code_sent(EMAIL))) == (400, WRONG)


def test_a_stranger_at_one_address_uses_up_neither_the_codes_nor_the_guesses_of_another() -> None:
    asked = [ask_by_email().status_code for _ in range(4)]
    guessed = [come("00000000") for _ in range(5)]
    assert (asked, [each.status_code for each in guessed]) == ([202] * 3 + [429], [400] * 4 + [429])
    assert problem(guessed[-1]) == (429, TOO_OFTEN)

    elsewhere, said = Client(REMOTE_ADDR="203.0.113.7"), {"email": EMAIL, "code": code_sent(EMAIL)}
    assert elsewhere.post("/api/v1/email-sign-ins/", said, content_type=JSON).status_code == 202
    assert elsewhere.post(f"{PREFIX}auth/email", said, content_type=JSON).status_code == 200


def test_calls_from_one_address_are_limited() -> None:
    asked = [ask_by_email("no e-mail").status_code for _ in range(11)]
    guessed = [come("", f"{each}@example.com").status_code for each in range(31)]

    assert (asked, guessed) == ([400] * 10 + [429], [400] * 30 + [429])


@pytest.mark.parametrize("password", ["seven green mangoes", "weak"])
def test_a_password_that_is_sent_along_is_not_set_on_an_account_that_is_there(ada: User, password: str) -> None:
    token = token_of(ada)

    answer = come_anew(password=password, name="Eve", accepts_marketing=True)

    before, ada = ada.password, User.objects.get()
    assert (answer.status_code, ada.password, ada.name, ada.accepts_marketing) == (200, before, "Ada Obi", False)
    # Who was signed in stays so: it is the same person's account.
    assert api("get", "me/", token=token).status_code == 200


def test_a_suspended_account_is_not_entered(ada: User) -> None:
    User.objects.update(status=UserStatus.SUSPENDED)

    assert problem(come_anew()) == (400, WRONG)
    assert (DeviceSession.objects.count(), User.objects.count()) == (0, 1)


@pytest.mark.parametrize("proved_at", [None, NOON])
def test_an_account_of_staff_stays_as_the_back_office_made_it(ada: User, proved_at: Any) -> None:
    User.objects.update(is_staff=True, email_verified_at=proved_at, phone=PHONE)

    answer = come_anew()

    ada.refresh_from_db()
    assert (answer.status_code, ada.check_password(PASSWORD), ada.phone) == (200, True, PHONE)
    assert ada.email_verified_at is not None


def test_who_waits_with_the_victims_e_mail_and_a_password_is_put_out() -> None:
    """Pre-hijacking: the account is its e-mail's, and nothing in it is the stranger's any more."""
    account = register_customer(email=EMAIL, phone="08031234567", password=PASSWORD, name="Eve", at=NOON, actor=Actor())
    stranger = token_of(account)
    add_address(user=account, details=HOME, at=NOON)
    Authenticator.objects.create(user=account, type=Authenticator.Type.RECOVERY_CODES, data={})
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={})
    send_email_code(user=account, email="eve@example.com", at=now())
    mine, guests = make_order(user=account), make_order()

    answer = come_anew(name="Ada Obi", password="seven green mangoes")

    profile = api("get", "me/", token=token_in(answer)).json()
    shown = (profile["id"], profile["name"], profile["email"], profile["phone"])
    assert shown == (str(account.pk), "Ada Obi", EMAIL, None)
    assert (profile["is_email_confirmed"], profile["has_password"]) == (True, False)
    assert (api("get", "me/", token=stranger).status_code, sign_in(EMAIL).status_code) == (401, 400)
    kept: list[Any] = [Authenticator, Address]
    assert [each.objects.filter(user=account).count() for each in kept] == [0, 0]
    assert set(account.orders.all()) == {mine, guests}
    assert mails()[-1] == ("account.begun_anew", EMAIL)


def test_an_account_that_is_somebodys_by_phone_is_neither_taken_nor_shared() -> None:
    account = register_customer(email=EMAIL, phone="08031234567", password=PASSWORD, name="Eve", at=NOON, actor=Actor())
    User.objects.update(phone_verified_at=NOON)
    token = token_of(account)

    status, found = problem(come_anew())

    assert (status, found["code"], found["param"]) == (400, "sign_in_first", "email")
    account.refresh_from_db()
    assert (account.check_password(PASSWORD), account.phone, account.email_verified_at) == (
        True,
        PHONE,
        None,
    )
    assert (api("get", "me/", token=token).status_code, User.objects.count()) == (200, 1)


def test_a_second_step_is_asked_for_as_by_password() -> None:
    with time_machine.travel(now(), tick=False):
        token = token_in(come_anew())
        secret = send(TOTP, method="get", token=token).json()["meta"]["secret"]
        assert send(TOTP, {"code": code_of(secret)}, token=token).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        answer = come_anew()

        pending = token_in(answer)
        flows = [each["id"] for each in answer.json()["data"]["flows"] if each.get("is_pending")]
        assert (answer.status_code, flows) == (401, ["mfa_authenticate"])
        assert api("get", "me/", token=pending).status_code == 401
        assert send("auth/2fa/authenticate", {"code": code_of(secret)}, token=pending).status_code == 200


def test_a_guests_cart_comes_along() -> None:
    guest = api("post", "cart/lines/", {"sku": VariantFactory.create().sku, "quantity": 2})

    token = token_in(sign_up(**{"X-Zuka-Cart": guest.json()["token"]}))

    assert api("get", "cart/", token=token).json()["quantity"] == 2


@pytest.mark.django_db(transaction=True)
def test_one_code_in_six_threads_makes_one_account(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    ask_by_email()
    code = code_sent(EMAIL)

    statuses = in_threads(6, lambda: come(code).status_code)

    assert (sorted(statuses), User.objects.count()) == ([200] + [400] * 5, 1)
    assert Event.objects.filter(event_type="user.created").count() == 1
    assert OneTimeCode.objects.get().guesses <= 5


@pytest.mark.django_db(transaction=True)
def test_two_codes_of_an_e_mail_at_once_make_one_account(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    spellings, codes = [EMAIL, "ADA@example.com"] * 2, []
    for each in spellings:
        ask_by_email(each)
        codes.append(code_sent(EMAIL))
    turns = count()

    def work() -> int:
        turn = next(turns)
        return int(come(codes[turn], spellings[turn]).status_code)

    assert (sorted(in_threads(4, work)), User.objects.count()) == ([200, 400, 400, 400], 1)
    assert User.objects.get().email_verified_at is not None
